package ui

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"frglab/dataset"
)

// press types a key, as the window does it: to the widget with the focus, or else to the
// canvas.
func press(w *window, k key) {
	if f := w.win.Canvas().Focused(); f != nil {
		typeKey(f, k)
	} else {
		typeKey(canvasKeys{w}, k)
	}
	settle(w)
}

// canvasKeys is the canvas where nothing has the focus.
type canvasKeys struct{ w *window }

func (c canvasKeys) FocusGained()              {}
func (c canvasKeys) FocusLost()                {}
func (c canvasKeys) TypedKey(e *fyne.KeyEvent) { c.w.typed(e) }
func (c canvasKeys) TypedRune(r rune)          { c.w.typedRune(r) }

// typeKey hands a key to a widget as Fyne does: its name, and the character it types.
func typeKey(f fyne.Focusable, k key) {
	bare := k.bare()
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(strings.ToUpper(string(bare[:1])) + string(bare[1:]))})
	switch r := []rune(string(bare)); {
	case k == key(fyne.KeySpace):
		f.TypedRune(' ')
	case len(r) == 1 && k != bare:
		f.TypedRune(unicode.ToUpper(r[0]))
	case len(r) == 1:
		f.TypedRune(r[0])
	}
}

// sheetEffects says for each action in which mode it is pressed, and what must be
// true then. There are 9 crops; the third is looked at.
var sheetEffects = map[action]struct {
	mode int
	did  func(w *window, before state) bool
}{
	actFace:    {modeCard, func(w *window, b state) bool { return w.label.sample(b.current).Class == dataset.Face && b.next(w) }},
	actOther:   {modeGrid, func(w *window, b state) bool { return w.label.sample(b.current).Class == dataset.Other && b.next(w) }},
	actUnsure:  {modeCard, func(w *window, b state) bool { return w.label.sample(b.current).Class == dataset.Unsure && b.next(w) }},
	actRemove:  {modeGrid, func(w *window, b state) bool { return len(w.label.l.ids) == 8 }},
	actAccept:  {modeGrid, func(w *window, b state) bool { return w.label.l.left == 0 }},
	actSelect:  {modeGrid, func(w *window, _ state) bool { return len(w.label.grid.grid.Selection()) == 1 }},
	actLarger:  {modeGrid, func(w *window, _ state) bool { return w.label.grid.grid.CellSize() > 96 }},
	actSmaller: {modeGrid, func(w *window, _ state) bool { return w.label.grid.grid.CellSize() < 96 }},
	actFlip:    {modeGrid, func(w *window, _ state) bool { return w.label.grid.page == dataset.Other }},
	actSkip:    {modeCard, func(w *window, b state) bool { return b.next(w) && w.label.l.left == b.left }},
	actNext:    {modeCard, func(w *window, b state) bool { return w.label.current == w.label.l.ids[5] }},
	actBack:    {modeCard, func(w *window, b state) bool { return w.label.current == w.label.l.ids[1] }},
	actShowFrame: {modeGrid, func(w *window, _ state) bool {
		return w.label.at == modeFrame
	}},
	actSimilar: {modeGrid, func(w *window, b state) bool {
		return w.label.filter.state.order == orderLike || strings.Contains(w.notice, "review")
	}},
	actUndo:     {modeCard, func(w *window, b state) bool { return w.label.l.left == b.left+2 }},
	actRedo:     {modeCard, func(w *window, b state) bool { return strings.Contains(w.notice, "history") }},
	actGrid:     {modeCard, func(w *window, _ state) bool { return w.label.at == modeGrid }},
	actCard:     {modeGrid, func(w *window, _ state) bool { return w.label.at == modeCard }},
	actClusters: {modeGrid, func(w *window, _ state) bool { return w.label.at == modeClusters }},
	actFrame:    {modeGrid, func(w *window, _ state) bool { return w.label.at == modeFrame }},
	actMissed:   {modeGrid, func(w *window, _ state) bool { return w.label.at == modeMissed }},
	actSearch: {modeGrid, func(w *window, _ state) bool {
		return w.win.Canvas().Focused() == fyne.Focusable(w.label.filter.entry)
	}},
	actHistory: {modeGrid, func(w *window, _ state) bool { return w.win.Canvas().Overlays().Top() != nil }},
	actStats:   {modeGrid, func(w *window, _ state) bool { return w.win.Canvas().Overlays().Top() != nil }},
	actKeys:    {modeGrid, func(w *window, _ state) bool { return w.win.Canvas().Overlays().Top() != nil }},
}

