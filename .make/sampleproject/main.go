// Command sampleproject makes assets/sample/sample.frglab, the project that a first
// start opens, from the pictures and the video in assets/samples and their
// annotations: `go run ./.make/sampleproject`.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"io/fs"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	xdraw "golang.org/x/image/draw"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine/vision"
)

const (
	out  = "assets/sample/sample.frglab"
	side = 64
	// headShare is the side of a tight box (brow to chin) in sides of a crop as
	// the cascade frames it; headUp how far the crop's centre lies above the box's,
	// in sides of the crop.
	headShare, headUp = 0.6, 0.08
	negatives         = 6  // a picture or frame
	frameStep         = 10 // of the video
	validShare        = 0.3
)

func main() {
	log.SetFlags(0)
	if err := generate(); err != nil {
		log.Fatal(err)
	}
}

// frame is a picture with its faces.
type frame struct {
	img            *image.RGBA
	path           string
	title, episode string
	index          int
	faces          []image.Rectangle
}

func generate() error {
	frames, err := pictures()
	if err != nil {
		return err
	}
	video, err := videoFrames()
	if err != nil {
		return err
	}
	if err := os.Remove(out); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	p, err := dataset.Create(out)
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(2015, 1))
	var samples []dataset.NewSample
	for _, f := range append(frames, video...) {
		samples = append(samples, f.samples(rng)...)
	}
	// Every third crop waits for a verdict, so that the Label tab has work to show.
	for i := range samples {
		samples[i].Checked = i%3 != 2
	}
	if _, err := p.Add(context.Background(), samples); err != nil {
		return err
	}
	if err := p.AutoSplit(validShare, 1); err != nil {
		return err
	}
	n, err := p.Stats()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(n, "", "  ")
	fmt.Printf("%s\n%s\n", out, text)
	return errors.Join(err, p.Close())
}

func pictures() ([]frame, error) {
	data, err := fs.ReadFile(assets.Samples(), "annotations.json")
	if err != nil {
		return nil, err
	}
	var truth struct {
		Images []struct {
			ID       int    `json:"id"`
			FileName string `json:"file_name"`
		} `json:"images"`
		Annotations []struct {
			ImageID int        `json:"image_id"`
			BBox    [4]float64 `json:"bbox"`
		} `json:"annotations"`
	}
	if err := json.Unmarshal(data, &truth); err != nil {
		return nil, err
	}
	var frames []frame
	for _, i := range truth.Images {
		img, err := decode(i.FileName)
		if err != nil {
			return nil, err
		}
		f := frame{img: img, path: "/samples/" + i.FileName, title: "Sample pictures"}
		for _, a := range truth.Annotations {
			if a.ImageID == i.ID {
				f.faces = append(f.faces, rect(a.BBox))
			}
		}
		frames = append(frames, f)
	}
	return frames, nil
}

func decode(name string) (*image.RGBA, error) {
	r, err := assets.Samples().Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return dataset.DecodeImage(name, r)
}

func videoFrames() ([]frame, error) {
	data, err := fs.ReadFile(assets.Samples(), "sample_truth.json")
	if err != nil {
		return nil, err
	}
	var truth struct {
		Frames []struct {
			Frame int               `json:"frame"`
			Faces []json.RawMessage `json:"faces"`
		} `json:"frames"`
	}
	if err := json.Unmarshal(data, &truth); err != nil {
		return nil, err
	}
	v, err := vision.OpenVideo(filepath.Join("assets", "samples", "sample.mp4"))
	if err != nil {
		return nil, err
	}
	defer v.Close()
	var frames []frame
	for i := 0; ; i++ {
		img, _, err := v.Next()
		if errors.Is(err, io.EOF) {
			return frames, nil
		}
		if err != nil {
			return nil, err
		}
		if i%frameStep != 0 || i >= len(truth.Frames) {
			continue
		}
		f := frame{img: img, path: "/samples/sample.mp4", title: "Sample video", episode: "1", index: i}
		for _, raw := range truth.Frames[i].Faces {
			box, err := faceBox(raw)
			if err != nil {
				return nil, err
			}
			f.faces = append(f.faces, box)
		}
		frames = append(frames, f)
	}
}

// faceBox reads a face of the video's truth: a box, or an object that holds one.
func faceBox(raw json.RawMessage) (image.Rectangle, error) {
	var o struct {
		BBox [4]float64 `json:"bbox"`
	}
	if err := json.Unmarshal(raw, &o); err == nil {
		return rect(o.BBox), nil
	}
	err := json.Unmarshal(raw, &o.BBox)
	return rect(o.BBox), err
}

func rect(b [4]float64) image.Rectangle {
	return image.Rect(int(b[0]), int(b[1]), int(b[0]+b[2]), int(b[1]+b[3]))
}

// samples cuts the heads of a frame and some windows beside them.
func (f frame) samples(rng *rand.Rand) []dataset.NewSample {
	var heads []image.Rectangle
	var out []dataset.NewSample
	for _, b := range f.faces {
		head := f.head(b)
		heads = append(heads, head)
		out = append(out, f.sample(head, dataset.Face))
	}
	for tries := 0; tries < 200 && len(out) < len(heads)+negatives; tries++ {
		s := 32 + rng.IntN(min(f.img.Rect.Dx(), f.img.Rect.Dy())/2)
		box := image.Rect(0, 0, s, s).Add(image.Pt(rng.IntN(f.img.Rect.Dx()-s), rng.IntN(f.img.Rect.Dy()-s)))
		clear := !slices.ContainsFunc(heads, func(h image.Rectangle) bool { return overlap(h, box) > 0.15 })
		if clear && f.busy(box) {
			out = append(out, f.sample(box, dataset.Other))
		}
	}
	return out
}

// head is the square around a tight box, moved into the picture.
func (f frame) head(b image.Rectangle) image.Rectangle {
	s := int(float64(max(b.Dx(), b.Dy())) / headShare)
	s = min(s, f.img.Rect.Dx(), f.img.Rect.Dy())
	x := (b.Min.X+b.Max.X)/2 - s/2
	y := (b.Min.Y+b.Max.Y)/2 - s/2 - int(headUp*float64(s))
	x = min(max(x, 0), f.img.Rect.Dx()-s)
	y = min(max(y, 0), f.img.Rect.Dy()-s)
	return image.Rect(x, y, x+s, y+s)
}

func overlap(a, b image.Rectangle) float64 {
	i := a.Intersect(b)
	inter := float64(i.Dx() * i.Dy())
	return inter / (float64(a.Dx()*a.Dy()+b.Dx()*b.Dy()) - inter)
}

// busy says whether a window holds anything: its grey values vary.
func (f frame) busy(box image.Rectangle) bool {
	var n, sum, square float64
	for y := box.Min.Y; y < box.Max.Y; y += 2 {
		for x := box.Min.X; x < box.Max.X; x += 2 {
			c := f.img.RGBAAt(x, y)
			v := 0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B)
			n, sum, square = n+1, sum+v, square+v*v
		}
	}
	mean := sum / n
	return square/n-mean*mean > 18*18
}

func (f frame) sample(box image.Rectangle, c dataset.Class) dataset.NewSample {
	crop := image.NewRGBA(image.Rect(0, 0, side, side))
	xdraw.CatmullRom.Scale(crop, crop.Rect, f.img, box, draw.Src, nil)
	return dataset.NewSample{
		Class: c, Path: f.path, Title: f.title, Episode: f.episode,
		Frame: f.index, Box: box, Proposer: "hand", Crop: crop,
	}
}
