package ui

import (
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine/vision"
)

// sampleVideo is the bundled video on disk, in a folder that names its title.
func sampleVideo(t testing.TB) string {
	t.Helper()
	data, err := fs.ReadFile(assets.Samples(), "sample.mp4")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "Show", "Show - 02.mp4")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

func dropOn(w *window, paths ...string) {
	var uris []fyne.URI
	for _, p := range paths {
		uris = append(uris, storage.NewFileURI(p))
	}
	w.dropped(fyne.Position{}, uris)
	settle(w)
}

// From the drop on the Label tab over the sheet to the crops in it, and back by one undo.
func TestCollectFromADrop(t *testing.T) {
	w, _, failures := open(t, 3)
	before := w.counts(t)
	dropOn(w, sampleVideo(t))
	sheet := w.collect.sheet
	if sheet == nil {
		t.Fatalf("no sheet is shown (failures %v)", *failures)
	}
	if sheet.title.Text != "Show" || sheet.episode.Text != "02" || sheet.m.videos != 1 || sheet.m.pictures != 0 {
		t.Errorf("the sheet says title %q, episode %q, %v", sheet.title.Text, sheet.episode.Text, sheet.m)
	}
	sheet.title.SetText("Another show")
	sheet.sampling.SetSelected(sheet.sampling.Options[everyNth])
	sheet.every.SetSelected("48")
	test.Tap(sheet.begin)
	if len(w.jobs.running) != 1 || w.jobs.running[0].quiet {
		t.Fatalf("no job shows that it runs: %v", w.jobs.running)
	}
	if top := w.win.Canvas().Overlays().Top(); top != nil {
		t.Error("the sheet is still there")
	}
	w.tabs.SelectIndex(tabTrain)
	settle(w)
	after := w.counts(t)
	if after.Unchecked <= before.Unchecked || len(*failures) > 0 {
		t.Fatalf("%d crops, before %d (failures %v)", after.Unchecked, before.Unchecked, *failures)
	}
	ids, err := w.project.IDs(dataset.Filter{Title: "Another show", Episode: "02"})
	if err != nil || len(ids) != after.Samples-before.Samples {
		t.Errorf("%d crops have the title of the sheet, want %d; %v", len(ids), after.Samples-before.Samples, err)
	}
	frames, err := w.project.Frames(dataset.FrameFilter{})
	if err != nil || len(frames) < 4 || len(frames) > 6 { // of 250, every 48th
		t.Errorf("%d frames were looked at, want 6 or nearly; %v", len(frames), err)
	}
	if !strings.Contains(w.notice, "crops added") {
		t.Errorf("the status bar says %q", w.notice)
	}
	if _, err := w.project.Undo(); err != nil || w.counts(t) != before {
		t.Errorf("after one undo: %+v, before %+v; %v", w.counts(t), before, err)
	}
}

// Many files: what they have in common is filled in, and what differs is left open.
func TestSheetGuesses(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for _, name := range []string{"Show/Show - 01.png", "Show/Show - 02.png"} {
		path := filepath.Join(dir, name)
		var b strings.Builder
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 30, 30))), os.WriteFile(path, []byte(b.String()), 0o644)); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	w, _, failures := open(t, 1)
	dropOn(w, filepath.Dir(paths[0]))
	s := w.collect.sheet
	if s == nil || s.title.Text != "Show" || s.episode.Text != "" || s.m.pictures != 2 {
		t.Fatalf("sheet %+v (failures %v)", s, *failures)
	}
	got := s.wish()
	if !got.cascade || got.cnn || got.every != 0 || got.negatives != 2 || len(got.paths) != 2 {
		t.Errorf("by default %+v", got)
	}
	if len(s.detectors.Options) != 1 {
		t.Errorf("without a model one can choose %v", s.detectors.Options)
	}
	s.dialog.Hide()
	w.loadBundled()
	settle(w)
	dropOn(w, paths...)
	s = w.collect.sheet
	for i, want := range [][2]bool{{true, false}, {false, true}, {true, true}} {
		s.detectors.SetSelected(s.detectors.Options[i])
		if got := s.wish(); got.cascade != want[0] || got.cnn != want[1] {
			t.Errorf("%q: cascade %v, model %v", s.detectors.Selected, got.cascade, got.cnn)
		}
	}
}

// What is no picture is not counted as one, and said at once where there is nothing else.
func TestSheetCountsWhatCanBeRead(t *testing.T) {
	dir := t.TempDir()
	empty, archive := filepath.Join(dir, "zero.png"), filepath.Join(dir, "pictures.zip")
	if err := errors.Join(os.WriteFile(empty, nil, 0o600), os.WriteFile(archive, []byte("PK\x03\x04...."), 0o600)); err != nil {
		t.Fatal(err)
	}
	w, _, failures := open(t, 1)
	dropOn(w, archive, empty)
	if w.collect.sheet != nil || len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), "pictures.zip\": is a ZIP archive") {
		t.Errorf("sheet %v, failures %v", w.collect.sheet, *failures)
	}
	dropOn(w, sampleVideo(t), empty)
	if s := w.collect.sheet; s == nil || s.m.String() != "videos: 1, not readable: 1" {
		t.Errorf("the sheet says %+v", s)
	}
	if err := errNoPictures([]string{"/a b", "/c"}); !strings.Contains(err.Error(), "in /a b, /c:") {
		t.Error(err)
	}
}

