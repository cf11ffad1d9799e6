package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"fyne.io/fyne/v2/widget"

	"frglab/engine"
)

// show puts a result in place of the last one.
func (t *evaluateTab) show(r evalResult) {
	t.result, t.threshold = r, r.start
	t.empty.Hide()
	t.body.Show()
	t.about.SetText(tr("%s – pictures: %d, faces: %d", r.name, len(r.frames), r.score[evalCNN].Faces))
	for d, name := range evalNames() {
		s, ms := r.score[d], r.took[d].Seconds()*1000/float64(len(r.frames))
		cells := []string{
			name,
			fmt.Sprintf("%.3f (%.2f–%.2f)", s.AP, r.doubt[d].AP[0], r.doubt[d].AP[1]),
			fmt.Sprintf("%.3f", s.RecallAtFPPI["0.1"]), fmt.Sprintf("%.3f", s.RecallAtFPPI["0.3"]), fmt.Sprintf("%.3f", s.RecallAtFPPI["1"]),
			tr("%.3f from %s", s.BestF1, evalScore(d, s.Threshold)), fmt.Sprintf("%.0f ms", ms),
		}
		if len(s.Curve) == 0 {
			cells = []string{name, tr("found nothing"), "", "", "", "", ""}
		}
		for i, text := range cells {
			t.figures[d][i].SetText(text)
		}
	}
	t.curves()
	t.gallery.reset(r)
	if t.who.Selected == "" {
		t.who.Selected = t.who.Options[evalCNN]
		t.who.Refresh()
	}
	t.choose()
	t.showMost()
	t.focus()
}

// showMost turns to the commonest mistake.
func (t *evaluateTab) showMost() {
	o := engine.Operate(t.result.found[t.chosen], t.threshold[t.chosen])
	for _, c := range engine.Causes() {
		if o.Causes[c] > o.Causes[t.cause] {
			t.cause = c
		}
	}
	t.refresh()
}

// farFPPI is where the axis of false boxes ends: more than two a picture nobody wants.
const farFPPI = 2

// curves draws both detectors. A point stands for each face more that is found.
func (t *evaluateTab) curves() {
	for d := range t.prSeries {
		t.prSeries[d].Clear()
		t.fppiSeries[d].Clear()
		last := -1
		for i, p := range t.result.score[d].Curve {
			if i == 0 {
				t.prSeries[d].Append(0, p.Precision)
			}
			if p.True == last {
				continue
			}
			last = p.True
			t.prSeries[d].Append(p.Recall, p.Precision)
			if p.FalsePerFrame <= farFPPI {
				t.fppiSeries[d].Append(p.FalsePerFrame, p.Recall)
			}
		}
	}
	t.pr.From, t.pr.To = 0, 1
	t.fppi.From, t.fppi.To = 0, farFPPI
	t.pr.Refresh()
	t.fppi.Refresh()
}

// headPR tells under the pointer from which thresholds a recall is reached. The chart writes
// the name of the axis before it.
func (t *evaluateTab) headPR(recall float64) string {
	return t.head(fmt.Sprintf("%.3f", recall), func(p engine.CurvePoint) bool { return p.Recall >= recall-1e-9 })
}

// headFPPI tells it for a rate of false boxes.
func (t *evaluateTab) headFPPI(rate float64) string {
	return t.head(fmt.Sprintf("%.2f", rate), func(p engine.CurvePoint) bool { return p.FalsePerFrame >= rate-1e-9 })
}

// head names the first point of each curve that is reached.
func (t *evaluateTab) head(text string, reached func(engine.CurvePoint) bool) string {
	parts := []string{text}
	for d, name := range evalNames() {
		for _, p := range t.result.score[d].Curve {
			if reached(p) {
				parts = append(parts, tr("%s from %s", name, evalScore(d, p.Score)))
				break
			}
		}
	}
	return strings.Join(parts, "  ·  ")
}

// evalScore writes a detector's score: a probability, or a number of hits.
func evalScore(d int, v float64) string {
	if d == evalCascade {
		return tr("%.0f hits", v)
	}
	return fmt.Sprintf("%.2g", v)
}

// pickPoint moves the threshold of the chosen detector to the point of its curve that is
// nearest.
func (t *evaluateTab) pickPoint(x float64, of func(engine.CurvePoint) float64) {
	best, far := -1, math.Inf(1)
	curve := t.result.score[t.chosen].Curve
	for i, p := range curve {
		if d := math.Abs(of(p) - x); d < far {
			best, far = i, d
		}
	}
	if best >= 0 {
		t.slider.SetValue(curve[best].Score)
	}
}

// choose shows the mistakes of the chosen detector.
func (t *evaluateTab) choose() {
	t.chosen = slices.Index(t.who.Options, t.who.Selected)
	at := t.threshold[t.chosen]
	t.slider.Min, t.slider.Max, t.slider.Step = 0, 1, 0.001
	if t.chosen == evalCascade {
		t.slider.Min, t.slider.Max, t.slider.Step = 1, 30, 1
	}
	t.threshold[t.chosen] = at
	t.slider.Value = at
	t.slider.Refresh()
	t.refresh()
}

// refresh follows the threshold.
func (t *evaluateTab) refresh() {
	if len(t.result.frames) == 0 {
		return
	}
	frames, at := t.result.found[t.chosen], t.threshold[t.chosen]
	o := engine.Operate(frames, at)
	t.at.SetText(tr("From %s: %s of the faces found, %s of the boxes right, %.2f false a picture, %.2f without a face.",
		evalScore(t.chosen, at), wholePercent(o.Recall), wholePercent(o.Precision), o.FPPI, o.FalsePerEmpty))
	for c, b := range t.causes {
		b.Importance = widget.MediumImportance
		if c == t.cause {
			b.Importance = widget.HighImportance
		}
		b.SetText(fmt.Sprintf("%s (%d)", causeName(c), o.Causes[c]))
	}
	t.grid.Empty = tr("No mistakes of this kind.")
	t.grid.SetItems(t.gallery.ids(t.chosen, t.cause, engine.Mistakes(frames, at)))
	t.grid.Refresh()
}

func wholePercent(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }

// causeName names a cause on screen.
func causeName(c engine.Cause) string {
	switch c {
	case engine.Background:
		return tr("No face there")
	case engine.Duplicate:
		return tr("Found twice")
	case engine.Misplaced:
		return tr("Badly placed")
	}
	return tr("Missed")
}

// open shows the frame of a mistake in the Detect tab.
func (t *evaluateTab) open(id int64) {
	if m, ok := t.gallery.at(id); ok && t.onOpen != nil {
		t.onOpen(m.path, m.frame, m.Box)
	}
}
