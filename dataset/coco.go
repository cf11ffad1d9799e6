package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
)

// Truth is where the faces of some pictures are, read from a COCO file.
type Truth struct {
	Images   []TruthImage
	Warnings []string // what was clipped or left out, at most maxWarnings and a last line that counts the rest
}

// TruthImage is one picture of a Truth. Boxes are x, y, width, height in its
// pixels, inside it, with fractions as the file has them.
type TruthImage struct {
	File          string // slash-separated, below the folder of pictures
	Width, Height int    // 0 where the file does not say
	Faces         []TruthFace
	Ignore        [][4]float64 // neither faces nor not: crowds, and what the list "ignore" of an image holds
}

// TruthFace is one face. What the object "attributes" of its annotation tells of it comes
// along.
type TruthFace struct {
	Box      [4]float64
	Score    float64 // what a detector gave it, for WriteTruth; 0 where a person drew it
	View     string  // "view": where the face looks, such as front, three-quarter, profile or back; "" where it is not told
	Rotation float64 // "rotation": degrees that the head is turned in the picture, above -180 to 180; 0 where it is not told
}

const (
	maxTable    = 256 << 20 // bytes of a file; COCO's own training set takes 448 MB for 118,000 pictures, most of it for outlines
	maxImages   = 1 << 20   // with maxTable this keeps a hostile file from growing in memory
	maxMarks    = 2 << 20   // boxes of all pictures
	maxElement  = 4 << 20   // bytes of one image or annotation
	maxWarnings = 20        // more than these help nobody
	maxSide     = 1 << 20   // pixels; no picture is larger
	minSide     = 0.01      // pixels; less is nothing, and would make ratios of sizes endless
)

// ReadTruth reads a COCO file. Categories named "face" count; a file with a single
// category may name it as it likes. Boxes that hang over the edge are clipped,
// impossible ones and unknown references are left out, each with a warning.
func ReadTruth(path string) (*Truth, error) {
	data, err := readSmall(path, maxTable)
	if err != nil {
		return nil, fmt.Errorf("read truth %s: %w", path, err)
	}
	t, err := ParseTruth(data)
	if err != nil {
		return nil, fmt.Errorf("read truth %s: %w", path, err)
	}
	return t, nil
}

// WriteTruth writes a COCO file that ReadTruth reads, one element a line. The boxes of
// Ignore go into a list of ours.
func WriteTruth(w io.Writer, images []TruthImage) error {
	c := cocoFile{Categories: []cocoCategory{{ID: cocoID(Face), Name: Face.String()}}}
	for i, t := range images {
		img := cocoImage{ID: int64(i + 1), FileName: t.File, Width: t.Width, Height: t.Height}
		for _, b := range t.Ignore {
			img.Ignore = append(img.Ignore, b[:])
		}
		for _, f := range t.Faces {
			c.Annotations = append(c.Annotations, cocoAnnotation{
				ID: int64(len(c.Annotations) + 1), ImageID: img.ID, CategoryID: cocoID(Face),
				BBox: f.Box[:], Area: f.Box[2] * f.Box[3], Score: f.Score, Attributes: cocoNotes{f.View, f.Rotation},
			})
		}
		c.Images = append(c.Images, img)
	}
	_, err := w.Write(c.encode())
	return err
}

// cocoFile is a COCO file; what is not in it here is passed over. Title, episode and
// split of an image are ours, and so is its list "ignore".
type cocoFile struct {
	Images      []cocoImage
	Annotations []cocoAnnotation
	Categories  []cocoCategory
}

type cocoImage struct {
	ID       int64       `json:"id"`
	FileName string      `json:"file_name"`
	Width    int         `json:"width"`
	Height   int         `json:"height"`
	Title    string      `json:"title,omitempty"`
	Episode  string      `json:"episode,omitempty"`
	Split    string      `json:"split,omitempty"`
	Ignore   [][]float64 `json:"ignore,omitempty"`
}

type cocoAnnotation struct {
	ID         int64     `json:"id"`
	ImageID    int64     `json:"image_id"`
	CategoryID int64     `json:"category_id"`
	BBox       []float64 `json:"bbox"`
	Area       float64   `json:"area"`
	Score      float64   `json:"score,omitempty"`
	Crowd      int       `json:"iscrowd"`
	Attributes cocoNotes `json:"attributes,omitzero"`
}

