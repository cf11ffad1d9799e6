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
	// typed takes a key that was pressed on a pane, or says false.
	typed(r rune) bool
	// close ends what the row does by itself; jobs are cancelled before.
	close()
}

func (t *detectTab) stripRows() fyne.CanvasObject {
	rows := container.NewVBox()
	for _, s := range t.strips {
		rows.Add(s.object())
	}
	return rows
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
	for _, s := range t.strips {
		if s.shown(t.shot(), t.files) {
			s.object().Show()
		} else {
			s.object().Hide()
		}
	}
}
