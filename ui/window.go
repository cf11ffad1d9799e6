package ui

import (
	"fmt"
	"image"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/assets"
	"frglab/engine"
	"frglab/ui/native"
)

// Options is what the composition root hands in.
type Options struct {
	App     fyne.App
	Devices []engine.Device // the first that opens is the default
	Dialogs native.Dialogs  // ask for files and folders
	Version string
	Open    []string // projects, models, pictures, videos or folders to open
}

// Run shows the window and blocks until it is closed, which ends the program.
func Run(o Options) error {
	w, err := newWindow(o)
	if err != nil {
		return err
	}
	w.quit = w.exit
	w.open(o.Open)
	w.win.ShowAndRun()
	return nil
}

// window is the frame around the tabs.
type window struct {
	*session
	tabs   *container.AppTabs
	label  *labelTab
	train  *trainTab
	detect *detectTab
	eval   *evaluateTab
	status *statusBar
	quit   func() // the last step of close
}

func newWindow(o Options) (*window, error) {
	if err := setLanguage(o.App.Preferences().String(prefLanguage), assets.Translations()); err != nil {
		return nil, err
	}
	devices := slices.DeleteFunc(slices.Clone(o.Devices), func(d engine.Device) bool { return d.Absent })
	s := &session{app: o.App, devices: devices, dialogs: o.Dialogs, version: o.Version, jobs: &jobs{onUI: fyne.Do}, finder: &finder{devices: devices}}
	s.win = o.App.NewWindow("FrgLab")
	s.win.SetIcon(fyne.NewStaticResource("icon.png", assets.Icon()))
	s.collect = newCollector(s)
	w := &window{session: s, status: newStatusBar(s)}
	w.quit = s.win.Close
	s.jobs.changed = w.status.refresh
	s.jobs.failed = w.showFailure
	s.applyTheme()

	w.label, w.train, w.detect = newLabelTab(s), newTrainTab(s), newDetectTab(s)
	w.eval = newEvaluateTab(s, w.detect.setup)
	w.eval.onOpen = w.showFile
	w.label.showKeys = w.showKeys
	w.tabs = container.NewAppTabs(
		container.NewTabItemWithIcon(tr("Label"), theme.GridIcon(), w.label.content),
		container.NewTabItemWithIcon(tr("Train"), theme.MediaRecordIcon(), w.train.content),
		container.NewTabItemWithIcon(tr("Detect"), theme.SearchIcon(), w.detect.content),
		container.NewTabItemWithIcon(tr("Evaluate"), theme.ListIcon(), w.eval.content),
	)
	w.tabs.OnSelected = func(*container.TabItem) { w.focusTab() }
	s.onProject = append(s.onProject, w.projectChanged)
	w.detect.onShown = w.retitle
	w.detect.learner.train = w.train.launch
	w.detect.learner.busy = func() bool { return w.train.running != nil }
	w.detect.onShowSamples = func(ids []int64, what string) {
		w.tabs.SelectIndex(tabLabel)
		w.label.showOnly(ids, what)
	}
	w.train.onTold = func() {
		if j := w.train.running; j != nil {
			w.detect.learner.told(j.progress())
		}
	}
	w.train.onShowSamples = func(ids []int64, what string) {
		w.tabs.SelectIndex(tabLabel)
		w.label.showOnly(ids, what)
	}
	s.win.SetContent(container.NewBorder(nil, w.status.content, nil, nil, w.tabs))
	s.win.SetMainMenu(w.menu())
	s.win.SetOnDropped(w.dropped)
	s.win.SetCloseIntercept(w.close)
	s.win.Canvas().SetOnTypedKey(w.typed)
	s.win.Canvas().SetOnTypedRune(w.typedRune)
	prefs := o.App.Preferences()
	s.win.Resize(fyne.NewSize(
		float32(prefs.FloatWithFallback(prefWidth, 1180)), float32(prefs.FloatWithFallback(prefHeight, 760))))
	s.win.SetMaster()
	return w, nil
}

