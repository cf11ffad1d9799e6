package dataset

import (
	"image"
	"image/draw"
	"math"
)

// Margin is the side of a crop in sides of its box, where nothing else is asked for.
const Margin = 1.0

// Cut is the crop of a box: the square about the box's centre whose side is margin times
// the box's longer side. Where that would leave the frame it is moved inside, and made
// smaller where it is larger than the frame. The image is a copy, at the frame's own
// scale. It is empty where the box is, or where it lies outside of the frame.
//
// All crops come from here, so that a box always means the same crop.
func Cut(frame image.Image, box image.Rectangle, margin float64) *image.RGBA {
	square := CutBounds(frame.Bounds(), box, margin)
	crop := image.NewRGBA(image.Rectangle{Max: square.Size()})
	draw.Draw(crop, crop.Rect, frame, square.Min, draw.Src)
	return crop
}

// CutBounds is the square that Cut takes out of a frame with these bounds.
func CutBounds(frame, box image.Rectangle, margin float64) image.Rectangle {
	if box.Intersect(frame).Empty() {
		return image.Rectangle{}
	}
	side := max(1, int(math.Round(float64(max(box.Dx(), box.Dy()))*margin)))
	side = min(side, frame.Dx(), frame.Dy())
	// The centre, times two to stay whole.
	cx, cy := box.Min.X+box.Max.X, box.Min.Y+box.Max.Y
	x := min(max((cx-side)>>1, frame.Min.X), frame.Max.X-side)
	y := min(max((cy-side)>>1, frame.Min.Y), frame.Max.Y-side)
	return image.Rect(x, y, x+side, y+side)
}
