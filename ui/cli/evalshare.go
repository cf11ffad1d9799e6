package cli

import (
	"context"
	"image"
	"time"

	"frglab/engine"
)

// scans lets the detectors of --rows that look alike, and only make something else of the
// answers, look at a picture once: a look of mode windows takes seconds.
type scans struct {
	seen []*sharedScan
}

// sharedScan is a detector, and what it saw last.
type sharedScan struct {
	model, scout string // files
	d            *engine.Detector
	params       engine.DetectParams

	img  *image.RGBA
	scan *engine.Scan
	took time.Duration
}

// like is the detector of a row that looks in the same way, or nil.
func (s *scans) like(r row, p engine.DetectParams) *sharedScan {
	for _, o := range s.seen {
		if o.model == r.Model && o.scout == r.Scout && o.params.SameScan(p) {
			return o
		}
	}
	return nil
}

// finder is a detector over the scan. Its time is that of the look, whoever had it made, and its own.
func (s *sharedScan) finder(p engine.DetectParams, end func() error) finder {
	var looked time.Duration
	return finder{
		name: "cnn", mode: p.Mode, close: end,
		find: func(ctx context.Context, img *image.RGBA) ([]engine.Detection, error) {
			looked = s.took
			if s.img != img {
				start := time.Now()
				scan, err := s.d.Scan(ctx, img, p)
				if err != nil {
					return nil, err
				}
				s.img, s.scan, s.took, looked = img, scan, time.Since(start), 0
			}
			return s.scan.Detections(p)
		},
		before: func() time.Duration { return looked },
	}
}
