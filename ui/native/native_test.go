package native

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// desk is an asker whose dialogs are played by the test, and whose UI
// goroutine is the test's.
type desk struct {
	*asker
	asked   chan Question
	answer  chan any // a path, an error, or a crash
	posted  chan func()
	fyne    []Question
	gotPath []string
}

type crash string

func newDesk(t *testing.T) *desk {
	d := &desk{asked: make(chan Question, 1), answer: make(chan any), posted: make(chan func())}
	d.asker = &asker{
		show: func(q Question) (string, error) {
			d.asked <- q
			switch a := (<-d.answer).(type) {
			case error:
				return "", a
			case crash:
				panic(string(a))
			default:
				return a.(string), nil
			}
		},
		fallback: func(_ fyne.Window, q Question, done func(string)) {
			d.fyne = append(d.fyne, q)
			done("from Fyne")
		},
		post: func(f func()) { d.posted <- f },
	}
	t.Cleanup(func() {
		if d.jobs != nil {
			close(d.jobs)
		}
	})
	return d
}

func (d *desk) done(path string) { d.gotPath = append(d.gotPath, path) }

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer any
		want   string
		broken bool
	}{
		{"a path", "/a/b.png", "/a/b.png", false},
		{"cancelled", "", "", false},
		{"no display", crash("gtk initialisation failed"), "from Fyne", true},
		{"an error", errors.New("no dialog"), "from Fyne", true},
	} {
		d := newDesk(t)
		q := Question{Kind: AnyFile, Title: "open"}
		for range 2 {
			d.ask(nil, q, d.done)
			if d.broken {
				break
			}
			<-d.asked
			d.answer <- c.answer
			(<-d.posted)()
		}
		if want := []string{c.want, c.want}; !slices.Equal(d.gotPath, want) {
			t.Errorf("%s: answered %q, want %q", c.name, d.gotPath, want)
		}
		if d.broken != c.broken || d.busy {
			t.Errorf("%s: broken %v, busy %v", c.name, d.broken, d.busy)
		}
	}
}

func TestOneAtATime(t *testing.T) {
	d := newDesk(t)
	d.ask(nil, Question{Title: "first"}, d.done)
	<-d.asked
	d.ask(nil, Question{Title: "second"}, func(path string) {
		if path != "" {
			t.Errorf("second question: %q, want a cancel", path)
		}
		d.gotPath = append(d.gotPath, "second")
	})
	d.answer <- "one"
	(<-d.posted)()
	if want := []string{"second", "one"}; !slices.Equal(d.gotPath, want) {
		t.Errorf("answers %q, want %q", d.gotPath, want)
	}
	d.ask(nil, Question{Title: "third"}, d.done)
	if q := <-d.asked; q.Title != "third" {
		t.Errorf("asked %q, want the third", q.Title)
	}
	d.answer <- "three"
	(<-d.posted)()
}

// A caller may ask the next question from within the answer.
func TestAskFromTheAnswer(t *testing.T) {
	d := newDesk(t)
	d.ask(nil, Question{}, func(string) { d.ask(nil, Question{Title: "next"}, d.done) })
	<-d.asked
	d.answer <- ""
	(<-d.posted)()
	if q := <-d.asked; q.Title != "next" {
		t.Errorf("asked %q", q.Title)
	}
	d.answer <- "x"
	(<-d.posted)()
}

func TestWithExtension(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.WriteFile(taken+".frglab", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	filters := []Filter{{"Projects", []string{"frglab", "db"}}}
	for _, c := range []struct {
		name    string
		path    string
		filters []Filter
		want    string
	}{
		{"added", filepath.Join(dir, "new"), filters, filepath.Join(dir, "new.frglab")},
		{"has one", filepath.Join(dir, "new.db"), filters, filepath.Join(dir, "new.db")},
		{"has a foreign one", filepath.Join(dir, "new.txt"), filters, filepath.Join(dir, "new.txt")},
		{"would overwrite unasked", taken, filters, taken},
		{"no filters", filepath.Join(dir, "new"), nil, filepath.Join(dir, "new")},
		{"all files", filepath.Join(dir, "new"), []Filter{{"All", []string{"*"}}}, filepath.Join(dir, "new")},
		{"cancelled", "", filters, ""},
	} {
		if got := withExtension(c.path, c.filters); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBothCases(t *testing.T) {
	if got, want := bothCases([]string{"png", "jpg"}), []string{"png", "PNG", "jpg", "JPG"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExtensions(t *testing.T) {
	pictures := Filter{"Pictures", []string{"png", "jpg"}}
	if got, want := extensions([]Filter{pictures, {"Video", []string{"mp4"}}}), []string{".png", ".jpg", ".mp4"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := extensions([]Filter{pictures, {"All", []string{"*"}}}); got != nil {
		t.Errorf("with a filter for all files: got %q", got)
	}
}

// overlay finds what a dialog of Fyne shows.
func overlay[T fyne.CanvasObject](t *testing.T, w fyne.Window, pick func(T) bool) T {
	t.Helper()
	top := w.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("no dialog is shown")
	}
	for _, o := range test.LaidOutObjects(top) {
		if v, ok := o.(T); ok && pick(v) {
			return v
		}
	}
	t.Fatal("the dialog lacks a part")
	panic("unreachable")
}

func button(t *testing.T, w fyne.Window, label string) *widget.Button {
	return overlay(t, w, func(b *widget.Button) bool { return b.Text == label })
}

func TestFallbackSaveNeverTouchesTheFile(t *testing.T) {
	test.NewTempApp(t)
	w := test.NewTempWindow(t, widget.NewLabel(""))
	w.Resize(fyne.NewSize(600, 400))
	dir := t.TempDir()
	old := filepath.Join(dir, "old.frglab")
	if err := os.WriteFile(old, []byte("labels"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	ask := func(path, confirm string) {
		showFyne(w, Question{Kind: NewFile, Title: "Save", Name: filepath.Join(dir, "proposal.frglab")}, func(p string) { got = append(got, p) })
		entry := overlay(t, w, func(*widget.Entry) bool { return true })
		if entry.Text != filepath.Join(dir, "proposal.frglab") {
			t.Errorf("proposed %q", entry.Text)
		}
		entry.SetText(path)
		test.Tap(button(t, w, "Save"))
		if confirm != "" {
			test.Tap(button(t, w, confirm))
		}
	}
	fresh := filepath.Join(dir, "new.frglab")
	ask(fresh, "")
	ask(old, "Yes")
	ask(old, "No")
	if want := []string{fresh, old, ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if b, err := os.ReadFile(old); err != nil || string(b) != "labels" {
		t.Errorf("the old file holds %q, %v", b, err)
	}
	if exists(fresh) {
		t.Error("the new file was made")
	}
}

func TestFallbackOpenCancelled(t *testing.T) {
	test.NewTempApp(t)
	w := test.NewTempWindow(t, widget.NewLabel(""))
	w.Resize(fyne.NewSize(900, 700))
	for _, k := range []Kind{AnyFile, Folder} {
		told := 0
		showFyne(w, Question{Kind: k, Title: "Choose", Filters: []Filter{{"Pictures", []string{"png"}}}}, func(p string) {
			told++
			if p != "" {
				t.Errorf("cancelled, but got %q", p)
			}
		})
		test.Tap(button(t, w, "Cancel"))
		if told != 1 {
			t.Errorf("kind %d: told %d times, want once", k, told)
		}
	}
}
