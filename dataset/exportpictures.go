package dataset

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"os"
	"slices"
)

// exported is a sample to be exported, and what kind of source it is from.
type exported struct {
	Sample
	kind string
}

// whole says whether the sample is a picture of its own: a crop that was imported as one.
func (s exported) whole() bool {
	return s.kind == KindCrop && (s.Box.Empty() || s.Box == image.Rect(0, 0, s.Width, s.Height))
}

// samples are the samples to be exported, those of one frame together, sources in the
// order in which they were added. What of a damaged project cannot be read is reported.
func (x *exporting) samples() ([]exported, error) {
	// Two ways through the table: where its pages are damaged, the index may not be.
	ids, err := scanIDs(x.p.r.Query("SELECT id FROM samples s NOT INDEXED WHERE gone = 0 AND checked = 1 ORDER BY id"))
	if err != nil {
		var err2 error
		if ids, err2 = scanIDs(x.p.r.Query("SELECT id FROM samples INDEXED BY samples_state WHERE gone = 0 AND checked = 1")); err2 != nil {
			return nil, explain(err)
		}
		slices.Sort(ids)
	}
	kinds := map[int64]string{}
	var list []exported
	for part := range slices.Chunk(ids, 500) {
		samples, err := x.p.samples(part)
		if err != nil { // one by one, then
			samples = nil
			for _, id := range part {
				s, err := x.p.samples([]int64{id})
				if err != nil {
					x.fail("", fmt.Errorf("sample %d of %q: %w", id, x.p.path, explain(err)))
				}
				samples = append(samples, s...)
			}
		}
		for _, s := range samples {
			if !x.wants(s.Class) || !x.has(s.Split) {
				continue
			}
			kind, ok := kinds[s.Source]
			if !ok {
				if err := x.p.r.QueryRow("SELECT kind FROM sources WHERE id = ?", s.Source).Scan(&kind); err != nil {
					return nil, explain(err)
				}
				kinds[s.Source] = kind
			}
			list = append(list, exported{s, kind})
		}
	}
	slices.SortStableFunc(list, func(a, b exported) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Frame, b.Frame))
	})
	return list, nil
}

// scene is a picture to be exported: a frame of a source with its samples.
type scene struct {
	source     int64
	path, kind string
	frame      int
	size       image.Point // as the project has it; zero where it does not
	title      string
	episode    string
	split      Split
	checked    bool
	samples    []exported
}

// scenes are the frames that hold wanted samples, or were checked to hold none.
func (x *exporting) scenes() ([]scene, error) {
	samples, err := x.samples()
	if err != nil {
		return nil, err
	}
	type place struct {
		source int64
		frame  int
		crop   int64
	}
	index := map[place]int{}
	var list []scene
	for _, s := range samples {
		at := place{source: s.Source, frame: s.Frame}
		if s.whole() {
			at.crop = s.ID
		}
		i, ok := index[at]
		if !ok {
			i = len(list)
			index[at] = i
			list = append(list, scene{
				source: s.Source, path: s.Path, kind: s.kind, frame: s.Frame, title: s.Title, episode: s.Episode, split: s.Split,
				checked: s.whole(),
			})
		}
		list[i].samples = append(list[i].samples, s)
	}
	frames, err := x.p.checkedFrames()
	if err != nil {
		x.fail("", fmt.Errorf("the list of checked pictures of %q cannot be read in full: pictures without faces may be missing (%w)", x.p.path, explain(err)))
	}
	for _, f := range frames {
		if i, ok := index[place{source: f.source, frame: f.frame}]; ok {
			list[i].checked, list[i].size = f.checked, f.size
		} else if f.checked && x.has(f.split) {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b scene) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.frame, b.frame))
	})
	return list, nil
}

