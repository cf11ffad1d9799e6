package ui

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"frglab/engine"
	"frglab/ui/cli"
)

// FuzzTold takes these bytes for what a training process says, or for the log of a run: the
// window's numbers, words and pictures follow, whatever it is.
func FuzzTold(f *testing.F) {
	var lines bytes.Buffer
	for _, line := range []any{
		cli.WorkerEvent{Event: cli.WorkerReady, Train: 40, Valid: 9, Every: 3},
		engine.Progress{Event: engine.EventStep, Step: 3, Steps: 9, Epoch: 1, Loss: 0.5, PerSecond: 10},
		engine.Progress{Event: engine.EventValid, Step: 3, Steps: 9, Loss: 0.6, Accuracy: 0.9, PerSecond: 30},
		engine.Progress{Event: engine.EventBatch, Step: 4, Steps: 9, Batch: 5},
		engine.Probes{Event: engine.EventProbe, Step: 3, Crops: []int{1, 2}, Truth: []int{0, 1}, Scores: []float64{0.25, 0.75}, IDs: []int64{3, 4}},
		cli.WorkerEvent{Event: cli.WorkerPaused},
	} {
		text, err := json.Marshal(line)
		if err != nil {
			f.Fatal(err)
		}
		lines.Write(append(text, '\n'))
	}
	f.Add(lines.Bytes())
	f.Add([]byte(`{"event":"step","step":-9223372036854775808,"steps":9223372036854775807,"loss":1e308,"per_s":5e-324}` + "\n" +
		`{"event":"step","step":1,"loss":-1e308,"per_s":-1}`))
	f.Add([]byte(`{"event":"probe","step":1,"crops":[1],"truth":[7],"scores":[1e300]}`))
	f.Add([]byte(`{"event":"ready","train":-1,"valid":9223372036854775807,"every":-5}`))
	test.NewTempApp(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var l live
		said := newCurves(&session{}, nil, true).add("run")
		for line := range bytes.Lines(data) {
			e, ok := parseTold(line)
			switch {
			case !ok:
				continue
			case e.probes != nil:
				l.probes = append(l.probes, *e.probes)
			case e.progress != nil:
				l.add(*e.progress)
				said.plot(*e.progress)
			default:
				l.ready = *e.worker
				l.pace.Batch, l.pace.Valid, l.pace.ValidEvery = 8, e.worker.Valid, e.worker.Every
			}
		}
		for _, running := range []bool{true, false} {
			l.words(running)
		}
		row := newProbeRow(&trainTab{s: &session{}})
		row.show(l.probes)
		for _, c := range row.cells {
			c.draw(probeSide, 18)
		}
	})
}

// FuzzPreferences opens the window's parts with settings that may say anything, as long as
// Fyne can read them: see SetAside.
func FuzzPreferences(f *testing.F) {
	f.Add([]byte(`{"language":"ja","theme":"dark","text":"large","recent":["/a.frglab","/b\n.frglab"],"window.tab":2,"window.width":900.5}`))
	f.Add([]byte(`{"label.keys":"{\"face\":\"x\",\"other\":\"\"}","detect.presets":"{\"a\":{\"cnn\":{\"mode\":\"2015\"},\"cascade\":{}}}"}`))
	f.Add([]byte(`{"train.speeds":"{\"frgnet64\":{\"cpu\":{\"10\":120.5,\"-1\":1e308}}}","device":"cuda","folder":"\u202e/"}`))
	f.Add([]byte(`{"label.keys":"[]","detect.presets":"7","train.speeds":"{}}","language":7,"recent":[1],"theme":[true,false]}`))
	w, _ := openWindow(f)
	prefs := w.app.Preferences()
	f.Fuzz(func(t *testing.T, data []byte) {
		if readable(data) != nil {
			return
		}
		var all map[string]any
		if json.Unmarshal(data, &all) != nil {
			return
		}
		for key, v := range all {
			set(prefs, key, v)
		}
		defer func() {
			for key := range all {
				prefs.RemoveValue(key)
			}
		}()
		keys := loadBindings(w.session)
		for _, a := range actions {
			if k := keys.keys[a.action]; k == "" || !utf8.ValidString(keys.label(a.action)) {
				t.Fatalf("%s has the key %q", a.name, k)
			}
			keys.shortcut(a.action)
		}
		w.win.SetMainMenu(w.menu())
		for _, label := range recentLabels(w) {
			if strings.ContainsAny(label, "\n\t\u202e") {
				t.Fatalf("%q is in the menu", label)
			}
		}
		for name, p := range w.detect.controls.readPresets() {
			if err := p.CNN.Validate(); err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			w.detect.controls.use(name)
		}
		newSpeeds(w.train).of(trial{"frgnet64", "cpu", 10})
		w.applyTheme()
		w.preferenceList()
		w.deviceName()
	})
}

// set puts in a setting as Fyne's reader would.
func set(prefs fyne.Preferences, key string, value any) {
	switch v := value.(type) {
	case string:
		prefs.SetString(key, v)
	case float64:
		prefs.SetFloat(key, v)
	case bool:
		prefs.SetBool(key, v)
	case []any:
		var texts []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				texts = append(texts, text)
			}
		}
		prefs.SetStringList(key, texts)
	}
}
