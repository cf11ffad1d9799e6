package ui

import "fyne.io/fyne/v2"

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
	actSelect
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

	actSnap // of a frame
	actProposals
	actDraw
	actSquare
	actLastFrame
	actNextFrame
	actBefore
	actAfter
	actActual
	actNoMore
	actMissedBack

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
	actPlay
	actDisagree
	actDisagreeBack
	actActualPicture

	actOpenFrame // of the Evaluate tab

	actLarger // of several tabs
	actSmaller
	actFit
	actKeys

	actMenuLabel // of the menu; in the order of the tabs
	actMenuTab2
	actMenuTab3
	actMenuTab4
	actMenuNew
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
	actMenuHelp
	actMenuQuit
)

// In which modes an action is known: bits by mode.
const (
	inGrid     = 1 << modeGrid
	inCard     = 1 << modeCard
	inClusters = 1 << modeClusters
	inMissed   = 1 << modeMissed
	inFrames   = 1<<modeFrame | inMissed
	inAll      = inGrid | inCard | inClusters | inFrames // the Label tab
	inTrain    = 1 << modeTrain
	inDetect   = 1 << modeDetect
	inEvaluate = 1 << modeEvaluate
	inMenu     = 1 << modeMenu
	inTabs     = inAll | inTrain | inDetect | inEvaluate
)

// What is no mode of the Label tab but has keys as those have.
const (
	modeTrain = modeMissed + 1 + iota
	modeDetect
	modeEvaluate
	modeMenu // its keys come with Ctrl, or are those from F1 on, and work everywhere
)

// actionInfo describes an action. name is what the preferences and the texts call it:
// see bindings.fill.
type actionInfo struct {
	action action
	name   string
	key    key // where nobody chose another one
	modes  int
	text   func() string
}

// actions are all actions, in the order of the sheet of keys. TestEveryKeyOfTheSheet,
// TestFrameKeys, TestDetectKeys and TestMenuKeys press them.
var actions = []actionInfo{
	{actFace, "face", "f", inAll, func() string { return tr("face") }},
	{actOther, "other", "o", inAll, func() string { return tr("other") }},
	{actUnsure, "unsure", "u", inAll, func() string { return tr("unsure") }},
	{actRemove, "remove", "Delete", inAll, func() string { return tr("take out of the project") }},
	{actAccept, "accept", "Return", inGrid | inClusters, func() string { return tr("accept the page or cluster; turn the page") }},
	{actFlip, "flip", "p", inGrid, func() string { return tr("the page shows faces, or others") }},
	{actSelect, "select", "Space", inGrid | inClusters, func() string { return tr("select the crop, or not") }},
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

	{actSnap, "frame.snap", "s", inFrames, func() string { return tr("snap the box to a detector's") }},
	{actProposals, "frame.proposals", "p", inFrames, func() string { return tr("proposals of the detectors; click one to take it") }},
	{actDraw, "frame.draw", "d", inFrames, func() string { return tr("draw over boxes, too") }},
	{actSquare, "frame.square", "q", inFrames, func() string { return tr("square boxes, or any") }},
	{actLastFrame, "frame.last", "[", inFrames, func() string { return tr("last frame") }},
	{actNextFrame, "frame.next", "]", inFrames, func() string { return tr("next frame") }},
	{actBefore, "frame.before", ",", inFrames, func() string { return tr("the frame before in the video") }},
	{actAfter, "frame.after", ".", inFrames, func() string { return tr("the frame after in the video") }},
	{actActual, "frame.actual", "a", inFrames, func() string { return tr("100 %") }},
	{actNoMore, "missed.none", "Return", inMissed, func() string { return tr("missed faces: no more here, go on") }},
	{actMissedBack, "missed.back", "BackSpace", inMissed, func() string { return tr("missed faces: back to the last frame") }},

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
	{actPlay, "detect.play", "Space", inDetect, func() string { return tr("play a video, or stop it") }},
	{actDisagree, "detect.disagree", "d", inDetect, func() string { return tr("next disagreement of a video") }},
	{actDisagreeBack, "detect.disagreeBack", "Shift+d", inDetect, func() string { return tr("last disagreement of a video") }},
	{actActualPicture, "detect.actual", "1", inDetect, func() string { return tr("100 %") }},

	{actOpenFrame, "evaluate.open", "Return", inEvaluate, func() string { return tr("open the frame in the Detect tab") }},

	{actLarger, "zoom.in", "+", inTabs &^ inCard &^ inTrain, func() string { return tr("larger") }},
	{actSmaller, "zoom.out", "-", inTabs &^ inCard &^ inTrain, func() string { return tr("smaller") }},
	{actFit, "zoom.fit", "0", inFrames | inDetect, func() string { return tr("fit the picture into the window") }},
	{actKeys, "keys", "?", inTabs, func() string { return tr("this sheet") }},

	{actMenuLabel, "menu.label", "Ctrl+1", inMenu, func() string { return tr("Label") }},
	{actMenuTab2, "menu.trainTab", "Ctrl+2", inMenu, func() string { return tr("Train") }},
	{actMenuTab3, "menu.detectTab", "Ctrl+3", inMenu, func() string { return tr("Detect") }},
	{actMenuTab4, "menu.evaluate", "Ctrl+4", inMenu, func() string { return tr("Evaluate") }},
	{actMenuNew, "menu.new", "Ctrl+n", inMenu, func() string { return tr("new project") }},
	{actMenuOpen, "menu.open", "Ctrl+o", inMenu, func() string { return tr("open project") }},
	{actMenuPicture, "menu.picture", "Ctrl+p", inMenu, func() string { return tr("open picture") }},
	{actMenuModel, "menu.model", "Ctrl+m", inMenu, func() string { return tr("open model") }},
	{actMenuExport, "menu.export", "Ctrl+e", inMenu, func() string { return tr("export") }},
	{actMenuTrain, "menu.train", "Ctrl+t", inMenu, func() string { return tr("start or stop training") }},
	{actMenuReview, "menu.review", "Ctrl+r", inMenu, func() string { return tr("review the crops") }},
	{actMenuDetect, "menu.detect", "Ctrl+d", inMenu, func() string { return tr("detect in all open pictures") }},
	{actMenuFound, "menu.found", "Ctrl+b", inMenu, func() string { return tr("export what was found") }},
	{actMenuHistory, "menu.history", "Ctrl+h", inMenu, func() string { return tr("history") }},
	{actMenuStats, "menu.statistics", "Ctrl+i", inMenu, func() string { return tr("statistics") }},
	{actMenuPreferences, "menu.preferences", "Ctrl+,", inMenu, func() string { return tr("preferences") }},
	{actMenuKeys, "menu.keys", "Ctrl+/", inMenu, func() string { return tr("this sheet") }},
	{actMenuHelp, "menu.help", "F1", inMenu, func() string { return tr("the manual of this tab") }},
	{actMenuQuit, "menu.quit", "Ctrl+q", inMenu, func() string { return tr("quit") }},
}

// second are keys that do what another one does, as long as nobody gives them to another
// action there.
var second = map[action]key{
	actSkip:      key(fyne.KeySpace),
	actLastFrame: key(fyne.KeyPageUp),
	actNextFrame: key(fyne.KeyPageDown),
	actNoMore:    key(fyne.KeySpace),
	actLarger:    "=", // where + needs Shift
}

func infoOf(a action) actionInfo {
	for _, info := range actions {
		if info.action == a {
			return info
		}
	}
	return actionInfo{}
}