// cocoNotes are the attributes that we know. Every program has its own, so
// whatever else stands there, in whatever form, is passed over.
type cocoNotes struct {
	View     string  `json:"view,omitempty"`
	Rotation float64 `json:"rotation,omitempty"`
}

// longestView is room for the name of a view, in bytes.
const longestView = 40

// UnmarshalJSON never fails.
func (n *cocoNotes) UnmarshalJSON(data []byte) error {
	var raw struct{ View, Rotation json.RawMessage }
	if json.Unmarshal(data, &raw) != nil {
		return nil
	}
	var view string
	if json.Unmarshal(raw.View, &view) == nil && len(view) <= longestView {
		n.View = strings.ToLower(strings.TrimSpace(view))
	}
	var turned float64
	if json.Unmarshal(raw.Rotation, &turned) == nil {
		n.Rotation = 180 - math.Mod(math.Mod(180-turned, 360)+360, 360)
	}
	return nil
}

type cocoCategory struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// parseCOCO reads a COCO file element by element, so that what is in memory is in
// proportion to what is in the file.
func parseCOCO(data []byte) (*cocoFile, error) {
	c, err := decodeCOCO(json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))))
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends too early")
	}
	if err != nil {
		return nil, fmt.Errorf("not a COCO file, or damaged: %w: write it anew with the program that made it", err)
	}
	if len(c.Images) == 0 {
		return nil, errors.New("not a COCO file: its list \"images\" is empty or missing")
	}
	return c, nil
}

func decodeCOCO(in *json.Decoder) (*cocoFile, error) {
	if t, err := in.Token(); err != nil {
		return nil, err
	} else if t != json.Delim('{') {
		return nil, fmt.Errorf("it begins with %q, not with {", fmt.Sprint(t))
	}
	c := &cocoFile{}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return nil, err
		}
		switch key {
		case "images":
			err = elements(in, &c.Images, maxImages)
		case "annotations":
			err = elements(in, &c.Annotations, maxMarks)
		case "categories":
			err = elements(in, &c.Categories, maxNames)
		default:
			err = in.Decode(new(json.RawMessage))
		}
		if err != nil {
			return nil, fmt.Errorf("%q: %w", shorten(fmt.Sprint(key)), err)
		}
	}
	if _, err := in.Token(); err != nil { // the }
		return nil, err
	}
	if _, err := in.Token(); err != io.EOF {
		return nil, errors.New("it goes on behind its end")
	}
	return c, nil
}

// elements reads a list, and adds to what an earlier one of the same name had.
func elements[T any](in *json.Decoder, list *[]T, limit int) error {
	if t, err := in.Token(); err != nil || t == nil { // null
		return err
	} else if t != json.Delim('[') {
		return errors.New("is no list")
	}
	for in.More() {
		var raw json.RawMessage
		if err := in.Decode(&raw); err != nil {
			return err
		}
		var v T
		if len(raw) > maxElement {
			return fmt.Errorf("element %d has %d MB, the limit is %d: delete its outline", len(*list)+1, len(raw)>>20, maxElement>>20)
		}
		if err := json.Unmarshal(raw, &v); err != nil {
			return fmt.Errorf("element %d: %w", len(*list)+1, err)
		}
		if *list = append(*list, v); len(*list) > limit {
			return fmt.Errorf("has more than %d elements: split the file", limit)
		}
	}
	_, err := in.Token() // the ]
	return err
}

// ParseTruth is ReadTruth for a file that is in memory. Errors name no file.
func ParseTruth(data []byte) (*Truth, error) {
	c, err := parseCOCO(data)
	if err != nil {
		return nil, err
	}
	face, err := c.faceCategories()
	if err != nil {
		return nil, err
	}
	r := cocoReader{face: face, index: map[int64]int{}, seen: map[int64]bool{}}
	r.images(c)
	r.annotations(c)
	if r.dropped > 0 {
		r.truth.Warnings = append(r.truth.Warnings, fmt.Sprintf("and %d more such warnings", r.dropped))
	}
	return &r.truth, nil
}

