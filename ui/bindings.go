package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// bindings says which key does what. It belongs to the UI goroutine.
type bindings struct {
	keys    map[action]key
	prefs   fyne.Preferences
	changed []func()
	catch   func(key)               // gets the keys of the menu instead of the menu, see keySheet; nil: nobody
	trace   func(a action, ok bool) // is told what was pressed; nil but in tests
}

const prefKeys = "label.keys" // JSON: name of an action → key

func defaultKeys() map[action]key {
	keys := map[action]key{}
	for _, a := range actions {
		keys[a.action] = a.key
	}
	return keys
}

// loadBindings reads the keys from the preferences. What cannot be used leaves all
// keys as they come, with a notice.
func loadBindings(s *session) *bindings {
	b := &bindings{keys: defaultKeys(), prefs: s.app.Preferences()}
	if text := b.prefs.String(prefKeys); text != "" {
		if err := b.parse(text); err != nil {
			b.keys = defaultKeys()
			s.notify(tr("The keys in the preferences cannot be used (%v): these are the usual ones.", err))
		}
	}
	return b
}

func (b *bindings) parse(text string) error {
	var stored map[string]key
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return err
	}
	known := 0
	for _, a := range actions {
		if k, ok := stored[a.name]; ok {
			b.keys[a.action] = fitting(a.action, k) // the menu's were kept without Ctrl once
			known++
		}
	}
	if known < len(stored) {
		return fmt.Errorf("%d of %d actions are unknown", len(stored)-known, len(stored))
	}
	for _, a := range actions {
		if err := b.free(a.action, b.keys[a.action]); err != nil {
			return err
		}
	}
	return nil
}

// free says why a key cannot be given to an action; nil where it can.
func (b *bindings) free(a action, k key) error {
	info, bare := infoOf(a), k.bare()
	switch {
	case k == "" || bare.among(fixedKeys):
		return errors.New(tr("%s moves about in the window: choose another key.", k.label()))
	case info.modes == inMenu && k != withCtrl+bare && !k.ofFunction():
		return errors.New(tr("The menu needs a key with Ctrl, or one from F1 on: %s is none.", k.label()))
	case info.modes == inMenu && !k.ofFunction() && (bare.among(textKeys) || len(bare) != 1 || !strings.Contains(menuSigns, string(bare))):
		return errors.New(tr("%s cannot be changed: choose another key.", k.label()))
	case info.modes != inMenu && strings.HasPrefix(string(k), withCtrl) && k != bare:
		return errors.New(tr("Only the menu has keys with Ctrl: choose another key than %s.", k.label()))
	}
	for _, o := range actions {
		meet := o.modes&info.modes != 0 || o.modes == inMenu || info.modes == inMenu // the menu works everywhere
		if o.action != a && b.keys[o.action] == k && meet {
			return errors.New(tr("%s does something already: %s.", k.label(), o.text()))
		}
	}
	return nil
}

// fitting is the key that a person means who presses k for an action: the menu has keys
// with Ctrl, and nothing else has.
func fitting(a action, k key) key {
	switch {
	case infoOf(a).modes == inMenu && len(k.bare()) == 1:
		return withCtrl + k.bare()
	case infoOf(a).modes != inMenu && k != k.bare() && strings.HasPrefix(string(k), withCtrl):
		return k.bare()
	}
	return k
}

// set gives a key to an action and keeps that in the preferences. A key that does
// something else in one of the same modes is refused.
func (b *bindings) set(a action, k key) error {
	k = fitting(a, k)
	if err := b.free(a, k); err != nil {
		return err
	}
	b.keys[a] = k
	stored := map[string]key{}
	for _, o := range actions {
		if b.keys[o.action] != o.key {
			stored[o.name] = b.keys[o.action]
		}
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return err
	}
	b.prefs.SetString(prefKeys, string(text))
	call(b.changed)
	return nil
}

// reset gives every action its usual key.
func (b *bindings) reset() {
	b.keys = defaultKeys()
	b.prefs.RemoveValue(prefKeys)
	call(b.changed)
}

// find is the action of a key in a mode.
func (b *bindings) find(k key, mode int) (action, bool) {
	for _, try := range []key{k, k.bare()} { // a capital letter is the letter where nobody has it
		for _, a := range actions {
			if try != "" && b.keys[a.action] == try && a.modes&(1<<mode) != 0 {
				return a.action, true
			}
		}
	}
	for _, a := range actions {
		if k != "" && second[a.action] == k && a.modes&(1<<mode) != 0 {
			return a.action, true
		}
	}
	return 0, false
}

// pressed does by act what a key does in a mode; false where it does nothing there.
func (b *bindings) pressed(k key, mode int, act func(action) bool) bool {
	a, ok := b.find(k, mode)
	if !ok {
		return false
	}
	done := act(a)
	if b.trace != nil {
		b.trace(a, done)
	}
	return done
}

// follow does something now, and again when a key is chosen anew.
func (b *bindings) follow(f func()) {
	b.changed = append(b.changed, f)
	f()
}

// fill puts the present keys in place of the names of actions and gestures in braces:
// {face} is F where nobody chose another key.
func (b *bindings) fill(text string) string {
	return b.filled(text, func(label string) string { return label })
}

func (b *bindings) filled(text string, dress func(label string) string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	for _, a := range actions {
		text = strings.ReplaceAll(text, "{"+a.name+"}", dress(b.label(a.action)))
	}
	for _, g := range gestures {
		text = strings.ReplaceAll(text, "{"+g.name+"}", dress(g.keys()))
	}
	return text
}

// with is a text and the key that does it, such as "Face (F)".
func (b *bindings) with(text string, a action) string {
	return text + " (" + b.label(a) + ")"
}

// label is what is written on the key that does something, such as "F" or "Ctrl+T".
func (b *bindings) label(a action) string { return b.keys[a].label() }

// labels are those of all keys that do something.
func (b *bindings) labels(a action) string {
	text := b.label(a)
	for mode := range modeMenu + 1 {
		if k := second[a]; k != "" && infoOf(a).modes&(1<<mode) != 0 {
			if found, _ := b.find(k, mode); found == a {
				return text + ", " + k.label()
			}
		}
	}
	return text
}

// shortcut is the key of an item of the menu.
func (b *bindings) shortcut(a action) fyne.Shortcut {
	k := b.keys[a]
	s := &desktop.CustomShortcut{KeyName: fyne.KeyName(strings.ToUpper(string(k.bare()))), Modifier: fyne.KeyModifierShortcutDefault}
	if k.ofFunction() {
		s.Modifier = 0
	}
	return s
}
