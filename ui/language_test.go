package ui

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"golang.org/x/image/font/sfnt"

	"frglab/assets"
	"frglab/ui/imageview"
)

// shownTexts are all texts on screen and in the menu.
func shownTexts(w *window) (all []string) {
	for _, o := range test.LaidOutObjects(w.win.Content()) {
		switch o := o.(type) {
		case *canvas.Text:
			all = append(all, o.Text)
		case *widget.Label:
			all = append(all, o.Text)
		}
	}
	for _, m := range w.win.MainMenu().Items {
		all = append(all, m.Label)
		for _, i := range m.Items {
			all = append(all, i.Label)
		}
	}
	return all
}

// TestLanguageChangesWhileOpen chooses Japanese in a window that is in use: nothing of what
// is open or set is lost, and no English stays.
func TestLanguageChangesWhileOpen(t *testing.T) {
	t.Cleanup(func() { texts, reasons = nil, nil })
	w, path, failures := open(t, 9)
	w.loadBundled()
	settle(w)
	detectSamples(t, w)
	w.detect.params.Threshold = 0.77
	w.detect.swap()
	w.detect.layouts.set(imageview.Swipe)
	w.detect.side.SelectIndex(sideLearn)
	w.train.form.preset.SetSelected("2015")
	w.train.form.batch.SetText("7")
	w.train.tabs.SelectIndex(trainRuns)
	w.label.turnTo(modeCard)
	w.label.filter.change(func(f *labelFilter) { f.verdict = showUnchecked })
	settle(w)
	w.label.setCurrent(w.label.l.ids[4])
	w.tabs.SelectIndex(tabTrain)
	project, before := w.project, w.standing()

	w.app.Preferences().SetString(prefLanguage, "ja")
	reopened := false
	w.rebuild(func() { reopened = true })
	pumpUntil(w, func() bool { return reopened })
	settle(w)

	if !reopened || w.project != project || w.project.Path() != path {
		t.Fatalf("the project is %v, not the same one", w.project)
	}
	if got := w.standing(); got.tab != tabTrain || got.mode != modeCard || got.current != before.current || got.filter.verdict != showUnchecked ||
		got.at != 1 || len(got.files) != 4 || got.setup.params.Threshold != 0.77 || !got.swapped || got.layout != imageview.Swipe || got.side != sideLearn ||
		got.config.Batch != 7 || !reflect.DeepEqual(got.config, before.config) || got.trainTab != trainRuns {
		t.Errorf("the window stands elsewhere: %+v", got)
	}
	for _, tab := range []int{tabLabel, tabTrain, tabDetect, tabEvaluate} {
		w.tabs.SelectIndex(tab)
		settle(w)
		for _, text := range shownTexts(w) {
			if there := texts[text]; there != "" && there != text && len(text) > 2 {
				t.Errorf("tab %d still says %q", tab, text)
			}
		}
	}
	if got := w.win.MainMenu().Items[0].Label; got != "ファイル" {
		t.Errorf("the first menu is %q", got)
	}
	if w.modelOf != "付属モデル" {
		t.Errorf("the model is called %q", w.modelOf)
	}
	w.tabs.SelectIndex(tabLabel)
	press(w, "f")
	if n := w.counts(t); n.Face != 1 {
		t.Errorf("F makes %d faces", n.Face)
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// pumpUntil does what jobs want done on the UI goroutine until something is true.
func pumpUntil(w *window, done func() bool) {
	for !done() {
		(<-pump[w])()
	}
}

// TestLanguageWaitsForWork lets the work that is under way end before the window changes.
func TestLanguageWaitsForWork(t *testing.T) {
	t.Cleanup(func() { texts, reasons = nil, nil })
	w, _ := openWindow(t)
	release := make(chan struct{})
	ended := false
	begin(w, "slow work", release, func() { ended = true })
	w.app.Preferences().SetString(prefLanguage, "ja")
	changed := false
	w.rebuild(func() { changed = true })
	if changed || !strings.Contains(w.notice, "slow work") {
		t.Errorf("changed %v, the notice is %q", changed, w.notice)
	}
	close(release)
	pumpUntil(w, func() bool { return changed })
	if !ended {
		t.Error("the window changed before the work had told its end")
	}
}

// TestTextSize makes the text larger, and what has a width of its own with it.
func TestTextSize(t *testing.T) {
	w, _ := openWindow(t)
	before := container0(w).MinSize().Width
	w.app.Preferences().SetString(prefTextSize, "largest")
	changed := false
	w.rebuild(func() { changed = true })
	pumpUntil(w, func() bool { return changed })
	if got := theme.Size(theme.SizeNameText); got != 14*textScales["largest"] {
		t.Errorf("the text has size %g", got)
	}
	if after := container0(w).MinSize().Width; after < before*1.15 {
		t.Errorf("a column is %g wide, was %g", after, before)
	}
	w.app.Preferences().SetString(prefTextSize, "nobody's")
	w.applyTheme()
	if got := theme.Size(theme.SizeNameText); got != 14 {
		t.Errorf("an unknown size gives %g", got)
	}
}

// TestLargestTextFits keeps all tabs within a window of 900 x 620 in both languages.
func TestLargestTextFits(t *testing.T) {
	t.Cleanup(func() { texts, reasons = nil, nil })
	w, _, _ := open(t, 9)
	for _, language := range []string{"en", "ja"} {
		w.app.Preferences().SetString(prefTextSize, "largest")
		w.app.Preferences().SetString(prefLanguage, language)
		changed := false
		w.rebuild(func() { changed = true })
		pumpUntil(w, func() bool { return changed })
		settle(w)
		if s := w.win.Content().MinSize(); s.Width > 900 || s.Height > 580 { // the menu takes the rest
			t.Errorf("%s: the window needs %v", language, s)
		}
	}
}

// container0 is a column of fixed width.
func container0(w *window) fyne.CanvasObject { return w.label.filter.content.Objects[0] }

// TestWindowState begins again where the last window was closed.
func TestWindowState(t *testing.T) {
	w, _ := openWindow(t)
	w.quit = func() {}
	w.tabs.SelectIndex(tabEvaluate)
	w.win.Resize(fyne.NewSize(1000, 700))
	w.close()
	again, err := newWindow(Options{App: w.app, Devices: w.devices, Dialogs: played.ask})
	if err != nil {
		t.Fatal(err)
	}
	again.quit = func() {}
	defer again.close()
	if got := again.tabs.SelectedIndex(); got != tabEvaluate {
		t.Errorf("tab %d, want %d", got, tabEvaluate)
	}
	if got := w.app.Preferences().Float(prefWidth); got != 1000 {
		t.Errorf("the width kept is %g, want 1000", got)
	}
	for _, odd := range []int{-1, 4, 1 << 40} {
		w.app.Preferences().SetInt(prefTab, odd)
		w.app.Preferences().SetFloat(prefWidth, float64(odd)*1e9)
		w.app.Preferences().SetFloat(prefHeight, -5)
		odd, err := newWindow(Options{App: w.app, Devices: w.devices, Dialogs: played.ask})
		if err != nil {
			t.Fatal(err)
		}
		if s := odd.win.Canvas().Size(); s.Width < 600 || s.Height < 400 || s.Width > 10000 {
			t.Errorf("the window has %v", s)
		}
		odd.quit = func() {}
		odd.close()
	}
}

// TestBundledFontHasTheTexts finds every letter of the Japanese texts in the bundled font
// or in the one of Fyne, so that the window can be read on a system without fonts.
func TestBundledFontHasTheTexts(t *testing.T) {
	own := glyphs(t, assets.Font())
	latin := glyphs(t, theme.DefaultTextFont().Content())
	symbols := glyphs(t, theme.DefaultSymbolFont().Content())
	speak(t, "ja")
	all := ""
	for _, s := range texts {
		all += s
	}
	for _, f := range reasons {
		all += f.there
	}
	for _, p := range manualPages {
		all += manualPage("ja", p)
	}
	missing := map[rune]bool{}
	for _, r := range all {
		if !unicode.IsSpace(r) && !own(r) && !latin(r) && !symbols(r) {
			missing[r] = true
		}
	}
	if len(missing) > 0 {
		t.Errorf("no font for %q", string(runes(missing)))
	}
	if own('a') {
		t.Error("the font has Latin letters: they would replace Fyne's")
	}
}

func runes(set map[rune]bool) (all []rune) {
	for r := range set {
		all = append(all, r)
	}
	slices.Sort(all)
	return all
}

// TestOwnFontIsUsed draws Japanese with the bundled font alone.
func TestOwnFontIsUsed(t *testing.T) {
	w, _ := openWindow(t)
	w.lacksJapanese = true
	w.applyTheme()
	if f := theme.TextFont(); f.Name() != "NotoSansCJK-subset.otf" {
		t.Errorf("the font is %s", f.Name())
	}
	if got := fyne.MeasureText("漢字", 100, fyne.TextStyle{}).Width; got != 200 {
		t.Errorf("two letters are %g wide, want 200", got)
	}
	if !glyphs(t, assets.Font())(' ') {
		t.Error("the font has no space: Fyne draws one in the font of the word before it")
	}
}

// glyphs says which letters a font has.
func glyphs(t *testing.T, data []byte) func(r rune) bool {
	t.Helper()
	f, err := sfnt.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	var b sfnt.Buffer
	return func(r rune) bool {
		i, err := f.GlyphIndex(&b, r)
		return err == nil && i != 0
	}
}

// begin starts work that ends when release is closed.
func begin(w *window, name string, release <-chan struct{}, done func()) {
	start(w.jobs, &job{name: name}, func(context.Context, *job) (int, error) {
		<-release
		return 0, nil
	}, func(int, error) { done() })
}
