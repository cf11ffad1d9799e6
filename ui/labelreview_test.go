package ui

import (
	"context"
	"image"
	"image/color"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"frglab/dataset"
)

// colorJudge takes red for a face, and looks at nothing but the colour.
type colorJudge struct{}

func (colorJudge) Name() string { return "colour" }

func (colorJudge) Judge(_ context.Context, crops []image.Image) (faces []float64, embeddings [][]int8, err error) {
	for _, img := range crops {
		r, g, b, _ := img.At(0, 0).RGBA()
		faces = append(faces, float64(r)/0xffff)
		embeddings = append(embeddings, []int8{int8(r >> 10), int8(g >> 10), int8(b >> 10)})
	}
	return faces, embeddings, nil
}

// openReviewed opens a window on a project with 20 red crops and 20 green ones, of two
// titles, reviewed.
func openReviewed(t *testing.T) (w *window, path string, failures *[]error) {
	t.Helper()
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	path = filepath.Join(t.TempDir(), "reviewed.frglab")
	p, err := dataset.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var samples []dataset.NewSample
	for i := range 40 {
		img := image.NewRGBA(image.Rect(0, 0, 32, 32))
		c, file := color.RGBA{220, 10, 10, 255}, "/shows/one/01.mp4"
		if i >= 20 {
			c, file = color.RGBA{10, 200, 10, 255}, "/shows/two/01.mp4"
		}
		for k := range 32 * 32 {
			img.SetRGBA(k%32, k/32, c)
		}
		img.Set(1+i%30, 1+i/30, color.White)
		proposer := []string{"cascade", "cnn"}[i%2]
		samples = append(samples, dataset.NewSample{Path: file, Frame: i, Proposer: proposer, Box: image.Rect(0, 0, 20+i, 20+i), Crop: img})
	}
	if _, err := p.Add(t.Context(), samples); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Review(t.Context(), colorJudge{}, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	w, failures = openWindow(t)
	w.openProject(path)
	settle(w)
	return w, path, failures
}

// TestClusterVerdict judges groups of look-alikes with one key each.
func TestClusterVerdict(t *testing.T) {
	w, _, failures := openReviewed(t)
	press(w, "3")
	m := w.label.group
	if len(m.groups) != 2 || m.groups[0].left != 20 || m.groups[1].left != 20 {
		t.Fatalf("the clusters are %+v, want two of 20", m.groups)
	}
	red := slices.IndexFunc(m.groups, func(g group) bool { return g.face > 0.5 })
	m.goTo(red)
	out := m.groups[red].ids[3]
	m.grid.Select(out)
	press(w, "f")
	if n := w.counts(t); n.Face != 19 || n.Unchecked != 21 {
		t.Errorf("after F with one clicked out: %+v", n)
	}
	if w.label.sample(out).Checked {
		t.Error("the one that was clicked out is checked")
	}
	m.goTo(1 - red)
	press(w, key(fyne.KeyReturn))
	if n := w.counts(t); n.Face != 19 || n.Other != 20 {
		t.Errorf("Enter did not take the model's word: %+v", n)
	}
	press(w, "z")
	press(w, "z")
	if n := w.counts(t); n.Unchecked != 40 || m.groups[red].left != 20 {
		t.Errorf("after two undos: %+v, %d left in the cluster", n, m.groups[red].left)
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// TestLookAlikesFirst sorts by likeness to the crop that is looked at.
func TestLookAlikesFirst(t *testing.T) {
	w, _, _ := openReviewed(t)
	green := w.label.l.ids[25]
	w.label.grid.grid.SetCursor(green)
	press(w, "l")
	if first := w.label.sample(w.label.l.ids[0]); first.FaceP > 0.5 {
		t.Errorf("a red crop comes first")
	}
	if last := w.label.sample(w.label.l.ids[39]); last.FaceP < 0.5 {
		t.Errorf("a green crop comes last")
	}
	if w.label.current != green {
		t.Errorf("looking at %d, want %d", w.label.current, green)
	}
}

// TestReviewIsAskedFor shows what stands in the place of clusters and finds before the
// first review, and what a review without a model does.
func TestReviewIsAskedFor(t *testing.T) {
	w, _, failures := open(t, 5)
	press(w, "3")
	if w.label.group.review.Hidden || !strings.Contains(w.label.group.words.Text, "review") {
		t.Errorf("no word about a review: %q", w.label.group.words.Text)
	}
	w.label.filter.finds[0].Tapped(nil)
	settle(w)
	if w.label.filter.state != (labelFilter{}) {
		t.Error("uncertain ones are looked for before a review")
	}
	press(w, "l")
	if !strings.Contains(w.notice, "review") {
		t.Errorf("the notice is %q", w.notice)
	}
	w.label.reviews.ask()
	settle(w)
	if !strings.Contains(w.notice, "Reviewed") || w.label.reviews.done() {
		t.Errorf("after a review without a model: %q", w.notice)
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// TestFoldedTwinsGoAlong gives the verdict on a crop to the duplicates folded under it.
func TestFoldedTwinsGoAlong(t *testing.T) {
	w, _, _ := open(t, 0)
	base := noise(64)
	moved := image.NewRGBA(base.Rect)
	copy(moved.Pix, base.Pix)
	moved.Set(5, 5, color.White)
	_, err := w.project.Add(t.Context(), []dataset.NewSample{
		{Path: "/show/01.mp4", Frame: 1, Crop: base}, {Path: "/show/01.mp4", Frame: 2, Crop: moved},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.project.Review(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	call(w.onSamples)
	settle(w)
	leader := w.label.sample(w.label.l.ids[0])
	if leader.Twins != 1 || w.label.mark(leader.ID).Badge != "+1" {
		t.Fatalf("%d duplicates are folded, the badge is %q", leader.Twins, w.label.mark(leader.ID).Badge)
	}
	w.label.filter.change(func(f *labelFilter) { f.twins = twinsFolded })
	settle(w)
	if len(w.label.l.ids) != 1 {
		t.Fatalf("%d crops on screen, want 1", len(w.label.l.ids))
	}
	press(w, "f")
	if n := w.counts(t); n.Face != 2 {
		t.Errorf("%d faces, want 2", n.Face)
	}
	press(w, "z")
	if n := w.counts(t); n.Unchecked != 2 {
		t.Errorf("%d unchecked after undo, want 2", n.Unchecked)
	}
}

// noise is a picture with structure, the same each time.
func noise(side int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	seed := uint32(1)
	for y := 0; y < side; y += 8 {
		for x := 0; x < side; x += 8 {
			seed = seed*1664525 + 1013904223
			c := color.RGBA{uint8(seed >> 24), uint8(seed >> 16), uint8(seed >> 8), 255}
			for k := range 64 {
				img.SetRGBA(x+k%8, y+k/8, c)
			}
		}
	}
	return img
}
