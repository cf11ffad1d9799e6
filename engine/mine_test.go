package engine

import (
	"context"
	"errors"
	"image"
	"image/png"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// scenesOf gives scenes, and counts how many were asked for.
func scenesOf(asked *int, scenes ...Scene) iter.Seq2[Scene, error] {
	return func(yield func(Scene, error) bool) {
		for _, s := range scenes {
			*asked++
			if !yield(s, nil) {
				return
			}
		}
	}
}

func mineRun(dir string, asked *int) MineRun {
	train, valid := mineScene(), mineScene()
	valid.Valid = true
	return MineRun{
		Scenes: scenesOf(asked, train, valid), Dir: dir,
		Config: MineConfig{Seed: 3, Side: 16, Positives: 4, Beside: 3, Anywhere: 5, Hard: 2, Tilt: 20},
		Look: func(context.Context, *image.RGBA) ([]Detection, error) {
			return []Detection{{image.Rect(200, 200, 260, 260), 2}}, nil
		},
	}
}

// files are the files of a folder with their content.
func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestMineKeepsCropsAndLists(t *testing.T) {
	dir, asked := t.TempDir(), 0
	var told []Mined
	r := mineRun(dir, &asked)
	r.Report = func(m Mined) { told = append(told, m) }
	m, err := Mine(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	// 2 faces x 4, and 3 faces x 3 beside, 5 anywhere, 1 mistake
	if want := (Mined{Scenes: 2, Faces: 8, Others: 15, Valid: 23}); m != want || len(told) != 2 || told[1] != m {
		t.Errorf("mined %+v, told %+v; want %+v", m, told, want)
	}
	for name, n := range map[string]int{MinedTrain: 23, MinedValid: 23} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(data)), "\n")
		if len(lines) != n {
			t.Errorf("%s has %d lines, want %d", name, len(lines), n)
		}
		for _, line := range lines {
			path, class, _ := strings.Cut(line, " ")
			f, err := os.Open(filepath.Join(dir, path))
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(f)
			f.Close()
			if err != nil || img.Bounds() != image.Rect(0, 0, 16, 16) {
				t.Fatalf("%s: %v, %v", path, err, img.Bounds())
			}
			if strings.Contains(path, "-face-") != (class == "0") || strings.Contains(path, "-other-") != (class == "1") {
				t.Errorf("%s is listed as %s", path, class)
			}
		}
	}

	// A whole round is left as it is.
	before := filesBelow(t, dir)
	if again, err := Mine(t.Context(), mineRun(dir, &asked)); err != nil || again != m || asked != 2 {
		t.Errorf("again: %+v, %v, %d scenes asked for", again, err, asked)
	}
	if after := filesBelow(t, dir); len(after) != len(before) {
		t.Errorf("%d files, then %d", len(before), len(after))
	}
}

func TestMineBrokenOffBeginsAnew(t *testing.T) {
	whole, dir, asked := t.TempDir(), t.TempDir(), 0
	if _, err := Mine(t.Context(), mineRun(whole, &asked)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r := mineRun(dir, &asked)
	r.Report = func(Mined) { cancel() }
	if _, err := Mine(ctx, r); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, MinedFile)); err == nil {
		t.Error("a round that was broken off says that it is whole")
	}
	// What a killed round leaves: a crop that no list names.
	if err := os.WriteFile(filepath.Join(dir, "crops", "left.png"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Mine(t.Context(), mineRun(dir, &asked)); err != nil {
		t.Fatal(err)
	}
	want, got := filesBelow(t, whole), filesBelow(t, dir)
	if len(got) != len(want) {
		t.Errorf("%d files, want the %d of a round in one go", len(got), len(want))
	}
	for name, data := range want {
		if got[name] != data {
			t.Errorf("%s differs from that of a round in one go", name)
		}
	}
}

func TestRoundsDrawOtherWindows(t *testing.T) {
	a, b, asked := t.TempDir(), t.TempDir(), 0
	r := mineRun(a, &asked)
	if _, err := Mine(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Dir, r.Round = b, 1
	if _, err := Mine(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	one, two := filesBelow(t, a), filesBelow(t, b)
	for name, data := range one {
		if two[name] == data && strings.HasSuffix(name, "-face-0000.png") {
			t.Errorf("round 1 has the same %s as round 0", name)
		}
	}
}

func TestMinePassesOnWhatGoesWrong(t *testing.T) {
	broken := errors.New("broken")
	r := mineRun(t.TempDir(), new(int))
	r.Look = func(context.Context, *image.RGBA) ([]Detection, error) { return nil, broken }
	if _, err := Mine(t.Context(), r); !errors.Is(err, broken) || !strings.Contains(err.Error(), "ü.jpg") {
		t.Errorf("error %v, want one that names the picture", err)
	}
	r = mineRun(t.TempDir(), new(int))
	if err := os.WriteFile(filepath.Join(r.Dir, MinedFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Mine(t.Context(), r); err == nil || !strings.Contains(err.Error(), "delete the folder") {
		t.Errorf("error %v, want what to do with a damaged folder", err)
	}
}
