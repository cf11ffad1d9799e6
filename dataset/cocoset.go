package dataset

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

// readCOCO reads a COCO file and the pictures that it names.
func readCOCO(im *importing, path string) ([]annotated, error) {
	data, err := readSmall(path, maxTable)
	if err != nil {
		return nil, err
	}
	list, err := im.parseCOCO(data)
	if err != nil {
		return nil, err
	}
	return im.findPictures(list, path)
}

// parseCOCO is what a COCO file says of its pictures. Their paths are its own words.
func (im *importing) parseCOCO(data []byte) ([]annotated, error) {
	c, err := parseCOCO(data)
	if err != nil {
		return nil, err
	}
	classes, err := im.cocoClasses(c)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, k := range c.Categories {
		names[k.ID] = k.Name
	}
	list := make([]annotated, 0, len(c.Images))
	index := map[int64]int{}
	for _, img := range c.Images {
		if _, ok := index[img.ID]; ok {
			im.fail(img.FileName, fmt.Errorf("%q: its id %d occurs twice: give each image its own", shorten(img.FileName), img.ID))
			continue
		}
		index[img.ID] = len(list)
		a := annotated{
			path: img.FileName, width: img.Width, height: img.Height,
			title: img.Title, episode: img.Episode, split: splitNamed(img.Split),
		}
		for i, b := range img.Ignore {
			a.addBBox(b, Unsure, fmt.Sprintf("ignored box %d", i+1))
		}
		list = append(list, a)
	}
	var lost faults
	for _, n := range c.Annotations {
		i, known := index[n.ImageID]
		class, ok := classes(n.CategoryID)
		switch {
		case !known:
			lost.note(fmt.Sprintf("annotation %d of image %d", n.ID, n.ImageID))
		case !ok:
			im.stranger(cmp.Or(names[n.CategoryID], fmt.Sprintf("number %d", n.CategoryID)))
		case n.Crowd != 0:
			list[i].addBBox(n.BBox, Unsure, fmt.Sprintf("annotation %d", n.ID))
		default:
			list[i].addBBox(n.BBox, class, fmt.Sprintf("annotation %d", n.ID))
		}
	}
	im.warn("annotations of images that are not in the file, left out", lost.n, lost.list)
	return list, nil
}

// addBBox adds a box as COCO has it: corner and size, in pixels.
func (a *annotated) addBBox(b []float64, class Class, what string) {
	if len(b) != 4 {
		a.faults.note(fmt.Sprintf("%s: %d numbers are no box: write x, y, width, height", what, len(b)))
		return
	}
	a.boxes = append(a.boxes, mark{class: class, x0: b[0], y0: b[1], x1: b[0] + b[2], y1: b[1] + b[3], what: what})
}

// cocoClasses tells what a category means. Without categories all are faces, and so is
// a single one whatever its name.
func (im *importing) cocoClasses(c *cocoFile) (func(int64) (Class, bool), error) {
	classes := map[int64]Class{}
	faces := 0
	var names []string
	for _, k := range c.Categories {
		names = append(names, k.Name)
		if class, ok := im.classNamed(k.Name); ok {
			classes[k.ID] = class
			if class == Face {
				faces++
			}
		}
	}
	switch {
	case len(c.Categories) == 0:
		return func(int64) (Class, bool) { return Face, true }, nil
	case faces == 0 && len(c.Categories) == 1 && im.face == "":
		classes[c.Categories[0].ID] = Face
	case faces == 0 && len(c.Annotations) > 0:
		return nil, fmt.Errorf("none of its categories %s is called %q: say which one are faces with --face-class NAME",
			shorten(fmt.Sprintf("%q", names)), cmp.Or(im.face, "face"))
	}
	return func(id int64) (Class, bool) { class, ok := classes[id]; return class, ok }, nil
}

// findPictures turns the names in a file into paths. Pictures that are missing or lie
// outside are reported as failed.
func (im *importing) findPictures(list []annotated, file string) ([]annotated, error) {
	dir := cmp.Or(im.pictures, filepath.Dir(file))
	top, err := newRoot(dir)
	if err != nil {
		return nil, err
	}
	found := list[:0]
	seen := map[string]bool{}
	var missing faults
	for _, a := range list {
		path, err := top.resolve(filepath.FromSlash(a.path))
		switch {
		case err == nil && seen[path]:
			err = fmt.Errorf("%q occurs twice: put its boxes together", shorten(a.path))
		case err != nil:
			missing.note(a.path)
			err = fmt.Errorf("find picture in %q: %w", dir, err)
		}
		if err != nil {
			im.fail(a.path, err)
			continue
		}
		seen[path] = true
		a.path, a.from = path, file
		found = append(found, a)
	}
	if len(found) == 0 && missing.n > 0 {
		im.report.Failed = im.report.Failed[:0]
		return nil, fmt.Errorf("none of its %d pictures, such as %q, is in %q: name their folder with --images DIR", missing.n, missing.list[0], dir)
	}
	return found, nil
}

func writeCOCO(x *exporting, list []annotated) error {
	var c cocoFile
	for i, a := range list {
		img := cocoImage{
			ID: int64(i + 1), FileName: a.path, Width: a.width, Height: a.height,
			Title: strings.ToValidUTF8(a.title, "\uFFFD"), Episode: strings.ToValidUTF8(a.episode, "\uFFFD"), Split: a.split.String(),
		}
		for _, m := range a.boxes {
			box := []float64{m.x0, m.y0, m.x1 - m.x0, m.y1 - m.y0}
			if m.class == Unsure {
				img.Ignore = append(img.Ignore, box)
				continue
			}
			c.Annotations = append(c.Annotations, cocoAnnotation{
				ID: int64(len(c.Annotations) + 1), ImageID: img.ID, CategoryID: cocoID(m.class), BBox: box, Area: box[2] * box[3],
			})
		}
		c.Images = append(c.Images, img)
	}
	for _, class := range x.classes() {
		c.Categories = append(c.Categories, cocoCategory{ID: cocoID(class), Name: class.String()})
	}
	return x.write("annotations.json", c.encode())
}

// encode writes the file.
func (c *cocoFile) encode() []byte {
	var buf bytes.Buffer
	out := json.NewEncoder(&buf)
	out.SetEscapeHTML(false)
	buf.WriteString(`{"images":[` + "\n")
	encodeLines(out, &buf, c.Images)
	buf.WriteString(`],"annotations":[` + "\n")
	encodeLines(out, &buf, c.Annotations)
	buf.WriteString(`],"categories":[` + "\n")
	encodeLines(out, &buf, c.Categories)
	buf.WriteString("]}\n")
	return buf.Bytes()
}

// cocoID is the number of a class; COCO counts from 1.
func cocoID(c Class) int64 { return int64(c) + 1 }

// encodeLines writes one element a line, so that people can compare files.
func encodeLines[T any](out *json.Encoder, buf *bytes.Buffer, list []T) {
	for i, v := range list {
		_ = out.Encode(v) // plain numbers and words into memory: nothing can fail
		if i < len(list)-1 {
			buf.Truncate(buf.Len() - 1)
			buf.WriteString(",\n")
		}
	}
}
