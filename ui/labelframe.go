package ui

import (
	"context"
	"errors"
	"image"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/ui/imageview"
)

// cardFrame shows the frame that a card was cut from, with its box.
type cardFrame struct {
	t       *labelTab
	content fyne.CanvasObject
	pane    *imageview.Pane
	caption *widget.Label
	loading *job
	wanted  framePlace
	shown   framePlace
}

// framePlace names a frame.
type framePlace struct {
	path  string
	frame int
}

// framed is what became of a wish for a frame.
type framed struct {
	img *image.RGBA
	err error
}

func newCardFrame(t *labelTab) *cardFrame {
	f := &cardFrame{t: t, pane: imageview.NewPane(imageview.NewView()), caption: widget.NewLabel("")}
	f.caption.Wrapping = fyne.TextWrapWord
	f.content = container.NewBorder(nil, f.caption, nil, nil, f.pane)
	return f
}

// show shows the frame of a sample, and fetches that of the next one ahead. A sample
// without a source shows nothing.
func (f *cardFrame) show(s dataset.Sample, next *dataset.Sample) {
	f.pane.SetBoxes(nil)
	if s.ID == 0 || s.Box.Empty() {
		f.wanted, f.shown = framePlace{}, framePlace{}
		f.pane.SetImage(nil)
		setText(f.caption, "")
		if s.ID != 0 {
			setText(f.caption, oneLine(s)+"\n"+tr("It was imported as a crop: there is no frame to it."))
		}
		return
	}
	setText(f.caption, oneLine(s))
	f.wanted = framePlace{s.Path, s.Frame}
	box := []imageview.Box{{Rect: s.Box, Color: verdictColor(s), Caption: verdictName(s)}}
	if f.wanted == f.shown {
		f.pane.SetBoxes(box)
		return
	}
	if f.loading != nil {
		f.loading.cancel()
	}
	wanted := f.wanted
	f.loading = start(f.t.s.jobs, &job{name: tr("Show the frame"), quiet: true}, func(ctx context.Context, _ *job) (framed, error) {
		img, err := f.t.s.framePixels(ctx, s.Path, s.Frame)
		return framed{img, err}, nil // a file that is gone is no reason for a dialog
	}, func(r framed, _ error) {
		if f.wanted != wanted || errors.Is(r.err, context.Canceled) {
			return
		}
		if r.err != nil {
			f.shown = framePlace{}
			f.pane.SetImage(nil)
			setText(f.caption, oneLine(s)+"\n"+tr("The frame cannot be shown: %v", r.err))
			return
		}
		f.shown = wanted
		f.pane.SetImage(r.img)
		f.pane.SetBoxes(box)
		f.ahead(next)
	})
}

// ahead fetches a frame, which the session then keeps for a while.
func (f *cardFrame) ahead(s *dataset.Sample) {
	if s == nil || s.Box.Empty() || (framePlace{s.Path, s.Frame}) == f.shown {
		return
	}
	f.loading = start(f.t.s.jobs, &job{name: tr("Show the frame"), quiet: true}, func(ctx context.Context, _ *job) (struct{}, error) {
		_, _ = f.t.s.framePixels(ctx, s.Path, s.Frame)
		return struct{}{}, nil
	}, nil)
}

// oneLine is describeSample in as few lines as it takes.
func oneLine(s dataset.Sample) string { return strings.ReplaceAll(describeSample(s), "\n", "  ·  ") }
