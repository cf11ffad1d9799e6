package engine

import (
	"reflect"
	"slices"
)

// SameScan reports whether a Scan with these parameters gives the same scores as one with
// o: whether the two differ only in what Scan.Detections heeds.
func (p DetectParams) SameScan(o DetectParams) bool {
	p.Threshold, p.Suppress, p.IoU, p.Inside, p.Sigma, p.Average, p.Shrink, p.Down = o.Threshold, o.Suppress, o.IoU, o.Inside, o.Sigma, o.Average, o.Shrink, o.Down
	same := slices.Equal(p.Sizes, o.Sizes) && slices.Equal(p.Tilt, o.Tilt)
	p.Sizes, o.Sizes, p.Tilt, o.Tilt = nil, nil, nil, nil
	return same && reflect.DeepEqual(p, o)
}
