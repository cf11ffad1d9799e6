package engine

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// logs2015 feed the test and the fuzzer. want are the events: kind, step, epoch, loss, accuracy.
var logs2015 = []struct {
	name, text string
	want       []Progress
	warning    string
}{
	{
		"as it was written",
		"epoch 1 starts.\ntraining: iteration=20, mean loss=0.53, accuracy rate=0.76\nthroughput: 560.3 images/sec\n" +
			"validation: iteration=20, mean loss=0.41, accuracy rate=0.83\nepoch 2 starts.\ntraining: iteration=40, mean loss=0.3, accuracy rate=0.9\n",
		[]Progress{{Event: EventStep, Step: 20, Epoch: 1, Loss: 0.53, Accuracy: 0.76}, {Event: EventValid, Step: 20, Epoch: 1, Loss: 0.41, Accuracy: 0.83}, {Event: EventStep, Step: 40, Epoch: 2, Loss: 0.3, Accuracy: 0.9}},
		"",
	},
	{
		"each epoch counts anew", "epoch 1 starts.\r\ntraining: iteration=20, mean loss=1, accuracy rate=0.5\r\ntraining: iteration=40, mean loss=1, accuracy rate=0.5\r\nepoch 2 starts.\r\ntraining: iteration=20, mean loss=0.5, accuracy rate=0.6\r\n",
		[]Progress{{Event: EventStep, Step: 20, Epoch: 1, Loss: 1, Accuracy: 0.5}, {Event: EventStep, Step: 40, Epoch: 1, Loss: 1, Accuracy: 0.5}, {Event: EventStep, Step: 60, Epoch: 2, Loss: 0.5, Accuracy: 0.6}},
		"",
	},
	{
		"a validation counts its own batches", "training: iteration=1000, mean loss=1, accuracy rate=0.5\nvalidation: iteration=10, mean loss=0.9, accuracy rate=0.1\nvalidation: iteration=20, mean loss=0.8, accuracy rate=0.7\n",
		[]Progress{{Event: EventStep, Step: 1000, Epoch: 1, Loss: 1, Accuracy: 0.5}, {Event: EventValid, Step: 1000, Epoch: 1, Loss: 0.8, Accuracy: 0.7}},
		"",
	},
	{
		"behind a time, without end of line", "[2015-11-03 12:00:01] training: iteration=20, mean loss=5.3e-1, accuracy rate=0.760000026226",
		[]Progress{{Event: EventStep, Step: 20, Epoch: 1, Loss: 0.53, Accuracy: 0.760000026226}},
		"",
	},
	{
		"cut and broken lines", "\xef\xbb\xbftraining: iteration=20, mean loss=0.5, accuracy rate=0.7\ntraining: iteration=40, mean lo\ntraining: iteration=60, mean loss=0.5, accuracy rate=seven\n",
		[]Progress{{Event: EventStep, Step: 20, Epoch: 1, Loss: 0.5, Accuracy: 0.7}},
		"line 2: ",
	},
	{
		"a log of ours", `{"event":"step","step":4,"steps":8,"epoch":1,"loss":0.5,"accuracy":0.7,"lr":0.01,"per_s":9}` + "\n" +
			`{"event":"probe","step":4,"crops":[],"truth":[],"scores":[]}` + "\n" + `{"event":"valid","step":8,"loss":0.25,"accuracy":1}` + "\n",
		[]Progress{{Event: EventStep, Step: 4, Steps: 8, Epoch: 1, Loss: 0.5, Accuracy: 0.7, LR: 0.01, PerSecond: 9}, {Event: EventValid, Step: 8, Loss: 0.25, Accuracy: 1}},
		"",
	},
}

func TestParseCurves(t *testing.T) {
	for _, tt := range logs2015 {
		t.Run(tt.name, func(t *testing.T) {
			c, err := ParseCurves([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			sameEvents(t, c.Events, tt.want)
			if got := strings.Join(c.Warnings, "\n"); !strings.HasPrefix(got, tt.warning) || (tt.warning == "") != (got == "") {
				t.Errorf("warnings %q, want %q", got, tt.warning)
			}
		})
	}
}

func TestCurvesThatDiverged(t *testing.T) {
	c, err := ParseCurves([]byte("training: iteration=20, mean loss=nan, accuracy rate=0.5\n"))
	if err != nil || len(c.Events) != 1 || !math.IsNaN(c.Events[0].Loss) {
		t.Errorf("got %+v, %v; a loss that is no number is part of the story", c, err)
	}
}

func TestReadCurvesNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(path, []byte("nothing\ntraining: iteration=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, dir, filepath.Join(dir, "missing")} {
		if _, err := ReadCurves(p); err == nil || !strings.Contains(err.Error(), p) {
			t.Errorf("error %v, want one that names %s", err, p)
		}
	}
	if _, err := ReadCurves(path); !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v, want one that names the line", err)
	}
	run := filepath.Join(dir, "7")
	if err := os.Mkdir(run, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(run, LogFile), []byte(logs2015[5].text), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := ReadCurves(filepath.Join(run, LogFile)); err != nil || c.Name != "7" {
		t.Errorf("a log.jsonl is called %q (%v), want its folder", c.Name, err)
	}
}

// FuzzParseCurves: no input may crash it, and what it returns can be drawn.
func FuzzParseCurves(f *testing.F) {
	for _, tt := range logs2015 {
		f.Add([]byte(tt.text))
	}
	f.Add([]byte("validation: iteration=999999999, mean loss=1e999, accuracy rate=1\ntraining: iteration=0, mean loss=-1, accuracy rate=0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCurves(data)
		if (err == nil) != (len(c.Events) > 0) {
			t.Fatalf("%d events, error %v", len(c.Events), err)
		}
		last := map[string]int{}
		for _, p := range c.Events {
			if p.Event != EventStep && p.Event != EventValid {
				t.Fatalf("event %q", p.Event)
			}
			if p.Step < last[p.Event] {
				t.Fatalf("%s at %d after %d", p.Event, p.Step, last[p.Event])
			}
			last[p.Event] = p.Step
		}
	})
}
