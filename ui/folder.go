package ui

import (
	"cmp"
	"image"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/engine"
)

// folderStrip is the row below the panes where several files are open: their pictures
// with what was found in each. It looks at all of them in the background (folderrun.go),
// puts those first in which the detectors disagree, and writes out what they found
// (folderexport.go).
type folderStrip struct {
	t       *detectTab
	content fyne.CanvasObject
	film    *film
	order   *widget.Select
	run     *widget.Button
	export  *widget.Button

	*folder
}

// folder is what is known about the files that are open. Others get another one, so work
// that began with this one shows by it whether it is still wanted. Its keys are the
// sources of the files.
type folder struct {
	first   *picture       // of the open files
	rank    map[string]int // as they were opened
	known   map[string]folderFinding
	counted map[string]filmCounts  // of known, at the present parameters
	thumbs  map[string]image.Image // nil where there is none
	loading bool                   // a thumb is on its way
	job     *job                   // looks at all, or exports; nil for none
	asked   detectSetup            // by job
	exports bool                   // job does
}

// folderFinding is what was found in one of the pictures.
type folderFinding struct {
	finding
	set  detectSetup // that was asked with
	size image.Point // of the picture
	err  error       // why nothing was found
}

// The rows of the select.
const (
	orderName = iota
	orderApart
)

func newFolderStrip(t *detectTab) *folderStrip {
	s := &folderStrip{t: t, folder: newFolder(nil)}
	s.film = newFilm(s.cell)
	s.film.onPicked = func(i int) {
		t.show(i)
		t.s.win.Canvas().Focus(t.left) // the keys of the panes go on working
	}
	s.film.onView = s.loadThumbs
	s.order = widget.NewSelect([]string{tr("By name"), tr("Most disagreement first")}, nil)
	s.order.SetSelectedIndex(orderName)
	s.order.OnChanged = func(string) { s.sort(); s.film.scroll(-s.film.limit()) }
	s.run = widget.NewButtonWithIcon("", nil, s.toggle)
	s.export = widget.NewButtonWithIcon(tr("Export…"), theme.UploadIcon(), s.ask)
	side := container.NewVBox(s.run, s.order, s.export)
	s.content = container.NewBorder(widget.NewSeparator(), nil, container.New(fixedWidth(210), side), nil, container.NewPadded(container.New(fixedHeight(filmHeight), container.NewClip(s.film))))
	s.buttons()
	return s
}

func newFolder(open []picture) *folder {
	f := &folder{rank: map[string]int{}, known: map[string]folderFinding{}, counted: map[string]filmCounts{}, thumbs: map[string]image.Image{}}
	for i, p := range open {
		f.rank[p.source()] = i
		f.first = &open[0]
	}
	return f
}

func (s *folderStrip) object() fyne.CanvasObject { return s.content }

func (s *folderStrip) shown(shot detectShot, open []picture) bool {
	if len(open) == 0 {
		return false
	}
	if s.first != &open[0] {
		if s.job != nil && !s.exports {
			s.job.cancel()
		}
		s.folder = newFolder(open)
		s.order.Selected = s.order.Options[orderName]
		s.order.Refresh()
		s.buttons()
	}
	s.film.show(len(open), shot.index)
	return len(open) > 1
}

// found notes what the detectors found in the picture on screen, when both answered.
func (s *folderStrip) found(shot detectShot, f finding) {
	set := s.t.asked
	if shot.index < 0 || shot.img == nil || shot.file.frames > 0 || f.cascade.took == 0 || set.model != nil && f.cnn.scan == nil {
		return
	}
	s.keep(folderShot{key: shot.file.source(), finding: &folderFinding{finding: f, set: set, size: shot.img.Rect.Size()}})
	s.film.Refresh()
}

// retuned counts anew; a run that looks with other parameters begins again, while an
// export goes on with those that it was started with.
func (s *folderStrip) retuned() {
	clear(s.counted)
	s.film.Refresh()
	if s.job != nil && !s.exports && !s.t.setup().sameWork(s.asked) {
		s.job.cancel()
		s.job = nil
		s.start()
	}
}

func (s *folderStrip) close() {}

// cell is what the film shows of a file.
func (s *folderStrip) cell(i int) filmCell {
	f := s.t.files[i]
	c := filmCell{name: filepath.Base(f.name), thumb: s.thumbs[f.source()]}
	switch k, ok := s.known[f.source()]; {
	case ok && k.err != nil:
		c.sign = tr("unreadable")
	case f.frames > 0 || isVideoName(f.path):
		c.sign = tr("video")
	case ok:
		c.filmCounts = s.counts(f)
	}
	return c
}

// counts are the numbers of boxes in a file at the present parameters.
func (s *folderStrip) counts(f picture) filmCounts {
	key := f.source()
	c, ok := s.counted[key]
	if !ok {
		c = s.known[key].counts(s.t.setup())
		s.counted[key] = c
	}
	return c
}

// counts are the numbers of boxes at a setup, where that needs no other scores than those
// that were computed.
func (k folderFinding) counts(set detectSetup) filmCounts {
	if k.err != nil || !k.set.sameWork(set) {
		return filmCounts{}
	}
	a, b, err := k.detections(set)
	if err != nil {
		return filmCounts{}
	}
	c := filmCounts{looked: true, cnn: len(a), cascade: len(b), apart: disagreement(a, b)}
	if set.model == nil {
		c.cnn, c.apart = -1, 0
	}
	return c
}

// disagreement is how many boxes of either have none of the other's on the same face.
func disagreement(a, b []engine.Detection) (n int) {
	alone := func(d engine.Detection, others []engine.Detection) bool {
		return !slices.ContainsFunc(others, func(o engine.Detection) bool { return engine.IoU(d.Box, o.Box) >= agreement })
	}
	for _, d := range a {
		if alone(d, b) {
			n++
		}
	}
	for _, d := range b {
		if alone(d, a) {
			n++
		}
	}
	return n
}

// sort brings the files into the order that is chosen. Those that nobody looked at come
// last, by name.
func (s *folderStrip) sort() {
	files, apart := slices.Clone(s.t.files), map[string]int{}
	for _, f := range files {
		apart[f.source()] = -1
		if c := s.counts(f); c.looked {
			apart[f.source()] = c.apart
		}
	}
	slices.SortStableFunc(files, func(a, b picture) int {
		byName := cmp.Compare(s.rank[a.source()], s.rank[b.source()])
		if s.order.SelectedIndex() == orderApart {
			return cmp.Or(cmp.Compare(apart[b.source()], apart[a.source()]), byName)
		}
		return byName
	})
	s.t.reorder(files)
	s.film.show(len(files), s.t.at)
}

// isVideoName says by its ending whether a file is a video, before it was opened.
func isVideoName(path string) bool {
	return slices.Contains(videoExtensions, strings.ToLower(filepath.Ext(path)))
}
