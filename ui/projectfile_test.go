package ui

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// notice is what the dialog on top says, and its buttons by their texts.
func notice(w *window) (text string, buttons map[string]*widget.Button) {
	buttons = map[string]*widget.Button{}
	top := w.win.Canvas().Overlays().Top()
	if top == nil {
		return "", buttons
	}
	var words []string
	for _, o := range test.LaidOutObjects(top) {
		switch o := o.(type) {
		case *widget.Label:
			words = append(words, o.Text)
		case *widget.Button:
			buttons[o.Text] = o
		}
	}
	return strings.Join(words, "\n"), buttons
}

// projectData are the bytes of a closed project of n crops.
func projectData(t *testing.T, n int) []byte {
	t.Helper()
	w, path, _ := open(t, n)
	if err := w.project.Close(); err != nil {
		t.Fatal(err)
	}
	w.project = nil
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestBadProjects(t *testing.T) {
	sound := projectData(t, 9)
	noise := bytes.Clone(sound)
	copy(noise[4096:8192], bytes.Repeat([]byte("noise"), 1000))
	newer := bytes.Clone(sound)
	newer[63] = 99
	for _, tt := range []struct {
		name    string
		data    []byte
		want    []string // in the notice, or in the failure
		buttons []string // none: a plain failure
	}{
		{"no project", []byte("hello"), []string{"bad.frglab", "choose another file"}, nil},
		{"newer", newer, []string{"bad.frglab", "update FrgLab"}, nil},
		{"damaged", noise, []string{"bad.frglab is damaged", "was not changed", "copy"}, []string{"Close", "Rescue into a new project…", "Open read-only"}},
		{"cut off", sound[:len(sound)/2], []string{"bad.frglab is damaged"}, []string{"Close", "Rescue into a new project…", "Open read-only"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bad.frglab")
			if err := os.WriteFile(path, tt.data, 0o600); err != nil {
				t.Fatal(err)
			}
			w, failures := openWindow(t)
			w.openProject(path)
			settle(w)
			text, buttons := notice(w)
			if tt.buttons == nil {
				if len(*failures) != 1 {
					t.Fatalf("failures are %v, want one", *failures)
				}
				text = (*failures)[0].Error()
			} else if len(*failures) > 0 {
				t.Errorf("it is told twice: %v", *failures)
			}
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("the notice is %q, want %q in it", text, want)
				}
			}
			for _, want := range tt.buttons {
				if buttons[want] == nil {
					t.Errorf("there is no button %q among %v", want, buttons)
				}
			}
			if w.project != nil {
				t.Error("a project is open")
			}
			if got, _ := os.ReadFile(path); !bytes.Equal(got, tt.data) {
				t.Error("the file was changed")
			}
			if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
				t.Errorf("beside it are %v", entries)
			}
		})
	}
}

func TestLockedProjectOpensReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.frglab")
	if err := os.WriteFile(path, projectData(t, 9), 0o600); err != nil {
		t.Fatal(err)
	}
	holder, err := dataset.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	w, failures := openWindow(t)
	w.openProject(path)
	settle(w)
	text, buttons := notice(w)
	if !strings.Contains(text, "p.frglab is open in another window") || !strings.Contains(text, "process") {
		t.Errorf("the notice is %q", text)
	}
	test.Tap(buttons["Open read-only"])
	settle(w)
	if w.project == nil || !w.project.ReadOnly() || !strings.Contains(w.win.Title(), "p (read-only)") {
		t.Fatalf("it is not open for reading; the title is %q", w.win.Title())
	}
	if len(w.label.grid.grid.Items()) != 9 {
		t.Errorf("the grid shows %d crops", len(w.label.grid.grid.Items()))
	}
	w.label.grid.grid.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	settle(w)
	if len(*failures) == 0 || !strings.Contains((*failures)[0].Error(), "open for reading only") {
		t.Errorf("a verdict fails with %v", *failures)
	}
	if err := holder.Close(); err != nil {
		t.Fatal(err)
	}
	w.openProject(path) // free now: in the place of the one for reading
	settle(w)
	if w.project == nil || w.project.ReadOnly() {
		t.Error("it is not open for writing")
	}
	*failures = nil
	w.openProject(path)
	settle(w)
	if len(*failures) > 0 || !strings.Contains(w.notice, "p.frglab is open already") {
		t.Errorf("opening it twice: %v, notice %q", *failures, w.notice)
	}
}

func TestRescueFromTheWindow(t *testing.T) {
	data := projectData(t, 400)
	path := filepath.Join(t.TempDir(), "bad.frglab")
	clear(data[len(data)-4096:])
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	w, failures := openWindow(t)
	w.rescue(path, filepath.Join(t.TempDir(), "new"))
	settle(w)
	if len(*failures) > 0 || w.project == nil || w.project.Name() != "new" || w.counts(t).Samples < 300 {
		t.Fatalf("failures %v, project %v", *failures, w.project)
	}
	if text, _ := notice(w); !strings.Contains(text, "new.frglab has") || !strings.Contains(text, path) {
		t.Errorf("the notice is %q", text)
	}
}
