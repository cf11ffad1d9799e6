package ui

import (
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/engine"
)

// preferred says for each list of the preferences what is chosen from it, and what tells that
// it holds.
var preferred = map[string]struct {
	value string
	holds func(w *window) bool
}{
	prefLanguage: {"ja", func(w *window) bool { return w.win.MainMenu().Items[0].Label == "ファイル" }},
	prefTheme: {"light", func(*window) bool { // a test is dark
		r, _, _, _ := theme.Color(theme.ColorNameBackground).RGBA()
		return r > 0xc000
	}},
	prefTextSize: {"largest", func(*window) bool { return theme.TextSize() == 14*textScales["largest"] }},
	prefDevice: {"second", func(w *window) bool {
		return w.finder.turn() == nil && w.finder.opened == "second" && w.train.form.deviceName() == "second"
	}},
}

// TestPreferencesHold chooses each preference in its dialog: it holds at once, and again in
// the window of the next start.
func TestPreferencesHold(t *testing.T) {
	t.Cleanup(func() { texts, reasons = nil, nil })
	first, _ := openWindow(t)
	begin := func() *window {
		second := first.devices[0]
		second.Name = "second"
		w, err := newWindow(Options{App: first.app, Devices: []engine.Device{first.devices[0], second}, Dialogs: played.ask, Version: "test"})
		if err != nil {
			t.Fatal(err)
		}
		w.quit, w.jobs.onUI, pump[w] = func() {}, first.jobs.onUI, pump[first]
		return w
	}
	end := func(w *window) { settle(w); w.close(); delete(pump, w) }
	for i, p := range first.preferenceList() {
		want, ok := preferred[p.key]
		if !ok {
			t.Errorf("nobody chooses %s", p.name)
			continue
		}
		w := begin()
		if want.holds(w) {
			t.Errorf("%s: it is so before", p.name)
		}
		w.showPreferences()
		var selects []*widget.Select
		for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
			if s, ok := o.(*widget.Select); ok {
				selects = append(selects, s)
			}
		}
		for n, v := range w.preferenceList()[i].values {
			if v == want.value {
				selects[i].SetSelectedIndex(n)
			}
		}
		pumpUntil(w, func() bool { return len(w.anew) == 0 })
		if !want.holds(w) {
			t.Errorf("%s: it does not hold at once", p.name)
		}
		end(w)
		again := begin()
		if !want.holds(again) {
			t.Errorf("%s: it does not hold after a restart", p.name)
		}
		end(again)
		first.app.Preferences().RemoveValue(p.key)
		texts, reasons = nil, nil
	}
}

// TestPreferredFolder chooses where new projects go: they are proposed there, at once and
// after a restart, until that is taken back.
func TestPreferredFolder(t *testing.T) {
	w, _ := openWindow(t)
	folder := t.TempDir()
	proposed := func() string {
		played = player{}
		w.askNewProject()
		return filepath.Dir(played.asked[0].Name)
	}
	before := proposed()
	w.showPreferences()
	button := func(name string) *widget.Button {
		for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
			if b, ok := o.(*widget.Button); ok && b.Text == name {
				return b
			}
		}
		t.Fatalf("no button says %q", name)
		return nil
	}
	played = player{answer: folder}
	test.Tap(button("Choose…"))
	if text := overlayText(w); !strings.Contains(text, filepath.Base(folder)) {
		t.Errorf("the dialog says %q", text)
	}
	if got := proposed(); got != folder {
		t.Errorf("a new project is proposed in %q, want %q", got, folder)
	}
	test.Tap(button("Reset"))
	if got := proposed(); got != before {
		t.Errorf("after a reset it is %q, want %q", got, before)
	}
}
