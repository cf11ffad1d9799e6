// Package imageview shows pictures with boxes over them, in panes that zoom
// and pan together.
//
// Make one View, a Pane on it for each picture, and hand both what to show:
//
//	v := imageview.NewView()
//	left, right := imageview.NewPane(v), imageview.NewPane(v)
//	left.SetImage(frame)
//	left.SetBoxes([]imageview.Box{{Rect: face, Color: blue, Caption: "0.97"}})
//	left.OnBoxPicked = left.SetSelected
//
// A Pair lays two panes out: next to each other, one alone, or as if they lay over each
// other with a bar between them. In that the two halves are windows on one wide pane, so
// that nothing is composed twice and each half has its own clicks.
//
// Mouse: the wheel zooms about the pointer, dragging moves the picture, a
// double click fits it, a click picks the smallest box under the pointer. In
// draw mode, or with Shift, a drag makes a new box and the middle button moves the picture.
//
// Keys: arrows move, Escape drops the box being drawn. The owner is asked before each of
// them, and has all others: those that zoom call Fit, Actual and ZoomBy of the View.
//
// With Edit the boxes can be changed: the selected one has handles; a drag inside
// of it moves it, one at its edge resizes it, one beside all boxes draws a new one,
// and one in another box picks that and moves it. Shift is the opposite of Square,
// Ctrl and a drag move the picture. Arrows move the selected box by a pixel, with
// Ctrl they resize it, with Shift by ten; Tab picks the next box, Escape takes a
// drag back. The pane shows the change itself and tells
// OnBoxChanging all the time and OnBoxChanged once, at the end: when the button or
// the arrow key is released, or anything else is done before that. So the owner
// stores once, and nothing is lost; Settle has it tell at once. What a drag makes of
// a box is pure (grip.go): whole pixels, within the picture, never turned over.
// Rejected: a box object of its own for each box, which would take the pointer from
// the picture below it and cost a texture each.
//
// A pane composes the visible part of its picture on the CPU, from the
// half-size copy that is next larger than the screen's resolution, in rows
// spread over the cores. The cost depends on the pane and not on the picture,
// huge pictures need no huge texture, and one picture pixel is exactly one
// screen pixel at 100 %. Rejected: canvas.Image, which uploads the whole
// picture again whenever its size changes and shimmers when made much smaller.
// To reopen: a canvas object that keeps its texture while it is resized.
package imageview
