package dataset

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The folders and the names file of a YOLO set.
const (
	yoloLabels   = "labels"
	yoloPictures = "images"
	yoloNames    = "data.yaml"
)

// readYOLO reads dir/labels/**.txt and the pictures of the same names in dir/images.
// Which number is a face says a names file, or FaceClass; nothing is taken for granted,
// since a class order that is read wrongly trains wrongly. A picture without a text
// file was not looked at, one with an empty file has no faces.
func readYOLO(im *importing, dir string) ([]annotated, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() { // the names file was named
		dir = filepath.Dir(dir)
	}
	top, err := newRoot(dir)
	if err != nil {
		return nil, err
	}
	classes, err := im.yoloClasses(top)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(filepath.Join(dir, yoloLabels)); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("it has no folder %q: put the text files there, and the pictures beside it into %q", yoloLabels, yoloPictures)
	}
	pictures := map[string][]string{} // by path below images, without ending
	for _, path := range im.filesIn(top, yoloPictures) {
		key := below(top, yoloPictures, path)
		pictures[key] = append(pictures[key], path)
	}
	var list []annotated
	for _, path := range im.filesIn(top, yoloLabels, ".txt") {
		if filepath.Base(path) == "classes.txt" {
			continue
		}
		key := below(top, yoloLabels, path)
		a, err := im.yoloPicture(path, pictures[key], classes)
		delete(pictures, key)
		if err != nil {
			im.fail(path, fmt.Errorf("read labels %q: %w", path, err))
			continue
		}
		a.split = splitNamed(strings.Split(filepath.ToSlash(key), "/")[0])
		list = append(list, a)
	}
	if len(pictures) > 0 {
		im.warn("pictures without a text file in "+yoloLabels+", left out (an empty one says that there are no faces)", len(pictures), nil)
	}
	return list, nil
}

// below is the path of a file below a folder of top, without its ending.
func below(top *root, folder, path string) string {
	rel, err := filepath.Rel(filepath.Join(top.dir, folder), path)
	if err != nil {
		rel = path
	}
	return strings.TrimSuffix(rel, filepath.Ext(rel))
}

func (im *importing) yoloPicture(path string, pictures []string, classes func(int) (Class, bool)) (annotated, error) {
	switch len(pictures) {
	case 0:
		return annotated{}, fmt.Errorf("there is no picture of this name in %q: put it there", yoloPictures)
	case 1:
	default:
		return annotated{}, fmt.Errorf("there are %d pictures of this name, such as %q: keep one", len(pictures), filepath.Base(pictures[1]))
	}
	data, err := readSmall(path, maxAnnotation)
	if err != nil {
		return annotated{}, err
	}
	a := im.parseYOLO(string(data), classes)
	a.path, a.from = pictures[0], path
	return a, nil
}

// parseYOLO reads lines "class centre-x centre-y width height", in shares of the sides.
func (im *importing) parseYOLO(text string, classes func(int) (Class, bool)) (a annotated) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		number, err := strconv.Atoi(fields[0])
		if err != nil || number < 0 || len(fields) != 5 {
			a.faults.add(n, fmt.Errorf("%q is no box: write class, centre and size, five numbers", shorten(strings.TrimSpace(line))))
			continue
		}
		class, ok := classes(number)
		if !ok {
			im.stranger(fields[0])
			continue
		}
		var v [4]float64
		for k := range v {
			if v[k], err = strconv.ParseFloat(fields[k+1], 64); err != nil {
				break
			}
		}
		if err != nil || v[2] < 0 || v[3] < 0 {
			a.faults.add(n, fmt.Errorf("%q is no box: write numbers from 0 to 1", shorten(strings.TrimSpace(line))))
			continue
		}
		a.boxes = append(a.boxes, mark{
			class: class, shares: true, what: fmt.Sprintf("line %d", n),
			x0: v[0] - v[2]/2, y0: v[1] - v[3]/2, x1: v[0] + v[2]/2, y1: v[1] + v[3]/2,
		})
	}
	return a
}

