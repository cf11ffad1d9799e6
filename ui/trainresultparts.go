package ui

import (
	"cmp"
	"image"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// titleFigures is how one title does.
type titleFigures struct {
	name  string
	all   int
	wrong []int
}

// byTitle counts crops and mistakes of each title, the one with the largest share of
// mistakes first.
func (r *resultView) byTitle(threshold float64) []titleFigures {
	at := map[string]int{}
	var list []titleFigures
	for i := range r.v.Truth {
		k, ok := at[r.titles[i]]
		if !ok {
			k = len(list)
			at[r.titles[i]] = k
			list = append(list, titleFigures{name: r.titles[i]})
		}
		list[k].all++
	}
	for _, i := range r.v.Mistakes(threshold) {
		k := at[r.titles[i]]
		list[k].wrong = append(list[k].wrong, i)
	}
	slices.SortStableFunc(list, func(a, b titleFigures) int {
		return cmp.Or(cmp.Compare(len(b.wrong)*a.all, len(a.wrong)*b.all), cmp.Compare(b.all, a.all), cmp.Compare(a.name, b.name))
	})
	return list
}

// maxTitles are shown: more would bury the rest.
const maxTitles = 12

func (r *resultView) fillTitles(threshold float64) {
	r.perTitle.Objects = nil
	list := r.byTitle(threshold)
	for _, f := range list[:min(maxTitles, len(list))] {
		name := f.name
		if name == "" {
			name = tr("(no title)")
		}
		label := widget.NewLabel(name)
		label.Truncation = fyne.TextTruncateEllipsis
		figures := widget.NewLabel(tr("%s of %d", percent(1-float64(len(f.wrong))/float64(f.all)), f.all))
		button := widget.NewButton(tr("%d wrong", len(f.wrong)), func() { r.open(f.wrong, tr("mistakes in %s", name)) })
		button.Importance = widget.LowImportance
		if len(f.wrong) == 0 {
			button.Disable()
		}
		r.perTitle.Add(container.NewBorder(nil, nil, nil, container.NewHBox(figures, container.New(fixedWidth(96), button)), label))
	}
	if n := len(list) - maxTitles; n > 0 {
		r.perTitle.Add(widget.NewLabel(tr("and %d more titles", n)))
	}
	r.perTitle.Refresh()
}

// shownWorst is how many of the worst mistakes are shown as pictures.
const shownWorst = 24

func (r *resultView) fillWorst(threshold float64) {
	r.worst.Objects = nil
	wrong := r.v.Mistakes(threshold)
	r.allWorst.SetText(tr("All %d in the Label tab", len(wrong)))
	r.allWorst.Enable()
	if len(wrong) == 0 || r.v.IDs == nil {
		r.allWorst.Disable()
	}
	wrong = wrong[:min(shownWorst, len(wrong))]
	var ids []int64
	cells := map[int64]*probeCell{}
	for _, i := range wrong {
		c := newProbeCell(r.v.Truth[i], func() { r.openAt(wrong, i, tr("worst mistakes of the run")) })
		c.scores = []float64{r.v.Scores[i]}
		c.trail.Hide()
		c.refresh()
		r.worst.Add(c)
		if r.v.IDs != nil {
			ids = append(ids, r.v.IDs[i])
			cells[r.v.IDs[i]] = c
		}
	}
	r.worst.Refresh()
	if p := r.t.s.project; p != nil && len(ids) > 0 {
		r.t.s.pictures(p, ids, func(pics map[int64]image.Image) {
			for id, pic := range pics {
				cells[id].pic.Image = pic
				canvas.Refresh(cells[id].pic)
			}
		})
	}
}

// openCell shows the crops of a cell of the matrix.
func (r *resultView) openCell(truth, taken int) {
	what := [2][2]string{
		{tr("faces taken for faces"), tr("faces taken for other")},
		{tr("others taken for faces"), tr("others taken for other")},
	}[truth][taken]
	r.open(r.v.Cell(truth, taken, r.threshold.Value), what)
}

// openPoint shows the crops around a point of the curve: what is on the wrong side
// there, and moves the threshold to it.
func (r *resultView) openPoint(recall float64) {
	best := -1
	for i, o := range r.operating {
		if best < 0 || math.Abs(o.Recall-recall) < math.Abs(r.operating[best].Recall-recall) {
			best = i
		}
	}
	if best < 0 {
		return
	}
	at := min(max(r.operating[best].Threshold, r.threshold.Min), r.threshold.Max)
	r.threshold.SetValue(at)
	r.open(r.v.Mistakes(at), tr("mistakes at threshold %.2f", at))
}

// open hands crops to the Label tab.
func (r *resultView) open(crops []int, what string) { r.openAt(crops, -1, what) }

// openAt is open, with one of them to look at first; -1: whichever.
func (r *resultView) openAt(crops []int, first int, what string) {
	if r.v.IDs == nil {
		r.t.s.notify(tr("These crops came from list files: import them into a project to look at them."))
		return
	}
	var ids []int64
	for _, i := range crops {
		ids = append(ids, r.v.IDs[i])
	}
	current := int64(0)
	if first >= 0 {
		current = r.v.IDs[first]
	}
	r.t.showSamples(ids, current, what)
}
