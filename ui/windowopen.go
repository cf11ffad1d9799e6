package ui

import (
	"image"
	"net/url"
	"os"
	"slices"

	"fyne.io/fyne/v2"
)

// open shows what the command line named, or else what was open last, or the
// sample project with a sample picture.
func (w *window) open(paths []string) {
	projects, models, media, folders, lists := w.sort(paths)
	if len(models) == 0 {
		w.loadLast()
	}
	if len(projects) == 0 {
		projects = w.lastProject()
	}
	for _, p := range projects[:min(1, len(projects))] {
		w.openProject(p)
	}
	media = append(media, folders...)
	w.openSorted(nil, models, media, nil, lists)
	if len(media) == 0 {
		w.detect.openSamples()
	}
}

// lastProject is the project that was open last and is still there, or else the sample
// project. That another one was open last is told.
func (w *window) lastProject() []string {
	for i, p := range w.recent() {
		if _, err := os.Stat(p); err == nil {
			return []string{p}
		}
		if i == 0 {
			w.missing = p
		}
	}
	p, err := w.samplePath()
	if err != nil {
		return nil
	}
	return []string{p}
}

func (w *window) dropped(_ fyne.Position, uris []fyne.URI) {
	var paths []string
	for _, u := range uris {
		paths = append(paths, localPath(u))
	}
	projects, models, media, folders, lists := w.sort(paths)
	if w.tabs.SelectedIndex() == tabEvaluate && len(lists) == 1 {
		w.eval.openTruth(lists[0])
		return
	}
	if w.tabs.SelectedIndex() == tabLabel && w.project != nil && len(projects) == 0 {
		media, folders = nil, w.collect.sees(media, folders)
	}
	w.openSorted(projects, models, media, folders, lists)
}

// showFile turns to the Detect tab with a file at a frame, and a place in it.
func (w *window) showFile(path string, frame int, place image.Rectangle) {
	w.detect.showFile(path, frame, place)
	w.tabs.SelectIndex(tabDetect)
}

// localPath is the file a dropped URI names. Fyne hands on the percent signs of
// some sources undecoded.
func localPath(u fyne.URI) string {
	p := u.Path()
	if _, err := os.Stat(p); err == nil {
		return p
	}
	if decoded, err := url.PathUnescape(p); err == nil {
		return decoded
	}
	return p
}

func (w *window) openSorted(projects, models, media, folders, lists []string) {
	for _, p := range projects[:min(1, len(projects))] {
		w.openProject(p)
	}
	for _, m := range models[:min(1, len(models))] {
		w.loadModel(m)
		w.tabs.SelectIndex(tabDetect)
	}
	for _, l := range lists {
		w.onceOpen(func() { w.label.importFrom(l) })
		w.tabs.SelectIndex(tabLabel)
	}
	if w.tabs.SelectedIndex() == tabLabel && len(folders) > 0 {
		for _, f := range folders {
			w.onceOpen(func() { w.label.importFrom(f) })
		}
	} else {
		media = append(media, folders...)
	}
	if len(media) > 0 {
		w.detect.openPaths(media)
		w.tabs.SelectIndex(tabDetect)
	}
}

// recent lists the projects opened last, newest first.
func (s *session) recent() []string { return s.app.Preferences().StringList(prefRecent) }

func (s *session) remember(path string) {
	list := slices.DeleteFunc(s.recent(), func(p string) bool { return p == path })
	list = append([]string{path}, list...)
	s.app.Preferences().SetStringList(prefRecent, list[:min(8, len(list))])
}
