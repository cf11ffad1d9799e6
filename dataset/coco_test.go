package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const cocoOK = `{
 "images": [
  {"id": 7, "file_name": "a.jpg", "width": 100, "height": 50, "ignore": [[1, 2, 3.5, 4]]},
  {"id": 9, "file_name": "sub/b.png"}
 ],
 "annotations": [
  {"id": 1, "image_id": 7, "category_id": 3, "bbox": [10.1, 20.2, 30.3, 10.4]},
  {"id": 2, "image_id": 7, "category_id": 3, "bbox": [60, 5, 10, 10], "iscrowd": 1},
  {"id": 3, "image_id": 9, "category_id": 3, "bbox": [500, 600, 70, 80]}
 ],
 "categories": [{"id": 3, "name": "Face"}, {"id": 4, "name": "hand"}]
}`

func TestParseTruth(t *testing.T) {
	got, err := ParseTruth([]byte("\xef\xbb\xbf" + cocoOK))
	if err != nil {
		t.Fatal(err)
	}
	want := []TruthImage{
		{
			File: "a.jpg", Width: 100, Height: 50,
			Faces:  []TruthFace{{Box: [4]float64{10.1, 20.2, 30.3, 10.4}}},
			Ignore: [][4]float64{{1, 2, 3.5, 4}, {60, 5, 10, 10}},
		},
		{File: "sub/b.png", Faces: []TruthFace{{Box: [4]float64{500, 600, 70, 80}}}},
	}
	if !reflect.DeepEqual(got.Images, want) || len(got.Warnings) > 0 {
		t.Errorf("got %+v, warnings %q", got.Images, got.Warnings)
	}
}

// cocoWith puts one image of 100x50 and some annotations into a COCO file.
func cocoWith(annotations string) string {
	return `{"images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 50}],
	 "annotations": [` + annotations + `], "categories": [{"id": 1, "name": "face"}]}`
}

func TestParseTruthMends(t *testing.T) {
	for _, c := range []struct {
		name, annotation, warning string
		faces                     [][4]float64
	}{
		{"hangs over", `{"id":5,"image_id":1,"category_id":1,"bbox":[-20,-20,400,40]}`, "annotation 5: box [-20 -20 400 40] clipped", [][4]float64{{0, 0, 100, 20}}},
		{"rounding is no warning", `{"id":5,"image_id":1,"category_id":1,"bbox":[90,40,10.4,10.4]}`, "", [][4]float64{{90, 40, 10, 10}}},
		{"negative", `{"id":5,"image_id":1,"category_id":1,"bbox":[60,40,-10,-10]}`, "annotation 5 left out", nil},
		{"empty", `{"id":5,"image_id":1,"category_id":1,"bbox":[0,0,0,0]}`, "left out", nil},
		{"far outside", `{"id":5,"image_id":1,"category_id":1,"bbox":[1e18,1,5,5]}`, "left out", nil},
		{"huge", `{"id":5,"image_id":1,"category_id":1,"bbox":[1e308,1,1e308,5]}`, "left out", nil},
		{"three numbers", `{"id":5,"image_id":1,"category_id":1,"bbox":[1,1,5]}`, "3 numbers are no box", nil},
		{"unknown image", `{"id":5,"image_id":99,"category_id":1,"bbox":[1,1,5,5]}`, "no image 99", nil},
		{"unknown category", `{"id":5,"image_id":1,"category_id":42,"bbox":[1,1,5,5]}`, "category 42 is not a face", nil},
		{
			"id twice", `{"id":5,"image_id":1,"category_id":1,"bbox":[1,1,5,5]},{"id":5,"image_id":1,"category_id":1,"bbox":[9,9,5,5]}`,
			"occurs twice",
			[][4]float64{{1, 1, 5, 5}, {9, 9, 5, 5}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseTruth([]byte(cocoWith(c.annotation)))
			if err != nil {
				t.Fatal(err)
			}
			var faces [][4]float64
			for _, f := range got.Images[0].Faces {
				faces = append(faces, f.Box)
			}
			if !reflect.DeepEqual(faces, c.faces) {
				t.Errorf("faces %v, want %v", faces, c.faces)
			}
			if w := strings.Join(got.Warnings, "\n"); !strings.Contains(w, c.warning) || (c.warning == "") != (w == "") {
				t.Errorf("warnings %q, want %q", w, c.warning)
			}
		})
	}
}

// Attributes are somebody else's: what we know is read, the rest never refuses a file.
func TestParseTruthAttributes(t *testing.T) {
	for _, c := range []struct {
		attributes string
		view       string
		rotation   float64
	}{
		{`{"view": " Profile ", "rotation": -35.5, "visible": 0.9}`, "profile", -35.5},
		{`{"rotation": 350}`, "", -10},
		{`{"rotation": -180}`, "", 180},
		{`{"rotation": "left", "view": 3}`, "", 0},
		{`{"view": "` + strings.Repeat("x", longestView+1) + `"}`, "", 0},
		{`["front"]`, "", 0},
		{`null`, "", 0},
		{`7`, "", 0},
	} {
		got, err := ParseTruth([]byte(cocoWith(`{"id":5,"image_id":1,"category_id":1,"bbox":[1,1,5,5],"attributes":` + c.attributes + `}`)))
		if err != nil {
			t.Errorf("%s: %v", c.attributes, err)
			continue
		}
		if f := got.Images[0].Faces[0]; f.View != c.view || f.Rotation != c.rotation {
			t.Errorf("%s: got %+v", c.attributes, f)
		}
	}
}

