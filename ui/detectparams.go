package ui

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"frglab/engine"
)

// detectGroup is the heading that a parameter stands below.
type detectGroup int

const (
	groupChoose detectGroup = iota
	groupWhere
	groupCascade
)

// detectParam is a parameter of a detector that a slider sets.
type detectParam struct {
	name            string
	group           detectGroup
	low, high, step float64
	format          string
	get             func(t *detectTab) float64
	set             func(t *detectTab, v float64)
	of              func(p engine.DetectParams) bool // whether it counts; nil: always
	quick           bool                             // it chooses among scores that are there
}

// detectParams are those of both detectors, in the order on screen. quick must agree with
// engine's SameScan, and of with what each mode heeds.
func detectParams() []detectParam {
	number := func(field func(t *detectTab) *float64) (get func(t *detectTab) float64, set func(t *detectTab, v float64)) {
		return func(t *detectTab) float64 { return *field(t) }, func(t *detectTab, v float64) { *field(t) = v }
	}
	whole := func(field func(t *detectTab) *int) (get func(t *detectTab) float64, set func(t *detectTab, v float64)) {
		return func(t *detectTab) float64 { return float64(*field(t)) }, func(t *detectTab, v float64) { *field(t) = int(v) }
	}
	mode := func(names ...string) func(p engine.DetectParams) bool {
		return func(p engine.DetectParams) bool {
			for _, n := range names {
				if p.Mode == n {
					return true
				}
			}
			return false
		}
	}
	suppress := func(ways ...string) func(p engine.DetectParams) bool {
		return func(p engine.DetectParams) bool {
			for _, w := range ways {
				if p.Suppress == w {
					return true
				}
			}
			return false
		}
	}
	guided := mode(engine.ModeScout, engine.ModeShared)
	pyramid := func(p engine.DetectParams) bool { return p.Mode != engine.Mode2015 }
	var list []detectParam
	add := func(p detectParam, get func(t *detectTab) float64, set func(t *detectTab, v float64)) {
		p.get, p.set = get, set
		list = append(list, p)
	}
	addNumber := func(p detectParam, field func(t *detectTab) *float64) { get, set := number(field); add(p, get, set) }
	addWhole := func(p detectParam, field func(t *detectTab) *int) { get, set := whole(field); add(p, get, set) }

	addNumber(detectParam{name: tr("Threshold"), low: 0.01, high: 0.99, step: 0.01, format: "%.2f", quick: true},
		func(t *detectTab) *float64 { return &t.params.Threshold })
	addNumber(detectParam{
		name: tr("Overlap kept"), low: 0.05, high: 0.95, step: 0.05, format: "%.2f", quick: true,
		of: suppress(engine.SuppressGreedy, engine.Suppress2015, engine.SuppressRepository),
	},
		func(t *detectTab) *float64 { return &t.params.IoU })
	addNumber(detectParam{name: tr("Inside kept"), low: 0, high: 1, step: 0.05, format: "%.2f", quick: true, of: suppress(engine.SuppressGreedy)},
		func(t *detectTab) *float64 { return &t.params.Inside })
	addNumber(detectParam{name: tr("Softness"), low: 0.05, high: 2, step: 0.05, format: "%.2f", quick: true, of: suppress(engine.SuppressSoft)},
		func(t *detectTab) *float64 { return &t.params.Sigma })
	addNumber(detectParam{name: tr("Box size"), low: 0.5, high: 1.2, step: 0.05, format: "%.2f", quick: true},
		func(t *detectTab) *float64 { return &t.params.Shrink })

	addWhole(detectParam{name: tr("Picture width"), group: groupWhere, low: 256, high: 1920, step: 32, format: "%.0f"},
		func(t *detectTab) *int { return &t.params.Width })
	addWhole(detectParam{name: tr("Smallest window"), group: groupWhere, low: 16, high: 160, step: 2, format: "%.0f", of: pyramid},
		func(t *detectTab) *int { return &t.params.MinSize })
	addNumber(detectParam{name: tr("Largest window"), group: groupWhere, low: 0.1, high: 1.5, step: 0.05, format: "%.2f", of: pyramid},
		func(t *detectTab) *float64 { return &t.params.MaxSize })
	addNumber(detectParam{name: tr("Size step"), group: groupWhere, low: 1.05, high: 2, step: 0.01, format: "%.2f", of: pyramid},
		func(t *detectTab) *float64 { return &t.params.Factor })
	addNumber(detectParam{name: tr("Stride"), group: groupWhere, low: 0.1, high: 1, step: 0.01, format: "%.2f", of: mode(engine.ModeWindows)},
		func(t *detectTab) *float64 { return &t.params.Stride })
	addWhole(detectParam{name: tr("Candidates"), group: groupWhere, low: 4, high: 256, step: 4, format: "%.0f", of: guided},
		func(t *detectTab) *int { return &t.params.Candidates })
	addNumber(detectParam{name: tr("Trust in scout"), group: groupWhere, low: 0, high: 2, step: 0.05, format: "%.2f", of: guided},
		func(t *detectTab) *float64 { return &t.params.Trust })
	add(detectParam{name: tr("Tilt, ± degrees"), group: groupWhere, low: 0, high: 90, step: 5, format: "%.0f", of: guided}, tilt, setTilt)

	addWhole(detectParam{name: tr("Neighbours"), group: groupCascade, low: 0, high: 20, step: 1, format: "%.0f", quick: true},
		func(t *detectTab) *int { return &t.classy.MinNeighbors })
	addNumber(detectParam{name: tr("Scale step"), group: groupCascade, low: 1.02, high: 1.5, step: 0.01, format: "%.2f"},
		func(t *detectTab) *float64 { return &t.classy.ScaleFactor })
	addWhole(detectParam{name: tr("Smallest, px"), group: groupCascade, low: 16, high: 256, step: 4, format: "%.0f"},
		func(t *detectTab) *int { return &t.classy.MinSize })
	return list
}

