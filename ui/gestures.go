package ui

// gesture is what stays as it is: a key that moves about, or something done with the
// mouse. The sheet of keys shows it, and texts name it as they name an action.
type gesture struct {
	name  string
	modes int
	keys  func() string
	text  func() string
}

func same(s string) func() string { return func() string { return s } }

// gestures are all of them, in the order of the sheet. TestGestures and TestFrameKeys do them.
var gestures = []gesture{
	{"grid.click", inGrid, func() string { return tr("click") }, func() string { return tr("wrong on its page, or not of its cluster") }},
	{"grid.several", inGrid, func() string { return tr("Ctrl / Shift + click") }, func() string { return tr("select several") }},
	{"grid.drag", inGrid, func() string { return tr("drag") }, func() string { return tr("select what it touches; a card: left other, right face") }},
	{"grid.all", inGrid, same("Ctrl+A, Esc"), func() string { return tr("select all, none") }},
	{"grid.move", inGrid, func() string { return tr("arrows, Home, End") }, func() string { return tr("another crop; with Shift select, with Ctrl only move") }},
	{"grid.page", inGrid, same("PgUp / PgDn"), func() string { return tr("page by page") }},
	{"grid.double", inGrid, func() string { return tr("double click") }, func() string { return tr("the crop as a card") }},

	{"frame.drag", inFrames, func() string { return tr("drag") }, func() string { return tr("beside the boxes: a new one; a box: move it; its edge: resize it") }},
	{"frame.shape", inFrames, func() string { return tr("Shift + drag") }, func() string { return tr("square, or not") }},
	{"frame.pan", inFrames, func() string { return tr("Ctrl + drag") }, func() string { return tr("move the picture (as the middle button)") }},
	{"frame.walk", inFrames, same("Tab"), func() string { return tr("next box; with Shift the last one") }},
	{"frame.nudge", inFrames, func() string { return tr("arrows") }, func() string { return tr("move the box by a pixel; with Shift by 10") }},
	{"frame.grow", inFrames, func() string { return tr("Ctrl + arrows") }, func() string { return tr("resize the box by a pixel; with Shift by 10") }},
	{"frame.cancel", inFrames, same("Esc"), func() string { return tr("take a drag back") }},

	{"detect.wheel", inDetect, func() string { return tr("wheel, drag") }, func() string { return tr("zoom and move both panes") }},
	{"detect.click", inDetect, func() string { return tr("click") }, func() string { return tr("choose a box") }},
	{"detect.missed", inDetect, func() string { return tr("Shift + drag") }, func() string { return tr("a missed face: put it into the project") }},

	{"evaluate.double", inEvaluate, func() string { return tr("double click") }, func() string { return tr("open the frame in the Detect tab") }},

	{"undo.all", inMenu, same("Ctrl+Z / Ctrl+Y"), func() string { return tr("undo, redo") }},
	{"paste", inMenu, same("Ctrl+V"), func() string { return tr("paste a picture") }},
}
