package dataset

import (
	"image"
	"image/draw"
	"math"
)

// Margin is the side of a crop in sides of its box, where nothing else is asked for: so
// large that crops of the cascade's boxes are framed as those that networks learn from,
// heads of which the tight box from brow to chin is 55 to 65 % of the side.
//
// Measured: on 300 composed scenes and 409 pictures the tight box is 67 and 74 % of the
// cascade's box (medians of 255 and 187), so 61 and 67 % of the crop. On 760 crops made
// for training the cascade's box is 94 and 99 % of the side, here 91 %.
const Margin = 1.1

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

// BoxOf is the box whose crop, with the usual Margin, is this window. A network's boxes
// are its windows, of which the tight box is 61 and 65 % already (89 pictures).
func BoxOf(window image.Rectangle) image.Rectangle {
	dx := int(math.Round(float64(window.Dx()) * (1 - 1/Margin) / 2))
	dy := int(math.Round(float64(window.Dy()) * (1 - 1/Margin) / 2))
	return image.Rect(window.Min.X+dx, window.Min.Y+dy, window.Max.X-dx, window.Max.Y-dy)
}
