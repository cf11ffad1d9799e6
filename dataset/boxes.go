package dataset

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
)

// annotated is one picture and what a person said is in it: what all formats hold.
// The formats are readers and writers of this, and know nothing else of a project.
type annotated struct {
	path          string // of the picture: absolute in an import, slash-separated below the folder in an export
	from          string // the file that says this, where it is another
	width, height int    // of the picture, as the format has it; 0 where it does not

	title, episode string
	split          *Split // nil where the format does not say

	crop  bool // the picture is a crop of this class, and has no boxes
	class Class

	boxes  []mark
	faults faults // what of it makes no sense

	sample *Sample // of an exported crop
}

// mark is a box of a class, in pixels or in shares of the picture's sides.
type mark struct {
	class          Class
	x0, y0, x1, y1 float64
	shares         bool
	what           string // what to call it in messages: "line 3"
}

// marked is a box in whole pixels.
func marked(r image.Rectangle, class Class) mark {
	return mark{class: class, x0: float64(r.Min.X), y0: float64(r.Min.Y), x1: float64(r.Max.X), y1: float64(r.Max.Y)}
}

// Limits on what a picture may hold; beyond them somebody wants to keep us busy.
const (
	maxBoxes  = 5000 // the most crowded picture that we know of has 300 faces
	maxCover  = 100  // how often the crops of all boxes may cover a picture
	maxTitle  = 1000 // bytes
	maxNumber = 1e9  // a coordinate
)

// rect is a box in whole pixels of a picture. It is inside it; over is by how many
// pixels it was not.
func (m mark) rect(size image.Point) (r image.Rectangle, over float64, err error) {
	w, h := float64(size.X), float64(size.Y)
	x0, y0, x1, y1 := m.x0, m.y0, m.x1, m.y1
	if m.shares {
		x0, y0, x1, y1 = x0*w, y0*h, x1*w, y1*h
	}
	for _, v := range []float64{x0, y0, x1, y1} {
		if !(math.Abs(v) <= maxNumber) { // NaN is none either
			return r, 0, fmt.Errorf("%s: the box is nowhere: mend its numbers", m.what)
		}
	}
	over = max(-x0, -y0, x1-w, y1-h)
	r.Min = image.Pt(max(0, int(math.Round(x0))), max(0, int(math.Round(y0))))
	r.Max = image.Pt(min(size.X, int(math.Round(x1))), min(size.Y, int(math.Round(y1))))
	if r.Empty() {
		return image.Rectangle{}, 0, fmt.Errorf("%s: the box from %g,%g to %g,%g holds no pixel of the %dx%d picture: mend or delete it",
			m.what, x0, y0, x1, y1, size.X, size.Y)
	}
	return r, over, nil
}

// placed is a box in a picture of known size.
type placed struct {
	image.Rectangle
	class Class
}

// place puts the boxes into a picture, each once. Those that cannot be are faults.
// clipped is how many hung over the edge by more than rounding explains.
func (a *annotated) place(size image.Point) (boxes []placed, clipped int) {
	seen := map[placed]bool{}
	for _, m := range a.boxes {
		r, over, err := m.rect(size)
		if err != nil {
			a.faults.note(err.Error())
			continue
		}
		if over > 1 {
			clipped++
		}
		if b := (placed{r, m.class}); !seen[b] {
			seen[b] = true
			boxes = append(boxes, b)
		}
	}
	return boxes, clipped
}

// check refuses what is out of proportion, before anything is decoded.
func (a *annotated) check(size image.Point) error {
	switch {
	case a.width > 0 && a.height > 0 && (a.width != size.X || a.height != size.Y):
		return fmt.Errorf("is %dx%d pixels, but its boxes are for %dx%d: find the picture that they belong to, or draw them anew",
			size.X, size.Y, a.width, a.height)
	case a.crop && a.faults.n > 0:
		return errors.New(a.faults.first(3))
	case len(a.boxes) > maxBoxes:
		return fmt.Errorf("has %d boxes, the limit is %d: delete what is no face", len(a.boxes), maxBoxes)
	case len(a.title) > maxTitle || len(a.episode) > maxTitle:
		return fmt.Errorf("has a title of %d bytes, the limit is %d: shorten it", max(len(a.title), len(a.episode)), maxTitle)
	}
	return nil
}

// sortMarks brings the boxes into an order that does not depend on who drew first.
func sortMarks(boxes []mark) []mark {
	slices.SortFunc(boxes, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.y0, b.y0), cmp.Compare(a.x0, b.x0), cmp.Compare(a.y1, b.y1), cmp.Compare(a.x1, b.x1), cmp.Compare(a.class, b.class))
	})
	return slices.Compact(boxes)
}

// classNamed is the class that a format's name of it stands for: that of the faces is
// "face", or what FaceClass says.
func (im *importing) classNamed(name string) (Class, bool) {
	name = strings.TrimSpace(name)
	face := im.face
	if face == "" {
		face = Face.String()
	}
	switch {
	case strings.EqualFold(name, face):
		return Face, true
	case strings.EqualFold(name, Other.String()):
		return Other, true
	case strings.EqualFold(name, Unsure.String()):
		return Unsure, true
	}
	return 0, false
}

// stranger counts a box of a class that is none of ours: a person, a hand. It is no
// face, but may hold one, so it is no example of "other" either.
func (im *importing) stranger(name string) { im.strangers.note(fmt.Sprintf("%q", shorten(name))) }

// splitNamed is the split that a word stands for, nil for any other word.
func splitNamed(word string) *Split {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "train", "training":
		return new(Train)
	case "valid", "val", "validation":
		return new(Valid)
	}
	return nil
}
