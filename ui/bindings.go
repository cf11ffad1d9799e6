package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// bindings says which key does what. It belongs to the UI goroutine.
type bindings struct {
	keys    map[action]key
	prefs   fyne.Preferences
	changed []func()
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
			b.keys[a.action] = k
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
	if k == "" || strings.Contains(fixedKeys, " "+string(k)+" ") {
		return errors.New(tr("%s moves about in the window: choose another key.", k.label()))
	}
	info, word := infoOf(a), " "+string(k)+" "
	switch {
	case info.modes&inFrames != 0 && strings.Contains(frameFixedKeys, word):
		return errors.New(tr("%s does something already in a frame: choose another key.", k.label()))
	case info.modes == inDetect && strings.Contains(detectFixedKeys, word),
		info.modes == inMenu && (strings.Contains(menuFixedKeys, word) || utf8.RuneCountInString(string(k)) != 1):
		return errors.New(tr("%s cannot be changed: choose another key.", info.label(k)))
	}
	for _, o := range actions {
		if o.action != a && b.keys[o.action] == k && o.modes&info.modes != 0 {
			return errors.New(tr("%s does something already: %s.", o.label(k), o.text()))
		}
	}
	return nil
}

// set gives a key to an action and keeps that in the preferences. A key that does
// something else in one of the same modes is refused.
func (b *bindings) set(a action, k key) error {
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
	for _, a := range actions {
		if k != "" && b.keys[a.action] == k && a.modes&(1<<mode) != 0 {
			return a.action, true
		}
	}
	return 0, false
}

// with is a text and the key that does it, such as "Face (F)".
func (b *bindings) with(text string, a action) string {
	return text + " (" + b.label(a) + ")"
}

// label is what is written on the keys that do something, such as "F" or "Ctrl+T".
func (b *bindings) label(a action) string { return infoOf(a).label(b.keys[a]) }

// shortcut is the key of an item of the menu.
func (b *bindings) shortcut(a action) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: fyne.KeyName(strings.ToUpper(string(b.keys[a]))), Modifier: fyne.KeyModifierShortcutDefault}
}
