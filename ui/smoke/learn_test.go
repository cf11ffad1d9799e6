package smoke

import (
	"os"
	"path/filepath"
	"testing"

	"frglab/dataset"
	"frglab/engine"
)

// TestFineTune goes from a box in a dropped picture to a model that learned that it is no
// face, by keys: the box, the verdict, the training.
func TestFineTune(t *testing.T) {
	long(t)
	p := launch(t)
	project := filepath.Join(p.data(), "sample.frglab")
	picture := filepath.Join(t.TempDir(), "pair.png")
	data, err := os.ReadFile("../../assets/samples/pair_small.png")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(picture, data, 0o600); err != nil {
		t.Fatal(err)
	}
	p.key("ctrl+3")
	if err := drop(p.window, 300, 300, picture); err != nil {
		t.Fatal(err)
	}
	before := p.counts(project).Other
	p.until("a box to be marked as no face", func() bool { // the keys do nothing before the boxes are there
		p.key("b")
		p.key("n")
		return p.counts(project).Other > before
	})
	p.photo("marked")
	p.key("t")
	best := filepath.Join(p.data(), "sample-runs", "*", engine.BestFile)
	p.untilLong("the new model", func() bool { found, _ := filepath.Glob(best); return len(found) == 1 })
	p.photo("on-trial")
	p.until("the run to be in the project", func() bool { return lastRun(p, project) == dataset.RunDone })
	p.quit()
}

func lastRun(p *program, path string) string {
	p.Helper()
	project, err := dataset.OpenReadOnly(path)
	if err != nil {
		p.Fatal(err)
	}
	defer project.Close()
	runs, err := project.Runs()
	if err != nil || len(runs) == 0 {
		return ""
	}
	return runs[len(runs)-1].Status
}
