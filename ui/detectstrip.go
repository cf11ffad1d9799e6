package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// detectShot is what is on screen in the Detect tab: a picture, or a frame of a video.
type detectShot struct {
	file  picture
	index int // of file among those that are open
	frame int
	img   *image.RGBA // shared: do not modify it
}

// detectStrip is a row below the panes, such as one for the frames of a video. Add one in
// newDetectTab. All its methods are called on Fyne's goroutine.
type detectStrip interface {
	// object is the row. It stays the same object.
	object() fyne.CanvasObject
	// shown is told what is on screen now, among which files, and says whether the row is
	// of any use there; else it is hidden. What the detectors find there comes later.
	shown(shot detectShot, open []picture) bool
	// found is told what the detectors found in what is on screen, as far as they have
	// answered, once for each answer.
	found(shot detectShot, f finding)
	// retuned is told that parameters or the model changed; t.setup has them.
	retuned()
	// close ends what the row does by itself; jobs are cancelled before.
	close()
}

// detectRows are the strips, and the legend below them.
type detectRows struct {
	strips, all *fyne.Container
}

func newDetectRows(strips []detectStrip, foot fyne.CanvasObject) detectRows {
	rows := container.NewVBox()
	for _, s := range strips {
		rows.Add(s.object())
	}
	return detectRows{rows, container.NewVBox(rows, foot)}
}

// shot is what is on screen.
func (t *detectTab) shot() detectShot {
	if t.at < 0 {
		return detectShot{index: -1}
	}
	return detectShot{file: t.files[t.at], index: t.at, frame: t.frame, img: t.img}
}

// tellStrips shows the rows that are of use for what is on screen.
func (t *detectTab) tellStrips() {
	moved := false
	for _, s := range t.strips {
		was := s.object().Visible()
		if s.shown(t.shot(), t.files) {
			s.object().Show()
		} else {
			s.object().Hide()
		}
		moved = moved || was != s.object().Visible()
	}
	if moved {
		layOut(t.rows.strips, t.rows.all, t.content)
	}
}

// layOut places what is in containers, of which each is in the next one. Where something
// appears or goes, Fyne does it by itself before the next frame, unless the least size of
// anything that comes later in the outer ones changes before the same frame, such as on a
// machine that is slow: then it forgets to (2.8.0, EnsureMinSize has room for one that waits).
func layOut(nested ...*fyne.Container) {
	for _, c := range nested {
		c.Layout.Layout(c.Objects, c.Size())
	}
}
