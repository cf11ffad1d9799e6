package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
)

// key is one key: a character in lower case, or the name Fyne gives to a key that
// types none. "Shift+" before it means a capital letter, "Ctrl+" what the menu has.
type key string

const (
	withCtrl  = "Ctrl+"
	withShift = "Shift+"
)

// fixedKeys move about, and textKeys do with Ctrl what they do in every text field:
// neither can be given to an action.
const (
	fixedKeys = " Escape Tab Left Right Up Down Home End "
	textKeys  = " a c v x y z "
	menuSigns = "abcdefghijklmnopqrstuvwxyz0123456789-=[];',./\\" // come without Shift, so they can be pressed with Ctrl
)

// keyOf is the key with this name; "" where it types a character, which comes as a
// rune as well.
func keyOf(name fyne.KeyName) key {
	switch {
	case name == fyne.KeyEnter:
		return key(fyne.KeyReturn)
	case utf8.RuneCountInString(string(name)) == 1:
		return ""
	}
	return key(name)
}

// runeKey is the key that types a character.
func runeKey(r rune) key {
	switch {
	case unicode.IsSpace(r):
		return ""
	case unicode.ToLower(r) != r:
		return withShift + key(unicode.ToLower(r))
	}
	return key(r)
}

// bare is a key without what is held with it.
func (k key) bare() key {
	if utf8.RuneCountInString(string(k)) == 1 {
		return k
	}
	return key(strings.TrimPrefix(strings.TrimPrefix(string(k), withCtrl), withShift))
}

// ofFunction reports whether it is one of F1 to F12.
func (k key) ofFunction() bool {
	return len(k) > 1 && k[0] == 'F' && strings.Trim(string(k[1:]), "0123456789") == ""
}

// among reports whether a list with spaces around each key has it.
func (k key) among(list string) bool { return strings.Contains(list, " "+string(k)+" ") }

// label is what is written on the keys.
func (k key) label() string {
	bare := k.bare()
	return string(k[:len(k)-len(bare)]) + bare.sign()
}

// sign is what is written on one key.
func (k key) sign() string {
	switch k {
	case key(fyne.KeyReturn):
		return "Enter"
	case key(fyne.KeySpace):
		return tr("Space")
	case key(fyne.KeyPageUp):
		return "PgUp"
	case key(fyne.KeyPageDown):
		return "PgDn"
	case key(fyne.KeyBackspace):
		return "Backspace"
	case key(fyne.KeyDelete):
		return "Del"
	}
	if utf8.RuneCountInString(string(k)) == 1 {
		return strings.ToUpper(string(k))
	}
	return string(k)
}
