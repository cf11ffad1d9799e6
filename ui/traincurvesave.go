package ui

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"math"

	"fyne.io/fyne/v2"

	"frglab/ui/native"
	"frglab/ui/results"
)

var (
	pngFiles = []native.Filter{{Name: "PNG", Extensions: []string{"png"}}}
	csvFiles = []native.Filter{{Name: "CSV", Extensions: []string{"csv"}}}
)

// savePNG saves the charts as they stand in the window: same theme, zoom and letters.
func (c *curves) savePNG() {
	img := c.capture()
	c.s.dialogs.SaveFile(c.s.win, tr("Save curves"), c.name()+".png", pngFiles, func(path string) {
		if path != "" {
			c.s.show(save(path, func(w io.Writer) error { return png.Encode(w, img) }))
		}
	})
}

// capture is the charts' part of the window.
func (c *curves) capture() image.Image {
	whole := c.s.win.Canvas().Capture()
	scale := float64(whole.Bounds().Dx()) / math.Max(float64(c.s.win.Canvas().Size().Width), 1)
	at, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(c.grid), c.grid.Size()
	px := func(v float32) int { return int(math.Round(float64(v) * scale)) }
	part := image.Rect(px(at.X), px(at.Y), px(at.X+size.Width), px(at.Y+size.Height)).Intersect(whole.Bounds())
	img := image.NewRGBA(image.Rect(0, 0, part.Dx(), part.Dy()))
	draw.Draw(img, img.Rect, whole, part.Min, draw.Src)
	return img
}

// saveCSV saves all points of all charts: a heading of each stands before its points.
func (c *curves) saveCSV() {
	c.s.dialogs.SaveFile(c.s.win, tr("Save curves"), c.name()+".csv", csvFiles, func(path string) {
		if path != "" {
			c.s.show(save(path, c.writeCSV))
		}
	})
}

func (c *curves) writeCSV(w io.Writer) error {
	for i, ch := range c.charts {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(w, "# %s\n", ch.Title); err != nil {
			return err
		}
		if err := ch.CSV(w); err != nil {
			return err
		}
	}
	return nil
}

// save replaces a file as a whole.
func save(path string, write func(io.Writer) error) error {
	if err := results.WriteFile(path, write); err != nil {
		return errors.New(tr("%s was not saved: %v: choose another place, or free some room.", path, errors.Unwrap(err)))
	}
	return nil
}