// state is what was before a key.
type state struct {
	current int64
	left    int
}

// next tells that the crop behind the one of before is looked at.
func (b state) next(w *window) bool {
	return w.label.l.ids[w.label.l.index[b.current]+1] == w.label.current
}

func (t *labelTab) sample(id int64) dataset.Sample {
	s, _ := t.rows.get(id)
	return s
}

// TestEveryKeyOfTheSheet presses each key that the sheet shows and looks for its effect.
func TestEveryKeyOfTheSheet(t *testing.T) {
	for _, a := range actions {
		if a.modes&(inAll&^inFrames) == 0 {
			continue // TestFrameKeys, TestDetectKeys and TestMenuKeys press those
		}
		t.Run(a.name, func(t *testing.T) {
			effect, ok := sheetEffects[a.action]
			if !ok {
				t.Fatal("nobody looks for its effect")
			}
			w, _, failures := open(t, 9)
			ids := w.label.l.ids
			// The fourth and fifth are checked, by the act that undo takes back.
			w.label.label(map[int64]dataset.Class{ids[3]: dataset.Unsure, ids[4]: dataset.Unsure}, whatLabel(dataset.Unsure))
			w.label.turnTo(effect.mode)
			w.label.current = ids[2]
			w.label.modes[w.label.at].update(nil)
			settle(w)
			before := state{w.label.current, w.label.l.left}
			w.label.grid.grid.Select()
			press(w, w.keys.keys[a.action])
			if !effect.did(w, before) {
				t.Errorf("%s: no effect; looking at %d, notice %q", a.key.label(), w.label.current, w.notice)
			}
			if len(*failures) > 0 {
				t.Errorf("failures: %v", *failures)
			}
		})
	}
}

