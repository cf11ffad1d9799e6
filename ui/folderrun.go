package ui

import (
	"context"
	"errors"
	"image"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2/theme"
)

// folderWork looks at many files, one after the other, beside the window. While the
// detectors look at one the next one is read.
type folderWork struct {
	files []picture
	known map[string]folderFinding // a copy: it is read by the work
	set   detectSetup
	look  func(context.Context, *image.RGBA, detectSetup) (finding, error)
	// each gets what was found in every file that could be looked at; img is nil where
	// that was known and all is false. An error ends the work.
	each func(f picture, img *image.RGBA, k folderFinding) error
	all  bool // each needs the pixels of all files

	mu   sync.Mutex
	home []folderShot // found, not yet fetched by the window
}

// folderReport says how the work went.
type folderReport struct {
	looked int
	videos int
	failed []string // a line for each file that could not be looked at
	sick   int      // failures of the detectors
}

// run does the work until it is done or cancelled.
func (w *folderWork) run(ctx context.Context, j *job) (r folderReport, err error) {
	began, done, todo := time.Now(), 0, 0
	for _, f := range w.files {
		if w.takesTime(f) {
			todo++
		}
	}
	read := func(ctx context.Context, f picture) (l decoded) {
		if w.takesTime(f) {
			var pic framePicture
			pic, l.err = f.read(ctx, 0)
			l.img = pic.img
		}
		return l
	}
	err = ahead(ctx, w.files, read, func(f picture, l decoded) error {
		if isVideoName(f.path) {
			r.videos++
			return nil
		}
		if err := w.file(ctx, f, l, &r); err != nil {
			return err
		}
		if w.takesTime(f) {
			done++
			j.tell(float64(done)/float64(todo), progressOf(done, todo, time.Since(began)))
		}
		return nil
	})
	return r, err
}

// decoded are the pixels of a file, or why there are none. Both are nil where nobody needs
// them.
type decoded struct {
	img *image.RGBA
	err error
}

// takesTime says whether a file is to be read.
func (w *folderWork) takesTime(f picture) bool {
	return !isVideoName(f.path) && (w.all || !w.fresh(w.known[f.source()]))
}

// fresh says whether a finding is what the detectors would find again.
func (w *folderWork) fresh(k folderFinding) bool {
	return k.err == nil && k.size != image.Point{} && k.set.sameWork(w.set)
}

// file looks at one file, if nobody did, and hands it on. That it cannot be read is no
// failure of the work.
func (w *folderWork) file(ctx context.Context, f picture, l decoded, r *folderReport) error {
	key, img := f.source(), l.img
	k := w.known[key]
	fresh := w.fresh(k)
	if l.err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.failed = append(r.failed, l.err.Error())
		w.bring(folderShot{key: key, finding: &folderFinding{err: l.err}})
		return nil
	}
	if !fresh {
		found, err := w.look(ctx, img, w.set)
		if err != nil {
			return w.failed(ctx, f, err, r)
		}
		k = folderFinding{finding: found, set: w.set, size: img.Rect.Size()}
		w.bring(folderShot{key: key, thumb: thumbnail(img), finding: &k})
	}
	r.looked++
	if w.each == nil {
		return nil
	}
	return w.each(f, img, k)
}

// failed notes that the detectors failed at a picture, such as one that is too large for
// them. Where they fail at one after the other it is not the pictures: the work ends.
func (w *folderWork) failed(ctx context.Context, f picture, err error, r *folderReport) error {
	const enough = 3
	if r.sick++; ctx.Err() != nil || r.looked == 0 && r.sick == enough {
		return err
	}
	r.failed = append(r.failed, f.name+": "+because(err))
	w.bring(folderShot{key: f.source(), finding: &folderFinding{err: err}})
	return nil
}

func (w *folderWork) bring(s folderShot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.home = append(w.home, s)
}

// fetch gives what was found since the last time.
func (w *folderWork) fetch() (home []folderShot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	home, w.home = w.home, nil
	return home
}

// progressOf is "12 of 40, 2 min left".
func progressOf(done, todo int, took time.Duration) string {
	text := tr("%d of %d", done, todo)
	if done < todo {
		text += ", " + tr("%s left", duration(took.Seconds()/float64(done)*float64(todo-done)))
	}
	return text
}

// toggle starts or stops the look at all files.
func (s *folderStrip) toggle() {
	if s.job != nil {
		s.job.cancel()
		return
	}
	s.start()
}

// start looks at all files that nobody looked at with the present parameters.
func (s *folderStrip) start() {
	w := &folderWork{}
	s.work(tr("Detect in all"), w, w.run, func(r folderReport) {
		s.t.s.notify(tr("%d pictures looked at.", r.looked))
		s.t.s.showLines(tr("These files were passed over"), r.lines())
	})
}

// lines say what was passed over.
func (r folderReport) lines() []string {
	lines := slices.Clone(r.failed)
	if r.videos > 0 {
		lines = append(lines, tr("%d videos: open each, and play it.", r.videos))
	}
	return lines
}

// work runs act, which runs w over the open files in their order. done is told how it went,
// also where it was cancelled. Where others were opened meanwhile an export goes on, and
// a run without one is of no use any more.
func (s *folderStrip) work(name string, w *folderWork, act func(context.Context, *job) (folderReport, error), done func(folderReport)) {
	mine := s.folder
	w.files, w.set, w.look = slices.Clone(s.t.files), s.t.setup(), s.t.finder.look
	w.known = map[string]folderFinding{}
	for key, k := range mine.known {
		w.known[key] = k
	}
	fetch := func() {
		if s.folder != mine {
			return
		}
		for _, shot := range w.fetch() {
			s.keep(shot)
		}
		s.film.Refresh()
	}
	j := &job{name: name, told: fetch}
	mine.job, mine.asked, mine.exports = j, w.set, w.each != nil
	start(s.t.s.jobs, j, act, func(r folderReport, err error) {
		fetch()
		wanted := s.folder == mine && mine.job == j
		if wanted {
			mine.job = nil
			s.buttons()
		}
		if wanted && s.order.SelectedIndex() == orderApart {
			s.sort()
		}
		if (wanted || w.each != nil) && (err == nil || errors.Is(err, context.Canceled)) {
			done(r)
		}
	})
	s.buttons()
}

// buttons says what they do now.
func (s *folderStrip) buttons() {
	if s.job != nil {
		s.run.SetIcon(theme.MediaStopIcon())
		s.run.SetText(tr("Stop"))
		s.export.Disable()
		return
	}
	s.run.SetIcon(theme.MediaPlayIcon())
	s.run.SetText(tr("Detect in all"))
	s.export.Enable()
}
