package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"frglab/engine"
	"frglab/ui/results"
)

// minePlan is what decides the crops and the networks of a training in rounds; it is kept
// in the folder, for --resume.
type minePlan struct {
	Config engine.Config     `json:"config"` // of the first round
	Mine   engine.MineConfig `json:"mine"`
	Source string            `json:"source"`           // COCO file or project
	Images string            `json:"images,omitempty"` // folder
	From   string            `json:"from,omitempty"`   // network that it started from
	Scout  string            `json:"scout,omitempty"`
	Rounds int               `json:"rounds"`
}

// planFile is where the plan is kept.
const planFile = "mine.json"

func readPlan(dir string) (p minePlan, err error) {
	data, err := os.ReadFile(filepath.Join(dir, planFile))
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		err = fmt.Errorf("resume %s: %w: name the folder of a training with --mine or --mine-rounds", show(dir), results.Cause(err))
	}
	return p, err
}

// resumeConfig is the configuration of the first round of the training to go on with.
func (m *mineFlags) resumeConfig(dir string) (engine.Config, error) {
	p, err := readPlan(dir)
	return p.Config, err
}

// plan writes down what is to be done, or compares it with what is under way.
func (t *training) plan(conf engine.Config) (minePlan, error) {
	p := minePlan{
		Config: conf, Mine: engine.DefaultMineConfig(conf.Arch.Size), Source: t.truth, Images: t.images,
		From: t.model, Scout: t.scout, Rounds: t.rounds,
	}
	p.Mine.Seed = conf.Seed
	if t.project != "" && t.truth == "" {
		p.Source = t.project
	}
	path := filepath.Join(t.out, planFile)
	if t.resume {
		was, err := readPlan(t.out)
		if err != nil {
			return p, err
		}
		was.Rounds, p.Mine = p.Rounds, was.Mine // more rounds may follow
		if a, b := mustJSON(was), mustJSON(p); a != b {
			return p, fmt.Errorf("resume %s: it was started with other settings, which are in %s: use those", show(t.out), show(path))
		}
	} else if _, err := os.Lstat(path); err == nil {
		return p, fmt.Errorf("folder %s holds a training in rounds already: resume it, or name another folder", show(t.out))
	}
	if err := os.MkdirAll(t.out, 0o777); err != nil {
		return p, err
	}
	return p, results.WriteFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, mustJSON(p)+"\n")
		return err
	})
}

// mustJSON is the JSON of something that holds words and finite numbers only.
func mustJSON(v any) string {
	text, _ := json.MarshalIndent(v, "", "  ")
	return string(text)
}
