package engine

import (
	"context"
	"errors"
	"image"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
)

func TestPermuteIsAShuffle(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 16, 17, 1000, 4097} {
		seen := make([]bool, n)
		moved := 0
		for i := range n {
			v := permute(i, n, 42)
			if v < 0 || v >= n || seen[v] {
				t.Fatalf("n %d: %d goes to %d, which is taken or out of range", n, i, v)
			}
			seen[v] = true
			if v != permute(i, n, 43) {
				moved++
			}
		}
		if n > 16 && moved < n*8/10 {
			t.Errorf("n %d: another key moves only %d", n, moved)
		}
	}
}

// TestPermuteHasNoPattern: after a shuffle, neighbours are as far apart as in a random order.
func TestPermuteHasNoPattern(t *testing.T) {
	const n = 10000
	for key := range uint64(5) {
		sum, runs := 0, 0
		for i := 1; i < n; i++ {
			a, b := permute(i-1, n, key), permute(i, n, key)
			sum += max(a-b, b-a)
			if a < b {
				runs++
			}
		}
		if mean := sum / (n - 1); mean < n*32/100 || mean > n*35/100 { // a third of n is expected
			t.Errorf("key %d: neighbours are %d apart on average, want about %d", key, mean, n/3)
		}
		if runs < n*48/100 || runs > n*52/100 {
			t.Errorf("key %d: %d of %d steps go up", key, runs, n)
		}
	}
}

// TestDraws looks at two epochs of each way to draw from 6 crops of class 0 and 2 of class 1.
func TestDraws(t *testing.T) {
	labels := []int{0, 0, 1, 0, 0, 1, 0, 0}
	tests := []struct {
		name    string
		c       Config
		epoch   int    // draws
		each    [8]int // how often each crop comes in an epoch; -1: any number
		classes [2]int
	}{
		{"shuffle", Config{Draw: DrawShuffle}, 8, [8]int{1, 1, 1, 1, 1, 1, 1, 1}, [2]int{6, 2}},
		{"shuffle, turns", Config{Draw: DrawShuffle, Turns: true}, 32, [8]int{4, 4, 4, 4, 4, 4, 4, 4}, [2]int{24, 8}},
		{"shuffle, balance", Config{Draw: DrawShuffle, Balance: true}, 12, [8]int{1, 1, 3, 1, 1, 3, 1, 1}, [2]int{6, 6}},
		{"replace, balance", Config{Draw: DrawReplace, Balance: true}, 100, [8]int{-1, -1, -1, -1, -1, -1, -1, -1}, [2]int{50, 50}},
	}
	for _, tt := range tests {
		d := newDrawer(tt.c, labels)
		var orders [2][]int
		for epoch := range 2 {
			var each [8]int
			var classes [2]int
			turns := map[[2]int]int{}
			for n := range tt.epoch {
				crop, turn := d.draw(epoch*tt.epoch + n)
				each[crop]++
				classes[labels[crop]]++
				turns[[2]int{crop, turn}]++
				orders[epoch] = append(orders[epoch], crop)
			}
			if classes != tt.classes {
				t.Errorf("%s: %v draws of the classes, want %v", tt.name, classes, tt.classes)
			}
			if tt.each[0] >= 0 && each != tt.each {
				t.Errorf("%s: crops come %v times, want %v", tt.name, each, tt.each)
			}
			if tt.c.Turns && len(turns) != tt.epoch {
				t.Errorf("%s: %d of %d turned crops come", tt.name, len(turns), tt.epoch)
			}
		}
		if slices.Equal(orders[0], orders[1]) {
			t.Errorf("%s: both epochs have the same order", tt.name)
		}
	}
}

// TestDrawWithReplacement is the drawing of 2015: every turned crop equally likely,
// independent of what came before.
func TestDrawWithReplacement(t *testing.T) {
	d := newDrawer(Config{Seed: 3, Draw: DrawReplace, Turns: true}, []int{0, 1, 0, 1, 0})
	counts := map[[2]int]int{}
	const n = 40000
	for i := range n {
		crop, turn := d.draw(i)
		counts[[2]int{crop, turn}]++
	}
	for crop := range 5 {
		for turn := range 4 {
			// 2000 are expected, with a standard deviation of 44
			if got := counts[[2]int{crop, turn}]; got < 1800 || got > 2200 {
				t.Errorf("crop %d at turn %d comes %d times of %d, want about %d", crop, turn, got, n, n/20)
			}
		}
	}
}

