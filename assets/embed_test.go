package assets

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCascadeIsXMLWithItsLicence(t *testing.T) {
	data := Cascade()
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("parse cascade: %v", err)
		}
	}
	for _, want := range []string{"The MIT License (MIT)", "Copyright (C) 2011 by nagadomi", "<featureType>LBP<"} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("cascade lacks %q", want)
		}
	}
}

func TestIcon(t *testing.T) {
	img, format, err := image.Decode(bytes.NewReader(Icon()))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got != image.Pt(512, 512) || format != "png" {
		t.Errorf("icon is a %s of %v, want a png of (512,512)", format, got)
	}
	if _, _, _, alpha := img.At(0, 0).RGBA(); alpha != 0 {
		t.Errorf("corner has alpha %d, want 0: the icon's corners are round", alpha)
	}
}

type annotations struct {
	Images []struct {
		ID       int    `json:"id"`
		FileName string `json:"file_name"`
		Width    int    `json:"width"`
		Height   int    `json:"height"`
		Licence  string `json:"licence"`
	} `json:"images"`
	Annotations []struct {
		ImageID int        `json:"image_id"`
		Box     [4]float64 `json:"bbox"`
	} `json:"annotations"`
}

func TestAnnotationsFitThePictures(t *testing.T) {
	var a annotations
	readJSON(t, Samples(), "annotations.json", &a)
	listed := map[string]bool{}
	sizes := map[int]image.Point{}
	for _, im := range a.Images {
		cfg := decodeConfig(t, im.FileName)
		if cfg.Width != im.Width || cfg.Height != im.Height {
			t.Errorf("%s: annotated as %dx%d, is %dx%d", im.FileName, im.Width, im.Height, cfg.Width, cfg.Height)
		}
		if im.Licence != "Expat" {
			t.Errorf("%s: licence %q, want Expat", im.FileName, im.Licence)
		}
		listed[im.FileName] = true
		sizes[im.ID] = image.Pt(im.Width, im.Height)
	}
	for _, pattern := range []string{"*.jpg", "*.png"} {
		names, _ := fs.Glob(Samples(), pattern)
		for _, name := range names {
			if !listed[name] {
				t.Errorf("%s is not in annotations.json", name)
			}
		}
	}
	if len(a.Images) != 9 || len(a.Annotations) != 19 {
		t.Errorf("%d pictures with %d faces, want 9 with 19", len(a.Images), len(a.Annotations))
	}
	for i, an := range a.Annotations {
		size, ok := sizes[an.ImageID]
		b := an.Box
		if !ok || b[0] < 0 || b[1] < 0 || b[2] <= 0 || b[3] <= 0 || b[0]+b[2] > float64(size.X) || b[1]+b[3] > float64(size.Y) {
			t.Errorf("face %d: box %v is not inside picture %d of size %v", i, b, an.ImageID, size)
		}
	}
}

func TestVideoTruth(t *testing.T) {
	var truth struct {
		Video         string `json:"video"`
		Width, Height int
		FPS           float64
		Frames        []struct{ Frame int }
	}
	readJSON(t, Samples(), "sample_truth.json", &truth)
	if truth.Width != 640 || truth.Height != 360 || truth.FPS != 25 || len(truth.Frames) != 250 {
		t.Errorf("truth is %dx%d, %v fps, %d frames; want 640x360, 25 fps, 250 frames",
			truth.Width, truth.Height, truth.FPS, len(truth.Frames))
	}
	data, err := fs.ReadFile(Samples(), truth.Video)
	if err != nil || len(data) < 8 || string(data[4:8]) != "ftyp" {
		t.Errorf("%s: not an mp4 (%v)", truth.Video, err)
	}
}

// Files that explain the folder they lie in, or are licences themselves.
var notBundled = regexp.MustCompile(`^(NOTICE|.*/README\.md|samples/COPYRIGHT-renpy-debian\.txt)$`)

func TestNoticeListsWhatIsBundled(t *testing.T) {
	listed := map[string]bool{}
	for line := range strings.Lines(Notice()) {
		if name := strings.TrimSuffix(line, "\n"); !strings.HasPrefix(name, " ") {
			listed[name] = true
		}
	}
	found := map[string]bool{}
	for _, tree := range []fs.FS{files, translations, manual} {
		err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !notBundled.MatchString(name) {
				found[name] = true
				if !listed[name] {
					t.Errorf("%s is bundled but not in NOTICE", name)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range listed {
		madeLater := name == "sample/sample.frglab"
		if looksLikeFile := path.Ext(name) != "" && !strings.Contains(name, " "); looksLikeFile && !found[name] && !madeLater {
			t.Errorf("NOTICE lists %s, which is not bundled", name)
		}
	}
	if !strings.Contains(Notice(), "Copyright (C) 2011 by nagadomi") || !strings.Contains(Notice(), "WITHOUT WARRANTY OF ANY KIND") {
		t.Error("NOTICE lacks the cascade's licence")
	}
	if _, err := fs.Stat(Samples(), "COPYRIGHT-renpy-debian.txt"); err != nil {
		t.Errorf("the copyright file must stay beside the pictures: %v", err)
	}
}

// Model and project are made by the program itself and may be missing. Where
// they are there, they are what they claim to be.
func TestModelAndProjectAreNilOrRight(t *testing.T) {
	for _, m := range [][]byte{Model(), Scout()} {
		if m != nil && (len(m) < 16 || len(m) > 25<<20 || m[8] != '{') {
			t.Errorf("model of %d bytes is not a safetensors file of at most 25 MB", len(m))
		}
	}
	if p := SampleProject(); p != nil && !bytes.HasPrefix(p, []byte("SQLite format 3\x00")) {
		t.Error("sample project is not an SQLite file")
	}
	for dir, want := range map[string][]string{
		"model": {"README.md", "model.safetensors", "scout.safetensors"}, "sample": {"README.md", "sample.frglab"},
	} {
		entries, err := fs.ReadDir(files, dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !slices.Contains(want, e.Name()) {
				t.Errorf("%s/%s would be embedded by accident", dir, e.Name())
			}
		}
	}
}

func readJSON(t *testing.T, tree fs.FS, name string, into any) {
	t.Helper()
	data, err := fs.ReadFile(tree, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func decodeConfig(t *testing.T, name string) image.Config {
	t.Helper()
	f, err := Samples().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cfg, _, err := image.DecodeConfig(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return cfg
}
