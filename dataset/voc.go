package dataset

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The folders of a Pascal VOC set.
const (
	vocAnnotations = "Annotations"
	vocPictures    = "JPEGImages" // whatever is in it
	vocSides       = "ImageSets/Main"
)

// maxAnnotation is the largest file that may describe one picture, in bytes: more than
// maxBoxes take.
const maxAnnotation = 4 << 20

// vocFile is one XML file. Boxes are 1-based, and both ends are in them: the first
// pixel is 1,1,1,1 (VOC2012 development kit). A program that means otherwise is one
// pixel off. Title and episode are ours; others ignore them.
type vocFile struct {
	XMLName  xml.Name    `xml:"annotation"`
	Folder   string      `xml:"folder"`
	Filename string      `xml:"filename"`
	Title    string      `xml:"source>title,omitempty"`
	Episode  string      `xml:"source>episode,omitempty"`
	Width    string      `xml:"size>width"`
	Height   string      `xml:"size>height"`
	Depth    string      `xml:"size>depth"`
	Objects  []vocObject `xml:"object"`
}

type vocObject struct {
	Name      string `xml:"name"`
	Truncated string `xml:"truncated"`
	Difficult string `xml:"difficult"`
	XMin      string `xml:"bndbox>xmin"`
	YMin      string `xml:"bndbox>ymin"`
	XMax      string `xml:"bndbox>xmax"`
	YMax      string `xml:"bndbox>ymax"`
}

// readVOC reads dir/Annotations, or the XML files in dir itself. The pictures lie in
// dir/JPEGImages, dir/images, or beside the XML files.
func readVOC(im *importing, dir string) ([]annotated, error) {
	top, err := newRoot(dir)
	if err != nil {
		return nil, err
	}
	base := vocAnnotations
	if info, err := os.Stat(filepath.Join(dir, base)); err != nil || !info.IsDir() {
		base = "."
	}
	sides, err := vocSplits(top)
	if err != nil {
		return nil, err
	}
	var list []annotated
	for _, path := range im.filesIn(top, base, ".xml") {
		a, err := im.vocPicture(top, path)
		if err != nil {
			im.fail(path, fmt.Errorf("read annotation %q: %w", path, err))
			continue
		}
		a.split = sides[stem(path)]
		list = append(list, a)
	}
	if len(list) == 0 && len(im.report.Failed) == 0 {
		return nil, fmt.Errorf("there are no XML files in it, nor in a folder %q: name the folder above that one", vocAnnotations)
	}
	return list, nil
}

func (im *importing) vocPicture(top *root, path string) (annotated, error) {
	data, err := readSmall(path, maxAnnotation)
	if err != nil {
		return annotated{}, err
	}
	f, err := parseVOC(data)
	if err != nil {
		return annotated{}, err
	}
	a := im.vocBoxes(f)
	a.from = path
	a.path, err = findPicture(top, f.Filename, filepath.Join(top.dir, vocPictures), filepath.Join(top.dir, "images"), filepath.Dir(path), top.dir)
	return a, err
}

func parseVOC(data []byte) (f vocFile, err error) {
	if err := xml.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("is no VOC annotation, or damaged: save it anew, as UTF-8 (%w)", err)
	}
	if strings.TrimSpace(f.Filename) == "" {
		return f, errors.New("names no picture: write <filename> into it")
	}
	return f, nil
}

// vocBoxes is what a file says about its picture.
func (im *importing) vocBoxes(f vocFile) annotated {
	a := annotated{title: f.Title, episode: f.Episode}
	a.width, _ = strconv.Atoi(strings.TrimSpace(f.Width)) // 0 where there is none
	a.height, _ = strconv.Atoi(strings.TrimSpace(f.Height))
	for i, o := range f.Objects {
		what := fmt.Sprintf("object %d", i+1)
		class, ok := im.classNamed(o.Name)
		if !ok {
			im.stranger(o.Name)
			continue
		}
		var v [4]float64
		var errs []error
		for k, text := range []string{o.XMin, o.YMin, o.XMax, o.YMax} {
			var err error
			v[k], err = strconv.ParseFloat(strings.TrimSpace(text), 64)
			errs = append(errs, err)
		}
		if errors.Join(errs...) != nil {
			a.faults.note(fmt.Sprintf("%s: %s is no box: write four numbers", what,
				shorten(fmt.Sprintf("%q", []string{o.XMin, o.YMin, o.XMax, o.YMax}))))
			continue
		}
		a.boxes = append(a.boxes, mark{class: class, x0: v[0] - 1, y0: v[1] - 1, x1: v[2], y1: v[3], what: what})
	}
	return a
}

// findPicture looks for a picture by its name in several folders.
func findPicture(top *root, name string, dirs ...string) (string, error) {
	for _, dir := range dirs {
		path, err := top.resolve(filepath.Join(dir, filepath.FromSlash(name)))
		if errors.Is(err, errMissing) {
			continue
		}
		return path, err
	}
	return "", fmt.Errorf("its picture %q is not in %q: put it there", shorten(name), dirs[0])
}

// vocSplits reads which pictures are for what.
func vocSplits(top *root) (map[string]*Split, error) {
	sides := map[string]*Split{}
	for _, name := range []string{"train", "val", "valid"} {
		path, err := top.try(filepath.Join(vocSides, name+".txt"))
		if errors.Is(err, errMissing) {
			continue
		} else if err != nil {
			return nil, err
		}
		data, err := readSmall(path, maxTable)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			line = strings.TrimSpace(line)
			if fields := strings.Fields(line); len(fields) == 2 && slices.Contains([]string{"1", "-1", "0"}, fields[1]) {
				line = fields[0] // of the list of one class
			}
			sides[line] = splitNamed(name)
		}
	}
	return sides, nil
}

func writeVOC(x *exporting, list []annotated) error {
	var sides [2]strings.Builder
	for _, a := range list {
		data, err := xml.MarshalIndent(vocOf(a), "", "\t")
		if err != nil {
			return err
		}
		if err := x.write(vocAnnotations+"/"+stem(a.path)+".xml", append(data, '\n')); err != nil {
			return err
		}
		fmt.Fprintln(&sides[*a.split], stem(a.path))
	}
	for s, name := range []string{"train", "val"} {
		if x.has(Split(s)) {
			if err := x.write(vocSides+"/"+name+".txt", []byte(sides[s].String())); err != nil {
				return err
			}
		}
	}
	return nil
}

func vocOf(a annotated) vocFile {
	f := vocFile{
		Folder: vocPictures, Filename: filepath.Base(a.path), Title: a.title, Episode: a.episode,
		Width: strconv.Itoa(a.width), Height: strconv.Itoa(a.height), Depth: "3",
	}
	for _, m := range a.boxes {
		text := func(v float64) string { return strconv.Itoa(int(v)) }
		f.Objects = append(f.Objects, vocObject{
			Name: m.class.String(), Truncated: "0", Difficult: "0",
			XMin: text(m.x0 + 1), YMin: text(m.y0 + 1), XMax: text(m.x1), YMax: text(m.y1),
		})
	}
	return f
}

// stem is a file's name without folder and ending.
func stem(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// readSmall reads a text file that has a size to be expected. A byte order mark is
// dropped.
func readSmall(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("is not a file: name the file itself")
	case info.Size() > limit:
		return nil, fmt.Errorf("is larger than %d MB: split it", limit>>20)
	}
	data, err := os.ReadFile(path)
	if err == nil && (bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))) {
		err = errors.New("is UTF-16 text: save it as UTF-8")
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), err
}
