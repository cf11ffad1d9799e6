package dataset

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What leaves a project in any format and comes into a new one leaves that one in the
// same bytes: the files of annotations, and the pictures too.
func TestRoundTrips(t *testing.T) {
	for seed := range uint64(5) {
		p := randomProject(t, newRand(seed))
		for _, f := range []Format{FormatFolders, FormatList, FormatVOC, FormatYOLO, FormatCOCO, FormatCSV} {
			t.Run(fmt.Sprintf("%s/%d", f, seed), func(t *testing.T) {
				o := ExportConfig{Format: f, Pixels: noisyVideo{}, BOM: seed%2 == 1, Faces: seed%5 == 4}
				first := exportTo(t, p, o)
				q := newProject(t)
				importBack(t, q, first, f)
				second := exportTo(t, q, o)
				if f == FormatVOC || f == FormatCOCO || f == FormatCSV {
					if got, want := cropsOf(t, q, o), cropsOf(t, p, o); !slices.Equal(got, want) {
						t.Errorf("%d crops came back, want the same %d", len(got), len(want))
					}
				}
				got, want := tree(t, second), tree(t, first)
				if len(want) < 3 {
					t.Fatalf("only %d files were written", len(want))
				}
				if !maps.Equal(got, want) {
					for _, name := range slices.Sorted(maps.Keys(want)) {
						if got[name] != want[name] {
							t.Fatalf("%s comes back as\n%.2000s\nwant\n%.2000s", name, got[name], want[name])
						}
					}
					t.Fatalf("got %d files, want %d", len(got), len(want))
				}
			})
		}
	}
}

// exportTo exports into a new folder; everything must work.
func exportTo(t testing.TB, p *Project, o ExportConfig) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out put")
	r, err := p.Export(t.Context(), dir, o, nil)
	if err != nil || len(r.Failed) > 0 {
		t.Fatalf("export: %+v, %v", r, err)
	}
	return dir
}

// importBack imports what Export wrote.
func importBack(t testing.TB, p *Project, dir string, f Format) ImportReport {
	t.Helper()
	paths := map[string][]ImportOption{dir: nil}
	switch f {
	case FormatCOCO:
		paths = map[string][]ImportOption{filepath.Join(dir, "annotations.json"): nil}
	case FormatCSV:
		paths = map[string][]ImportOption{filepath.Join(dir, "annotations.csv"): nil}
	case FormatList:
		paths = map[string][]ImportOption{}
		for _, s := range []Split{Train, Valid} {
			if list := filepath.Join(dir, s.String()+".txt"); exists(list) {
				paths[list] = []ImportOption{InSplit(s)}
			}
		}
	}
	var last ImportReport
	for path, opts := range paths {
		guess, err := GuessFormat(path)
		if err != nil || guess != f {
			t.Errorf("%s is taken for %q, %v", path, guess, err)
		}
		if last, err = p.Import(t.Context(), path, f, nil, opts...); err != nil || len(last.Failed) > 0 {
			t.Fatalf("import: %+v, %v", last, err)
		}
	}
	return last
}

// cropsOf are the hashes of the crops that an export has.
func cropsOf(t testing.TB, p *Project, o ExportConfig) (list []string) {
	t.Helper()
	rows, err := p.r.Query(`SELECT hex(hash) FROM samples s JOIN sources o ON o.id = s.source
		WHERE gone = 0 AND checked = 1 AND (class = 0 OR NOT ?) ORDER BY 1`, o.Faces)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var h string
		if err := rows.Scan(&h); err != nil {
			t.Fatal(err)
		}
		list = append(list, h)
	}
	return list
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// tree is what a folder holds, by path.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// noise is a picture whose crops all differ.
func noise(w, h int, rng *rand.Rand) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(rng.Uint32()) | map[bool]uint8{true: 255}[i%4 == 3]
	}
	return img
}

