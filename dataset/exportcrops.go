package dataset

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/draw"
)

// crops writes the crops of the wanted samples, for the formats that hold crops.
func (x *exporting) crops(ctx context.Context) ([]annotated, error) {
	samples, err := x.samples()
	if err != nil {
		return nil, err
	}
	reader := frameReader{pixels: x.Pixels}
	var list []annotated
	for i, s := range samples {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if a, err := x.cropFile(s, &reader); err != nil {
			x.fail(s.Path, err)
		} else {
			list = append(list, a)
		}
		x.progress(i+1, len(samples))
	}
	slices.SortFunc(list, byPath)
	return list, nil
}

// cropFile writes the crop of one sample.
func (x *exporting) cropFile(s exported, reader *frameReader) (annotated, error) {
	folder := map[Format]string{FormatFolders: s.Class.String(), FormatList: "crops/" + s.Class.String(), FormatCrops: "crops"}[x.Format]
	a := annotated{title: s.Title, episode: s.Episode, split: &s.Split, crop: true, class: s.Class, sample: &s.Sample}
	data, err := x.cropData(s, reader)
	if err != nil {
		return a, err
	}
	a.path = fmt.Sprintf("%s/%s.png", folder, x.name(frameName(s.Path, s.kind, s.Frame), s.ID))
	if err := x.write(a.path, data); err != nil {
		return a, err
	}
	x.report.Pictures++
	x.report.Samples++
	return a, nil
}

// cropData is the crop as a PNG file: as it is stored where nothing else is asked for.
func (x *exporting) cropData(s exported, reader *frameReader) ([]byte, error) {
	var img image.Image
	if x.Margin > 0 && !s.whole() && !s.Box.Empty() {
		frame, err := reader.read(s.Path, s.kind, s.Frame)
		if err == nil && !s.Box.In(frame.Rect) {
			err = fmt.Errorf("%q: is smaller than when it was labelled", s.Path)
		}
		if err != nil {
			x.stored.note(err.Error())
		} else {
			img = Cut(frame, s.Box, x.Margin)
		}
	}
	if img == nil {
		data, stored, err := x.p.cropFile(s.ID)
		if err != nil || x.Size == 0 {
			return data, err
		}
		img = stored
	}
	if x.Size > 0 {
		img = squash(img, x.Size)
	}
	return encodePNG(img)
}

// squash resizes a crop to a square without keeping its shape, as in 2015.
func squash(img image.Image, size int) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, size, size))
	lanczos.Scale(dst, dst.Rect, img, img.Bounds(), draw.Src, nil)
	return dst
}

// lanczos is Pillow's ANTIALIAS, with which the crops of 2015 were resized: a windowed
// sinc over three lobes. The engine has the same one; it cannot be shared with it.
var lanczos = draw.Kernel{Support: 3, At: func(t float64) float64 {
	if t == 0 {
		return 1
	}
	u := math.Pi * t
	return 3 * math.Sin(u) * math.Sin(u/3) / (u * u)
}}

// writeLists writes the lists of 2015. Names hold no blanks, since that code splits
// lines at them.
func writeLists(x *exporting, list []annotated) error {
	for _, s := range []Split{Train, Valid} {
		var text strings.Builder
		for _, a := range list {
			if *a.split == s {
				fmt.Fprintf(&text, "%s %d\n", a.path, a.class)
			}
		}
		switch {
		case !x.has(s):
		case text.Len() == 0:
			x.report.Warnings = append(x.report.Warnings, fmt.Sprintf("there are no crops for %v, so there is no list of them: split the project", s))
		default:
			if err := x.write(s.String()+".txt", []byte(text.String())); err != nil {
				return err
			}
		}
	}
	return nil
}

// samplesColumns are the columns of samples.csv of the format "crops": what readCSV
// takes, and where the crop is from.
var samplesColumns = []string{"file", "title", "episode", "split", "class", "id", "source", "frame", "seconds", "left", "top", "width_in_source", "height_in_source", "proposer", "score"}

func writeSamples(x *exporting, list []annotated) error {
	rows := [][]string{slices.Clone(samplesColumns)}
	for _, a := range list {
		s := a.sample
		rows = append(rows, []string{
			a.path, s.Title, s.Episode, s.Split.String(), s.Class.String(), strconv.FormatInt(s.ID, 10), s.Path, strconv.Itoa(s.Frame),
			strconv.FormatFloat(s.At.Seconds(), 'f', -1, 64),
			strconv.Itoa(s.Box.Min.X), strconv.Itoa(s.Box.Min.Y), strconv.Itoa(s.Box.Dx()), strconv.Itoa(s.Box.Dy()),
			s.Proposer, strconv.FormatFloat(s.Score, 'g', -1, 64),
		})
	}
	return x.writeTable("samples.csv", rows)
}

// frameReader reads the pictures that samples are cut from, and keeps the last one.
type frameReader struct {
	pixels Pixels

	path  string
	frame int
	img   *image.RGBA
	err   error
}

func (r *frameReader) read(path, kind string, frame int) (*image.RGBA, error) {
	if r.img != nil && path == r.path && frame == r.frame || r.err != nil && path == r.path && frame == r.frame {
		return r.img, r.err
	}
	r.path, r.frame = path, frame
	switch {
	case kind != KindVideo:
		r.img, r.err = ReadImage(path)
	case r.pixels == nil:
		r.img, r.err = nil, fmt.Errorf("%q: is a video, and nothing here can read one: use a FrgLab with OpenCV", path)
	default:
		r.img, r.err = r.pixels.Frame(path, frame)
	}
	if r.err == nil && r.img.Rect.Empty() {
		r.err = errors.New("the frame is empty")
	}
	return r.img, r.err
}