// TestBatchesGoThroughTheCrops: batch after batch, each crop of an epoch comes once,
// with the target of its class.
func TestBatchesGoThroughTheCrops(t *testing.T) {
	const n = 60
	var crops greys
	for i := range n {
		crops = append(crops, [2]int{4 * i, i % 3})
	}
	in := input{what: "training", source: crops, classes: []string{"a", "b", "c"}, size: 1, mean: make([]float32, 3), scale: 4}
	c := Config{Batch: 12, Draw: DrawShuffle, Seed: 5}
	labels := make([]int, n)
	for i, crop := range crops {
		labels[i] = crop[1]
	}
	f := &feed{input: in, config: c, drawer: newDrawer(c, make([]int, n)), labels: labels}
	for epoch := range 3 {
		var seen [n]int
		for b, err := range f.from(t.Context(), 5*epoch, 5*epoch+5, cut{Batch: f.config.Batch}) {
			if err != nil {
				t.Fatal(err)
			}
			for i := range c.Batch {
				crop := int(b.x[3*i])
				seen[crop]++
				want := make([]float32, 3)
				want[crop%3] = 1
				if got := b.targets[3*i : 3*i+3]; !slices.Equal(got, want) || b.classes[i] != crop%3 {
					t.Fatalf("crop %d has target %v and class %d, want %v", crop, got, b.classes[i], want)
				}
			}
		}
		for crop, times := range seen {
			if times != 1 {
				t.Errorf("epoch %d: crop %d comes %d times, want once", epoch, crop, times)
			}
		}
	}
}

func TestOrderedKeepsOrderAndBounds(t *testing.T) {
	const ahead = 3
	var begun atomic.Int32
	release := make(chan struct{})
	next := 0
	for v, err := range ordered(t.Context(), ahead, 100, func(i int) (int, error) {
		begun.Add(1)
		if i == 0 {
			<-release // the others are made meanwhile
		}
		if i == ahead {
			close(release)
		}
		return i * i, nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
		if v != next*next {
			t.Fatalf("result %d is %d, want %d", next, v, next*next)
		}
		for range 100 {
			runtime.Gosched() // others would run ahead now if they could
		}
		next++
		if most := next + ahead + 1; int(begun.Load()) > most {
			t.Fatalf("%d were begun when %d were taken, want at most %d", begun.Load(), next, most)
		}
	}
	if next != 100 {
		t.Errorf("%d results, want 100", next)
	}
}

// TestOrderedLeavesNothingRunning: what is under way when the loop ends is waited for.
func TestOrderedLeavesNothingRunning(t *testing.T) {
	begun, end := make(chan struct{}), make(chan struct{})
	var finished atomic.Bool
	for v := range ordered(t.Context(), 3, 100, func(i int) (int, error) {
		if i == 3 {
			close(begun)
			<-end
			for range 10000 {
				runtime.Gosched()
			}
			finished.Store(true)
		}
		return i, nil
	}) {
		if v == 2 {
			break
		}
		if v == 1 {
			<-begun
			close(end)
		}
	}
	if !finished.Load() {
		t.Error("a goroutine outlives the loop")
	}
}

func TestOrderedStops(t *testing.T) {
	boom := errors.New("boom")
	ctx, cancel := context.WithCancel(t.Context())
	tests := []struct {
		name string
		ctx  context.Context
		at   func(i int) error
		stop int // the loop breaks here
		want error
	}{
		{"by an error", t.Context(), func(i int) error {
			if i == 5 {
				return boom
			}
			return nil
		}, -1, boom},
		{"by its context", ctx, func(i int) error {
			if i == 5 {
				cancel()
			}
			return nil
		}, -1, context.Canceled},
		{"by the loop", t.Context(), func(int) error { return nil }, 5, nil},
	}
	for _, tt := range tests {
		var last error
		got := 0
		for _, err := range ordered(tt.ctx, 4, 1000, func(i int) (int, error) {
			return i, tt.at(i)
		}) {
			if last = err; err != nil || got == tt.stop {
				break
			}
			got++
		}
		if last != tt.want || got > 6 {
			t.Errorf("%s: error %v after %d results, want %v", tt.name, last, got, tt.want)
		}
	}
}

func BenchmarkFeed(b *testing.B) {
	c := presetModern()
	source := synthetic{n: 256, size: 64, seed: 1}
	crops := make(held, source.n)
	for i := range crops {
		img, _, _ := source.At(i)
		crops[i] = img
	}
	in := input{what: "training", source: crops, classes: []string{"face", "other"}, size: 64, mean: make([]float32, 3), scale: 64}
	labels := make([]int, source.n)
	for i := range labels {
		labels[i] = i % 2
	}
	f := &feed{input: in, config: c, drawer: newDrawer(c, labels), labels: labels}
	for _, err := range f.from(b.Context(), 0, b.N, cut{Batch: f.config.Batch}) {
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*c.Batch)/b.Elapsed().Seconds(), "crops/s")
}

// held is a source of crops in memory.
type held []image.Image

func (h held) Len() int                           { return len(h) }
func (h held) At(i int) (image.Image, int, error) { return h[i], i % 2, nil }
