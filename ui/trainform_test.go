package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"frglab/engine"
)

// TestBadStarts: what cannot work is refused with the reason, before anything is trained,
// and leaves no folder.
func TestBadStarts(t *testing.T) {
	listOf := func(t *testing.T, faces, others int) string {
		dir := t.TempDir()
		var text strings.Builder
		for i := range faces + others {
			img := image.NewRGBA(image.Rect(0, 0, 8, 8))
			img.Set(i%8, i/8, color.White)
			name := fmt.Sprintf("%d.png", i)
			if err := save(filepath.Join(dir, name), func(w io.Writer) error { return png.Encode(w, img) }); err != nil {
				t.Fatal(err)
			}
			class := 0
			if i >= faces {
				class = 1
			}
			fmt.Fprintln(&text, name, class)
		}
		path := filepath.Join(dir, "list.txt")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	lists := func(faces, others, validFaces, validOthers int) func(t *testing.T, w *window) {
		return func(t *testing.T, w *window) {
			f := w.train.form
			f.setList(0, listOf(t, faces, others))
			f.setList(1, listOf(t, validFaces, validOthers))
			f.source.SetSelected(f.source.Options[1])
		}
	}
	for name, tt := range map[string]struct {
		set  func(t *testing.T, w *window)
		want string
	}{
		"no number":                {func(t *testing.T, w *window) { w.train.set(t, tr("Batch"), "many") }, "Batch must be a number"},
		"out of range":             {func(t *testing.T, w *window) { w.train.set(t, tr("Momentum"), "2") }, "momentum is 2: use 0 to 0.999"},
		"batch above all crops":    {func(t *testing.T, w *window) { w.train.set(t, tr("Batch"), "64") }, "a batch of 64 is larger than the 60 training crops"},
		"no list":                  {func(_ *testing.T, w *window) { w.train.form.source.SetSelected(tr("of list files")) }, "Training list: choose"},
		"one class missing":        {lists(30, 0, 5, 5), `none of the 30 training crops is of class 1, "other"`},
		"one missing to check":     {lists(20, 20, 0, 5), `none of the 5 validation crops is of class 0, "face"`},
		"too few crops":            {lists(9, 20, 5, 5), `only 9 of the 29 training crops are of class 0, "face", and 10 are the least`},
		"too few to check":         {lists(20, 20, 5, 3), `only 3 of the 8 validation crops are of class 1, "other", and 4 are the least`},
		"a list that is not there": {func(t *testing.T, w *window) { lists(20, 20, 5, 5)(t, w); w.train.form.list[0] += "x" }, "list.txtx"},
	} {
		t.Run(name, func(t *testing.T) {
			w, failures := openTrainable(t)
			tt.set(t, w)
			w.train.start("")
			settle(w)
			if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), tt.want) {
				t.Errorf("got %v, want one failure that says %q", *failures, tt.want)
			}
			if left, _ := filepath.Glob(filepath.Join(runsDir(w.project), "*")); w.train.running != nil || len(left) > 0 {
				t.Errorf("running: %v; it left %q", w.train.running != nil, left)
			}
			if runs, err := w.project.Runs(); err != nil || len(runs) > 0 {
				t.Errorf("it is kept as a run: %+v, %v", runs, err)
			}
		})
	}
}

// TestFullDiskIsTold: the worker's refusal reaches the user. No file system of Linux is
// as full as /proc.
func TestFullDiskIsTold(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc")
	}
	w, failures := openTrainable(t)
	pl, err := w.train.plan("")
	if err != nil {
		t.Fatal(err)
	}
	pl.args[slices.Index(pl.args, "--out")+1] = "/proc/run"
	w.train.launch(pl)
	settle(w)
	if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), "has room for 0 MB, but the checkpoints of tiny take up to") {
		t.Errorf("got %v", *failures)
	}
	if _, err := os.Stat(runsDir(w.project)); err == nil {
		t.Error("a refused start left a folder")
	}
}

// TestEveryFieldIsThere: the form has each field of a configuration, and explains it.
func TestEveryFieldIsThere(t *testing.T) {
	var all map[string]json.RawMessage
	text, err := json.Marshal(engine.Config{})
	if err := errors.Join(err, json.Unmarshal(text, &all)); err != nil {
		t.Fatal(err)
	}
	missing := maps.Clone(all)
	delete(missing, "preset") // chosen above the fields, as is
	delete(missing, "arch")   // the network
	for _, s := range allSettings() {
		if s.name == "" || s.help == "" {
			t.Errorf("%q is not explained", s.name)
		}
		var c engine.Config
		value := "1"
		if s.choices != nil {
			value = s.choices[0]
		}
		if err := s.set(&c, value); err != nil {
			t.Fatal(err)
		}
		var now map[string]json.RawMessage
		text, err := json.Marshal(c)
		if err := errors.Join(err, json.Unmarshal(text, &now)); err != nil {
			t.Fatal(err)
		}
		for field := range all {
			if string(now[field]) != string(all[field]) {
				delete(missing, field)
			}
		}
	}
	if len(missing) > 0 {
		t.Errorf("no field of the form sets %v", slices.Sorted(maps.Keys(missing)))
	}
}

// TestFormIsTheConfig: what a preset says goes through the form unchanged, and every
// field can be changed.
func TestFormIsTheConfig(t *testing.T) {
	w, _, _ := open(t, 1)
	f := w.train.form
	for _, name := range engine.Presets() {
		f.preset.SetSelected(name)
		want, err := engine.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.config()
		if err != nil || len(differences(got, want)) > 0 {
			t.Errorf("%s: differs by %v, %v", name, differences(got, want), err)
		}
	}
	f.preset.SetSelected("modern")
	for _, s := range f.fields {
		f.preset.SetSelected("2015")
		f.preset.SetSelected("modern")
		switch {
		case s.check != nil:
			s.check.SetChecked(!s.check.Checked)
		case s.choose != nil:
			s.choose.SetSelectedIndex(1 - s.choose.SelectedIndex())
		default:
			s.entry.SetText("1")
			if s.name == tr("Seed") || s.name == tr("Rate factor") || s.name == tr("Decay factor") {
				continue // that is the preset's
			}
			if s.name == tr("Warm-up") || s.name == tr("Moved") || s.name == tr("Zoomed") || s.name == tr("Momentum") || s.name == tr("Contrast") {
				s.entry.SetText("0.33")
			}
		}
		modern, err := engine.Preset("modern")
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.config()
		diff := differences(modern, got)
		names := []string{}
		for _, d := range diff {
			names = append(names, d[0])
		}
		want := []string{tr("Preset"), s.name}
		if s.name == tr("Seed") {
			want = want[1:]
		}
		if err != nil || !slices.Equal(names, want) {
			t.Errorf("%s: the configuration differs in %q, %v", s.name, names, err)
		}
	}
}

// TestDeviceWord: a graphics card stands in the form under its own name.
func TestDeviceWord(t *testing.T) {
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	open(t, 0)
	for _, tt := range []struct{ name, about, want string }{
		{"cpu", "oneDNN 2.6, 4 threads", "Processor"},
		{"ref", "plain Go", "Processor, plain Go (slow)"},
		{"cuda", "NVIDIA H100", "NVIDIA H100"},
		{"cuda:1", "NVIDIA L4", "NVIDIA L4"},
	} {
		if got := deviceWord(engine.Device{Name: tt.name, About: tt.about}); got != tt.want {
			t.Errorf("%s is called %q, want %q", tt.name, got, tt.want)
		}
	}
}
