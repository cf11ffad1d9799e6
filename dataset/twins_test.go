package dataset

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"slices"
	"testing"
)

func sketchOf(img image.Image) sketch {
	s := squeeze(flatten(img))
	return newSketch(s.print(), s.thumb())
}

// doubled has four pixels for each.
func doubled(img *image.RGBA) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: img.Rect.Max.Mul(2)})
	for y := range out.Rect.Max.Y {
		for x := range out.Rect.Max.X {
			out.SetRGBA(x, y, img.RGBAAt(x/2, y/2))
		}
	}
	return out
}

// twinned says whether two pictures are twins, turned anyhow.
func twinned(a, b image.Image) bool {
	s := []sketch{sketchOf(a), sketchOf(b)}
	leader, err := fold(context.Background(), s, func(int) {})
	return err == nil && leader[1] == 0
}

func TestTwins(t *testing.T) {
	img := rectangles(1, 64, 14)
	corner := func(c color.Color, side int) *image.NRGBA {
		m := filled(64, 64, c)
		draw.Draw(m, image.Rect(0, 0, side, side), image.Black, image.Point{}, draw.Src)
		return m
	}
	for _, c := range []struct {
		name string
		a, b image.Image
		want bool
	}{
		{"itself", img, img, true},
		{"saved again", img, jpegAgain(t, img), true},
		{"mirrored and saved again", img, jpegAgain(t, turnedImage(img, 1)), true},
		{"turned by 90 degrees", img, turnedImage(img, 5), true},
		{"turned by 180 degrees", img, turnedImage(img, 3), true},
		{"transposed", img, turnedImage(img, 4), true},
		{"darker", img, changed(img, func(v int) int { return v * 7 / 10 }), true},
		{"twice as large", img, doubled(img), true},
		{"a hundredth aside", doubled(img).SubImage(image.Rect(0, 0, 127, 127)), doubled(img).SubImage(image.Rect(1, 1, 128, 128)), true},
		{"another picture", img, rectangles(2, 64, 14), false},
		{"inverted", img, changed(img, func(v int) int { return 255 - v }), false},
		{"flat ones", filled(64, 64, red), filled(64, 64, red), false},
		{"nearly flat ones", changed(img, func(v int) int { return 100 + v/100 }), changed(img, func(v int) int { return 100 + v/100 }), false},
		{"a corner in brown and a corner in white", corner(color.NRGBA{120, 80, 50, 255}, 10), corner(color.White, 12), false},
		{"a corner and its copy", corner(color.White, 12), jpegAgain(t, corner(color.White, 12)), true},
	} {
		if got := twinned(c.a, c.b); got != c.want {
			t.Errorf("%s: twins %v, want %v", c.name, got, c.want)
		}
	}
}

// TestSparse has pictures with nothing but something in a corner, and prints that are
// taken for near.
func TestSparse(t *testing.T) {
	with := func(rs ...image.Rectangle) *image.RGBA {
		m := flatten(filled(64, 64, color.NRGBA{200, 200, 200, 255}))
		for _, r := range rs {
			draw.Draw(m, r, image.Black, image.Point{}, draw.Src)
		}
		return m
	}
	a := sketchOf(with(image.Rect(0, 0, 10, 10)))
	b := sketchOf(with(image.Rect(0, 0, 10, 10), image.Rect(10, 0, 14, 5)))
	c := sketchOf(jpegAgain(t, with(image.Rect(0, 0, 10, 10))))
	if a.alike(&b, 0) || !a.alike(&c, 0) {
		t.Errorf("alike: another corner %v, want false; a copy %v, want true", a.alike(&b, 0), a.alike(&c, 0))
	}
}

