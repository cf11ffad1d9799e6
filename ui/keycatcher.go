package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// keyCatcher is an invisible widget that hands every key on while it has the focus.
type keyCatcher struct {
	widget.BaseWidget
	caught func(key)
}

var (
	_ fyne.Focusable    = (*keyCatcher)(nil)
	_ fyne.Shortcutable = (*keyCatcher)(nil)
)

func newKeyCatcher(caught func(key)) *keyCatcher {
	c := &keyCatcher{caught: caught}
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements fyne.Widget.
func (c *keyCatcher) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(widget.NewLabel(""))
}

// FocusGained implements fyne.Focusable.
func (c *keyCatcher) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (c *keyCatcher) FocusLost() {}

// TypedKey implements fyne.Focusable.
func (c *keyCatcher) TypedKey(e *fyne.KeyEvent) {
	if k := keyOf(e.Name); k != "" {
		c.caught(k)
	}
}

// TypedRune implements fyne.Focusable.
func (c *keyCatcher) TypedRune(r rune) {
	if k := runeKey(r); k != "" {
		c.caught(k)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (c *keyCatcher) TypedShortcut(s fyne.Shortcut) {
	if k, ok := s.(*desktop.CustomShortcut); ok && k.Modifier == fyne.KeyModifierShortcutDefault {
		c.caught(withCtrl + key(strings.ToLower(string(k.KeyName))))
	}
}
