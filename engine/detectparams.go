package engine

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// The modes of a Detector.
const (
	ModeScout   = "scout"   // a Scout says where, the network looks only there; needs Detector.UseScout
	ModeWindows = "windows" // windows of all sizes over the whole picture, each computed for itself
	// ModeShared lets the network itself say where: it goes over the whole picture at once,
	// and then looks at the best windows again, each for itself.
	ModeShared = "shared"
	// Mode2015 is exactly the windows of the 2015 experiment. What that program found
	// it cannot repeat: it normalised by the statistics of the 100 windows at
	// hand, this one by the running averages of the training.
	Mode2015 = "2015"
)

// DetectParams says where a Detector looks and what it makes of the answers.
// DefaultDetectParams gives a set to start from.
type DetectParams struct {
	Mode string `json:"mode"` // one of the Mode constants
	// Width bounds the work, in pixels: a larger picture counts as if shrunk to this
	// width (mode 2015) or to this longer side (the others). 0: the picture as it is.
	Width int `json:"width"`

	// Sizes are the windows of mode 2015, in pixels of the shrunk picture.
	Sizes []WindowSize `json:"sizes,omitempty"`

	// The windows of modes scout, windows and shared, which use each pixel of the picture, shrunk
	// or not.
	MinSize int     `json:"min_size,omitempty"` // side of the smallest, in pixels of the shrunk picture
	MaxSize float64 `json:"max_size,omitempty"` // side of the largest, in shorter sides of the picture
	Factor  float64 `json:"factor,omitempty"`   // largest ratio of a size to the next smaller one
	Stride  float64 `json:"stride,omitempty"`   // largest step from window to window, in sides of a window; mode windows

	// Candidates is how many windows the network looks at one by one in modes scout and
	// shared: the best ones of the look at the whole picture that overlap each other by an
	// IoU below Apart. Trust is what the log-odds of that look count for in the score,
	// where the network's count for 1.
	Candidates int     `json:"candidates,omitempty"`
	Apart      float64 `json:"apart,omitempty"`
	Trust      float64 `json:"trust,omitempty"`
	// Settled is the score from which a window speaks for the candidates at its place, which
	// overlap it by an IoU of 0.3 or have 0.7 of the smaller of both in common, so that the
	// network is not asked about them. 0: it is asked about all.
	Settled float64 `json:"settled,omitempty"`

	// Tilt are degrees, clockwise, by which the picture is turned and looked at once more, in
	// modes scout and shared: -180 to 180. A head that leans by 30 to the left is upright
	// when turned by 30. Each turn costs as much as the picture itself.
	Tilt []float64 `json:"tilt,omitempty"`

	// Prior is the share of windows that hold a face, above 0 and below 1. The network
	// learned from crops of which about half did, so its logits are moved by the log
	// of the prior's odds (Saerens et al. 2002) and a score is the probability for
	// windows. 0: no correction.
	Prior     float64 `json:"prior,omitempty"`
	Threshold float64 `json:"threshold"` // least probability of a face, 0 to 1
	Suppress  string  `json:"suppress"`  // one of the Suppress constants
	IoU       float64 `json:"iou"`       // overlap from which boxes count as the same face, 0 to 1
	// Inside is the share of the smaller of two boxes within the other from which they
	// count as the same face as well, 0 to 1; greedy only. Windows half and twice the
	// size of a head answer too, and share too little with it for IoU. 0: no such rule.
	Inside float64 `json:"inside,omitempty"`
	Sigma  float64 `json:"sigma,omitempty"`
	// Average is the IoU with a window that is kept from which others move its box: to the
	// mean of them all, each weighing its score. 0: the box is the window's own.
	Average float64 `json:"average,omitempty"`

	// Shrink is the side of the box that is reported, in sides of its window: heads
	// fill the window, so tighter boxes need less than 1. Down moves its centre
	// down, in sides of the window.
	Shrink float64 `json:"shrink"`
	Down   float64 `json:"down,omitempty"`
}

