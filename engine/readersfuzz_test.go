package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// FuzzLog reads a folder's log.jsonl and valid.json of these bytes: nothing crashes, and
// what comes out is whole.
func FuzzLog(f *testing.F) {
	for _, line := range []any{
		Progress{Event: EventStep, Step: 3, Loss: 0.5},
		Progress{Event: EventValid, Step: 9, Accuracy: 0.9},
		Probes{Event: EventProbe, Step: 2, Crops: []int{1, 2}, Truth: []int{0, 1}, Scores: []float64{0.25, 0.75}},
		Verdicts{Step: 1, Classes: []string{"face", "other"}, Truth: []int{0, 1}, Scores: []float64{1, 0}},
	} {
		text, err := json.Marshal(line)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(append(text, '\n'))
	}
	f.Add([]byte(`{"event":"probe","crops":[1],"truth":[],"scores":[0.1]}` + "\n"))
	f.Add([]byte(`{"event":"probe","crops":[1],"truth":[0],"scores":[1e300]}` + "\n" + `{"event":"probe","crops":[1],"truth":[7],"scores":[1]}`))
	f.Add([]byte(`{"event":"step","step":-1,"loss":1e309}` + "\n" + `{"event":"step"`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{LogFile, ValidFile} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if events, err := ReadLog(filepath.Join(dir, LogFile)); err != nil && events != nil {
			t.Fatalf("%d events and %v", len(events), err)
		}
		probes, err := ReadProbes(filepath.Join(dir, LogFile))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range probes {
			if len(p.Truth) != len(p.Crops) || len(p.Scores) != len(p.Crops) {
				t.Fatalf("%d crops, %d classes, %d scores", len(p.Crops), len(p.Truth), len(p.Scores))
			}
			for i, s := range p.Scores { // a window draws them
				if !(s >= 0 && s <= 1) || p.Truth[i] < 0 || p.Truth[i] > 1 {
					t.Fatalf("a crop of class %d has the score %v", p.Truth[i], s)
				}
			}
		}
		if v, err := ReadVerdicts(dir); err == nil && len(v.Truth) != len(v.Scores) {
			t.Fatalf("%d classes, %d scores", len(v.Truth), len(v.Scores))
		}
	})
}

// FuzzSettings reads the settings of a training, as a state and a project keep them:
// those that are accepted can be written and read again.
func FuzzSettings(f *testing.F) {
	for _, name := range Presets() {
		c, err := Preset(name)
		if err != nil {
			f.Fatal(err)
		}
		text, err := json.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(`{"Arch":{"Layers":[{"Kind":"conv","Out":1000000000,"Size":1000000000}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig(map[string]string{configKey: text})
		if err != nil {
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		back, err := parseConfig(map[string]string{configKey: string(again)})
		if err != nil || !reflect.DeepEqual(back, c) {
			t.Fatalf("%v, then %v (%v)", c, back, err)
		}
	})
}
