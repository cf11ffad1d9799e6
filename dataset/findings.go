package dataset

import "fmt"

// Findings are what reviews found, as far as it still holds: by the labels, removals and
// split of now.
type Findings struct {
	Duplicates int  `json:"duplicates"` // samples folded under one that is shown for them
	Leak       Leak `json:"leak"`

	Model        string `json:"model"`        // name of the judge that judged most samples; "" for none
	Judged       int    `json:"judged"`       // samples
	Uncertain    int    `json:"uncertain"`    // unchecked samples that the judge is not sure of: Filter.Uncertain of Doubt
	Disagreeing  int    `json:"disagreeing"`  // see Filter.Disagreeing
	Suspects     int    `json:"suspects"`     // checked samples whose class is probably wrong: Filter.Suspected of Suspicion
	FramesLooked int    `json:"framesLooked"` // frames that a detector or a person looked at
	FramesMissed int    `json:"framesMissed"` // of these, without a face, and nobody checked that
}

// What findings count as doubt and suspicion.
const (
	Doubt     = 0.3 // a probability of a face from 0.2 to 0.8
	Suspicion = 0.5 // more probably wrong than not
)

// Findings are quick: they only count.
func (p *Project) Findings() (Findings, error) {
	f, err := p.findings()
	if err != nil {
		return Findings{}, fmt.Errorf("count what reviews found: project %q: %w", p.Name(), explain(err))
	}
	return f, nil
}

func (p *Project) findings() (f Findings, err error) {
	for _, c := range []struct {
		n      *int
		filter Filter
	}{
		{&f.Judged, Filter{Judged: new(true)}},
		{&f.Uncertain, Filter{Checked: new(false), Uncertain: Doubt}},
		{&f.Disagreeing, Filter{Disagreeing: true}},
		{&f.Suspects, Filter{Suspected: Suspicion}},
	} {
		if *c.n, err = p.count(c.filter); err != nil {
			return f, err
		}
	}
	if f.Leak, err = p.leak(); err != nil {
		return f, err
	}
	err = p.r.QueryRow(`SELECT
		(SELECT count(*) FROM twins t CROSS JOIN samples s ON s.id = t.sample CROSS JOIN samples l ON l.id = t.leader WHERE s.gone = 0 AND l.gone = 0),
		coalesce((SELECT model FROM judgements GROUP BY model ORDER BY count(*) DESC LIMIT 1), ''),
		(SELECT count(*) FROM frames WHERE state > 0)`).Scan(&f.Duplicates, &f.Model, &f.FramesLooked)
	if err != nil {
		return f, err
	}
	missed, err := p.Frames(FrameFilter{Missed: true})
	f.FramesMissed = len(missed)
	return f, err
}
