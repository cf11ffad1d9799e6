package dataset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folders makes dir/face and dir/1 with n crops each.
func folders(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		writeFile(t, filepath.Join(dir, "face", fmt.Sprintf("%03d.png", i)), pngOf(t, numbered(i)))
		writeFile(t, filepath.Join(dir, "1", "deep", fmt.Sprintf("%03d.png", i)), pngOf(t, numbered(1000+i)))
	}
	return dir
}

// counts are what an import did.
func counts(r ImportReport) [3]int { return [3]int{r.Added, r.Skipped, len(r.Failed)} }

func TestImportFolders(t *testing.T) {
	p := newProject(t)
	dir := folders(t, 3)
	writeFile(t, filepath.Join(dir, "face", "broken.png"), []byte("no picture"))
	writeFile(t, filepath.Join(dir, "face", ".hidden"), []byte("no picture"))
	writeFile(t, filepath.Join(dir, "face", "Thumbs.db"), []byte("no picture"))
	writeFile(t, filepath.Join(dir, "readme.txt"), []byte("not in a class folder"))
	outside := writeFile(t, filepath.Join(t.TempDir(), "secret.png"), pngOf(t, numbered(77)))
	if err := os.Symlink(outside, filepath.Join(dir, "face", "link.png")); err != nil {
		t.Fatal(err)
	}
	last := 0
	report, err := p.ImportFolders(t.Context(), dir, func(done, total int) {
		if done != last+1 || total != 7 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil || counts(report) != [3]int{6, 0, 2} || last != 7 {
		t.Fatalf("got %+v, %v", report, err)
	}
	wantError(t, errors.New(report.Failed[0].Reason), nil, "link.png", "outside")
	wantError(t, errors.New(report.Failed[1].Reason), nil, "broken.png", "is text, not a picture")

	ids, err := p.IDs(Filter{Class: new(Face)})
	if err != nil || len(ids) != 3 {
		t.Fatalf("faces: %v, %v", ids, err)
	}
	samples, err := p.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	s := samples[0]
	if s.Path != filepath.Join(dir, "face", "000.png") || !s.Checked || s.Proposer != "import" || s.Title == "" || s.Box.Dx() != 8 {
		t.Errorf("got %+v", s)
	}

	again, err := p.ImportFolders(t.Context(), dir, nil)
	if err != nil || counts(again) != [3]int{0, 6, 2} {
		t.Errorf("the second time: %+v, %v", again, err)
	}
	if act, err := p.Undo(); err != nil || len(act.IDs) != 6 {
		t.Errorf("Undo = %v, %v", act, err)
	}
	if got := stateText(t, p); got != "" {
		t.Errorf("left after Undo:\n%s", got)
	}
}

func TestImportFoldersRefuses(t *testing.T) {
	p := newProject(t)
	empty := t.TempDir()
	bare := t.TempDir()
	writeFile(t, filepath.Join(bare, "cats", "a.png"), pngOf(t, numbered(1)))
	if err := os.Mkdir(filepath.Join(empty, "0"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, dir, words string }{
		{"no such folder", filepath.Join(empty, "none"), "no such file"},
		{"no class folders", bare, `no folder "0" or "face"`},
		{"no files", empty, "hold no files"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := p.ImportFolders(t.Context(), c.dir, nil)
			wantError(t, err, nil, c.dir, c.words)
		})
	}
	one := t.TempDir()
	writeFile(t, filepath.Join(one, "FACE", "a.png"), pngOf(t, numbered(1)))
	report, err := p.ImportFolders(t.Context(), one, nil)
	if err != nil || report.Added != 1 || len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0], "class 1 (other)") {
		t.Errorf("got %+v, %v, want a warning about class 1", report, err)
	}
}

