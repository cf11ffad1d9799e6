package ui

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"frglab/assets"
	"frglab/dataset"
)

// crashEnv makes the test binary a program that crashes in some way.
const crashEnv = "FRGLAB_TEST_CRASH"

// crash is what TestMain runs where crashEnv is set: to the folder named there.
func crash(how string) {
	w := watchCrashes(os.Getenv(crashEnv+"_DIR"), "9.9")
	w.note("detects on %s", "a test")
	switch how {
	case "panic":
		panic("the window is on fire: " + filepath.Join(os.Getenv("HOME"), "secret"))
	case "goroutine":
		go panic("beside the window")
		select {}
	case "native":
		debug.SetPanicOnFault(false)
		*(*int)(nil) = 1 //nolint // a fault, as native code makes them
	case "killed":
		p, _ := os.FindProcess(os.Getpid())
		p.Kill()
		select {}
	}
	w.end()
	os.Exit(0)
}

// TestCrashLeavesAReport crashes programs in several ways, and finds what the next start
// makes of each.
func TestCrashLeavesAReport(t *testing.T) {
	for _, tt := range []struct {
		how  string
		want []string // in the report; none: there is none
	}{
		{"panic", []string{"FrgLab 9.9", "the window is on fire: ~/secret", "goroutine 1", "detects on a test"}},
		{"goroutine", []string{"beside the window"}},
		{"native", []string{"SIGSEGV"}},
		{"killed", nil},
		{"well", nil},
	} {
		dir, home := t.TempDir(), t.TempDir()
		t.Setenv("HOME", home)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), crashEnv+"="+tt.how, crashEnv+"_DIR="+dir)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Run(); (err == nil) != (tt.how == "well") {
			t.Errorf("%s: ended with %v", tt.how, err)
		}
		reports := collectCrashes(dir, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
		if len(reports) != min(1, len(tt.want)) {
			t.Errorf("%s: %d reports; it said %.300q", tt.how, len(reports), stderr.String())
			continue
		}
		for _, r := range reports {
			text, err := os.ReadFile(r)
			for _, want := range tt.want {
				if err != nil || !strings.Contains(string(text), want) {
					t.Errorf("%s: the report lacks %q (%v): %.400q", tt.how, want, err, text)
				}
			}
			if strings.Contains(string(text), home) {
				t.Errorf("%s: the report names the user's home", tt.how)
			}
		}
		if again := collectCrashes(dir, time.Now()); len(again) != 0 {
			t.Errorf("%s: told twice", tt.how)
		}
	}
}

