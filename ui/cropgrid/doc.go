// Package cropgrid is a widget that shows very many crops as a grid of square
// cells, to be looked through and judged by mouse or keyboard.
//
// A Grid knows items by id and asks for everything else: Thumb for a picture,
// Mark for what is known about it. It reports the selection and offers each key
// to its owner before it acts on it, so that the owner binds the verdict keys:
//
//	g := cropgrid.New()
//	g.Thumb = func(id int64) image.Image { return crops[id] }
//	g.Mark = func(id int64) cropgrid.Mark { return marks[id] }
//	g.OnRune = func(r rune) { verdict(r, g.Selection()) }
//	g.SetItems(ids)
//
// Mouse: click selects, Ctrl-click toggles, Shift-click selects up to there, a
// drag selects what it touches (with Ctrl: toggles, with Shift: adds). Wheel
// scrolls, Ctrl and wheel zoom about the pointer, double click activates.
//
// Keys: arrows, Page Up, Page Down, Home and End move the cursor and select;
// with Shift they extend the selection, with Ctrl they leave it alone. Ctrl+A
// selects all, Escape none. Keys for Toggle, Activate and Zoom are the owner's.
// Shortcuts that are not the grid's go on to the canvas.
//
// A cell shows its Mark: a plate in the lower left corner, further signs from the lower
// right corner on, a short text in the upper right one. The upper left is for selection.
//
// A page is the set of cells that are wholly visible. NextPage goes on exactly
// where PageIDs ended, so that a user who accepts page after page has seen
// every item once.
//
// All visible cells are composed into one raster, at the screen's own
// resolution: the cost of a redraw depends on the view, not on the number of
// items. Rejected: widget.GridWrap (25 steps a second when scrolling, single
// selection) and one canvas object per cell (texture per cell). To reopen: a
// GridWrap with multiple selection that redraws single cells.
package cropgrid