// checkedFrames are the frames that the project knows, with those that were read before
// an error.
func (p *Project) checkedFrames() ([]scene, error) {
	rows, err := p.r.Query(`SELECT f.source, o.path, o.kind, f.frame, f.width, f.height, o.title, o.episode, o.split, f.state & ? <> 0
		FROM frames f JOIN sources o ON o.id = f.source`, FrameChecked)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []scene
	for rows.Next() {
		var s scene
		if err := rows.Scan(&s.source, &s.path, &s.kind, &s.frame, &s.size.X, &s.size.Y, &s.title, &s.episode, &s.split, &s.checked); err != nil {
			return list, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// pictures writes the pictures of the formats of boxes.
func (x *exporting) pictures(ctx context.Context) ([]annotated, error) {
	scenes, err := x.scenes()
	if err != nil {
		return nil, err
	}
	reader := frameReader{pixels: x.Pixels}
	var list []annotated
	for i, s := range scenes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if a, err := x.picture(s, &reader); err != nil {
			x.fail(s.path, err)
		} else {
			list = append(list, a)
		}
		x.progress(i+1, len(scenes))
	}
	slices.SortFunc(list, byPath)
	return list, nil
}

// picture writes one picture, and says what is in it.
func (x *exporting) picture(s scene, reader *frameReader) (annotated, error) {
	a := annotated{title: s.title, episode: s.episode, split: &s.split}
	data, ext, size, err := x.pictureData(s, reader)
	if err != nil {
		return a, err
	}
	if s.size != (image.Point{}) && s.size != size {
		return a, fmt.Errorf("%q: is %dx%d pixels, but was %dx%d when it was labelled: put the old file back", s.path, size.X, size.Y, s.size.X, s.size.Y)
	}
	a.width, a.height = size.X, size.Y
	for _, e := range s.samples {
		box := e.Box
		if e.whole() {
			box = image.Rectangle{Max: size}
		}
		if box = box.Intersect(image.Rectangle{Max: size}); box.Empty() {
			x.fail(s.path, fmt.Errorf("%q: the place of sample %d in it is not known: draw its box anew", s.path, e.ID))
			continue
		}
		a.boxes = append(a.boxes, marked(box, e.Class))
	}
	a.boxes = sortMarks(a.boxes)
	folder := map[Format]string{FormatVOC: vocPictures, FormatYOLO: yoloPictures + "/" + yoloSides[s.split]}[x.Format]
	number := s.source
	if len(s.samples) > 0 {
		number = s.samples[0].ID
	}
	a.path = fmt.Sprintf("%s/%s%s", cmp.Or(folder, "images"), x.name(frameName(s.path, s.kind, s.frame), number), ext)
	if err := x.write(a.path, data); err != nil {
		return a, err
	}
	if !s.checked {
		x.unchecked.note(fmt.Sprintf("%q", s.path))
	}
	x.report.Pictures++
	x.report.Samples += len(a.boxes)
	return a, nil
}

// pictureData is the file for a picture, its ending, and its size: the source's own
// file where it shows the picture upright.
func (x *exporting) pictureData(s scene, reader *frameReader) (data []byte, ext string, size image.Point, err error) {
	if len(s.samples) > 0 && s.samples[0].whole() {
		data, img, err := x.p.cropFile(s.samples[0].ID)
		if err != nil {
			return nil, "", size, err
		}
		return data, ".png", img.Rect.Size(), nil
	}
	if s.kind != KindVideo {
		m, err := measure(s.path)
		if err != nil {
			return nil, "", size, fmt.Errorf("%w: put it back, or export crops, which are in the project", err)
		}
		if !m.turned {
			data, err := os.ReadFile(s.path)
			return data, cmp.Or(map[string]string{"jpeg": ".jpg"}[m.format], "."+m.format), m.size, err
		}
	}
	img, err := reader.read(s.path, s.kind, s.frame)
	if err != nil {
		return nil, "", size, err
	}
	data, err = encodePNG(img)
	return data, ".png", img.Rect.Size(), err
}

// cropFile is the stored PNG of a crop, and the crop, which shows that it is whole.
func (p *Project) cropFile(id int64) (data []byte, img *image.RGBA, err error) {
	err = p.r.QueryRow("SELECT png FROM crops WHERE sample = ?", id).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		err = errors.New("it is not in the project any more")
	}
	if err == nil {
		img, err = DecodeImage("stored crop", bytes.NewReader(data))
	}
	if err != nil {
		err = fmt.Errorf("crop of sample %d of %q: %w", id, p.path, explain(err))
	}
	return data, img, err
}

func encodePNG(img image.Image) ([]byte, error) {
	var buf bytes.Buffer
	err := cropPNG.Encode(&buf, img)
	return buf.Bytes(), err
}