// noisyVideo is a video of any length; each frame has noise of its own.
type noisyVideo struct{}

func (noisyVideo) Frame(path string, frame int) (*image.RGBA, error) {
	return noise(48, 32, rand.New(rand.NewPCG(uint64(frame), uint64(len(path))))), nil
}

var oddTitles = []string{
	"Show", "=1+2", "'=quoted", "+A1", "-x", "@cmd", "\ttab", "a, b; \"c\"", "two\nlines", "dos\r\nlines", "日本語の題名", "emoji 😀🎴",
	" blanks ", "<b>&amp;</b>", "it's", "bad \xff byte", "''-", "\rcr",
}

var oddNames = []string{"a.png", "A.png", "a b.png", "日本語.png", "con.png", "a.jpg", "quo\"te.png", "new\nline.png", "-dash.png", "percent%20&#.png", "x.y.png", ".hidden.png", "名前.png"}

// randomProject has pictures, a video and crops, with titles and names of all kinds,
// boxes at edges and of single pixels, pictures without boxes, and samples that are not
// to be exported.
func randomProject(t testing.TB, rng *rand.Rand) *Project {
	t.Helper()
	p := newProject(t)
	dir := t.TempDir()
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	for i := range 8 {
		img := noise(1+rng.IntN(60), 1+rng.IntN(60), rng)
		path := filepath.Join(dir, fmt.Sprint(i), pick(oddNames))
		data := pngOf(t, img)
		switch rng.IntN(4) {
		case 0:
			data = jpegOf(t, img)
		case 1:
			data = turned(t, img, uint16(1+rng.IntN(8)), binary.LittleEndian, "II*\x00")
		}
		writeFile(t, path, data)
		upright, err := ReadImage(path)
		if err != nil {
			t.Fatal(err)
		}
		addRandom(t, p, path, KindPicture, pick(oddTitles), 0, upright, rng)
	}
	video := filepath.Join(dir, "Show - 03.mkv")
	for range 4 {
		frame := rng.IntN(500)
		img, _ := noisyVideo{}.Frame(video, frame)
		addRandom(t, p, video, KindVideo, pick(oddTitles), frame, img, rng)
	}
	crops := filepath.Join(dir, "crops")
	for i := range 6 {
		writeFile(t, filepath.Join(crops, fmt.Sprint(i%2), fmt.Sprintf("crop %d.png", i/3)), pngOf(t, noise(9, 9, rng)))
	}
	if _, err := p.ImportFolders(context.Background(), crops, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.AutoSplit(0.3, rng.Uint64()); err != nil {
		t.Fatal(err)
	}
	return p
}

// addRandom adds a frame with up to five boxes.
func addRandom(t testing.TB, p *Project, path, kind, title string, frame int, img *image.RGBA, rng *rand.Rand) {
	t.Helper()
	source, err1 := p.AddSource(SourceInfo{Path: path, Title: title, Episode: title, Kind: kind})
	id, err2 := p.AddFrame(NewFrame{Source: source, Frame: frame, Width: img.Rect.Dx(), Height: img.Rect.Dy()})
	var samples []NewSample
	for range rng.IntN(6) {
		box := image.Rectangle{Min: image.Pt(rng.IntN(img.Rect.Dx()), rng.IntN(img.Rect.Dy()))}
		box.Max = box.Min.Add(image.Pt(1+rng.IntN(img.Rect.Dx()-box.Min.X), 1+rng.IntN(img.Rect.Dy()-box.Min.Y)))
		if rng.IntN(4) == 0 {
			box.Max = box.Min.Add(image.Pt(1, 1))
		}
		samples = append(samples, NewSample{
			Class: Class(rng.IntN(3)), Checked: rng.IntN(8) > 0, Source: source, Frame: frame,
			Box: box, Proposer: "hand", Score: -1, Crop: Cut(img, box, Margin),
		})
	}
	_, err3 := p.Add(context.Background(), samples)
	if err := errors.Join(err1, err2, err3, p.CheckFrame(id, true, "check")); err != nil {
		t.Fatal(err)
	}
}

// A second import of the same adds nothing, and one Undo takes all of the first back.
func TestImportOfBoxesRepeats(t *testing.T) {
	p := randomProject(t, newRand(99))
	dir := exportTo(t, p, ExportConfig{Format: FormatVOC, Pixels: noisyVideo{}})
	q := newProject(t)
	first := importBack(t, q, dir, FormatVOC)
	checked, err := q.Frames(FrameFilter{})
	if err != nil || first.Added == 0 || first.Pictures < 10 || len(checked) != first.Pictures || first.Sided != first.Pictures {
		t.Fatalf("%+v, %d frames, %v", first, len(checked), err)
	}
	before := stateText(t, q)
	again := importBack(t, q, dir, FormatVOC)
	if again.Added != 0 || again.Skipped != first.Added || stateText(t, q) != before {
		t.Errorf("the second time: %+v", again)
	}
	if _, err := q.Undo(); err != nil {
		t.Fatal(err)
	}
	if left, err := q.Frames(FrameFilter{}); err != nil || len(left) != 0 || stateText(t, q) != "" {
		t.Errorf("left after Undo: %v, %v, %q", left, err, stateText(t, q))
	}
	if _, err := q.Undo(); !errors.Is(err, ErrNothing) {
		t.Errorf("a second act to undo: %v", err)
	}
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func symlink(t testing.TB, to, from string) {
	t.Helper()
	if err := os.Symlink(to, from); err != nil {
		t.Fatal(err)
	}
}

// contentText is what of samples and frames an import decides: boxes and classes,
// whether the frames are checked, and side and title where they are not as usual.
func contentText(t testing.TB, p *Project) string {
	t.Helper()
	ids, err1 := p.IDs(Filter{})
	samples, err2 := p.Samples(ids)
	var parts []string
	for _, s := range samples {
		parts = append(parts, fmt.Sprintf("%v %v", s.Box, s.Class))
		if !s.Checked || s.Proposer != proposerImport {
			parts = append(parts, "unchecked")
		}
	}
	rows, err3 := p.r.Query("SELECT state, o.split, o.title FROM sources o LEFT JOIN frames f ON f.source = o.id")
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var state *FrameState
		var split Split
		var title string
		if err := rows.Scan(&state, &split, &title); err != nil {
			t.Fatal(err)
		}
		if state != nil {
			parts = append(parts, map[bool]string{true: "checked", false: "not checked"}[*state == FrameChecked])
		}
		if split == Valid {
			parts = append(parts, "valid")
		}
		if title == "T" || title[0] == '=' {
			parts = append(parts, "title "+title)
		}
	}
	return strings.Join(parts, ", ")
}

// A crop that two pictures have is one sample, of the first. The second picture does
// not pass for one in which everything is boxed: its face would become a negative.
func TestImportOfSharedCrops(t *testing.T) {
	p, dir := newProject(t), t.TempDir()
	img := pngOf(t, noise(40, 30, newRand(1)))
	for _, name := range []string{"a", "b"} {
		writeFile(t, filepath.Join(dir, "JPEGImages", name+".png"), img)
		writeFile(t, filepath.Join(dir, "Annotations", name+".xml"), []byte(strings.Replace(vocXML(object("face", "3 3 9 9")), "a.png", name+".png", 1)))
	}
	r, err := p.Import(t.Context(), dir, "", nil)
	if err != nil || counts(r) != [3]int{1, 1, 0} || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "share crops with others") || !strings.Contains(r.Warnings[0], "b.png") {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := contentText(t, p); got != "(2,2)-(9,9) face, checked, not checked" {
		t.Errorf("got %s", got)
	}
	// Nor does a picture whose box was taken out.
	q := newProject(t)
	if err := os.Remove(filepath.Join(dir, "Annotations", "b.xml")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := q.Import(t.Context(), dir, FormatVOC, nil); err != nil {
			t.Fatal(err)
		}
		ids, err := q.IDs(Filter{})
		frames, err2 := q.Frames(FrameFilter{})
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if len(ids) == 0 && len(frames) != 0 {
			t.Errorf("the picture is checked, and its face is not in it")
		}
		if len(ids) > 0 {
			if err := errors.Join(q.Remove(ids, "remove"), q.CheckFrame(frames[0], false, "uncheck")); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A cancelled import of pictures keeps whole pictures, and goes on from there.
func TestImportOfBoxesCancelled(t *testing.T) {
	p := randomProject(t, newRand(5))
	dir := exportTo(t, p, ExportConfig{Format: FormatCSV, Pixels: noisyVideo{}})
	q := newProject(t)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := q.Import(ctx, filepath.Join(dir, "annotations.csv"), FormatCSV, func(done, total int) {
		if done == 7 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || r.Pictures != 7 || len(r.Failed) > 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	importBack(t, q, dir, FormatCSV)
	again := exportTo(t, q, ExportConfig{Format: FormatCSV, Pixels: noisyVideo{}})
	if !maps.Equal(tree(t, again), tree(t, dir)) {
		t.Error("going on gave something else")
	}
}

// The margin of an import is that of its crops.
func TestImportMargin(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a.png"), pngOf(t, noise(40, 30, newRand(1))))
	writeFile(t, filepath.Join(dir, "a.xml"), []byte(vocXML(object("face", "11 11 20 20"))))
	for margin, want := range map[float64]int{1: 10, 1.6: 16, 9: 30} {
		p := newProject(t)
		if _, err := p.Import(t.Context(), dir, FormatVOC, nil, CropMargin(margin)); err != nil {
			t.Fatal(err)
		}
		samples, err := p.Samples([]int64{1})
		if err != nil || samples[0].Width != want || samples[0].Box != image.Rect(10, 10, 20, 20) {
			t.Errorf("margin %g: %+v, %v", margin, samples, err)
		}
	}
	_, err := newProject(t).Import(t.Context(), dir, FormatVOC, nil, CropMargin(0))
	wantError(t, err, nil, "margin", "choose 0.1 to 10")
}

// Boxes are in the picture as it is seen, with its EXIF turn applied once. A program
// that did not turn it has the sides the other way round, which is noticed.
func TestImportTurnsPictures(t *testing.T) {
	data := turned(t, noise(40, 30, newRand(1)), 6, binary.LittleEndian, "II*\x00")
	for _, c := range []struct {
		size, words string
		added       int
	}{
		{"<size><width>30</width><height>40</height></size>", "", 1},
		{"", "", 1},
		{"<size><width>40</width><height>30</height></size>", "is 30x40 pixels, but its boxes are for 40x30", 0},
	} {
		p, dir := newProject(t), t.TempDir()
		path := writeFile(t, filepath.Join(dir, "a.jpg"), data)
		writeFile(t, filepath.Join(dir, "a.xml"), []byte("<annotation><filename>a.jpg</filename>"+c.size+object("face", "3 31 9 40")+"</annotation>"))
		r, err := p.Import(t.Context(), dir, "", nil)
		if err != nil || r.Added != c.added || len(r.Failed) != 1-c.added {
			t.Fatalf("%+v, %v", r, err)
		}
		if c.added == 0 {
			wantError(t, errors.New(r.Failed[0].Reason), nil, "a.jpg", c.words)
			continue
		}
		upright, err := ReadImage(path)
		crop, err2 := p.Crop(1)
		if err != nil || err2 != nil || !bytes.Equal(crop.Pix, Cut(upright, image.Rect(2, 30, 9, 40), Margin).Pix) {
			t.Errorf("another crop: %v, %v", err, err2)
		}
	}
}
