package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
)

// action is something that a key does.
type action int

// The actions. Those of one kind follow each other: see labelTab.common.
const (
	actFace action = iota // in the order of dataset.Class
	actOther
	actUnsure
	actRemove
	actAccept
	actFlip
	actSkip
	actNext
	actBack
	actShowFrame
	actSimilar
	actUndo
	actRedo
	actGrid // in the order of the modes
	actCard
	actClusters
	actFrame
	actMissed
	actSearch
	actHistory
	actStats
	actKeys

	actFalse // of the Detect tab
	actRight
	actLayout
	actSwap
	actBox
	actTune
	actHeat
	actLastPicture
	actNextPicture
	actFrameBack
	actFrameForth

	actMenuNew // of the menu, with Ctrl
	actMenuOpen
	actMenuPicture
	actMenuModel
	actMenuExport
	actMenuTrain
	actMenuReview
	actMenuDetect
	actMenuFound
	actMenuHistory
	actMenuStats
	actMenuPreferences
	actMenuKeys
	actMenuQuit
)

// In which modes an action is known: bits by mode.
const (
	inGrid     = 1 << modeGrid
	inCard     = 1 << modeCard
	inClusters = 1 << modeClusters
	inFrames   = 1<<modeFrame | 1<<modeMissed
	inAll      = inGrid | inCard | inClusters | inFrames
	inDetect   = 1 << modeDetect
	inMenu     = 1 << modeMenu
)

// What is no mode of the Label tab but has keys as those have.
const (
	modeDetect = modeMissed + 1 + iota
	modeMenu   // its keys come with Ctrl
)

// key is one key: a character in lower case, or the name Fyne gives to a key that
// types none.
type key string

// actionInfo describes an action. name is what the preferences call it.
type actionInfo struct {
	action action
	name   string
	key    key // where nobody chose another one
	modes  int
	text   func() string
}

