package ui

import (
	"context"
	"image"

	"golang.org/x/image/draw"
)

// maxThumbs bounds the memory that thumbs take: 600 of 248x144 pixels are 86 MB.
const maxThumbs = 600

// loadThumbs reads what is in view and not there yet, one picture after the other: who
// looks at pictures needs the machine.
func (s *folderStrip) loadThumbs(from, to int) {
	if s.loading || to > len(s.t.files) {
		return
	}
	for _, f := range s.t.files[from:to] {
		if _, there := s.thumbs[f.source()]; there {
			continue
		}
		mine := s.folder
		mine.loading = true
		start(s.t.s.jobs, &job{name: tr("Open picture"), quiet: true}, func(ctx context.Context, _ *job) (folderShot, error) {
			return readThumb(ctx, f), nil
		}, func(r folderShot, _ error) {
			mine.loading = false
			if s.folder == mine {
				s.keep(r)
				s.film.Refresh()
				s.loadThumbs(s.film.view())
			}
		})
		return
	}
}

// folderShot is what work brings home about one file.
type folderShot struct {
	key     string
	thumb   image.Image    // nil: none was made
	finding *folderFinding // nil: nobody looked
}

func readThumb(ctx context.Context, f picture) folderShot {
	r := folderShot{key: f.source()}
	pic, err := f.read(ctx, 0)
	img := pic.img
	if err != nil {
		r.finding = &folderFinding{err: err}
		return r
	}
	r.thumb = thumbnail(img)
	return r
}

// keep notes what work brought home.
func (s *folderStrip) keep(r folderShot) {
	if r.finding != nil {
		s.known[r.key] = *r.finding
		delete(s.counted, r.key)
	}
	if r.thumb != nil || r.finding != nil && r.finding.err != nil {
		s.thumbs[r.key] = r.thumb
	}
	if len(s.thumbs) <= maxThumbs {
		return
	}
	from, to := s.film.view()
	inView := map[string]bool{}
	for _, f := range s.t.files[from:to] {
		inView[f.source()] = true
	}
	for key := range s.thumbs {
		if !inView[key] {
			delete(s.thumbs, key)
		}
	}
}

// thumbnail is a picture made small for the film.
func thumbnail(img *image.RGBA) *image.RGBA {
	const w, h = 2 * (filmWidth - 3*filmGap), 2 * filmThumb
	size := img.Rect.Size()
	scale := min(float64(w)/float64(size.X), float64(h)/float64(size.Y), 1)
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(size.X)*scale)), max(1, int(float64(size.Y)*scale))))
	draw.ApproxBiLinear.Scale(small, small.Rect, img, img.Rect, draw.Src, nil)
	return small
}