func TestKeysCanBeChosen(t *testing.T) {
	w, _, _ := open(t, 3)
	b := w.label.keys
	for _, tt := range []struct {
		name string
		a    action
		k    key
		want string // in the refusal; "" for none
	}{
		{"a free one", actFace, "j", ""},
		{"a named one", actOther, key(fyne.KeyF5), ""},
		{"its own again", actFace, "j", ""},
		{"that of another action", actUnsure, "j", "face"},
		{"that of an action of other modes only", actFlip, "s", ""},
		{"one that moves about", actFace, key(fyne.KeyLeft), "another key"},
		{"one of the frame", actOther, "d", "draw over boxes"},
		{"one that zooms", actFace, "+", "larger"},
		{"a capital letter", actFlip, "Shift+s", ""},
		{"that of an action of the Label tab", actFalse, "o", ""},
		{"that of another of the Detect tab", actRight, "o", "negative"},
		{"one of a video", actRight, "d", "disagree"},
		{"one of a video, the other way", actRight, "Shift+d", "last disagreement"},
		{"one with Ctrl", actRight, "Ctrl+j", ""}, // J is meant
		{"one of the menu", actMenuTrain, "o", "Ctrl+O does something already"},
		{"one that copies", actMenuTrain, "c", "Ctrl+C cannot be changed"},
		{"one of the tabs", actMenuTrain, "2", "Ctrl+2 does something already"},
		{"one of the Label tab", actMenuTrain, key(fyne.KeyF5), "F5 does something already: other"},
		{"one that types nothing", actMenuTrain, key(fyne.KeyInsert), "needs a key with Ctrl"},
		{"one that comes with Shift", actMenuTrain, "?", "cannot be changed"},
		{"the help", actMenuTrain, key(fyne.KeyF1), "manual"},
		{"a free one from F1 on", actMenuTrain, key(fyne.KeyF7), ""},
		{"the menu's in a tab", actFace, key(fyne.KeyF7), "start or stop training"},
		{"a free one of the menu", actMenuTrain, "j", ""},
	} {
		err := b.set(tt.a, tt.k)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q in it", tt.name, err, tt.want)
		}
	}
	w.label.focus()
	press(w, "f")
	if n := w.counts(t); n.Face != 0 {
		t.Error("F is still a face")
	}
	press(w, "j")
	if n := w.counts(t); n.Face != 1 {
		t.Error("J is no face")
	}
	if got := w.label.look.buttons[dataset.Face].Text; got != "J" {
		t.Errorf("the button says %q", got)
	}
	again := loadBindings(w.session)
	if again.keys[actFace] != "j" || again.keys[actOther] != key(fyne.KeyF5) {
		t.Errorf("another start finds %v", again.keys)
	}
	if again.keys[actFalse] != "o" || again.keys[actMenuTrain] != "Ctrl+j" {
		t.Errorf("another start finds %v", again.keys)
	}
	b.reset()
	if b.keys[actFace] != "f" || loadBindings(w.session).keys[actFace] != "f" {
		t.Error("F is no face after the reset")
	}
}

func TestUnreadableKeysFallBack(t *testing.T) {
	conflict, _ := json.Marshal(map[string]key{"face": "o"})
	for _, stored := range []string{"{", `{"fly":"f"}`, string(conflict), `{"face":"Left"}`, `{"face":""}`} {
		w, _ := openWindow(t)
		w.app.Preferences().SetString(prefKeys, stored)
		b := loadBindings(w.session)
		if b.keys[actFace] != "f" || b.keys[actOther] != "o" {
			t.Errorf("%s: the keys are %v", stored, b.keys)
		}
		if !strings.Contains(w.notice, "keys") {
			t.Errorf("%s: the notice is %q", stored, w.notice)
		}
	}
}

// TestKeySheetTakesAKey changes a key as a person does: click it, press another one.
func TestKeySheetTakesAKey(t *testing.T) {
	w, _, _ := open(t, 3)
	w.typedRune('?')
	k := newKeySheet(w)
	w.win.Canvas().Overlays().Add(k.content())
	test.Tap(k.buttons[actFace])
	if got := k.buttons[actFace].Text; got != "press a key…" {
		t.Errorf("the button says %q", got)
	}
	k.catcher.TypedKey(&fyne.KeyEvent{Name: fyne.KeyO})
	k.catcher.TypedRune('o')
	if w.keys.keys[actFace] != "f" || !strings.Contains(k.message.Text, "other") {
		t.Errorf("O for two: face is %s, the sheet says %q", w.keys.keys[actFace], k.message.Text)
	}
	test.Tap(k.buttons[actFace])
	k.catcher.TypedRune('j')
	if w.keys.keys[actFace] != "j" || k.buttons[actFace].Text != "J" {
		t.Errorf("face is %s, the button says %q", w.keys.keys[actFace], k.buttons[actFace].Text)
	}
	test.Tap(k.buttons[actUnsure])
	k.catcher.TypedRune('J')
	if w.keys.keys[actUnsure] != "Shift+j" || k.buttons[actUnsure].Text != "Shift+J" {
		t.Errorf("unsure is %s, the button says %q", w.keys.keys[actUnsure], k.buttons[actUnsure].Text)
	}
	test.Tap(k.buttons[actOther])
	k.catcher.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.keys.keys[actOther] != "o" || k.waiting != nil {
		t.Error("Escape did not leave things as they are")
	}
}
