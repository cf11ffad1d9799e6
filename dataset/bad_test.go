package dataset

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testdata/bad holds hostile and odd files, made for this. What is not in the table
// would go unnoticed, so everything has to be.
var badFiles = map[string]struct {
	added int
	words string // of the error, a failure or a warning; "" where all is well
}{
	"truncated.png":               {0, "is a PNG picture, but damaged or cut short"},
	"truncated.jpg":               {0, "is a JPEG picture, but damaged or cut short"},
	"bad_crc.png":                 {0, "is a PNG picture, but damaged or cut short"},
	"huge_header_60000x60000.png": {0, "is 60000x60000 pixels, over the limit of 100 megapixels: make it smaller first"},
	"huge_header_65000x65000.jpg": {0, "is 65000x65000 pixels, over the limit of 100 megapixels: make it smaller first"},
	"zero_bytes.png":              {0, "is an empty file, not a picture: use a PNG"},
	"text_renamed.png":            {0, "is text, not a picture: use a PNG"},
	"text_renamed.mp4":            {0, "is text, not a picture: use a PNG"},
	"truncated_no_moov.mp4":       {0, "is a video (MP4), not a picture: use a PNG"},
	"png_renamed.jpg":             {1, ""},
	"exif_rotated6.jpg":           {1, ""},
	"one_pixel.png":               {1, ""},
	"wide_20000x8.png":            {1, ""},
	"tall_8x20000.png":            {1, ""},
	"palette_alpha.png":           {1, ""},
	"rgba_gradient.png":           {1, ""},
	"ok64_a.png":                  {1, ""},
	"ok64_b.png":                  {1, ""},
	"name with spaces.png":        {1, ""},
	"list_wrong_columns.txt":      {0, `line 2: "ok64_b.png" has no class: write "path class", 0 for face, 1 for other (and 2 more)`},
	"list_bad_label.txt":          {0, "line 2: unknown class 7: use 0 for face, 1 for other (and 4 more)"},
	"list_path_traversal.txt":     {0, `line 2: "../../../../etc/passwd" lies outside of the folder`},
	"list_crlf.txt":               {2, ""},
	"list_bom.txt":                {2, ""},
	"list_utf16.txt":              {0, "is UTF-16 text, or no text at all: save it as UTF-8"},
	"list_missing_files.txt":      {0, `1 of 3 files are missing`},
	"list_spaces_in_path.txt":     {2, "an earlier line is repeated"},
	"list_empty.txt":              {0, "nothing to train on, the list is empty"},
	"list_one_class.txt":          {2, "the list has no crop of class 1 (other): a training needs both"},
	"list_duplicate_rows.txt":     {2, "a file has another class than on an earlier line"},
	"coco_out_of_range.json":      {1, "../ok64_b.png"},
	"coco_truncated.json":         {0, "not a COCO file"},
	"coco_nan.json":               {0, "not a COCO file"},
	"missing.json":                {0, "no such file"},
	"missing.txt":                 {0, "no such file"},
}

func TestBadFiles(t *testing.T) {
	const dir = "testdata/bad"
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := badFiles[e.Name()]; !ok {
			t.Errorf("%s is not in the table", e.Name())
		}
	}
	for name, c := range badFiles {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			path := filepath.Join(dir, name)
			var report ImportReport
			var err error
			switch filepath.Ext(name) {
			case ".txt":
				report, err = p.Import(t.Context(), path, FormatList, nil)
			case ".json":
				report, err = p.Import(t.Context(), path, FormatCOCO, nil)
			default:
				data, err2 := os.ReadFile(path)
				if err2 != nil {
					t.Fatal(err2)
				}
				path = writeFile(t, filepath.Join(t.TempDir(), "0", name), data)
				report, err = p.Import(t.Context(), filepath.Dir(filepath.Dir(path)), FormatFolders, nil)
				report.Warnings = nil // that there is one class
			}
			said := report.Warnings
			for _, f := range report.Failed {
				said = append(said, f.Reason)
			}
			if err != nil {
				said = append(said, err.Error())
			}
			text := strings.Join(said, "\n")
			if report.Added != c.added || !strings.Contains(text, c.words) || (c.words == "") != (text == "") {
				t.Errorf("%d added, said %q, want %d and %q", report.Added, said, c.added, c.words)
			}
			if err != nil || len(report.Failed) > 0 {
				wantError(t, errors.New(text), nil, name)
			}
		})
	}
	if img, err := ReadImage(filepath.Join(dir, "exif_rotated6.jpg")); err != nil || img.Rect != image.Rect(0, 0, 120, 160) {
		t.Errorf("exif_rotated6.jpg is %v, %v", img.Rect, err)
	}
}

// What is hostile by its size costs neither time nor memory.
func TestHostileSizes(t *testing.T) {
	for name, data := range map[string][]byte{
		"a.json": []byte(`{"images":[` + strings.Repeat("{},", 1<<20) + `{}]}`),
		"b.json": []byte(`{"images":[{"id":1,"file_name":"a.png","ignore":[` + strings.Repeat("[],", maxElement/3) + `[]]}]}`),
		"c.json": []byte(`{"images":` + strings.Repeat(`[{"a":`, 1_000_000)),
		"d.json": []byte(strings.Repeat(`{"images":`, 1_000_000)),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := parseCOCO(data)
			wantError(t, err, nil, "not a COCO file")
			if c != nil {
				t.Errorf("%d images", len(c.Images))
			}
		})
	}
	// Boxes that cover their picture many times are work for hours.
	var boxes strings.Builder
	for i := range 150 {
		fmt.Fprintf(&boxes, "0 0.5 0.5 1 %g\n", 1-float64(i)/200)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "classes.txt"), []byte("face\n"))
	writeFile(t, filepath.Join(dir, "labels", "a.txt"), []byte(boxes.String()))
	writeFile(t, filepath.Join(dir, "images", "a.png"), pngOf(t, noise(200, 200, newRand(1))))
	p := newProject(t)
	r, err := p.Import(t.Context(), dir, FormatYOLO, nil)
	if err != nil || r.Added != 0 || len(r.Failed) != 1 || !strings.Contains(r.Failed[0].Reason, "cover it more than 100 times") {
		t.Errorf("%+v, %v", r, err)
	}
}