// TestRunningProgramIsNoCrash leaves the file of a second window alone.
func TestRunningProgramIsNoCrash(t *testing.T) {
	dir := t.TempDir()
	w := watchCrashes(dir, "9.9")
	defer w.end()
	w.file.WriteString("panic: as if\n")
	if got := collectCrashes(dir, time.Now()); len(got) > 1 {
		t.Errorf("reports: %v", got)
	}
	other := filepath.Join(dir, crashFolder, runningMark+"1.txt") // init runs always
	if err := os.WriteFile(other, []byte("panic: as if\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	collectCrashes(dir, time.Now())
	if _, err := os.Stat(other); err != nil {
		t.Error("the file of a running program was taken away")
	}
}

func TestCrashIsTold(t *testing.T) {
	w, _ := openWindow(t)
	w.tellStart("/home/x/preferences.json.bad", []string{"/home/x/crash-1.txt"})
	text := overlayText(w)
	for _, want := range []string{"preferences.json.bad", "crash-1.txt"} {
		if !strings.Contains(text, want) {
			t.Errorf("the dialog says %q, not %q", text, want)
		}
	}
}

// overlayText is all text of the topmost dialog.
func overlayText(w *window) (text string) {
	top := w.win.Canvas().Overlays().Top()
	if top == nil {
		return ""
	}
	for _, o := range test.LaidOutObjects(top) {
		switch o := o.(type) {
		case *widget.Label:
			text += o.Text + "\n"
		case *widget.Button:
			text += o.Text + "\n"
		}
	}
	return text
}

// TestSettingsAreSetAside moves settings away that Fyne could not go on with, and no others.
func TestSettingsAreSetAside(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		bad  bool
	}{
		"good":               {`{"theme":"dark","recent":["a","b"],"window.width":900,"odd":{"x":[1]}}`, false},
		"wrong kinds":        {`{"theme":7,"recent":"x","window.width":"wide"}`, false},
		"empty":              {"", false},
		"cut short":          {`{"theme":"da`, true},
		"no object":          {`null`, true},
		"list":               {`[1]`, true},
		"not JSON":           {"\x00\xff\x01", true},
		"two":                {`{}{}`, true},
		"mixed list":         {`{"recent":["a",1]}`, true},
		"list with nothing":  {`{"recent":["a",null]}`, true},
		"list of nothing":    {`{"recent":[null,"a"]}`, true},
		"list of empty list": {`{"recent":[]}`, false},
	} {
		config := t.TempDir()
		t.Setenv("XDG_CONFIG_HOME", config)
		path := filepath.Join(config, "fyne", "x.y", "preferences.json")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		moved, err := SetAside("x.y", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
		if err != nil || (moved != "") != tt.bad {
			t.Errorf("%s: moved to %q, %v", name, moved, err)
			continue
		}
		kept, err := os.ReadFile(path)
		if tt.bad {
			kept, err = os.ReadFile(path + ".2026-01-02-030405.bad")
		}
		if err != nil || string(kept) != tt.text {
			t.Errorf("%s: the old settings are lost: %q, %v", name, kept, err)
		}
	}
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	if moved, err := SetAside("x.y", time.Now()); moved != "" || err != nil {
		t.Errorf("without settings: %q, %v", moved, err)
	}
}

// TestSettingsOfWrongKindsAreHarmless opens a window on settings that no FrgLab wrote.
func TestSettingsOfWrongKindsAreHarmless(t *testing.T) {
	w, _ := openWindow(t)
	prefs := w.app.Preferences()
	for _, k := range []string{prefLanguage, prefTheme, prefTextSize, prefDevice, prefFolder, prefModel, prefKeys, prefDetectPresets, prefSpeeds} {
		prefs.SetString(k, "\x00?/")
	}
	prefs.SetStringList(prefRecent, []string{"", "\n", "/nowhere/\u202egnp.x"})
	again, err := newWindow(Options{App: w.app, Devices: w.devices, Dialogs: played.ask})
	if err != nil {
		t.Fatal(err)
	}
	again.quit = func() {}
	again.jobs.onUI = w.jobs.onUI
	pump[again] = pump[w]
	var failures []error
	again.jobs.failed = func(_ string, err error) { failures = append(failures, err) }
	again.open(nil)
	settle(again)
	again.close()
	delete(pump, again)
	if len(failures) > 0 {
		t.Errorf("failures: %v", failures)
	}
}

// TestPreferences chooses in the dialog what each of its lists offers.
func TestPreferences(t *testing.T) {
	w, _ := openWindow(t)
	for i, p := range w.preferenceList() {
		if len(p.values) != len(p.words) || len(p.values) < 2 {
			t.Errorf("%s offers %d values by %d names", p.name, len(p.values), len(p.words))
		}
		w.showPreferences()
		var selects []*widget.Select
		for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
			if s, ok := o.(*widget.Select); ok {
				selects = append(selects, s)
			}
		}
		last := len(p.values) - 1
		selects[i].SetSelectedIndex(last)
		if got := w.app.Preferences().String(p.key); got != p.values[last] {
			t.Errorf("%s is %q, want %q", p.name, got, p.values[last])
		}
		pumpUntil(w, func() bool { return len(w.anew) == 0 })
		for o := w.win.Canvas().Overlays(); o.Top() != nil; {
			o.Remove(o.Top())
		}
		w.app.Preferences().SetString(p.key, "")
		if p.key == prefLanguage {
			texts, reasons = nil, nil
		}
	}
}

// TestPreferredDevice detects on the device of the preferences, and on another one when
// that is chosen or does not work.
func TestPreferredDevice(t *testing.T) {
	w, _ := openWindow(t)
	w.finder.devices = append(w.finder.devices, w.devices[0])
	w.finder.devices[1].Name = "second"
	for _, tt := range []struct{ want, opened string }{{"", "auto"}, {"second", "second"}, {"second", "second"}, {"gone", "gone"}, {"", "auto"}} {
		w.app.Preferences().SetString(prefDevice, tt.want)
		if err := w.finder.turn(); err != nil || w.finder.opened != tt.opened || w.finder.device == nil {
			t.Errorf("%q: opened %q, %v", tt.want, w.finder.opened, err)
		}
	}
}

// TestAbout names the version, the parts and the licences.
func TestAbout(t *testing.T) {
	w, _ := openWindow(t)
	w.showAbout()
	text := overlayText(w)
	for _, want := range []string{"FrgLab test", "go1."} {
		if !strings.Contains(text, want) {
			t.Errorf("About lacks %q", want)
		}
	}
	info := &debug.BuildInfo{Deps: []*debug.Module{{Path: "fyne.io/fyne/v2", Version: "v2.8.0"}}}
	if got := strings.Join(versions("1.2", info), "\n"); !strings.Contains(got, "FrgLab 1.2") || !strings.Contains(got, "fyne.io/fyne/v2 v2.8.0") {
		t.Errorf("the versions are %q", got)
	}
	if !strings.Contains(assets.Notice(), "SIL OPEN FONT LICENSE") {
		t.Error("the notices lack the licence of the font")
	}
}

// TestArguments opens what the command line names: each kind where it belongs.
func TestArguments(t *testing.T) {
	dir := t.TempDir()
	model := filepath.Join(dir, "網 1.safetensors")
	if err := os.WriteFile(model, assets.Model(), 0o600); err != nil {
		t.Fatal(err)
	}
	project := filepath.Join(dir, "a b.frglab")
	if err := os.WriteFile(project, assets.SampleProject(), 0o600); err != nil {
		t.Fatal(err)
	}
	picture := testPicture(t, "顔.png", 40, 30)
	empty, list := filepath.Join(dir, "empty.frglab"), filepath.Join(filepath.Dir(picture), "list.txt")
	p, err := dataset.Create(empty)
	if err != nil || p.Close() != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list, []byte("顔.png 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		done func(w *window) bool
	}{
		{"project", []string{project}, func(w *window) bool { return w.project != nil && w.project.Path() == project }},
		{"model", []string{model}, func(w *window) bool { return w.modelOf == "網 1.safetensors" && w.tabs.SelectedIndex() == tabDetect }},
		{"picture", []string{picture}, func(w *window) bool { return w.detect.showing() == "顔.png" && w.tabs.SelectedIndex() == tabDetect }},
		{"video", []string{sampleVideo(t)}, func(w *window) bool { return w.detect.img != nil && w.detect.files[0].frames > 0 }},
		{"list", []string{list, empty}, func(w *window) bool { return w.counts(t).Face == 1 && w.tabs.SelectedIndex() == tabLabel }},
		{"folder", []string{filepath.Dir(picture)}, func(w *window) bool { return w.detect.showing() == "顔.png" }},
		{"all", []string{picture, project, model}, func(w *window) bool {
			return w.detect.showing() == "顔.png" && w.project.Path() == project && w.modelOf == "網 1.safetensors"
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, failures := openWindow(t)
			w.open(tt.args)
			settle(w)
			if len(*failures) > 0 || !tt.done(w) {
				t.Errorf("not opened; tab %d, shows %q, failures %v", w.tabs.SelectedIndex(), w.detect.showing(), *failures)
			}
		})
	}
}

// shownText is all that the dialog on top says.
func shownText(w *window) string {
	var b strings.Builder
	if top := w.win.Canvas().Overlays().Top(); top != nil {
		for _, o := range test.LaidOutObjects(top) {
			if l, ok := o.(*widget.Label); ok {
				b.WriteString(l.Text + "\n")
			}
		}
	}
	return b.String()
}

// TestMissingProjectIsTold: a start that finds the last project gone opens another one, and
// says so.
func TestMissingProjectIsTold(t *testing.T) {
	w, failures := openWindow(t)
	w.app.Preferences().SetStringList(prefRecent, []string{"/unplugged/faces.frglab"})
	w.open(nil)
	settle(w)
	w.tellStart("", nil)
	if got := shownText(w); w.project.Name() != "sample" || !strings.Contains(got, "/unplugged/faces.frglab is not there any more") {
		t.Errorf("opened %q and said %q (failures %v)", w.project.Name(), got, *failures)
	}
}

// TestClosingSaysWhatItWaitsFor where work runs, and closes at once where none does.
func TestClosingSaysWhatItWaitsFor(t *testing.T) {
	w, _ := openWindow(t)
	closed := false
	w.quit = func() { closed = true }
	start(w.jobs, &job{name: "Long work"}, func(ctx context.Context, _ *job) (int, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	}, nil)
	w.leave()
	w.leave() // somebody who is in a hurry
	if got := shownText(w); closed || len(w.win.Canvas().Overlays().List()) != 1 || !strings.Contains(got, "Long work") {
		t.Errorf("closed %v, and said %q", closed, got)
	}
	for !closed {
		(<-pump[w])()
	}
	closed, w.leaving = false, false
	settle(w)
	if w.leave(); !closed {
		t.Error("without work it does not close at once")
	}
}
