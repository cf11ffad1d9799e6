package engine

import (
	"reflect"
	"slices"
)

// SameScan reports whether a Scan with these parameters gives the same scores as one with
// o: whether the two differ only in what Scan.Detections heeds.
func (p DetectParams) SameScan(o DetectParams) bool {
	p.Threshold, p.Suppress, p.IoU, p.Inside, p.Sigma, p.Shrink, p.Down = o.Threshold, o.Suppress, o.IoU, o.Inside, o.Sigma, o.Shrink, o.Down
	sizes := slices.Equal(p.Sizes, o.Sizes)
	p.Sizes, o.Sizes = nil, nil
	return sizes && reflect.DeepEqual(p, o)
}
