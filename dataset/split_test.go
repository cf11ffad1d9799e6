package dataset

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// splitOf splits the project, and says on which side each file is.
func splitOf(t *testing.T, p *Project, share float64, seed uint64) map[string]Split {
	t.Helper()
	if err := p.AutoSplit(share, seed); err != nil {
		t.Fatal(err)
	}
	ids, err := p.IDs(Filter{})
	if err != nil {
		t.Fatal(err)
	}
	samples, err := p.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]Split{}
	for _, s := range samples {
		if earlier, ok := of[s.Path]; ok && earlier != s.Split {
			t.Errorf("%s is on both sides", s.Path)
		}
		of[s.Path] = s.Split
	}
	return of
}

func TestAutoSplit(t *testing.T) {
	for _, c := range []struct {
		name   string
		paths  string // FILE is the file's number, FOUR the number of its four
		files  int
		each   int
		share  float64
		group  func(i int) int // files of a group must be on one side
		minVal int             // files on the validation side
		maxVal int
	}{
		{"titles", "/anime/Show FOUR/Show - FILE.mkv", 40, 2, 0.2, func(i int) int { return i / 4 }, 8, 8},
		{"episodes of one title", "/anime/Show/Show - FILE.mkv", 10, 3, 0.3, func(i int) int { return i }, 3, 3},
		{"files of one episode", "/anime/Show/FILE.png", 10, 1, 0.3, func(i int) int { return i }, 3, 3},
		{"two titles, small share", "/anime/Show FOUR/FILE.png", 8, 5, 0.01, func(i int) int { return i / 4 }, 4, 4},
		{"two titles, large share", "/anime/Show FOUR/FILE.png", 8, 5, 0.99, func(i int) int { return i / 4 }, 4, 4},
		{"one file", "/anime/Show/a.png", 1, 5, 0.5, func(int) int { return 0 }, 0, 0},
		{"none", "", 0, 0, 0.5, nil, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProject(t)
			for i := range c.files {
				path := strings.NewReplacer("FILE", fmt.Sprintf("%02d", i), "FOUR", fmt.Sprint(i/4)).Replace(c.paths)
				addTo(t, p, path, 100*i, c.each)
			}
			seen := map[string]bool{}
			for seed := range uint64(5) {
				of := splitOf(t, p, c.share, seed)
				if again := splitOf(t, p, c.share, seed); !reflect.DeepEqual(of, again) {
					t.Errorf("seed %d: two splits differ", seed)
				}
				valid := 0
				for _, s := range of {
					valid += int(s)
				}
				if valid < c.minVal || valid > c.maxVal {
					t.Errorf("seed %d: %d files for validation, want %d to %d", seed, valid, c.minVal, c.maxVal)
				}
				seen[fmt.Sprint(of)] = true
			}
			if c.files > 8 && len(seen) < 2 {
				t.Error("the seed decides nothing")
			}
		})
	}
}

// TestAutoSplitSharesFaces splits few faces among many others: validation must not be
// left with next to none of them by a bad draw.
func TestAutoSplitSharesFaces(t *testing.T) {
	p := newProject(t)
	const files, faces = 200, 40
	for i := range files {
		id := addTo(t, p, fmt.Sprintf("/anime/Show/%03d.png", i), 10*i, 1)[0]
		if i < faces {
			label(t, p, id, Face)
		} else {
			label(t, p, id, Other)
		}
	}
	for seed := range uint64(20) {
		valid := 0
		for path, side := range splitOf(t, p, 0.15, seed) {
			if side == Valid && path < fmt.Sprintf("/anime/Show/%03d.png", faces) {
				valid++
			}
		}
		if valid < 5 || valid > 7 {
			t.Errorf("seed %d: %d of %d faces for validation, want 6 or nearly so", seed, valid, faces)
		}
	}
}

