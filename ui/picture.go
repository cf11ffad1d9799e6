package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strconv"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/vision"
	"frglab/ui/imageview"
)

// read decodes a picture, or one frame of a video with the number of frames. It
// runs in jobs.
func (p picture) read(_ context.Context, frame int) (img *image.RGBA, frames int, err error) {
	if p.files != nil {
		f, err := p.files.Open(p.path)
		if err != nil {
			return nil, 0, err
		}
		defer f.Close()
		img, err := dataset.DecodeImage(p.name, f)
		return img, 0, err
	}
	if !vision.IsVideo(p.path) {
		img, err := dataset.ReadImage(p.path)
		return img, 0, err
	}
	v, err := vision.OpenVideo(p.path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	if err := v.Seek(frame); err != nil {
		return nil, 0, err
	}
	img, _, err = v.Next()
	return img, v.Info().Frames, err
}

func errNoPictures(paths []string) error {
	return errors.New(tr("No picture or video in %s: drop a folder that holds some.", fmt.Sprint(paths)))
}

// agreement is the overlap from which two detectors mean the same face. They frame
// it differently, so it is low.
const agreement = 0.25

// boxes are the overlays for what one detector found, coloured by whether the
// other one found it too.
func boxes(found, others []engine.Detection, alone color.Color, dashed bool) []imageview.Box {
	var bs []imageview.Box
	for _, d := range found {
		b := imageview.Box{Rect: d.Box, Color: alone, Caption: caption(d.Score)}
		if dashed {
			b.Line = imageview.Dashed
		}
		for _, o := range others {
			if engine.IoU(d.Box, o.Box) >= agreement {
				b.Color = bothColor
			}
		}
		bs = append(bs, b)
	}
	return bs
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
