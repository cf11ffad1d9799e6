package ui

import (
	"context"
	"fmt"
	"math"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/chart"
)

// resultView shows how the best network of a run does on the validation crops: the
// confusion matrix, titles, precision over recall, and the worst mistakes. Every
// figure opens the crops behind it.
type resultView struct {
	t         *trainTab
	content   fyne.CanvasObject
	empty     *widget.Label
	body      *fyne.Container
	dir       string
	v         engine.Verdicts
	titles    []string // of each crop; "" where the project knows it no more
	threshold *widget.Slider
	summary   *widget.Label
	cells     [2][2]*widget.Button
	perTitle  *fyne.Container
	pr        *chart.Chart
	prSeries  *chart.Series
	operating []engine.Operating
	worst     *fyne.Container
	allWorst  *widget.Button
}

func newResultView(t *trainTab) *resultView {
	r := &resultView{t: t, empty: wrapped(tr("The figures of a run appear here with its first validation.")), summary: wrapped("")}
	r.empty.Alignment = fyne.TextAlignCenter
	r.threshold = widget.NewSlider(0.01, 0.99)
	r.threshold.Step, r.threshold.Value = 0.01, 0.5
	r.threshold.OnChanged = func(float64) { r.refresh() }
	for truth := range 2 {
		for taken := range 2 {
			r.cells[truth][taken] = widget.NewButton("", func() { r.openCell(truth, taken) })
		}
	}
	matrix := container.NewGridWithColumns(3,
		widget.NewLabel(""), centred(tr("taken for a face")), centred(tr("taken for other")),
		trailing(tr("face")), r.cells[0][0], r.cells[0][1],
		trailing(tr("other")), r.cells[1][0], r.cells[1][1],
	)
	r.perTitle = container.NewVBox()
	r.pr = chart.New()
	r.pr.Title, r.pr.XLabel = tr("Precision over recall"), tr("recall")
	r.pr.FormatX, r.pr.FormatY = percent, percent
	r.pr.OnPicked = r.openPoint
	r.prSeries = r.pr.AddSeries(tr("click for the crops there"), chart.Style{})
	r.worst = container.NewGridWrap(fyne.NewSize(72, 96))
	r.allWorst = widget.NewButtonWithIcon("", theme.GridIcon(), func() { r.open(r.v.Mistakes(r.threshold.Value), tr("worst mistakes of the run")) })
	slider := container.NewBorder(nil, nil, widget.NewLabel(tr("Threshold")), nil, r.threshold)
	left := container.NewVBox(r.summary, slider, matrix, boldLabel(tr("By title, the worst first")), r.perTitle)
	right := container.NewVBox(container.New(fixedHeight(240), r.pr), container.NewHBox(boldLabel(tr("Worst mistakes first")), r.allWorst), r.worst)
	r.body = container.NewStack(container.NewVScroll(container.New(rightMargin(theme.Padding()*3), container.New(columns{}, left, right))))
	r.body.Hide()
	r.content = container.NewStack(container.NewCenter(container.New(fixedWidth(420), r.empty)), r.body)
	return r
}

func centred(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignCenter, fyne.TextStyle{})
}

func trailing(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignTrailing, fyne.TextStyle{Bold: true})
}

// columns lays two objects out beside each other where there is room, else one below
// the other.
type columns struct{}

const columnWidth = 380

// MinSize implements fyne.Layout.
func (columns) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	h := max(a.Height, b.Height)
	if o[0].Size().Width > 0 && o[1].Position().Y > 0 {
		h = a.Height + b.Height
	}
	return fyne.NewSize(min(a.Width, columnWidth), h)
}

