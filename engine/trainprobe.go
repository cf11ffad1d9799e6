package engine

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// EventProbe marks the line of a Probes in log.jsonl.
const EventProbe = "probe"

// Probes are the scores of a few validation crops, the same ones at every
// validation: those that the first validation found hardest, so that one can watch
// the network change its mind.
type Probes struct {
	Event  string    `json:"event"` // EventProbe
	Step   int       `json:"step"`
	Crops  []int     `json:"crops"`         // their places among the validation crops
	IDs    []int64   `json:"ids,omitempty"` // their numbers, where the source has some
	Truth  []int     `json:"truth"`         // class
	Scores []float64 `json:"scores"`        // of class 0, 0 to 1
}

// probesAClass is how many crops of each class are watched: a row of them fits a window.
const probesAClass = 6

// Numbered is a Source whose crops have numbers, such as those of a project's samples.
type Numbered interface{ ID(i int) int64 }

// hardest picks the crops of each class that are furthest from their truth, by
// class, the hardest first.
func hardest(r Report, classes int) []int {
	var picked []int
	for class := range classes {
		var of []int
		for i, c := range r.Truth {
			if c == class {
				of = append(of, i)
			}
		}
		slices.SortStableFunc(of, func(a, b int) int { return cmp.Compare(r.wrong(b), r.wrong(a)) })
		picked = append(picked, of[:min(len(of), probesAClass)]...)
	}
	return picked
}

// wrong is how far the score of crop i is from its truth, 0 to 1.
func (r Report) wrong(i int) float64 {
	if r.Truth[i] == 0 {
		return 1 - r.Scores[i]
	}
	return r.Scores[i]
}

// probe tells the log and the caller what a validation says of the probe crops.
func (t *trainer) probe(r Report) error {
	if t.Probes == nil {
		t.Probes = hardest(r, len(t.run.Classes))
	}
	p := Probes{Event: EventProbe, Step: t.step, Crops: t.Probes}
	for _, i := range t.Probes {
		if i < 0 || i >= r.N { // a state that was tampered with
			return fmt.Errorf("the state names validation crop %d of %d: start a new run", i, r.N)
		}
		p.Truth, p.Scores = append(p.Truth, r.Truth[i]), append(p.Scores, round6(r.Scores[i]))
	}
	p.IDs = numbers(t.valid.source, t.Probes)
	if err := t.log.add(p); err != nil {
		return logError(err)
	}
	if t.run.OnProbes != nil {
		t.run.OnProbes(p)
	}
	return nil
}

// round6 leaves what a person can see: the log stays short.
func round6(v float64) float64 { return math.Round(v*1e6) / 1e6 }

func numbers(s Source, crops []int) []int64 {
	named, ok := s.(Numbered)
	if !ok {
		return nil
	}
	ids := make([]int64, len(crops))
	for i, c := range crops {
		ids[i] = named.ID(c)
	}
	return ids
}

// ReadProbes reads what the log.jsonl of a run holds of its probe crops, also while
// it is being written.
func ReadProbes(path string) ([]Probes, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read training log: %w", err)
	}
	var ps []Probes
	for line := range bytes.Lines(data) {
		if p, ok := ParseProbes(line); ok {
			ps = append(ps, p)
		}
	}
	return ps, nil
}

// ParseProbes is one line of a log; ok is false for anything else, and where the
// lists are not of one length or hold what no validation says.
func ParseProbes(line []byte) (p Probes, ok bool) {
	if !bytes.Contains(line, []byte(`"`+EventProbe+`"`)) || json.Unmarshal(line, &p) != nil || p.Event != EventProbe {
		return Probes{}, false
	}
	n := len(p.Crops)
	if len(p.Truth) != n || len(p.Scores) != n || p.IDs != nil && len(p.IDs) != n {
		return p, false
	}
	for i, c := range p.Truth {
		if err := checkVerdict(i, c, p.Scores[i]); err != nil {
			return p, false
		}
	}
	return p, true
}

// ValidFile is what the best network of a run said of every validation crop, as JSON
// of a Verdicts.
const ValidFile = "valid.json"

// Verdicts are a network's scores of a set of crops, one by one.
type Verdicts struct {
	Step     int       `json:"step"`
	Loss     float64   `json:"loss"`
	Accuracy float64   `json:"accuracy"`
	Classes  []string  `json:"classes"`
	IDs      []int64   `json:"ids,omitempty"` // nil where the crops came without numbers
	Truth    []int     `json:"truth"`
	Scores   []float64 `json:"scores"` // of class 0, 0 to 1
}

// saveVerdicts keeps what a validation said beside the checkpoint that it is of.
func (t *trainer) saveVerdicts(r Report) error {
	v := Verdicts{Step: t.step, Loss: r.Loss, Accuracy: r.Accuracy, Classes: t.run.Classes, Truth: r.Truth}
	all := make([]int, r.N)
	for i, s := range r.Scores {
		all[i], v.Scores = i, append(v.Scores, round6(s))
	}
	v.IDs = numbers(t.valid.source, all)
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	path := filepath.Join(t.run.Dir, ValidFile)
	if err := replaceFile(path, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return fmt.Errorf("save %q: %w", path, err)
	}
	return nil
}

// maxVerdictBytes bounds the file: a million crops take about 20 MB.
const maxVerdictBytes = 256 << 20

// ReadVerdicts reads the ValidFile of a run's folder.
func ReadVerdicts(dir string) (Verdicts, error) {
	path := filepath.Join(dir, ValidFile)
	var v Verdicts
	info, err := os.Stat(path)
	if err != nil {
		return v, fmt.Errorf("read the figures of a run: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxVerdictBytes {
		return v, fmt.Errorf("read %q: not the figures of a run", path)
	}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err == nil {
		err = v.check()
	}
	if err != nil {
		return Verdicts{}, fmt.Errorf("read %q: %w", path, err)
	}
	return v, nil
}

func (v Verdicts) check() error {
	if len(v.Classes) != 2 || len(v.Truth) != len(v.Scores) || v.IDs != nil && len(v.IDs) != len(v.Truth) {
		return fmt.Errorf("%d classes, %d crops, %d scores and %d numbers do not belong together", len(v.Classes), len(v.Truth), len(v.Scores), len(v.IDs))
	}
	for i, c := range v.Truth {
		if err := checkVerdict(i, c, v.Scores[i]); err != nil {
			return err
		}
	}
	return nil
}

// checkVerdict says whether a crop can be of that class and have that score.
func checkVerdict(crop, class int, score float64) error {
	if class < 0 || class > 1 || !(score >= 0 && score <= 1) {
		return fmt.Errorf("crop %d: class %d with a score of %g cannot be", crop, class, score)
	}
	return nil
}
