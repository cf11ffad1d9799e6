package engine

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// randomFrames has faces, ignored ones, and detections near them and elsewhere. With ties,
// scores repeat.
func randomFrames(seed uint64, ties bool) []FrameResult {
	rng := rand.New(rand.NewPCG(seed, 7))
	frames := make([]FrameResult, 1+rng.IntN(12))
	for i := range frames {
		for range rng.IntN(4) {
			t := face(float64(rng.IntN(500)), float64(rng.IntN(300)), 20+float64(rng.IntN(150)), 20+float64(rng.IntN(150)))
			t.Ignore, t.Rotation = rng.IntN(4) == 0, float64(rng.IntN(80)-40)
			frames[i].Truth = append(frames[i].Truth, t)
			for range rng.IntN(3) {
				near := func(v float64) int { return int(v) + rng.IntN(40) - 20 }
				frames[i].Found = append(frames[i].Found, found(near(t.Box[0]), near(t.Box[1]), 10+near(t.Box[2]), 10+near(t.Box[3]), rng.Float64()))
			}
		}
		for range rng.IntN(3) {
			frames[i].Found = append(frames[i].Found, found(rng.IntN(500), rng.IntN(300), 20+rng.IntN(200), 20+rng.IntN(200), rng.Float64()))
		}
		if ties {
			for k, d := range frames[i].Found {
				frames[i].Found[k].Score = math.Ceil(d.Score*5) / 5
			}
		}
	}
	return frames
}

// figures are all the numbers of a report.
func figures(r ScoreReport) []float64 {
	v := []float64{float64(r.Frames), float64(r.Faces), r.AP, r.BestF1, r.APIoU30, r.APIoU50}
	for _, fppi := range fppis {
		v = append(v, r.RecallAtFPPI[fppiKey(fppi)])
	}
	return v
}

func near(a, b []float64) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(v float64) bool {
		return math.Abs(v-b[slices.Index(a, v)]) > 1e-12
	})
}

// Neither the order of pictures nor that of detections matters, nor by how much scores
// differ.
func TestScoreIgnoresOrder(t *testing.T) {
	for seed := range uint64(300) {
		frames := randomFrames(seed, false)
		want := Score(frames)
		rng := rand.New(rand.NewPCG(seed, 8))
		rng.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
		for _, f := range frames {
			rng.Shuffle(len(f.Found), func(i, j int) { f.Found[i], f.Found[j] = f.Found[j], f.Found[i] })
		}
		if got := Score(frames); !near(figures(got), figures(want)) || got.Threshold != want.Threshold {
			t.Fatalf("seed %d, shuffled: got %v, want %v", seed, figures(got), figures(want))
		}
		for _, f := range frames {
			for k, d := range f.Found {
				f.Found[k].Score = math.Pow(d.Score, 3) - 5
			}
		}
		if got := Score(frames); !near(figures(got), figures(want)) {
			t.Fatalf("seed %d, other scores in the same order: got %v, want %v", seed, figures(got), figures(want))
		}
	}
}

// A higher threshold finds fewer faces and makes fewer mistakes but for missing; curve,
// operation and mistakes tell the same story.
func TestThresholdsAreMonotone(t *testing.T) {
	for seed := range uint64(300) {
		frames := randomFrames(seed, seed%2 == 0)
		r := Score(frames)
		last := CurvePoint{Score: math.Inf(1)}
		for _, p := range r.Curve {
			if p.Score >= last.Score || p.True < last.True || p.False < last.False || p.Recall < last.Recall || p.FalsePerFrame < last.FalsePerFrame {
				t.Fatalf("seed %d: %+v after %+v", seed, p, last)
			}
			last = p
			o := Operate(frames, p.Score)
			wrong := o.Causes[Background] + o.Causes[Duplicate] + o.Causes[Misplaced]
			if wrong != p.False || o.Causes[Missed] != r.Faces-p.True || len(Mistakes(frames, p.Score)) != wrong+o.Causes[Missed] {
				t.Fatalf("seed %d: at %v the curve has %+v, the operation %+v", seed, p.Score, p, o)
			}
			if !near([]float64{o.Precision, o.FPPI, o.F1}, []float64{p.Precision, p.FalsePerFrame, p.F1}) {
				t.Fatalf("seed %d: at %v the curve has %+v, the operation %+v", seed, p.Score, p, o)
			}
			if p.F1 > r.BestF1 {
				t.Fatalf("seed %d: F1 %v above the best, %v", seed, p.F1, r.BestF1)
			}
		}
		for _, v := range figures(r)[2:] {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("seed %d: %v", seed, figures(r))
			}
		}
	}
}

// One more false positive never helps, a false positive less sure than all others leaves AP
// as it is.
func TestFalsePositivesNeverHelp(t *testing.T) {
	for seed := range uint64(200) {
		frames := randomFrames(seed, false)
		want := Score(frames)
		at := int(seed) % len(frames)
		add := func(score float64) ScoreReport {
			more := slices.Clone(frames)
			more[at].Found = append(slices.Clone(more[at].Found), found(5000, 5000, 50, 50, score))
			return Score(more)
		}
		if got := add(0.5); got.AP > want.AP+1e-12 || got.APIoU50 > want.APIoU50+1e-12 || got.BestF1 > want.BestF1+1e-12 {
			t.Fatalf("seed %d: %v with one more false positive, %v without", seed, figures(got), figures(want))
		}
		if got := add(-1); math.Abs(got.AP-want.AP) > 1e-12 || math.Abs(got.APIoU50-want.APIoU50) > 1e-12 {
			t.Fatalf("seed %d: AP %v with a false positive at the end, %v without", seed, got.AP, want.AP)
		}
	}
}

func TestBootstrap(t *testing.T) {
	frames := slices.Concat(randomFrames(1, false), randomFrames(2, false), randomFrames(3, false), randomFrames(4, false))
	r := Score(frames)
	b := Bootstrap(frames, 1000, 1)
	if again := Bootstrap(frames, 1000, 1); !reflect.DeepEqual(again, b) {
		t.Errorf("the same seed: %v, then %v", b, again)
	}
	if other := Bootstrap(frames, 1000, 2); reflect.DeepEqual(other, b) {
		t.Errorf("another seed gives the same: %v", b)
	}
	inside := func(v float64, i Interval) bool { return i[0] <= v && v <= i[1] && i[0] < i[1] }
	if !inside(r.AP, b.AP) || !inside(r.BestF1, b.BestF1) || !inside(r.RecallAtFPPI["1"], b.RecallAtFPPI["1"]) {
		t.Errorf("intervals %+v do not hold %v", b, figures(r))
	}
	// Four times the pictures: half the width.
	wide, narrow := b.AP[1]-b.AP[0], 0.0
	more := Bootstrap(slices.Concat(frames, frames, frames, frames), 1000, 1)
	if narrow = more.AP[1] - more.AP[0]; narrow < 0.4*wide || narrow > 0.6*wide {
		t.Errorf("width %.3f of AP, with four times the pictures %.3f, want about half", wide, narrow)
	}
	// Equal pictures: no doubt at all.
	same := slices.Repeat(handFrames()[:1], 10)
	if b := Bootstrap(same, 100, 1); b.AP[0] != b.AP[1] || math.Abs(b.AP[0]-Score(same).AP) > 1e-12 {
		t.Errorf("ten times the same picture: %v, AP is %v", b.AP, Score(same).AP)
	}
	if b := Bootstrap(nil, 10, 1); b.AP != (Interval{}) {
		t.Errorf("no pictures: %v", b)
	}
}