// The names under which preferences are kept.
const (
	prefLanguage = "language" // "", en, ja
	prefTheme    = "theme"    // "", light, dark
	prefRecent   = "recent"   // projects, last one first
	prefModel    = "model"    // path of the model that was kept last; "": the bundled one
	prefWidth    = "window.width"
	prefHeight   = "window.height"
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

func (w *window) lastProject() []string {
	for _, p := range w.recent() {
		if _, err := os.Stat(p); err == nil {
			return []string{p}
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
		w.label.importFrom(l)
		w.tabs.SelectIndex(tabLabel)
	}
	if w.tabs.SelectedIndex() == tabLabel && len(folders) > 0 {
		for _, f := range folders {
			w.label.importFrom(f)
		}
	} else {
		media = append(media, folders...)
	}
	if len(media) > 0 {
		w.detect.openPaths(media)
		w.tabs.SelectIndex(tabDetect)
	}
}

const (
	tabLabel = iota
	tabTrain
	tabDetect
	tabEvaluate
)

// focusTab gives the keys to the tab that is shown.
func (w *window) focusTab() {
	switch w.tabs.SelectedIndex() {
	case tabLabel:
		w.label.focus()
	case tabDetect:
		w.detect.follow()
		w.detect.focus()
	case tabEvaluate:
		w.eval.focus()
	default:
		w.win.Canvas().Unfocus()
	}
	if w.tabs.SelectedIndex() != tabDetect {
		w.detect.video.pause()
	}
	w.train.shown(w.tabs.SelectedIndex() == tabTrain)
	w.retitle()
}

// projectChanged follows another project into title, menu and focus.
func (w *window) projectChanged() {
	w.retitle()
	w.win.SetMainMenu(w.menu()) // the recent projects
	w.focusTab()
}

// retitle names what is on screen: the picture of the Detect tab, the project.
func (w *window) retitle() {
	var parts []string
	if w.tabs.SelectedIndex() == tabDetect {
		parts = append(parts, w.detect.showing())
	}
	if w.project != nil {
		name := w.project.Name()
		if w.project.ReadOnly() {
			name += " (" + tr("read-only") + ")"
		}
		parts = append(parts, name)
	}
	parts = append(parts, "FrgLab")
	w.win.SetTitle(strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " – "))
}

func (w *window) menu() *fyne.MainMenu {
	item := func(text string, key fyne.KeyName, action func()) *fyne.MenuItem {
		i := fyne.NewMenuItem(text, action)
		if key != "" {
			i.Shortcut = &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
		}
		return i
	}
	recent := item(tr("Recent projects"), "", nil)
	var recentItems []*fyne.MenuItem
	for _, p := range w.recent() {
		recentItems = append(recentItems, fyne.NewMenuItem(filepath.Base(p)+"  –  "+filepath.Dir(p), func() { w.openProject(p) }))
	}
	recent.ChildMenu = fyne.NewMenu("", recentItems...)
	recent.Disabled = len(recentItems) == 0
	file := fyne.NewMenu(tr("File"),
		item(tr("New project…"), fyne.KeyN, func() {
			w.dialogs.SaveFile(w.win, tr("New project"), tr("untitled")+projectExt, projectFilters(), func(p string) {
				if p != "" {
					w.createProject(p)
				}
			})
		}),
		item(tr("Open project…"), fyne.KeyO, func() {
			w.dialogs.OpenFile(w.win, tr("Open project"), projectFilters(), func(p string) {
				if p != "" {
					w.openProject(p)
				}
			})
		}),
		recent,
		item(tr("Open the sample project"), "", func() {
			p, err := w.samplePath()
			w.show(err)
			if err == nil {
				w.openProject(p)
			}
		}),
		fyne.NewMenuItemSeparator(),
		item(tr("Collect from a video or picture…"), "", w.collect.ask),
		item(tr("Collect from a folder…"), "", w.collect.askFolder),
		item(tr("Import a folder…"), "", func() {
			w.dialogs.OpenFolder(w.win, tr("Class folders, VOC or YOLO"), w.label.importFrom)
		}),
		item(tr("Import a file…"), "", func() {
			w.dialogs.OpenFile(w.win, tr("List, COCO or CSV"), []native.Filter{{Name: tr("Labelled crops or boxes"), Extensions: listExtensions}}, w.label.importFrom)
		}),
		item(tr("Export…"), fyne.KeyE, w.askExport),
		fyne.NewMenuItemSeparator(),
		item(tr("Open picture or video…"), fyne.KeyP, func() {
			w.tabs.SelectIndex(tabDetect)
			w.detect.ask()
		}),
		item(tr("Open a folder of pictures…"), "", func() {
			w.tabs.SelectIndex(tabDetect)
			w.detect.askFolder()
		}),
		item(tr("Open model…"), fyne.KeyM, func() {
			w.dialogs.OpenFile(w.win, tr("Open model"), []native.Filter{{Name: tr("Models"), Extensions: []string{"safetensors"}}}, func(p string) {
				if p != "" {
					w.loadModel(p)
				}
			})
		}),
		item(tr("Use the bundled model"), "", w.useBundled),
	)
	quit := item(tr("Quit"), fyne.KeyQ, w.close)
	quit.IsQuit = true
	file.Items = append(file.Items, fyne.NewMenuItemSeparator(), quit)
	// Fyne has shortcuts of its own for these two keys.
	undo := fyne.NewMenuItem(tr("Undo"), func() { w.history(&fyne.ShortcutUndo{}, w.label.undo) })
	redo := fyne.NewMenuItem(tr("Redo"), func() { w.history(&fyne.ShortcutRedo{}, w.label.redo) })
	undo.Shortcut, redo.Shortcut = &fyne.ShortcutUndo{}, &fyne.ShortcutRedo{}
	paste := fyne.NewMenuItem(tr("Paste a picture"), w.paste)
	paste.Shortcut = &fyne.ShortcutPaste{}
	edit := fyne.NewMenu(tr("Edit"), undo, redo, paste, item(tr("History…"), fyne.KeyH, w.label.showHistory))
	view := fyne.NewMenu(tr("View"),
		item(tr("Label"), fyne.Key1, func() { w.tabs.SelectIndex(tabLabel) }),
		item(tr("Train"), fyne.Key2, func() { w.tabs.SelectIndex(tabTrain) }),
		item(tr("Detect"), fyne.Key3, func() { w.tabs.SelectIndex(tabDetect) }),
		item(tr("Evaluate"), fyne.Key4, func() { w.tabs.SelectIndex(tabEvaluate) }),
		fyne.NewMenuItemSeparator(),
		item(tr("Statistics"), fyne.KeyI, w.label.showStats),
		fyne.NewMenuItemSeparator(),
		w.choice(tr("Dark"), prefTheme, "dark"), w.choice(tr("Light"), prefTheme, "light"), w.choice(tr("As the system"), prefTheme, ""),
		fyne.NewMenuItemSeparator(),
		w.choice("English", prefLanguage, "en"), w.choice("日本語", prefLanguage, "ja"),
	)
	run := fyne.NewMenu(tr("Run"),
		item(tr("Start or stop training"), fyne.KeyT, w.train.toggle),
		item(tr("Review crops…"), fyne.KeyR, w.label.reviews.ask),
		fyne.NewMenuItemSeparator(),
		item(tr("Detect in all open pictures"), fyne.KeyD, func() {
			w.tabs.SelectIndex(tabDetect)
			w.detect.folder.toggle()
		}),
		item(tr("Export what was found…"), fyne.KeyB, func() {
			w.tabs.SelectIndex(tabDetect)
			w.detect.folder.ask()
		}),
	)
	help := fyne.NewMenu(tr("Help"),
		item(tr("Keys"), fyne.KeySlash, w.showKeys),
		item(tr("About FrgLab"), "", w.showAbout),
	)
	return fyne.NewMainMenu(file, edit, view, run, help)
}

// typed gets the keys that no widget wants: Escape closes a dialog.
func (w *window) typed(k *fyne.KeyEvent) {
	overlays := w.win.Canvas().Overlays()
	if top := overlays.Top(); top != nil && k.Name == fyne.KeyEscape {
		overlays.Remove(top)
		w.focusTab()
	} else if top == nil && w.tabs.SelectedIndex() == tabLabel {
		w.label.typedKey(k.Name)
	}
}

// typedRune gets the characters that no widget wants: those of the Label and Detect
// tabs after a click beside their crops and pictures, and the sheet of keys.
func (w *window) typedRune(r rune) {
	switch {
	case w.win.Canvas().Overlays().Top() != nil:
	case w.tabs.SelectedIndex() == tabLabel:
		w.label.typedRune(r)
	case w.tabs.SelectedIndex() == tabDetect && w.detect.rune(r):
	case r == '?':
		w.showKeys()
	}
}

// history undoes or redoes typing where the keys go to a text field, else labels.
func (w *window) history(key fyne.Shortcut, labels func()) {
	if entry, ok := w.win.Canvas().Focused().(*widget.Entry); ok {
		entry.TypedShortcut(key)
		return
	}
	labels()
	w.detect.follow()
}

// paste pastes text where the keys go to a text field, else opens what is in the clipboard.
func (w *window) paste() {
	if entry, ok := w.win.Canvas().Focused().(*widget.Entry); ok {
		entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: w.app.Clipboard()})
		return
	}
	w.openClipboard()
}

