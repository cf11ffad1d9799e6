package dataset

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// exportable is a project with two faces and one other crop in a.png, and a crop of
// its own; its pictures lie in dir.
func exportable(t testing.TB) (p *Project, dir string) {
	t.Helper()
	p, dir = newProject(t), t.TempDir()
	img := noise(40, 30, newRand(1))
	path := writeFile(t, filepath.Join(dir, "Show", "a.png"), pngOf(t, img))
	var samples []NewSample
	for i, box := range []image.Rectangle{image.Rect(0, 0, 10, 10), image.Rect(20, 5, 32, 20), image.Rect(30, 20, 40, 30)} {
		samples = append(samples, NewSample{Class: Class(i / 2), Checked: true, Path: path, Box: box, Proposer: "hand", Score: float64(-i), Crop: Cut(img, box, Margin)})
	}
	crop := writeFile(t, filepath.Join(dir, "set", "face", "own.png"), pngOf(t, numbered(7)))
	_, err1 := p.Add(context.Background(), samples)
	id, err2 := p.AddFrame(NewFrame{Path: path, Width: 40, Height: 30})
	_, err3 := p.ImportFolders(context.Background(), filepath.Dir(filepath.Dir(crop)), nil)
	if err := errors.Join(err1, err2, err3, p.CheckFrame(id, true, "check")); err != nil {
		t.Fatal(err)
	}
	return p, dir
}