func TestParseTruthLeavesOutImages(t *testing.T) {
	for _, c := range []struct{ name, image string }{
		{"outside", `{"id":2,"file_name":"../b.png"}`},
		{"absolute", `{"id":2,"file_name":"/etc/passwd"}`},
		{"windows path", `{"id":2,"file_name":"..\\b.png"}`},
		{"no name", `{"id":2}`},
		{"negative size", `{"id":2,"file_name":"b.png","width":-5,"height":6}`},
		{"huge size", `{"id":2,"file_name":"b.png","width":2000000,"height":6}`},
		{"id twice", `{"id":1,"file_name":"b.png"}`},
		{"file twice", `{"id":2,"file_name":"a.jpg"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseTruth([]byte(`{"images": [{"id":1,"file_name":"a.jpg"},` + c.image + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Images) != 1 || len(got.Warnings) != 1 {
				t.Errorf("images %+v, warnings %q", got.Images, got.Warnings)
			}
		})
	}
}

func TestParseTruthRefuses(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "not a COCO file"},
		{"cut off", cocoOK[:len(cocoOK)-30], "not a COCO file"},
		{"NaN", cocoWith(`{"id":1,"image_id":1,"category_id":1,"bbox":[NaN,1,2,3]}`), "not a COCO file"},
		{"other JSON", `{"detections": []}`, `"images" is empty`},
		{"a list", `[1, 2]`, "not a COCO file"},
		{"no face", strings.Replace(cocoOK, "Face", "head", 1), `["head" "hand"] is called "face"`},
		{"more behind it", cocoOK + "}", "goes on behind its end"},
		{"deep", strings.Repeat("[", 100_000), "not a COCO file"},
		{"deep inside", `{"info": ` + strings.Repeat("[", 1_000_000), "not a COCO file"},
		{"deep in an image", `{"images": [{"ignore": ` + strings.Repeat("[", 1_000_000), "not a COCO file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseTruth([]byte(c.data))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestParseTruthCountsWarnings(t *testing.T) {
	var as []string
	for i := range 100 {
		as = append(as, fmt.Sprintf(`{"id":%d,"image_id":5}`, i))
	}
	got, err := ParseTruth([]byte(cocoWith(strings.Join(as, ","))))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Warnings); n != maxWarnings+1 || got.Warnings[n-1] != "and 80 more such warnings" {
		t.Errorf("%d warnings, the last %q", n, got.Warnings[n-1])
	}
}

func TestReadTruth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "truth.json")
	if _, err := ReadTruth(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte(cocoOK), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadTruth(path); err != nil || len(got.Images) != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := os.Truncate(path, maxTable+1); err != nil { // a hole: takes no room on disk
		t.Fatal(err)
	}
	if _, err := ReadTruth(path); err == nil || !strings.Contains(err.Error(), "larger than 256 MB") {
		t.Errorf("oversized file: %v", err)
	}
}

// FuzzParseTruth: whatever a file holds, the boxes that come back lie inside their
// pictures and their names inside the folder.
func FuzzParseTruth(f *testing.F) {
	f.Add([]byte(cocoOK))
	f.Add([]byte(cocoWith(`{"id":5,"image_id":1,"category_id":1,"bbox":[-20,-20,400,40]}`)))
	f.Add([]byte(cocoWith(`{"id":5,"image_id":1,"category_id":1,"bbox":[1e308,1e-300,1e308,5]}`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		truth, err := ParseTruth(data)
		if err != nil {
			return
		}
		if len(truth.Warnings) > maxWarnings+1 {
			t.Errorf("%d warnings", len(truth.Warnings))
		}
		for _, im := range truth.Images {
			if !filepath.IsLocal(im.File) {
				t.Errorf("file %q", im.File)
			}
			w, h := float64(im.Width), float64(im.Height)
			if im.Width == 0 || im.Height == 0 {
				w, h = maxSide, maxSide
			}
			boxes := im.Ignore
			for _, face := range im.Faces {
				boxes = append(boxes, face.Box)
				if !(face.Rotation > -180 && face.Rotation <= 180) || len(face.View) > longestView {
					t.Errorf("%+v", face)
				}
			}
			for _, b := range boxes {
				if !(b[0] >= 0 && b[1] >= 0 && b[2] > 0 && b[3] > 0 && b[0]+b[2] <= w+1e-6 && b[1]+b[3] <= h+1e-6) {
					t.Errorf("box %v in a picture of %vx%v", b, w, h)
				}
			}
		}
	})
}