// faceCategories returns the ids that mean a face; nil: every one does.
func (c *cocoFile) faceCategories() (map[int64]bool, error) {
	if len(c.Categories) == 0 {
		return nil, nil
	}
	face := map[int64]bool{}
	var names []string
	for _, k := range c.Categories {
		if strings.EqualFold(strings.TrimSpace(k.Name), "face") {
			face[k.ID] = true
		}
		names = append(names, k.Name)
	}
	if len(face) == 0 && len(c.Categories) == 1 {
		face[c.Categories[0].ID] = true
	}
	if len(face) == 0 {
		if len(names) > 10 {
			names = append(names[:10], "...")
		}
		return nil, fmt.Errorf("none of its categories %q is called \"face\": rename the one that means faces", names)
	}
	return face, nil
}

type cocoReader struct {
	truth   Truth
	face    map[int64]bool
	index   map[int64]int  // image id → place in truth.Images
	seen    map[int64]bool // annotation ids
	dropped int            // warnings beyond maxWarnings
}

func (r *cocoReader) warn(format string, args ...any) {
	if len(r.truth.Warnings) >= maxWarnings {
		r.dropped++
		return
	}
	r.truth.Warnings = append(r.truth.Warnings, fmt.Sprintf(format, args...))
}

func (r *cocoReader) images(c *cocoFile) {
	names := map[string]bool{}
	for _, im := range c.Images {
		_, twice := r.index[im.ID]
		switch name := filepath.FromSlash(im.FileName); {
		case !filepath.IsLocal(name) || strings.Contains(im.FileName, "\\"):
			r.warn("image %d left out: %.100q does not lie inside the folder of pictures", im.ID, im.FileName)
		case im.Width < 0 || im.Height < 0 || im.Width > maxSide || im.Height > maxSide:
			r.warn("image %d left out: %dx%d is no size", im.ID, im.Width, im.Height)
		case twice || names[im.FileName]:
			r.warn("image %d left out: its id or its file %.100q occurs twice", im.ID, im.FileName)
		default:
			t := TruthImage{File: im.FileName, Width: im.Width, Height: im.Height}
			for _, b := range im.Ignore {
				if box, ok := r.box(fmt.Sprintf("ignored box of image %d", im.ID), b, t); ok {
					t.Ignore = append(t.Ignore, box)
				}
			}
			names[im.FileName] = true
			r.index[im.ID] = len(r.truth.Images)
			r.truth.Images = append(r.truth.Images, t)
		}
	}
}

func (r *cocoReader) annotations(c *cocoFile) {
	for _, a := range c.Annotations {
		i, known := r.index[a.ImageID]
		what := fmt.Sprintf("annotation %d", a.ID)
		if r.seen[a.ID] {
			r.warn("%s: its id occurs twice", what) // ids are not used for anything else
		}
		r.seen[a.ID] = true
		switch {
		case !known:
			r.warn("%s left out: there is no image %d", what, a.ImageID)
			continue
		case r.face != nil && !r.face[a.CategoryID]:
			r.warn("%s left out: category %d is not a face", what, a.CategoryID)
			continue
		}
		im := &r.truth.Images[i]
		box, ok := r.box(what, a.BBox, *im)
		switch {
		case !ok:
		case a.Crowd != 0:
			im.Ignore = append(im.Ignore, box)
		default:
			im.Faces = append(im.Faces, TruthFace{Box: box, View: a.Attributes.View, Rotation: a.Attributes.Rotation})
		}
	}
}

// box checks a box and clips it to its picture.
func (r *cocoReader) box(what string, b []float64, im TruthImage) ([4]float64, bool) {
	if len(b) != 4 {
		r.warn("%s left out: %d numbers are no box", what, len(b))
		return [4]float64{}, false
	}
	w, h := float64(im.Width), float64(im.Height)
	if im.Width == 0 || im.Height == 0 {
		w, h = maxSide, maxSide
	}
	x0, y0 := max(b[0], 0), max(b[1], 0)
	x1, y1 := min(b[0]+b[2], w), min(b[1]+b[3], h)
	if b[2] <= 0 || b[3] <= 0 || x1-x0 < minSide || y1-y0 < minSide {
		r.warn("%s left out: box %v holds no pixel of the %dx%d picture", what, b, im.Width, im.Height)
		return [4]float64{}, false
	}
	over := max(x0-b[0], y0-b[1], b[0]+b[2]-x1, b[1]+b[3]-y1)
	if over <= 0 {
		return [4]float64(b), true // the file's own numbers: x1-x0 rounds
	}
	if over > 1 { // less comes from rounding
		r.warn("%s: box %v clipped to the %dx%d picture", what, b, im.Width, im.Height)
	}
	return [4]float64{x0, y0, x1 - x0, y1 - y0}, true
}