func names(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func TestExportCrops(t *testing.T) {
	p, dir := exportable(t)
	files := tree(t, exportTo(t, p, ExportConfig{Format: FormatCrops, BOM: true}))
	want := []string{"crops/a-2.png", "crops/a-3.png", "crops/a.png", "crops/own.png", "samples.csv"}
	if !slices.Equal(names(files), want) {
		t.Fatalf("got %q", names(files))
	}
	csv := strings.Split(files["samples.csv"], "\n")
	show := fmt.Sprintf("crops/a-3.png,Show,,train,other,3,%s,0,0,30,20,10,10,hand,'-2", filepath.Join(dir, "Show", "a.png"))
	if !strings.HasPrefix(csv[0], "\ufefffile,title,") || csv[2] != show {
		t.Errorf("samples.csv is %q, want %q", csv, show)
	}
	// Cut anew, with a margin and a size.
	cut := tree(t, exportTo(t, p, ExportConfig{Format: FormatCrops, Margin: 1.5, Size: 20, Faces: true}))
	if !slices.Equal(names(cut), []string{"crops/a-2.png", "crops/a.png", "crops/own.png", "samples.csv"}) {
		t.Fatalf("got %q", names(cut))
	}
	img, err := DecodeImage("crop", strings.NewReader(cut["crops/a.png"]))
	frame, err2 := ReadImage(filepath.Join(dir, "Show", "a.png"))
	if err != nil || err2 != nil || img.Rect != image.Rect(0, 0, 20, 20) || !bytes.Equal(img.Pix, squash(Cut(frame, image.Rect(0, 0, 10, 10), 1.5), 20).Pix) {
		t.Errorf("the crop is %v, %v, %v", img.Rect, err, err2)
	}
	// Without the pictures there are still the crops.
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	r, err := p.Export(t.Context(), out, ExportConfig{Format: FormatFolders, Margin: 1.5}, nil)
	if err != nil || r.Pictures != 4 || len(r.Failed) > 0 || !strings.Contains(strings.Join(r.Warnings, ""), "taken as they are stored: 3") {
		t.Errorf("without pictures: %+v, %v", r, err)
	}
	if got := names(tree(t, out)); !slices.Equal(got, []string{"face/a-2.png", "face/a.png", "face/own.png", "other/a-3.png"}) {
		t.Errorf("got %q", got)
	}
	r, err = p.Export(t.Context(), out+"2", ExportConfig{Format: FormatVOC}, nil)
	if err != nil || r.Pictures != 1 || len(r.Failed) != 1 || !strings.Contains(r.Failed[0].Reason, "a.png") || !strings.Contains(r.Failed[0].Reason, "put it back, or export crops") {
		t.Errorf("without pictures: %+v, %v", r, err)
	}
}

func TestExportList(t *testing.T) {
	p, _ := exportable(t)
	if err := p.AutoSplit(0.25, 1); err != nil {
		t.Fatal(err)
	}
	var finished string
	dir := exportTo(t, p, ExportConfig{Format: FormatList, Finish: func(dir string) error {
		finished = tree(t, dir)["train.txt"]
		return os.WriteFile(filepath.Join(dir, "more"), nil, 0o600)
	}})
	files := tree(t, dir)
	if want := "crops/face/a-2.png 0\ncrops/face/a.png 0\ncrops/other/a-3.png 1\n"; files["train.txt"] != want || finished != want {
		t.Errorf("train.txt is %q, at the end %q", files["train.txt"], finished)
	}
	if _, ok := files["more"]; !ok || files["valid.txt"] != "crops/face/own.png 0\n" {
		t.Errorf("got %q", files)
	}
}

func TestExportRefuses(t *testing.T) {
	p, dir := exportable(t)
	full := filepath.Join(dir, "Show")
	for _, c := range []struct {
		name, dir string
		o         ExportConfig
		words     string
	}{
		{"folder that holds something", full, ExportConfig{Format: FormatVOC}, "the folder is not empty: name a new one"},
		{"file", filepath.Join(full, "a.png"), ExportConfig{Format: FormatVOC}, "no folder"},
		{"nowhere", filepath.Join(dir, "none", "out"), ExportConfig{Format: FormatVOC}, "make it first"},
		{"format", filepath.Join(dir, "out"), ExportConfig{Format: "zip"}, `unknown format "zip"`},
		{"margin", filepath.Join(dir, "out"), ExportConfig{Format: FormatCrops, Margin: -1}, "choose a margin"},
		{"nothing there", filepath.Join(dir, "out"), ExportConfig{Format: FormatVOC, Split: new(Valid)}, "nothing to export"},
		{"an end that fails", filepath.Join(dir, "out"), ExportConfig{Format: FormatVOC, Finish: func(string) error { return errors.New("no mean") }}, "no mean"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := tree(t, dir)
			_, err := p.Export(t.Context(), c.dir, c.o, nil)
			wantError(t, err, nil, c.words, c.dir)
			if !maps.Equal(tree(t, dir), before) {
				t.Errorf("something was left: %q", names(tree(t, dir)))
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	before := tree(t, dir)
	_, err := p.Export(ctx, filepath.Join(dir, "out"), ExportConfig{Format: FormatCrops}, func(done, total int) {
		if done == 2 {
			cancel()
		}
	})
	wantError(t, err, context.Canceled)
	if !maps.Equal(tree(t, dir), before) {
		t.Errorf("cancelling left %q", names(tree(t, dir)))
	}
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Export(t.Context(), empty, ExportConfig{Format: FormatVOC}, nil); err != nil {
		t.Errorf("into an empty folder: %v", err)
	}
}

// A picture that is stored on its side comes out upright, as do its boxes; the others
// are copied byte for byte, under the ending that fits.
func TestExportTurnsPictures(t *testing.T) {
	p, dir := newProject(t), t.TempDir()
	side := writeFile(t, filepath.Join(dir, "side.jpg"), turned(t, halves(), 6, binary.LittleEndian, "II*\x00"))
	plain := writeFile(t, filepath.Join(dir, "plain.png"), jpegOf(t, halves()))
	for i, path := range []string{side, plain} {
		img, err := ReadImage(path)
		if err != nil {
			t.Fatal(err)
		}
		addRandom(t, p, path, KindPicture, "T", 0, img, newRand(uint64(i)))
	}
	files := tree(t, exportTo(t, p, ExportConfig{Format: FormatVOC}))
	upright, err := DecodeImage("side", strings.NewReader(files["JPEGImages/side.png"]))
	want, err2 := ReadImage(side)
	if err != nil || err2 != nil || !bytes.Equal(upright.Pix, want.Pix) || upright.Rect != want.Rect {
		t.Errorf("%v, %v", err, err2)
	}
	if !strings.Contains(files["Annotations/side.xml"], fmt.Sprintf("<width>%d</width>", want.Rect.Dx())) {
		t.Errorf("got %s", files["Annotations/side.xml"])
	}
	if data, err := os.ReadFile(plain); err != nil || files["JPEGImages/plain.jpg"] != string(data) {
		t.Errorf("plain.png is not copied: %v", err)
	}
}

// What is broken in a project is named, and the rest is exported.
func TestExportOfDamage(t *testing.T) {
	p, dir := exportable(t)
	if _, err := p.w.Exec("UPDATE crops SET png = x'00' WHERE sample = 2; DELETE FROM crops WHERE sample = 4"); err != nil {
		t.Fatal(err)
	}
	r, err := p.Export(t.Context(), filepath.Join(dir, "out"), ExportConfig{Format: FormatCrops}, nil)
	if err != nil || r.Pictures != 2 || len(r.Failed) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	for i, id := range []int{2, 4} {
		wantError(t, errors.New(r.Failed[i].Reason), nil, fmt.Sprintf("crop of sample %d of %q", id, p.Path()))
	}
	writeFile(t, filepath.Join(dir, "Show", "a.png"), pngOf(t, noise(41, 30, newRand(1))))
	r, err = p.Export(t.Context(), filepath.Join(dir, "out2"), ExportConfig{Format: FormatCOCO}, nil)
	wantError(t, err, nil, "nothing could be exported", "is 41x30 pixels, but was 40x30")
	if len(r.Failed) != 2 {
		t.Errorf("%+v", r)
	}
}

func TestSafeName(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"a", "a"},
		{"Show - 03_x.y", "Show---03_x.y"},
		{"日本語", "picture"},
		{"日本語 2", "2"},
		{"a/b\\c:d*e?f\"g<h>i|j", "a-b-c-d-e-f-g-h-i-j"},
		{"..", "picture"},
		{"-rf", "rf"},
		{"con", "_con"},
		{"COM1.x", "_COM1.x"},
		{"end. ", "end"},
		{"=1+1", "1-1"},
		{strings.Repeat("x", 79) + " y", strings.Repeat("x", 79)},
		{strings.Repeat("x", 200), strings.Repeat("x", 80)},
	} {
		if got := safeName(c.name); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.name, got, c.want)
		}
	}
	x := &exporting{taken: map[string]bool{}}
	for i, want := range []string{"a", "A-5", "a-5-1", "a-6"} {
		if got := x.name([]string{"a", "A", "a", "a-6"}[i], 5); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// safeName leaves a safe name alone, so that names come back as they were.
func FuzzSafeName(f *testing.F) {
	for _, name := range append(oddNames, oddTitles...) {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		safe := safeName(name)
		if again := safeName(safe); again != safe || len(safe) == 0 || len(safe) > maxName {
			t.Errorf("%q becomes %q and then %q", name, safe, again)
		}
	})
}

func TestInOrder(t *testing.T) {
	items := make([]int, 1000)
	for i := range items {
		items[i] = i
	}
	for _, end := range []int{0, 1, 500, 1000} {
		n := 0
		for i, v := range inOrder(items[:end], func(i int) int { return 3 * i }) {
			if i != n || v != 3*i {
				t.Fatalf("item %d gives %d after %d", i, v, n)
			}
			n++
		}
		if n != end {
			t.Errorf("%d of %d", n, end)
		}
	}
	for i := range inOrder(items, func(i int) int { return i }) {
		if i == 700 {
			break
		}
	}
}

// Whatever page of a project is lost, an export has most of it, or says what is wrong.
func TestExportAfterEachLostPage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.frglab")
	p, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	const all = 120
	var samples []NewSample
	for i := range all {
		samples = append(samples, NewSample{Class: Class(i % 2), Checked: true, Path: fmt.Sprintf("/show/%d.png", i/10), Proposer: "hand", Crop: numbered(i)})
	}
	if _, err := p.Add(t.Context(), samples); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	good, none := 0, 0
	for i := 1; i < len(data)/page; i += 2 {
		hurt := slices.Clone(data)
		clear(hurt[i*page : (i+1)*page])
		dir := t.TempDir()
		q, err := OpenReadOnly(writeFile(t, filepath.Join(dir, "p.frglab"), hurt))
		if err != nil {
			none++
			continue
		}
		r, err := q.Export(t.Context(), filepath.Join(dir, "out"), ExportConfig{Format: FormatFolders}, nil)
		q.Close()
		switch {
		case err != nil:
			none++
			wantError(t, err, nil, `"p"`)
		case r.Pictures+len(r.Failed) < all:
			t.Errorf("page %d: %d crops and %d failures, want %d", i, r.Pictures, len(r.Failed), all)
		case r.Pictures > all/2:
			good++
		}
	}
	if good < 2*none {
		t.Errorf("%d exports have more than half, but %d have nothing", good, none)
	}
}