// actions are all actions, in the order of the sheet of keys. TestEveryKeyOfTheSheet
// presses them.
var actions = []actionInfo{
	{actFace, "face", "f", inAll, func() string { return tr("face") }},
	{actOther, "other", "o", inAll, func() string { return tr("other") }},
	{actUnsure, "unsure", "u", inAll, func() string { return tr("unsure") }},
	{actRemove, "remove", "Delete", inAll, func() string { return tr("take out of the project") }},
	{actAccept, "accept", "Return", inGrid | inClusters, func() string { return tr("accept the page or cluster; turn the page") }},
	{actFlip, "flip", "p", inGrid, func() string { return tr("the page shows faces, or others") }},
	{actSkip, "skip", "s", inCard | inClusters, func() string { return tr("skip: the next one, no verdict") }},
	{actNext, "next", "n", inGrid | inCard | inClusters, func() string { return tr("next unchecked") }},
	{actBack, "back", "b", inCard | inClusters, func() string { return tr("back to the last one") }},
	{actShowFrame, "frame", "g", inAll, func() string { return tr("go to the frame of the crop") }},
	{actSimilar, "similar", "l", inAll, func() string { return tr("look-alikes of the crop first") }},
	{actUndo, "undo", "z", inAll, func() string { return tr("undo") }},
	{actRedo, "redo", "y", inAll, func() string { return tr("redo") }},
	{actGrid, "mode.grid", "1", inAll, func() string { return tr("Grid") }},
	{actCard, "mode.card", "2", inAll, func() string { return tr("Card") }},
	{actClusters, "mode.clusters", "3", inAll, func() string { return tr("Clusters") }},
	{actFrame, "mode.frame", "4", inAll, func() string { return tr("Frame") }},
	{actMissed, "mode.missed", "5", inAll, func() string { return tr("Missed faces") }},
	{actSearch, "search", "/", inAll, func() string { return tr("search in names") }},
	{actHistory, "history", "h", inAll, func() string { return tr("history") }},
	{actStats, "statistics", "i", inAll, func() string { return tr("statistics") }},
	{actKeys, "keys", "?", inAll, func() string { return tr("this sheet") }},

	{actFalse, "detect.false", "n", inDetect, func() string { return tr("the box is no face: put it into the project as a negative") }},
	{actRight, "detect.right", "f", inDetect, func() string { return tr("the box is a face: put it into the project") }},
	{actLayout, "detect.layout", "v", inDetect, func() string { return tr("next to each other, one alone, swipe") }},
	{actSwap, "detect.swap", "x", inDetect, func() string { return tr("swap the sides") }},
	{actBox, "detect.box", "b", inDetect, func() string { return tr("next box") }},
	{actTune, "detect.tune", "t", inDetect, func() string { return tr("fine-tune with the new examples") }},
	{actHeat, "detect.heat", "h", inDetect, func() string { return tr("heat map: all sizes of windows, each of them, off") }},
	{actLastPicture, "detect.last", "[", inDetect, func() string { return tr("last picture") }},
	{actNextPicture, "detect.next", "]", inDetect, func() string { return tr("next picture") }},
	{actFrameBack, "detect.back", ",", inDetect, func() string { return tr("one frame back") }},
	{actFrameForth, "detect.forth", ".", inDetect, func() string { return tr("one frame forth") }},

	{actMenuNew, "menu.new", "n", inMenu, func() string { return tr("new project") }},
	{actMenuOpen, "menu.open", "o", inMenu, func() string { return tr("open project") }},
	{actMenuPicture, "menu.picture", "p", inMenu, func() string { return tr("open picture") }},
	{actMenuModel, "menu.model", "m", inMenu, func() string { return tr("open model") }},
	{actMenuExport, "menu.export", "e", inMenu, func() string { return tr("export") }},
	{actMenuTrain, "menu.train", "t", inMenu, func() string { return tr("start or stop training") }},
	{actMenuReview, "menu.review", "r", inMenu, func() string { return tr("review the crops") }},
	{actMenuDetect, "menu.detect", "d", inMenu, func() string { return tr("detect in all open pictures") }},
	{actMenuFound, "menu.found", "b", inMenu, func() string { return tr("export what was found") }},
	{actMenuHistory, "menu.history", "h", inMenu, func() string { return tr("history") }},
	{actMenuStats, "menu.statistics", "i", inMenu, func() string { return tr("statistics") }},
	{actMenuPreferences, "menu.preferences", ",", inMenu, func() string { return tr("preferences") }},
	{actMenuKeys, "menu.keys", "/", inMenu, func() string { return tr("this sheet") }},
	{actMenuQuit, "menu.quit", "q", inMenu, func() string { return tr("quit") }},
}

// fixedKeys move about and cannot be given to an action; frameFixedKeys are those that
// frame mode has for itself, see frameKeys, detectFixedKeys those of the panes and of a
// video, and menuFixedKeys those that do with Ctrl what they do in every program.
const (
	fixedKeys       = " Escape Tab Space Left Right Up Down Home End Prior Next + - = "
	frameFixedKeys  = " s p d q a [ ] , . 0 Return BackSpace "
	detectFixedKeys = " 0 1 d ? "
	menuFixedKeys   = " a c v x y z 1 2 3 4 "
)

func infoOf(a action) actionInfo {
	for _, info := range actions {
		if info.action == a {
			return info
		}
	}
	return actionInfo{}
}

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
	if unicode.IsSpace(r) {
		return ""
	}
	return key(unicode.ToLower(r))
}

// label is what is written on the keys of an action, such as "Ctrl+T".
func (a actionInfo) label(k key) string {
	if a.modes == inMenu {
		return "Ctrl+" + k.label()
	}
	return k.label()
}

// label is what is written on the key.
func (k key) label() string {
	switch k {
	case key(fyne.KeyReturn):
		return "Enter"
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