// Layout implements fyne.Layout.
func (columns) Layout(o []fyne.CanvasObject, size fyne.Size) {
	if size.Width < 2*columnWidth {
		h := o[0].MinSize().Height
		o[0].Move(fyne.NewPos(0, 0))
		o[0].Resize(fyne.NewSize(size.Width, h))
		o[1].Move(fyne.NewPos(0, h))
		o[1].Resize(fyne.NewSize(size.Width, o[1].MinSize().Height))
		return
	}
	gap := theme.Padding() * 3
	w := (size.Width - gap) / 2
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(w, o[0].MinSize().Height))
	o[1].Move(fyne.NewPos(w+gap, 0))
	o[1].Resize(fyne.NewSize(w, o[1].MinSize().Height))
}

// show reads the figures of the run in a folder; "" shows none.
func (r *resultView) show(p *dataset.Project, dir string) {
	r.dir = dir
	if dir == "" {
		r.body.Hide()
		r.empty.Show()
		return
	}
	type found struct {
		v      engine.Verdicts
		titles []string
	}
	start(r.t.s.jobs, &job{name: tr("Result"), quiet: true, of: p}, func(context.Context, *job) (f found, _ error) {
		v, err := engine.ReadVerdicts(dir)
		if err != nil {
			return f, nil // a run of before, or one that ended before its first validation
		}
		return found{v, titlesOf(p, v)}, nil
	}, func(f found, _ error) {
		if r.dir != dir {
			return
		}
		r.v, r.titles = f.v, f.titles
		if len(r.v.Truth) == 0 {
			r.body.Hide()
			r.empty.Show()
			return
		}
		r.empty.Hide()
		r.body.Show()
		r.draw()
		r.refresh()
	})
}

// titlesOf looks up which title each crop is of.
func titlesOf(p *dataset.Project, v engine.Verdicts) []string {
	titles := make([]string, len(v.Truth))
	if p == nil || v.IDs == nil {
		return titles
	}
	samples, err := p.Samples(v.IDs)
	if err != nil {
		return titles
	}
	of := map[int64]string{}
	for _, s := range samples {
		of[s.ID] = s.Title
	}
	for i, id := range v.IDs {
		titles[i] = of[id]
	}
	return titles
}

// draw puts the curve, which does not depend on the threshold.
func (r *resultView) draw() {
	r.operating = r.v.Curve()
	r.prSeries.Clear()
	low := 1.0
	for i, o := range r.operating {
		if i == 0 {
			r.prSeries.Append(0, o.Precision)
		}
		r.prSeries.Append(o.Recall, o.Precision)
		if low = min(low, o.Precision); o.Recall == 1 {
			break // from here on it only takes in more of the others
		}
	}
	r.pr.MinY, r.pr.MaxY = math.Floor(low*10)/10, 1.002
	if r.pr.MinY == 1 {
		r.pr.MinY = 0.9
	}
	r.pr.From, r.pr.To = 0, 0
}

// refresh follows the threshold.
func (r *resultView) refresh() {
	t := r.threshold.Value
	m := r.v.At(t)
	n := len(r.v.Truth)
	right := m[0][0] + m[1][1]
	r.summary.SetText(tr("Run of %s, best at iteration %d, threshold %.2f: %s of %d validation crops are right. Average precision %.4f.",
		filepath.Base(r.dir), r.v.Step, t, percent(float64(right)/float64(max(n, 1))), n, engine.AveragePrecision(r.operating)))
	for truth := range 2 {
		all := max(m[truth][0]+m[truth][1], 1)
		for taken := range 2 {
			b := r.cells[truth][taken]
			b.Importance = widget.MediumImportance
			if truth != taken && m[truth][taken] > 0 {
				b.Importance = widget.WarningImportance
			}
			b.SetText(fmt.Sprintf("%d  (%.1f %%)", m[truth][taken], 100*float64(m[truth][taken])/float64(all)))
		}
	}
	var here chart.VLine
	for _, o := range r.operating {
		if o.Threshold >= t {
			here = chart.VLine{X: o.Recall, Label: fmt.Sprintf("%.2f", t)}
		}
	}
	r.pr.SetVLines(here)
	r.fillTitles(t)
	r.fillWorst(t)
}
