package ui

import (
	"context"
	"errors"
	"image"
	"image/draw"
	"slices"
	"strconv"
	"strings"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/vision"
	"frglab/ui/imageview"
)

// read decodes a picture, or one frame of a video. It runs in jobs.
func (p picture) read(_ context.Context, frame int) (r framePicture, err error) {
	if p.files != nil {
		f, err := p.files.Open(p.path)
		if err != nil {
			return r, err
		}
		defer f.Close()
		r.img, err = dataset.DecodeImage(p.name, f)
		return r, err
	}
	if !vision.IsVideo(p.path) {
		r.img, err = dataset.ReadImage(p.path)
		return r, err
	}
	v, err := vision.OpenVideo(p.path)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	if err := v.Seek(frame); err != nil {
		return r, err
	}
	r.frames = v.Info().Frames
	r.img, r.at, err = v.Next()
	return r, err
}

func errNoPictures(paths []string) error {
	return errors.New(tr("No picture or video in %s: drop a folder that holds some.", strings.Join(paths, ", ")))
}

// agreement is the overlap from which two detectors mean the same face. They frame
// it differently, so it is low.
const agreement = 0.25

// How boxes are drawn, by who found them: told apart by line as well as by colour.
var (
	byBoth       = imageview.Box{Color: bothColor}
	byOneCNN     = imageview.Box{Color: cnnColor, Line: imageview.Dashed}
	byOneCascade = imageview.Box{Color: cascadeColor, Line: imageview.Dotted, Width: 3}
)

// boxes are the overlays for what one detector found: as alone, or as byBoth where the other
// one found it too.
func boxes(found, others []engine.Detection, alone imageview.Box) []imageview.Box {
	var bs []imageview.Box
	for _, d := range found {
		b := alone
		if agrees(d, others) {
			b = byBoth
		}
		b.Rect, b.Caption = d.Box, caption(d.Score)
		bs = append(bs, b)
	}
	return bs
}

// agrees reports whether one of the others means the same face.
func agrees(d engine.Detection, others []engine.Detection) bool {
	return slices.ContainsFunc(others, func(o engine.Detection) bool { return engine.IoU(d.Box, o.Box) >= agreement })
}

// caption is a probability with two digits, or a number of neighbours.
func caption(score float64) string {
	if score > 1 {
		return strconv.Itoa(int(score))
	}
	return strconv.FormatFloat(score, 'f', 2, 64)
}

// cut copies a box out of a picture; what lies beyond its edges is black.
func cut(img *image.RGBA, box image.Rectangle) *image.RGBA {
	crop := image.NewRGBA(image.Rectangle{Max: box.Size()})
	draw.Draw(crop, crop.Rect, image.Black, image.Point{}, draw.Src)
	draw.Draw(crop, crop.Rect, img, box.Min, draw.Over)
	return crop
}