// TestFold compares the index with a search that looks at every leader.
func TestFold(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	sketches := make([]sketch, 2*foldBlock+300)
	for i := range sketches {
		var th thumb
		for k := range th {
			th[k] = uint8(rng.IntN(256))
		}
		p := Print(rng.Uint64() | 1)
		if i%2 == 1 { // near one before it: in which quarters the bits lie is left to chance
			from := sketches[rng.IntN(i)]
			by := turn(rng.IntN(turns))
			p = from.print.turned(by)
			for range rng.IntN(nearBits + 3) {
				p ^= 1 << (1 + rng.IntN(63))
			}
			sketches[i] = sketch{print: p, mean: from.mean, contrast: from.contrast, length: from.length, need: from.need}
			for k, f := range turnedFrom[by] {
				sketches[i].detail[k] = from.detail[f]
			}
			continue
		}
		sketches[i] = newSketch(p, &th)
	}
	done := 0
	got, err := fold(t.Context(), sketches, func(n int) { done = n })
	if err != nil || done != len(sketches) {
		t.Fatalf("folded %d of %d, %v", done, len(sketches), err)
	}
	folded := 0
	for i := range sketches {
		want := int32(i)
	search:
		for k := range int32(i) {
			for by := range turn(turns) {
				if got[k] == k && sketches[i].print.turned(by).Distance(sketches[k].print) <= nearBits && sketches[i].alike(&sketches[k], by) {
					want = k
					break search
				}
			}
		}
		if got[i] != want {
			t.Fatalf("leader of %d is %d, want %d", i, got[i], want)
		}
		if want != int32(i) {
			folded++
		}
	}
	if folded < len(sketches)/4 {
		t.Errorf("only %d of %d were folded: the test tests nothing", folded, len(sketches))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fold(ctx, sketches, func(int) {}); err == nil {
		t.Error("a cancelled fold went on")
	}
}

// twinProject has samples 1 and 2, small and large twins in training; 3 and 4, twins in
// training and validation; 5, alone in validation.
func twinProject(t *testing.T) *Project {
	t.Helper()
	p := newProject(t)
	add := func(title string, crop image.Image, checked bool) {
		t.Helper()
		_, err := p.Add(t.Context(), []NewSample{{
			Path: "/" + title + "/x.mkv", Title: title, Crop: crop, Checked: checked, Proposer: "cascade",
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	first, second := rectangles(1, 64, 14), rectangles(3, 64, 14)
	add("A", first, true)
	add("A", turnedImage(doubled(first), 1), true)
	add("A", second, false)
	add("B", turnedImage(second, 6), true)
	add("B", rectangles(5, 64, 14), true)
	if _, err := p.w.Exec("UPDATE sources SET split = 1 WHERE title = 'B'"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Review(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	return p
}

// wantIDs checks what a filter picks, and that Count agrees.
func wantIDs(t *testing.T, p *Project, what string, f Filter, want ...int64) {
	t.Helper()
	got, err := p.IDs(f)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v, %v", what, got, want, err)
	}
	if n, err := p.Count(f); err != nil || n != len(want) {
		t.Errorf("%s: Count %d, want %d, %v", what, n, len(want), err)
	}
}

func TestReviewTwins(t *testing.T) {
	p := twinProject(t)
	fold, only := Filter{FoldTwins: true}, Filter{OnlyTwins: true}
	// The larger one of two, and of an unchecked and a checked one the latter.
	wantIDs(t, p, "folded", fold, 2, 4, 5)
	wantIDs(t, p, "twins", only, 1, 2, 3, 4)
	wantIDs(t, p, "one of each", Filter{OnlyTwins: true, FoldTwins: true}, 2, 4)
	s, err := p.Samples([]int64{1, 2, 5})
	if err != nil || s[0].Leader != 2 || s[0].Twins != 0 || s[1].Leader != 0 || s[1].Twins != 1 || s[2].Leader != 0 || s[2].Twins != 0 {
		t.Errorf("marks: %+v, %v", s, err)
	}
	for id, want := range map[int64][]int64{1: {2, 1}, 2: {2, 1}, 3: {4, 3}, 5: {5}} {
		if got, err := p.Twins(id); err != nil || !slices.Equal(got, want) {
			t.Errorf("Twins(%d) = %v, want %v, %v", id, got, want, err)
		}
	}

	// Without its leader a twin shows; with it, it hides again.
	if err := p.Remove([]int64{2}, "remove"); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, p, "without the leader", fold, 1, 4, 5)
	wantIDs(t, p, "twins without the leader", only, 3, 4)
	if _, err := p.Undo(); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, p, "after undo", fold, 2, 4, 5)

	// Another review follows the labels: now 3 is checked too, and older.
	label(t, p, 3, Face)
	if _, err := p.Review(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, p, "after another review", fold, 2, 3, 5)
}

func TestLeak(t *testing.T) {
	p := twinProject(t)
	want := func(what string, valid, leaked int) {
		t.Helper()
		l, err := p.Leak()
		if err != nil || l.Valid != valid || l.Leaked != leaked || l.Optimistic() != (leaked > 0) || len(l.Titles) != leaked {
			t.Errorf("%s: %+v, %v, want %d of %d", what, l, err, leaked, valid)
		}
	}
	want("3 is unchecked: no training sees it", 2, 0)
	label(t, p, 3, Face)
	want("3 and 4", 2, 1)
	if l, _ := p.Leak(); l.Titles[0] != (TitleLeak{"B", 2, 1}) || l.Unknown != 0 {
		t.Errorf("got %+v", l)
	}
	label(t, p, 3, Unsure)
	want("3 is unsure", 2, 0)
	label(t, p, 3, Other)
	if err := p.Remove([]int64{3}, "remove"); err != nil {
		t.Fatal(err)
	}
	want("3 is removed", 2, 0)
	if _, err := p.Undo(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.w.Exec("UPDATE sources SET split = 0"); err != nil {
		t.Fatal(err)
	}
	want("all in training", 0, 0)
	addTo(t, p, "/new.png", 1, 1)
	label(t, p, 6, Face)
	if l, err := p.Leak(); err != nil || l.Unknown != 1 {
		t.Errorf("nobody looked at sample 6: %+v, %v", l, err)
	}
}
