package engine

import (
	"encoding/json"
	"fmt"
	"image"
	"math"
)

// Detection is a box that a detector found, and how sure it is of it.
type Detection struct {
	Box image.Rectangle // pixels of the picture it was found in
	// Score is the probability of a face for a network, the number of
	// neighbouring hits for a cascade: compare scores of one detector only.
	Score float64
}

type detectionJSON struct {
	Box   [4]int  `json:"box"`
	Score float64 `json:"score"`
}

// MarshalJSON writes {"box":[x,y,w,h],"score":s}, as in every file of ours.
func (d Detection) MarshalJSON() ([]byte, error) {
	b := d.Box
	return json.Marshal(detectionJSON{[4]int{b.Min.X, b.Min.Y, b.Dx(), b.Dy()}, d.Score})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Detection) UnmarshalJSON(data []byte) error {
	var j detectionJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	x, y, w, h := j.Box[0], j.Box[1], j.Box[2], j.Box[3]
	if w < 0 || h < 0 || x > math.MaxInt-w || y > math.MaxInt-h {
		return fmt.Errorf("box %v is not x, y, width, height", j.Box)
	}
	d.Box, d.Score = image.Rect(x, y, x+w, y+h), j.Score
	return nil
}

// IoU is the area that two boxes share, over the area that they cover together:
// 0 for boxes that do not touch or are empty, 1 for equal ones.
func IoU(a, b image.Rectangle) float64 {
	both := shared(a, b)
	if both == 0 {
		return 0
	}
	return float64(both) / float64(a.Dx()*a.Dy()+b.Dx()*b.Dy()-both)
}

// shareOfSmaller is the area that two boxes share, over that of the smaller one.
func shareOfSmaller(a, b image.Rectangle) float64 {
	both := shared(a, b)
	if both == 0 {
		return 0
	}
	return float64(both) / float64(min(a.Dx()*a.Dy(), b.Dx()*b.Dy()))
}

// shared is the area that two boxes share.
func shared(a, b image.Rectangle) int {
	w := min(a.Max.X, b.Max.X) - max(a.Min.X, b.Min.X)
	h := min(a.Max.Y, b.Max.Y) - max(a.Min.Y, b.Min.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h
}