func TestImportList(t *testing.T) {
	p := newProject(t)
	dir := t.TempDir()
	for i := range 4 {
		writeFile(t, filepath.Join(dir, fmt.Sprintf("%d.png", i)), pngOf(t, numbered(i)))
	}
	writeFile(t, filepath.Join(dir, "twin of 0.png"), pngOf(t, numbered(0)))
	train := writeFile(t, filepath.Join(dir, "train.txt"), []byte("0.png 0\n1.png 1\ntwin of 0.png 1\n"))
	valid := writeFile(t, filepath.Join(dir, "valid.txt"), []byte("2.png 0\n3.png 1\n1.png 1\n"))
	report, err := p.ImportList(t.Context(), train, nil, InSplit(Train))
	if err != nil || counts(report) != [3]int{2, 1, 0} || len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0], "twin of 0.png") {
		t.Errorf("train: %+v, %v", report, err)
	}
	report, err = p.ImportList(t.Context(), valid, nil, InSplit(Valid))
	if err != nil || counts(report) != [3]int{2, 1, 0} || len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0], "other split") {
		t.Errorf("valid: %+v, %v", report, err)
	}
	want := "1 face true train\n2 other true train\n3 face true valid\n4 other true valid\n"
	if got := stateText(t, p); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	bad := writeFile(t, filepath.Join(dir, "bad.txt"), []byte("0.png 0\n1.png 7\n"))
	_, err = p.ImportList(t.Context(), bad, nil)
	wantError(t, err, nil, bad, "line 2", "unknown class 7")
	if got := stateText(t, p); got != want {
		t.Errorf("a refused list left\n%s", got)
	}
}

// An import leaves what people decided before.
func TestImportKeepsVerdicts(t *testing.T) {
	p := newProject(t)
	dir := folders(t, 1)
	ids := addTo(t, p, "/show/a.png", 0, 1) // the pixels of face/000.png
	label(t, p, ids[0], Other)
	report, err := p.ImportFolders(t.Context(), dir, nil)
	if err != nil || counts(report) != [3]int{1, 1, 0} || len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0], "another class") {
		t.Errorf("got %+v, %v", report, err)
	}
	if err := p.Remove(ids, "remove"); err != nil {
		t.Fatal(err)
	}
	report, err = p.ImportFolders(t.Context(), dir, nil)
	if err != nil || counts(report) != [3]int{0, 2, 0} || !strings.Contains(report.Warnings[0], "removed") {
		t.Errorf("got %+v, %v", report, err)
	}
	if got := stateText(t, p); got != "2 other true train\n" {
		t.Errorf("got %q", got)
	}
}

func TestImportCancelled(t *testing.T) {
	p := newProject(t)
	dir := folders(t, 150) // more than two batches
	ctx, cancel := context.WithCancel(t.Context())
	report, err := p.ImportFolders(ctx, dir, func(done, total int) {
		if done == 140 {
			cancel()
		}
	})
	wantError(t, err, context.Canceled)
	if report.Added != 140 {
		t.Errorf("%d samples were added, want the 140 that were read", report.Added)
	}
	ids, err := p.IDs(Filter{})
	if err != nil || len(ids) != 140 {
		t.Fatalf("%d samples, %v", len(ids), err)
	}
	for _, id := range ids {
		if _, err := p.Crop(id); err != nil {
			t.Fatal(err)
		}
	}
	report, err = p.ImportFolders(t.Context(), dir, nil)
	if err != nil || counts(report) != [3]int{160, 140, 0} {
		t.Errorf("going on: %+v, %v", report, err)
	}
}

// Labels and undos in the middle of an import keep the history a line.
func TestLabelsDuringImport(t *testing.T) {
	p := newProject(t)
	id := addTo(t, p, "/show/a.png", 5000, 1)[0]
	dir := folders(t, 300)
	first := stateText(t, p)
	report, err := p.ImportFolders(t.Context(), dir, func(done, total int) {
		switch done {
		case 200:
			label(t, p, id, Other)
		case 400:
			p.Undo() // of a part of the import
		}
	})
	if err != nil || report.Added != 600 {
		t.Fatalf("got %+v, %v", report, err)
	}
	var acts []string
	for stateText(t, p) != first {
		act, err := p.Undo()
		if err != nil {
			t.Fatal(err)
		}
		acts = append(acts, fmt.Sprint(act.What[:5], len(act.IDs)))
	}
	// Batches of 128: one act for the first, the label, and one for the next, which
	// was undone and so is gone; then the rest.
	if want := []string{"impor216", "label1", "impor128"}; !slices.Equal(acts, want) {
		t.Errorf("got acts %q, want %q", acts, want)
	}
}
