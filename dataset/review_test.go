package dataset

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// redness is a judge that takes red crops for faces, and describes a crop by its
// colour and some noise.
type redness struct {
	name  string
	asked int
	each  func() // before every answer
}

func (r *redness) Name() string { return r.name }

func (r *redness) Judge(_ context.Context, crops []image.Image) (faces []float64, vectors [][]int8, err error) {
	if r.each != nil {
		r.each()
	}
	for _, c := range crops {
		r.asked++
		p, v := colour(c.(*image.RGBA))
		faces, vectors = append(faces, p), append(vectors, v)
	}
	return faces, vectors, nil
}

// colour is the share of red, and a vector of it.
func colour(img *image.RGBA) (float64, []int8) {
	c := img.RGBAAt(2, 2)
	p := float64(c.R) / 255
	rng := rand.New(rand.NewPCG(uint64(c.G)<<8|uint64(c.B), 1))
	v := make([]int8, 8)
	v[0], v[1] = int8(100*p), int8(100*(1-p))
	for i := range v[2:] {
		v[2+i] = int8(rng.IntN(41) - 20)
	}
	return p, v
}

// reds adds samples whose redness, 0 to 1, is given: faces where it is above 0.5.
func reds(t testing.TB, p *Project, checked bool, shares ...float64) []int64 {
	t.Helper()
	have, err := p.Counts()
	if err != nil {
		t.Fatal(err)
	}
	var list []NewSample
	for i, s := range shares {
		img := numbered((have.Samples + i + 1) << 8) // green and blue tell them apart
		for k := 0; k < len(img.Pix); k += 4 {
			img.Pix[k] = uint8(math.Round(255 * s))
		}
		class := Other
		if s > 0.5 {
			class = Face
		}
		list = append(list, NewSample{Path: fmt.Sprintf("/%d.png", (have.Samples+i)/3), Class: class, Checked: checked, Proposer: "cascade", Crop: img})
	}
	ids, err := p.Add(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// spread are n shares from lo to hi.
func spread(n int, lo, hi float64) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = lo + (hi-lo)*float64(i)/float64(n)
	}
	return list
}

func TestReview(t *testing.T) {
	p := newProject(t)
	ids := reds(t, p, false, spread(150, 0, 1)...)
	if _, err := p.w.Exec("UPDATE crops SET png = x'00' WHERE sample = 7"); err != nil {
		t.Fatal(err)
	}
	before, err := p.History(10)
	if err != nil {
		t.Fatal(err)
	}

	// It stops in the middle, and what was judged stays.
	ctx, cancel := context.WithCancel(t.Context())
	j := &redness{name: "a"}
	j.each = func() {
		if j.asked > 0 {
			cancel()
		}
		label(t, p, ids[len(ids)-1], Face) // a label need not wait for the review
	}
	var stages []ReviewStage
	_, err = p.Review(ctx, j, func(r ReviewProgress) {
		if !slices.Contains(stages, r.Stage) {
			stages = append(stages, r.Stage)
		}
	})
	wantError(t, err, context.Canceled, "review project", "test")
	if want := []ReviewStage{StagePrints, StageTwins, StageJudge}; !slices.Equal(stages, want) {
		t.Errorf("got stages %v, want %v", stages, want)
	}
	if n, err := p.Count(Filter{Judged: new(true)}); err != nil || n != cropBatch {
		t.Errorf("%d are judged after the first batch, want %d, %v", n, cropBatch, err)
	}
	newest := slices.Clone(ids[len(ids)-cropBatch:])
	slices.Reverse(newest)
	wantIDs(t, p, "the newest ones are judged first", Filter{Judged: new(true), Order: ByNewest}, newest...)

	// It goes on, with what is left. The broken crop is passed over.
	j = &redness{name: "a"}
	f, err := p.Review(t.Context(), j, nil)
	if err != nil || j.asked != 150-cropBatch-1 || f.Judged != 149 || f.Model != "a" {
		t.Errorf("asked for %d, want %d; %+v, %v", j.asked, 150-cropBatch-1, f, err)
	}
	j = &redness{name: "a"}
	if _, err := p.Review(t.Context(), j, nil); err != nil || j.asked != 0 {
		t.Errorf("again: asked for %d, %v", j.asked, err)
	}
	// Another model, and a new sample.
	j = &redness{name: "b"}
	if f, err := p.Review(t.Context(), j, nil); err != nil || j.asked != 149 || f.Model != "b" {
		t.Errorf("another model: asked for %d, %+v, %v", j.asked, f, err)
	}
	reds(t, p, false, 0.4)
	j = &redness{name: "b"}
	if f, err := p.Review(t.Context(), j, nil); err != nil || j.asked != 1 || f.Judged != 150 {
		t.Errorf("a new sample: asked for %d, %+v, %v", j.asked, f, err)
	}
	if after, err := p.History(10); err != nil || len(after) != len(before)+2 { // the label and the new sample
		t.Errorf("the history is %+v, before %+v, %v", after, before, err)
	}
}

func TestReviewRefused(t *testing.T) {
	p := newProject(t)
	reds(t, p, false, 0.5, 0.6)
	if _, err := p.Review(t.Context(), half{}, nil); err == nil {
		t.Error("a judge that answers for half of the crops was believed")
	}
	r, err := OpenReadOnly(p.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Review(t.Context(), nil, nil); !errors.Is(err, ErrReadOnly) {
		t.Errorf("got %v, want %v", err, ErrReadOnly)
	}
}

// half answers for half of the crops.
type half struct{}

func (half) Name() string { return "half" }

func (half) Judge(_ context.Context, crops []image.Image) ([]float64, [][]int8, error) {
	n := len(crops) / 2
	return make([]float64, n), make([][]int8, n), nil
}