// yoloClasses tells what a class number means.
func (im *importing) yoloClasses(top *root) (func(int) (Class, bool), error) {
	names, file, err := yoloNamesIn(top)
	if err != nil {
		return nil, err
	}
	faces := 0
	for _, name := range names {
		if c, ok := im.classNamed(name); ok && c == Face {
			faces++
		}
	}
	number, err := strconv.Atoi(im.face)
	numbered := faces == 0 && err == nil
	switch {
	case names == nil && im.face == "":
		return nil, fmt.Errorf("there is no names file (%s, classes.txt or obj.names), so nothing says which class number is a face: say so with --face-class 0", yoloNames)
	case names == nil && !numbered:
		return nil, fmt.Errorf("there is no names file (%s, classes.txt or obj.names) that has a class %q: say its number with --face-class 0", yoloNames, im.face)
	case names != nil && faces != 1 && !(numbered && names[number] != ""):
		return nil, fmt.Errorf("of the classes in %s, %s, %d are called %q: say which one are faces with --face-class NAME",
			file, shorten(fmt.Sprintf("%q", sortedNames(names))), faces, cmp.Or(im.face, "face"))
	}
	return func(n int) (Class, bool) {
		if numbered && n == number {
			return Face, true
		}
		return im.classNamed(names[n])
	}, nil
}

// yoloNamesIn reads the names files of a set; nil where there is none. Several must
// agree: one of them was not kept up to date, and only its owner knows which.
func yoloNamesIn(top *root) (names map[int]string, file string, err error) {
	for _, name := range []string{yoloNames, "data.yml", "dataset.yaml", "classes.txt", yoloLabels + "/classes.txt", "obj.names"} {
		path, err := top.try(name)
		if errors.Is(err, errMissing) {
			continue
		} else if err != nil {
			return nil, "", err
		}
		data, err := readSmall(path, maxAnnotation)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", name, err)
		}
		read := parseNames
		if strings.HasPrefix(filepath.Ext(name), ".y") {
			read = parseYAMLNames
		}
		found, err := read(string(data))
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", name, err)
		}
		if names != nil && !maps.Equal(names, found) {
			return nil, "", fmt.Errorf("%s and %s name the classes differently: delete the one that is wrong", file, name)
		}
		names, file = found, name
	}
	return names, file, nil
}

func writeYOLO(x *exporting, list []annotated) error {
	var yaml strings.Builder
	for s, folder := range yoloSides {
		if x.has(Split(s)) {
			fmt.Fprintf(&yaml, "%s: %s/%s\n", folder, yoloPictures, folder)
		}
	}
	fmt.Fprintf(&yaml, "nc: %d\nnames:\n", len(x.classes()))
	for _, c := range x.classes() {
		fmt.Fprintf(&yaml, "  %d: %s\n", c, c)
	}
	if err := x.write(yoloNames, []byte(yaml.String())); err != nil {
		return err
	}
	for _, a := range list {
		var text strings.Builder
		for _, m := range a.boxes {
			if m.class == Unsure {
				continue
			}
			fmt.Fprintf(&text, "%d %s\n", m.class, yoloBox(m, a.width, a.height))
		}
		if err := x.write(fmt.Sprintf("%s/%s/%s.txt", yoloLabels, yoloSides[*a.split], stem(a.path)), []byte(text.String())); err != nil {
			return err
		}
	}
	return nil
}

// yoloBox is a box as YOLO has it. Nine digits bring every pixel back, also in a picture
// of 100 megapixels.
func yoloBox(m mark, width, height int) string {
	w, h := float64(width), float64(height)
	return fmt.Sprintf("%.9f %.9f %.9f %.9f", (m.x0+m.x1)/2/w, (m.y0+m.y1)/2/h, (m.x1-m.x0)/w, (m.y1-m.y0)/h)
}

// yoloSides are the folders of the splits.
var yoloSides = [...]string{Train: "train", Valid: "val"}