// TestTitlesStayWhole checks the promise that scores rest on: no title on both sides.
func TestTitlesStayWhole(t *testing.T) {
	p := newProject(t)
	n := 0
	for title := range 7 {
		for episode := range 3 {
			addTo(t, p, fmt.Sprintf("/anime/Show %c/Show %[1]c - %02d.mkv", 'A'+title, episode+1), 100*n, 1+title)
			n++
		}
	}
	whole := func(when string) {
		t.Helper()
		stats, err := p.Stats()
		if err != nil {
			t.Fatal(err)
		}
		for _, title := range stats.Titles {
			if title.Train > 0 && title.Valid > 0 {
				t.Errorf("%s: %s has %d samples in train and %d in valid", when, title.Title, title.Train, title.Valid)
			}
		}
	}
	ids, err := p.IDs(Filter{})
	if err != nil {
		t.Fatal(err)
	}
	changes := map[int64]Class{}
	for _, id := range ids {
		changes[id] = Face
	}
	if err := p.Label(changes, "label all"); err != nil {
		t.Fatal(err)
	}
	before := stateText(t, p)
	for seed := range uint64(20) {
		if err := p.AutoSplit(0.3, seed); err != nil {
			t.Fatal(err)
		}
		whole(fmt.Sprint("seed ", seed))
	}
	// What comes later joins its title.
	for title := range 7 {
		id := addTo(t, p, fmt.Sprintf("/anime/Show %c/Show %[1]c - 09.mkv", 'A'+title), 90000+title, 1)[0]
		label(t, p, id, Other)
	}
	whole("after adding")
	for stateText(t, p) != before {
		if _, err := p.Undo(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAutoSplitRefusesShares(t *testing.T) {
	p := newProject(t)
	for _, share := range []float64{0, 1, -1, 20} {
		wantError(t, p.AutoSplit(share, 1), nil, "share", "0.2")
	}
}

// TestAutoSplitKeepsTwinsTogether splits loose files among which are some that
// look alike.
func TestAutoSplitKeepsTwinsTogether(t *testing.T) {
	p := newProject(t)
	var ids []int64
	for i := range 40 {
		ids = append(ids, addTo(t, p, fmt.Sprintf("/anime/Show/%02d.png", i), 10*i, 1)...)
	}
	for i := 3; i < 20; i += 4 { // 1 and 3 are twins of 2, 5 and 7 of 6, ...
		if _, err := p.w.Exec("INSERT INTO twins (sample, leader) VALUES (?1, ?3), (?2, ?3)", ids[i-2], ids[i], ids[i-1]); err != nil {
			t.Fatal(err)
		}
	}
	for seed := range uint64(20) {
		of := splitOf(t, p, 0.3, seed)
		for i := 3; i < 20; i += 4 {
			path := func(i int) string { return fmt.Sprintf("/anime/Show/%02d.png", i) }
			if of[path(i)] != of[path(i-1)] || of[path(i)] != of[path(i-2)] {
				t.Errorf("seed %d: near-duplicates %d to %d are on both sides", seed, i-2, i)
			}
		}
	}
}

// TestAutoSplitCountsWhatIsLabelled: validation is not filled with what nobody labelled.
func TestAutoSplitCountsWhatIsLabelled(t *testing.T) {
	p := newProject(t)
	addTo(t, p, "/anime/Show/Show - 01.mkv", 0, 20) // collected, not looked at
	for i := range 60 {
		label(t, p, addTo(t, p, fmt.Sprintf("/anime/Show/%02d.png", i), 1000+10*i, 1)[0], Class(i%2))
	}
	for seed := range uint64(5) {
		valid := 0
		for path, side := range splitOf(t, p, 0.2, seed) {
			if side == Valid && path != "/anime/Show/Show - 01.mkv" {
				valid++
			}
		}
		if valid != 12 {
			t.Errorf("seed %d: %d of 60 labelled samples for validation, want 12", seed, valid)
		}
	}
}

// TestRetitledFileJoinsItsTitle: a file that gets another title goes to the side of that one, so
// that no title comes to stand on both; with the title that it has it stays where it is.
func TestRetitledFileJoinsItsTitle(t *testing.T) {
	p := newProject(t)
	for i, title := range []string{"A", "A", "B", "B"} {
		info := SourceInfo{Path: fmt.Sprintf("/films/%d.mkv", i), Title: title, Episode: fmt.Sprint(i), Kind: KindVideo}
		if _, err := p.AddSource(info); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.w.Exec("UPDATE sources SET split = 1 WHERE title = 'B'"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		title, episode string
		want           Split
	}{
		{"B", "7", Valid},
		{"B", "8", Valid}, // another episode, the same side
		{"A", "0", Train},
		{"new", "1", Train}, // nobody else has it: it stays
		{"A", "1", Train},
	} {
		id, err := p.AddSource(SourceInfo{Path: "/films/0.mkv", Title: c.title, Episode: c.episode, Kind: KindVideo})
		if err != nil {
			t.Fatal(err)
		}
		var split Split
		if err := p.r.QueryRow("SELECT split FROM sources WHERE id = ?", id).Scan(&split); err != nil || split != c.want {
			t.Errorf("as %s %s it is for %v, want %v; %v", c.title, c.episode, split, c.want, err)
		}
	}
	if _, err := p.w.Exec("UPDATE sources SET split = 1 WHERE path LIKE '%0.mkv'"); err != nil { // somebody wants it so
		t.Fatal(err)
	}
	id, err := p.AddSource(SourceInfo{Path: "/films/0.mkv", Title: "A", Episode: "1", Kind: KindVideo})
	var split Split
	if err := errors.Join(err, p.r.QueryRow("SELECT split FROM sources WHERE id = ?", id).Scan(&split)); err != nil || split != Valid {
		t.Errorf("with the title that it had it is for %v now; %v", split, err)
	}
}