// Tight makes boxes that fit a face from brow to chin, as data sets have them, where a
// window fits the head: smaller, a little lower, and the mean of the windows on a face. On
// 49 illustrations and 60 scenes AP at an IoU of 0.5 rises from 0.15 and 0.01 to 0.67 and 0.49.
func (p DetectParams) Tight() DetectParams {
	p.Shrink, p.Down, p.Average = 0.72, 0.03, 0.3
	return p
}

// WindowSize is a square window of mode 2015: its side, and the step from one to
// the next across and down, in pixels.
type WindowSize struct {
	Size   int `json:"size"`
	Stride int `json:"stride"`
}

// DetectPresets lists the names that DefaultDetectParams knows.
func DetectPresets() []string {
	return []string{ModeScout, ModeShared, ModeWindows, Mode2015, "repository"}
}

// DefaultDetectParams returns parameters by name: "scout" is the detector to use,
// "shared" does without the scout, "windows" looks everywhere with the network itself, "2015" is the detector of the
// 2015 article, "repository" that of the code published with it.
func DefaultDetectParams(name string) (DetectParams, error) {
	old := DetectParams{
		Mode: Mode2015, Width: 512, Sizes: []WindowSize{{48, 16}, {72, 24}, {144, 48}},
		Threshold: 0.5, // the better one of two classes
		Suppress:  Suppress2015, IoU: 0.3, Shrink: 1,
	}
	switch name {
	case ModeScout:
		return DetectParams{
			Mode: ModeScout, Width: 512,
			// Of 191 faces in 49 illustrations and 60 composed scenes, 98 % have a window among
			// the first 24 to 32. Heads of 30 pixels are faces of 24 from brow to chin. With 36
			// AP there is 0.96 and 0.95, but 1 of 42 faces below 60 pixels is missed; 24 takes
			// twice the scout's time, and 48 candidates for the same AP. With a factor of 1.42
			// AP on the scenes is 0.02 to 0.04 lower.
			MinSize: 30, MaxSize: 1, Factor: 1.26,
			Candidates: 32, Apart: 0.6,
			Settled:   0.95, // there, 15 windows a picture in the place of 32 for the same AP
			Trust:     0.5,  // AP 0.95 and 0.96 on those pictures with the bundled model; with 1 it is 0.94 and 0.96
			Prior:     1e-3, // at 0.5, there, 85 and 81 % of the faces with 0.10 and 0.05 false boxes a picture
			Threshold: 0.5, Suppress: SuppressGreedy, IoU: 0.3, Inside: 0.7, Sigma: 0.5, Shrink: 1,
		}, nil
	case ModeWindows:
		return DetectParams{
			Mode: ModeWindows, Width: 512,
			// 1443 windows on 512x288. Of the heads in 300 composed scenes and 409
			// illustrations 81 and 95 % have a window with an IoU of 0.6 or more (2015: 57
			// and 57 %). Sizes from 32 by 1.25: 93 and 99 %, for 3201 windows.
			MinSize: 40, MaxSize: 1, Factor: 1.4, Stride: 0.33,
			Prior:     1.0 / 500, // a face or two, each in one or two windows out of 1443
			Threshold: 0.5, Suppress: SuppressGreedy, IoU: 0.3,
			Inside: 0.7, // AP of the first bundled model on 60 scenes: 0.83 without, 0.89 to 0.92 with 0.5 to 0.9
			Sigma:  0.5, // the choice of the soft-NMS paper
			Shrink: 1,
		}, nil
	case ModeShared:
		return DetectParams{
			Mode: ModeShared, Width: 512,
			MinSize: 36, MaxSize: 1, Factor: 1.4, // finer steps of size cost what they add to the pyramid
			Candidates: 32, Apart: 0.4, Settled: 0.95, // AP on the same pictures 0.97 and 0.95; with Apart 0.6 0.96 and 0.93
			Prior:     1e-3,
			Threshold: 0.5, Suppress: SuppressGreedy, IoU: 0.3, Inside: 0.7, Sigma: 0.5, Shrink: 1,
		}, nil
	case Mode2015:
		return old, nil
	case "repository":
		old.Sizes = append(old.Sizes, WindowSize{270, 72})
		old.Threshold, old.Suppress, old.IoU = 0.9, SuppressRepository, 0.2
		return old, nil
	}
	return DetectParams{}, fmt.Errorf("unknown detection parameters %q: use one of %v", name, DetectPresets())
}