// tilt is the angle to both sides that pictures are turned by besides; 0 is none.
func tilt(t *detectTab) float64 {
	if len(t.params.Tilt) == 0 {
		return 0
	}
	return math.Abs(t.params.Tilt[0])
}

func setTilt(t *detectTab, degrees float64) {
	t.params.Tilt = nil
	if degrees > 0 {
		t.params.Tilt = []float64{degrees, -degrees}
	}
}

// tightBoxes says whether boxes go from brow to chin.
func tightBoxes(p engine.DetectParams) bool { return p.Average > 0 }

// withTight turns that on, or back to the boxes of the mode.
func withTight(p engine.DetectParams, on bool) engine.DetectParams {
	if on {
		return p.Tight()
	}
	p.Shrink, p.Down, p.Average = 1, 0, 0
	return p
}

// suppressionName is what a way to leave one box of a heap is called on screen.
func suppressionName(way string) string {
	switch way {
	case engine.SuppressGreedy:
		return tr("the best of a heap")
	case engine.SuppressSoft:
		return tr("overlaps at less score")
	case engine.Suppress2015:
		return tr("as in 2015")
	case engine.SuppressRepository:
		return tr("as in the repository")
	case engine.SuppressNone:
		return tr("all boxes")
	}
	return way
}

// modeText says in a line what a mode does.
func modeText(mode string) string {
	switch mode {
	case engine.ModeScout:
		return tr("A small network looks everywhere, the model where that hopes.")
	case engine.ModeWindows:
		return tr("The model looks at windows of all sizes. Slow and thorough.")
	case engine.Mode2015:
		return tr("The windows of the experiment of 2015.")
	}
	return tr("The model goes over the whole picture at once.")
}

// sizesText writes windows of mode 2015 as size/stride.
func sizesText(sizes []engine.WindowSize) string {
	var parts []string
	for _, s := range sizes {
		parts = append(parts, fmt.Sprintf("%d/%d", s.Size, s.Stride))
	}
	return strings.Join(parts, " ")
}

// parseSizes reads what sizesText writes.
func parseSizes(text string) ([]engine.WindowSize, error) {
	var sizes []engine.WindowSize
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '、' }) {
		var s engine.WindowSize
		if n, err := fmt.Sscanf(part+" .", "%d/%d .", &s.Size, &s.Stride); err != nil || n != 2 || s.Size < 4 || s.Stride < 1 || s.Size > 4096 || s.Stride > 4096 {
			return nil, errors.New(tr("%q is no window: write its size and its step, such as 48/16.", part))
		}
		sizes = append(sizes, s)
	}
	if len(sizes) == 0 {
		return nil, errors.New(tr("Write at least one window, such as 48/16."))
	}
	return sizes, nil
}