func TestDropsGoWhereTheyBelong(t *testing.T) {
	video := sampleVideo(t)
	classes := t.TempDir()
	if err := os.MkdirAll(filepath.Join(classes, "face"), 0o755); err != nil {
		t.Fatal(err)
	}
	w, _, failures := open(t, 1)
	dropOn(w, classes)
	if w.collect.sheet != nil || len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), "class folders") {
		t.Errorf("a folder of classes was not imported: sheet %v, failures %v", w.collect.sheet, *failures)
	}
	w.tabs.SelectIndex(tabDetect)
	dropOn(w, video)
	if w.collect.sheet != nil || w.tabs.SelectedIndex() != tabDetect || w.detect.showing() != filepath.Base(video) {
		t.Error("a drop on the Detect tab is not shown there")
	}
	w, failures = openWindow(t)
	w.collect.offer([]string{video})
	if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), "No project") {
		t.Errorf("without a project: %v", *failures)
	}
}

// Another project in the middle of a collection: what was found stays in the first one,
// which is closed, and the second has none of it.
func TestCollectionEndsWithItsProject(t *testing.T) {
	w, path, failures := open(t, 1)
	first := w.project
	w.collect.start(wish{material: material{paths: []string{sampleVideo(t)}}, every: 1, cascade: true})
	if w.collect.running == nil {
		t.Fatal("nothing runs")
	}
	w.collect.offer([]string{"x.png"})
	if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), "already") {
		t.Errorf("a second collection: %v", *failures)
	}
	w.createProject(filepath.Join(t.TempDir(), "second.frglab"))
	settle(w)
	if w.collect.running != nil || w.project == first || len(*failures) != 1 {
		t.Fatalf("the collection still runs, or failed: %v", *failures)
	}
	if n := w.counts(t); n.Samples != 0 {
		t.Errorf("%d crops in the other project", n.Samples)
	}
	if _, err := first.Counts(); err == nil {
		t.Error("the first project is still open")
	}
	p, err := dataset.Open(path)
	if err != nil {
		t.Fatalf("open the first project again: %v", err)
	}
	defer p.Close()
	if frames, err := p.Frames(dataset.FrameFilter{}); err != nil || len(frames) >= 250 {
		t.Errorf("%d frames were looked at: it was not cancelled; %v", len(frames), err)
	}
}

// BenchmarkCollect compares a whole collection, from files to project, with the cascade
// alone on the frames that it looks at (of-cascade), and with reading the files for a
// cascade and nothing else (of-bare): no collection can do without decoding. All of them
// use all cores as well as they can.
func BenchmarkCollect(b *testing.B) {
	w := wish{every: 5, cascade: true}
	for range 4 { // so that the start and the end count for as little as in an episode
		w.paths = append(w.paths, sampleVideo(b))
	}
	c := newCollector(&session{})
	var whole, alone, bare time.Duration
	frames := 0
	for b.Loop() {
		p, err := dataset.Create(filepath.Join(b.TempDir(), "p.frglab"))
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		r, err := c.work(context.Background(), p, nil, w, nil)
		whole += time.Since(began)
		if err = errors.Join(err, p.Close()); err != nil {
			b.Fatal(err)
		}
		frames += r.Frames

		var pictures []*image.RGBA
		began = time.Now()
		n := search(b, func(look func(*image.RGBA)) {
			for _, path := range w.paths {
				everyNthOf(b, path, w.every, func(img *image.RGBA) {
					pictures = append(pictures, img)
					look(img)
				})
			}
		})
		bare += time.Since(began) * time.Duration(r.Frames) / time.Duration(n)
		began = time.Now()
		n = search(b, func(look func(*image.RGBA)) {
			for _, img := range pictures {
				look(img)
			}
		})
		alone += time.Since(began) * time.Duration(r.Frames) / time.Duration(n)
	}
	b.ReportMetric(float64(frames)/whole.Seconds(), "frames/s")
	b.ReportMetric(alone.Seconds()/whole.Seconds(), "of-cascade")
	b.ReportMetric(bare.Seconds()/whole.Seconds(), "of-bare")
	b.ReportMetric(0, "ns/op")
}

// everyNthOf reads a video as barely as one can.
func everyNthOf(b *testing.B, path string, every int, use func(*image.RGBA)) {
	b.Helper()
	v, err := vision.OpenVideo(path)
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	for {
		img, _, err := v.Next()
		if err == nil {
			use(img)
			err = v.Skip(every - 1)
		}
		if err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

// search asks cascades on all cores for the pictures that give hands to look, and counts
// them.
func search(b *testing.B, give func(look func(*image.RGBA))) (n int) {
	defer vision.OneThreadEach()()
	cascades, err := newCascades(dataset.Lookers())
	if err != nil {
		b.Fatal(err)
	}
	work := make(chan *image.RGBA, len(cascades))
	var wait sync.WaitGroup
	for _, cascade := range cascades {
		wait.Go(func() {
			defer cascade.Close()
			for img := range work {
				if _, err := cascade.Detect(context.Background(), img, vision.DefaultCascadeParams()); err != nil {
					b.Error(err)
				}
			}
		})
	}
	give(func(img *image.RGBA) { work <- img; n++ })
	close(work)
	wait.Wait()
	return n
}
