package ui

import (
	"fmt"
	"image"
	"math"
)

// describe says where the video is, or what is in the frame under the mouse.
func (s *videoStrip) describe(hovered int) {
	if s.record == nil {
		return
	}
	frame := s.t.frame
	if hovered >= 0 {
		frame = hovered
	}
	rate := max(s.shot.file.rate, 0.001)
	text := tr("%s of %s, frame %d", clockTime(float64(frame)/rate), clockTime(float64(s.shot.file.frames)/rate), frame)
	switch _, looked := s.record.looks[frame]; {
	case s.player != nil && hovered < 0:
		text += "   " + s.rates()
	case looked:
		text += "   " + tr("CNN %d, cascade %d", len(s.record.seen[laneCNN][frame]), len(s.record.seen[laneCascade][frame]))
	}
	if n := len(s.record.frames); n > 0 && hovered < 0 {
		text += "   ·   " + tr("tracks %d and %d in %d frames", s.record.tracks[laneCNN], s.record.tracks[laneCascade], n)
	}
	s.place.SetText(text)
}

// clockTime is 1:02.5.
func clockTime(seconds float64) string {
	tenths := int(math.Round(seconds * 10))
	return fmt.Sprintf("%d:%02d.%d", tenths/600, tenths/10%60, tenths%10)
}

// sketch is 16x9 grey pixels of a picture: enough to tell whether the boxes of one frame
// fit another one.
type sketch [16 * 9]uint8

func sketchOf(img *image.RGBA) (s sketch) {
	if img == nil {
		return s
	}
	size := img.Rect.Size()
	for i := range s {
		x, y := (2*(i%16)+1)*size.X/32, (2*(i/16)+1)*size.Y/18
		c := img.RGBAAt(img.Rect.Min.X+x, img.Rect.Min.Y+y)
		s[i] = uint8((299*int(c.R) + 587*int(c.G) + 114*int(c.B)) / 1000)
	}
	return s
}

// like says that it is the same shot: less than a third of the pixels changed by more than
// a tenth, which a face that moves does not do and a cut or a quick pan does.
func (s sketch) like(o sketch) bool {
	changed := 0
	for i, v := range s {
		if d := int(v) - int(o[i]); d > 25 || d < -25 {
			changed++
		}
	}
	return changed < len(s)/3
}