// choice is a menu item that sets a preference and carries a tick while it holds.
func (w *window) choice(text, pref, value string) *fyne.MenuItem {
	prefs := w.app.Preferences()
	i := fyne.NewMenuItem(text, func() {
		prefs.SetString(pref, value)
		if pref == prefLanguage {
			dialog.ShowInformation(tr("Language"), tr("The language changes when FrgLab starts again."), w.win)
		}
		w.applyTheme()
		w.win.SetMainMenu(w.menu())
	})
	i.Checked = prefs.String(pref) == value
	return i
}

func (w *window) close() {
	size := w.win.Canvas().Size()
	w.app.Preferences().SetFloat(prefWidth, float64(size.Width))
	w.app.Preferences().SetFloat(prefHeight, float64(size.Height))
	w.jobs.stop(10 * time.Second)
	w.label.close()
	w.eval.close()
	if err := w.closeFrames(); err != nil {
		slog.Error("close video", "err", err)
	}
	w.detect.close()
	w.train.runs.emptyBin()
	if w.project != nil {
		if err := w.project.Close(); err != nil {
			slog.Error("close project", "err", err)
		}
	}
	w.quit()
}

// exit ends the program once the preferences are written, which Fyne does up to a tenth of a
// second after a change. Fyne's own end (2.8.0, runGL) is a race: the last events go
// to a queue that is being closed, and now and then it panics or waits for ever.
func (w *window) exit() {
	w.win.Hide()
	time.AfterFunc(300*time.Millisecond, func() { os.Exit(0) })
}