// shift is what the prior adds to the face's logit.
func (p DetectParams) shift() float64 {
	if p.Prior == 0 {
		return 0
	}
	return math.Log(p.Prior / (1 - p.Prior))
}

// Validate says which parameter cannot be used, and what can.
func (p DetectParams) Validate() error {
	type limits struct {
		name          string
		got, from, to float64
	}
	check := []limits{
		{"width", float64(p.Width), 0, 1 << 16},
		{"prior", p.Prior, 0, 0.999},
		{"threshold", p.Threshold, 0, 1},
		{"iou", p.IoU, 0.01, 1},
		{"inside", p.Inside, 0, 1},
		{"average", p.Average, 0, 1},
		{"shrink", p.Shrink, 0.1, 2},
		{"down", p.Down, -1, 1},
	}
	if p.Mode != Mode2015 {
		check = append(check,
			limits{"min_size", float64(p.MinSize), 4, 1 << 16},
			limits{"max_size", p.MaxSize, 0.01, 4},
			limits{"factor", p.Factor, 1.01, 10})
	}
	for _, degrees := range p.Tilt {
		check = append(check, limits{"tilt", degrees, -180, 180})
	}
	switch p.Mode {
	case ModeWindows:
		check = append(check, limits{"stride", p.Stride, 0.01, 1})
	case ModeScout, ModeShared:
		check = append(check,
			limits{"candidates", float64(p.Candidates), 1, 1 << 16},
			limits{"apart", p.Apart, 0.01, 1},
			limits{"trust", p.Trust, 0, 10},
			limits{"settled", p.Settled, 0, 1})
	}
	if p.Suppress == SuppressSoft {
		check = append(check, limits{"sigma", p.Sigma, 0.001, 100})
	}
	for _, c := range check {
		if !(c.got >= c.from && c.got <= c.to) { // so written, it refuses NaN
			return fmt.Errorf("detection parameter %s is %v: use %v to %v", c.name, c.got, c.from, c.to)
		}
	}
	if modes := []string{ModeScout, ModeShared, ModeWindows, Mode2015}; !slices.Contains(modes, p.Mode) {
		return fmt.Errorf("detection mode %q: use one of %v", p.Mode, modes)
	}
	if len(p.Tilt) > 0 && !p.guided() {
		return fmt.Errorf("detection mode %q does not turn pictures: use mode %s or %s with tilt, or no tilt", p.Mode, ModeScout, ModeShared)
	}
	if len(p.Tilt) > maxTilts {
		return fmt.Errorf("%d angles of tilt: use at most %d", len(p.Tilt), maxTilts)
	}
	if !slices.Contains(Suppressions(), p.Suppress) {
		return fmt.Errorf("detection parameter suppress is %q: use one of %v", p.Suppress, Suppressions())
	}
	if p.Mode == Mode2015 && len(p.Sizes) == 0 {
		return errors.New("detection parameter sizes is empty: give windows such as size 48, stride 16")
	}
	for _, s := range p.Sizes {
		if s.Size < 1 || s.Size > 1<<16 || s.Stride < 1 || s.Stride > 1<<16 {
			return fmt.Errorf("detection window of size %d, stride %d: use 1 to %d pixels for each", s.Size, s.Stride, 1<<16)
		}
	}
	return nil
}
