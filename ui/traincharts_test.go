package ui

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"frglab/engine"
	"frglab/ui/native"
)

// pressIn taps the button with this text below an object.
func pressIn(t *testing.T, o fyne.CanvasObject, text string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(o) {
		if b, ok := o.(*widget.Button); ok && b.Text == text && b.Visible() {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("there is no button %q", text)
}

// TestChartsAreSaved presses PNG and CSV above the curves, answers the dialog, and
// reads the files back.
func TestChartsAreSaved(t *testing.T) {
	w, failures := openTrainable(t)
	w.tabs.SelectIndex(tabTrain)
	tab := w.train
	dir := t.TempDir()
	save := func(kind, name string) []byte {
		t.Helper()
		played.asked, played.answer = nil, filepath.Join(dir, name)
		pressIn(t, tab.curves.content, strings.ToUpper(kind))
		if !asked(native.NewFile, kind) || played.asked[0].Name != "curves-20260102-030405."+kind {
			t.Fatalf("%s asks %+v", kind, played.asked)
		}
		data, err := os.ReadFile(filepath.Join(dir, strings.TrimSuffix(name, "."+kind)+"."+kind))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	picture := func(data []byte) *image.RGBA {
		t.Helper()
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return img.(*image.RGBA)
	}
	run := filepath.Join(runsDir(w.project), "20260102-030405")
	tab.clear(run, nil, nil)
	tab.curves.refresh()
	before := picture(save("png", "c.png"))
	events := []engine.Progress{
		{Event: engine.EventStep, Step: 10, Steps: 30, Loss: 0.625, Accuracy: 0.75, LR: 0.01, PerSecond: 98.5},
		{Event: engine.EventStep, Step: 20, Steps: 30, Loss: 0.3, Accuracy: 0.875, LR: 0.02, PerSecond: 101},
		{Event: engine.EventValid, Step: 20, Steps: 30, Loss: 0.5, Accuracy: 0.9},
		{Event: engine.EventStep, Step: 30, Steps: 30, Loss: 1.0 / 3, Accuracy: 1, LR: 1e-9},
	}
	tab.clear(run, events, nil)
	tab.curves.refresh()

	after := picture(save("png", "c.png")) // over the one before
	window := w.win.Canvas().Capture()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(tab.curves.grid)
	same := image.NewRGBA(after.Rect)
	draw.Draw(same, same.Rect, window, image.Pt(int(at.X+0.5), int(at.Y+0.5)), draw.Src)
	if !bytes.Equal(after.Pix, same.Pix) {
		t.Error("the picture is not what the window shows of the charts")
	}
	if after.Rect != before.Rect || bytes.Equal(after.Pix, before.Pix) || after.Rect.Dx() < 300 || after.Rect.Dy() < 2*leastChart {
		t.Errorf("a picture of %v has no curves", after.Rect)
	}

	const want = `# Loss
series,iteration,value
train,10,0.625
train,20,0.3
train,30,0.3333333333333333
valid,20,0.5

# Accuracy
series,iteration,value
train,10,0.75
train,20,0.875
train,30,1
valid,20,0.9

# Learning rate
series,iteration,value
rate,10,0.01
rate,20,0.02
rate,30,1e-09

# Crops a second
series,iteration,value
train,10,98.5
train,20,101
`
	if got := string(save("csv", "numbers")); got != want { // the dialog's extension is added
		t.Errorf("the table is\n%s\nwant\n%s", got, want)
	}
	if len(*failures) > 0 {
		t.Fatalf("failures: %v", *failures)
	}

	played.answer = "" // cancelled
	pressIn(t, tab.curves.content, "CSV")
	played.answer = filepath.Join(dir, "c.png", "no-folder.png")
	pressIn(t, tab.curves.content, "PNG")
	if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), played.answer+" was not saved: not a directory: choose") {
		t.Errorf("failures %v, want one that names the file and the reason", *failures)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("the folder holds %v", entries)
	}
}

// TestCurveControls moves everything above the curves and sees the picture follow:
// smoothing, the scale of the loss, zoom in one chart for all, back, and the mark of the
// best iteration.
func TestCurveControls(t *testing.T) {
	w, _ := openTrainable(t)
	w.tabs.SelectIndex(tabTrain)
	tab, c := w.train, w.train.curves
	var events []engine.Progress
	for i := range 40 {
		events = append(events, engine.Progress{Event: engine.EventStep, Step: 10 * (i + 1), Steps: 400, Loss: 1 / float64(1+i%7), Accuracy: float64(i) / 40, LR: 0.01, PerSecond: 90})
	}
	tab.clear("run", events, nil)
	tab.refresh()
	picture := func() []byte { return c.capture().(*image.RGBA).Pix }
	changes := func(what string, do func()) {
		t.Helper()
		before := picture()
		if do(); bytes.Equal(picture(), before) {
			t.Errorf("%s changes nothing", what)
		}
	}
	changes("less smoothing", func() { c.smooth.SetValue(0.1) })
	changes("the logarithm", func() { test.Tap(c.log) })
	whole := picture()
	changes("zoom", func() { c.loss.OnZoom(100, 200) })
	for _, ch := range c.charts[1:] {
		if ch.From != 100 || ch.To != 200 {
			t.Errorf("%s shows %v to %v", ch.Title, ch.From, ch.To)
		}
	}
	changes("all", func() { pressIn(t, c.content, tr("All")) })
	if !bytes.Equal(picture(), whole) {
		t.Error("after all it is not as before the zoom")
	}
	changes("a validation", func() {
		tab.clear("run", append(events, engine.Progress{Event: engine.EventValid, Step: 200, Steps: 400, Loss: 0.5, Accuracy: 0.5}), nil)
		tab.refresh()
	})
	changes("the mark of the best", func() { c.mark(0); c.refresh() })
}