// showFailure is where every failure ends: a dialog with what happened and what to
// do; the rest of the message, such as a stack, goes to the log.
func (w *window) showFailure(name string, err error) {
	text, rest, _ := strings.Cut(err.Error(), "\n")
	slog.Error("failed", "job", name, "err", text, "detail", rest)
	title := name
	if title == "" {
		title = tr("That did not work")
	}
	label := widget.NewLabel(reason(text))
	label.Wrapping = fyne.TextWrapWord
	label.Selectable = true
	d := dialog.NewCustom(title, tr("Close"), label, w.win)
	d.Resize(fyne.NewSize(480, 0))
	d.Show()
}

func (w *window) showAbout() {
	text := widget.NewLabel(assets.Notice())
	text.TextStyle.Monospace = true
	d := dialog.NewCustom(fmt.Sprintf("FrgLab %s", w.version), tr("Close"), container.NewScroll(text), w.win)
	d.Resize(fyne.NewSize(680, 460))
	d.Show()
}

// recent lists the projects opened last, newest first.
func (s *session) recent() []string { return s.app.Preferences().StringList(prefRecent) }

func (s *session) remember(path string) {
	list := slices.DeleteFunc(s.recent(), func(p string) bool { return p == path })
	list = append([]string{path}, list...)
	s.app.Preferences().SetStringList(prefRecent, list[:min(8, len(list))])
}
