package ui

import (
	"context"
	"errors"
	"log/slog"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
)

// reviews runs reviews of the project's crops, and says in the sidebar whether the last
// one still holds.
type reviews struct {
	t       *labelTab
	line    fyne.CanvasObject
	words   *widget.Label
	button  *widget.Button
	running *job
	asking  bool
	found   dataset.Findings
	all     int // crops in the project
}

func newReviews(t *labelTab) *reviews {
	r := &reviews{t: t, words: widget.NewLabel("")}
	r.words.Wrapping = fyne.TextWrapWord
	r.words.SizeName = theme.SizeNameCaptionText
	r.button = widget.NewButtonWithIcon("", theme.SearchIcon(), func() {
		if r.running != nil {
			r.running.cancel()
		} else {
			r.ask()
		}
		t.focus()
	})
	r.line = container.New(column(0), r.words, r.button)
	t.s.onModel = append(t.s.onModel, r.show)
	t.s.onSamples = append(t.s.onSamples, r.refresh)
	r.show()
	return r
}

// done tells that a model has looked at crops of the project, so that the filters and
// orders which need it have something to show.
func (r *reviews) done() bool { return r.found.Judged > 0 }

// refresh asks the project what was found.
func (r *reviews) refresh() {
	p := r.t.s.project
	if p == nil {
		r.found, r.all = dataset.Findings{}, 0
		r.show()
		return
	}
	if r.asking {
		return
	}
	r.asking = true
	type answer struct {
		found dataset.Findings
		all   int
	}
	start(r.t.s.jobs, &job{name: tr("Count crops"), quiet: true, of: p}, func(context.Context, *job) (answer, error) {
		found, err1 := p.Findings()
		all, err2 := p.Count(dataset.Filter{})
		if errors.Join(err1, err2) != nil { // closed meanwhile
			return answer{}, nil
		}
		return answer{found, all}, nil
	}, func(a answer, _ error) {
		r.asking = false
		if p != r.t.s.project {
			r.refresh()
			return
		}
		before := r.done()
		r.found, r.all = a.found, a.all
		r.show()
		r.t.filter.refresh()
		if m := r.t.modes[r.t.at]; m == labelMode(r.t.group) && before != r.done() {
			m.show(r.t.l)
		}
	})
}

// show says how things stand.
func (r *reviews) show() {
	text, button := "", tr("Review crops…")
	switch fresh := r.all - r.found.Judged; {
	case r.running != nil:
		text, button = tr("The model looks at the crops."), tr("Cancel")
	case r.t.s.project == nil || r.all == 0:
		text = tr("A review finds uncertain and suspected crops, look-alikes and duplicates.")
	case !r.done():
		text = tr("Not reviewed yet. A review finds uncertain and suspected crops, look-alikes and duplicates.")
	case fresh > 0:
		text = tr("%s crops came since the last review.", grouped(fresh))
	default:
		text = tr("All crops are reviewed.")
	}
	r.button.Importance = widget.MediumImportance
	if r.running == nil && r.t.s.project != nil && r.all > 0 && !r.done() {
		r.button.Importance = widget.HighImportance
	}
	setText(r.words, text)
	r.button.SetText(button)
	enable(r.button, r.t.s.project != nil && r.all > 0)
}

// ask starts a review. What it has found until it is cancelled stays.
func (r *reviews) ask() {
	p, s := r.t.s.project, r.t.s
	switch {
	case r.running != nil:
		return
	case p == nil:
		s.show(errors.New(tr("No project is open: File › New project.")))
		return
	case s.model == nil:
		s.notify(tr("No model is open, so the review looks for duplicates only: File › Open model."))
	}
	model := s.model
	r.running = start(s.jobs, &job{name: tr("Review"), of: p}, func(ctx context.Context, j *job) (dataset.Findings, error) {
		tell := func(n dataset.ReviewProgress) { j.tell(reviewShare(n), reviewStage(n.Stage)) }
		if model == nil {
			return p.Review(ctx, nil, tell)
		}
		judge, done, err := s.newJudge(model)
		if err != nil {
			return dataset.Findings{}, err
		}
		defer done()
		return p.Review(ctx, judge, tell)
	}, func(f dataset.Findings, err error) {
		r.running = nil
		r.show()
		if p != s.project {
			return
		}
		if err == nil {
			s.notify(tr("Reviewed: %s uncertain, %s disagreeing, %s suspected, %s duplicates.",
				grouped(f.Uncertain), grouped(f.Disagreeing), grouped(f.Suspects), grouped(f.Duplicates)))
		}
		r.t.group.stale = true
		r.refresh()
		r.t.reload()
	})
	r.show()
}

// newJudge puts a model on a device of its own. done gives both back.
func (s *session) newJudge(model *engine.Checkpoint) (judge *engine.Judge, done func(), err error) {
	dev, err := s.openDevice()
	if err != nil {
		return nil, nil, err
	}
	judge, err = engine.NewJudge(model, dev)
	if err != nil {
		return nil, nil, errors.Join(err, dev.Close())
	}
	return judge, func() {
		if err := errors.Join(judge.Close(), dev.Close()); err != nil {
			slog.Error("end of a review", "err", err)
		}
	}, nil
}

// reviewShare is how far a review is; the network takes most of the time.
func reviewShare(n dataset.ReviewProgress) float64 {
	begin, end := 0.0, 0.15
	switch n.Stage {
	case dataset.StageTwins:
		begin, end = 0.15, 0.2
	case dataset.StageJudge:
		begin, end = 0.2, 0.95
	case dataset.StageSuspects:
		begin, end = 0.95, 1
	}
	return begin + (end-begin)*float64(n.Done)/float64(max(1, n.Total))
}

func reviewStage(stage dataset.ReviewStage) string {
	switch stage {
	case dataset.StagePrints:
		return tr("new crops")
	case dataset.StageTwins:
		return tr("duplicates")
	case dataset.StageJudge:
		return tr("the model's opinion")
	}
	return tr("suspects")
}
