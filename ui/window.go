package ui

import (
	"fmt"
	"image"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
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
	Aside   string   // where settings are that could not be read, see SetAside; "": none
}

// Run shows the window and blocks until it is closed, which ends the program.
func Run(o Options) error {
	dir := o.App.Storage().RootURI().Path()
	reports := collectCrashes(dir, time.Now())
	for _, r := range reports {
		fmt.Fprintln(os.Stderr, "frglab: it crashed the last time; what is known about it is in", r)
	}
	crash := watchCrashes(dir, o.Version)
	defer crash.end()
	w, err := newWindow(o)
	if err != nil {
		return err
	}
	w.finder.crash = crash
	w.quit = func() { crash.end(); w.exit() }
	w.open(o.Open)
	w.win.Show()
	w.tellStart(o.Aside, reports)
	o.App.Run()
	return nil
}

// tellStart says what the user has to know of the last time: settings that were set aside,
// crashes, a project that is gone.
func (w *window) tellStart(aside string, reports []string) {
	var lines []string
	if aside != "" {
		lines = append(lines, tr("The settings could not be read, so FrgLab begins with its own. The old ones are in %s.", homeless(aside)))
	}
	if len(reports) > 0 {
		lines = append(lines, tr("FrgLab crashed the last time. Projects and labels are safe. What is known about it is in %s: it names no file of yours, and helps whoever is to mend it.", homeless(reports[0])))
	}
	if w.missing != "" {
		lines = append(lines, tr("%s is not there any more: it was moved, renamed or deleted, or its disk is not connected. File › Open project opens it where it is now.", homeless(w.missing)))
	}
	w.showLines(tr("Since the last time"), lines)
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
	quit   func()            // the last step of close
	anew   []func()          // the window is to be built anew, and these called then
	hook   *native.Hook      // of the desktop
	page   fyne.CanvasObject // the manual, while it is open

	missing string // the project that was open last, where it is gone
	leaving bool   // the window is about to close
}

func newWindow(o Options) (*window, error) {
	if err := setLanguage(o.App.Preferences().String(prefLanguage), assets.Translations()); err != nil {
		return nil, err
	}
	devices := slices.DeleteFunc(slices.Clone(o.Devices), func(d engine.Device) bool { return d.Absent })
	s := &session{app: o.App, devices: devices, dialogs: o.Dialogs, version: o.Version, jobs: &jobs{onUI: fyne.Do}, finder: &finder{devices: devices, prefs: o.App.Preferences()}}
	s.win = o.App.NewWindow("FrgLab")
	s.win.SetIcon(fyne.NewStaticResource("icon.png", assets.Icon()))
	s.collect = newCollector(s)
	w := &window{session: s}
	w.quit = s.win.Close
	s.jobs.changed = w.jobsChanged
	s.jobs.failed = w.showFailure
	s.lacksJapanese = lacksJapanese()
	s.applyTheme()
	s.keys, s.tips = loadBindings(s), newTips()
	s.help = func() { w.showManual(manualPages[w.tabs.SelectedIndex()]) }
	s.showKeys = w.showSheet
	prefs := o.App.Preferences()
	w.hook = native.HookWindow(s.win, image.Pt(prefs.Int(prefX), prefs.Int(prefY)), w.functionKey)
	w.build()
	s.win.SetOnDropped(w.dropped)
	s.win.SetCloseIntercept(w.leave)
	s.win.Canvas().SetOnTypedKey(w.typed)
	s.win.Canvas().SetOnTypedRune(w.typedRune)
	// Settings may hold anything; the hook makes too large ones fit.
	s.win.Resize(fyne.NewSize(
		float32(max(640, min(prefs.FloatWithFallback(prefWidth, 1180), 8000))), float32(max(480, min(prefs.FloatWithFallback(prefHeight, 760), 8000)))))
	w.tabs.SelectIndex(max(0, min(prefs.Int(prefTab), tabEvaluate)))
	s.win.SetMaster()
	return w, nil
}

// build makes the tabs and all around them, in the present language, and puts them into
// the window.
func (w *window) build() {
	s := w.session
	s.onProject, s.onSamples, s.onModel, s.onCreated, s.keys.changed = nil, nil, nil, nil, nil
	w.status = newStatusBar(s)
	w.label, w.train, w.detect = newLabelTab(s), newTrainTab(s), newDetectTab(s)
	w.eval = newEvaluateTab(s, w.detect.setup)
	w.eval.onOpen = w.showFile
	w.tabs = container.NewAppTabs(
		container.NewTabItemWithIcon(tr("Label"), theme.GridIcon(), w.label.content),
		container.NewTabItemWithIcon(tr("Train"), theme.MediaRecordIcon(), w.train.content),
		container.NewTabItemWithIcon(tr("Detect"), theme.SearchIcon(), w.detect.content),
		container.NewTabItemWithIcon(tr("Evaluate"), theme.ListIcon(), w.eval.content),
	)
	w.tabs.OnSelected = func(*container.TabItem) { w.focusTab() }
	s.onProject = append(s.onProject, w.projectChanged)
	s.onCreated = append(s.onCreated, func() { w.tabs.SelectIndex(tabLabel) }) // which says how to fill it
	s.keys.changed = append(s.keys.changed, w.keysChanged)
	w.detect.onShown = w.retitle
	w.detect.learner.train = w.train.launch
	w.detect.learner.busy = func() bool { return w.train.running != nil }
	w.detect.onShowSamples = w.showSamples
	w.train.onShowSamples = w.showSamples
	w.train.onTold = func() {
		if j := w.train.running; j != nil {
			w.detect.learner.told(j.progress())
		}
	}
	help := widget.NewButtonWithIcon("", theme.HelpIcon(), s.help)
	help.Importance = widget.LowImportance
	corner := container.NewVBox(container.NewHBox(w.hook.Object, layout.NewSpacer(), s.keyTip(help, actMenuHelp))) // beside the names of the tabs
	s.tips.hide()
	s.win.SetContent(container.NewStack(container.NewBorder(nil, w.status.content, nil, nil, container.NewStack(w.tabs, corner)), s.tips.layer))
	s.win.SetMainMenu(w.menu())
}

// keysChanged writes the present keys wherever the window names some; see also
// bindings.follow.
func (w *window) keysChanged() {
	w.win.SetMainMenu(w.menu())
	w.label.modes[w.label.at].update(nil)
	w.detect.learner.refresh()
	w.detect.inspector.show()
}

// showSamples opens crops in the Label tab, in this order, and looks at current, or where that
// is 0 at the first; what says which they are.
func (w *window) showSamples(ids []int64, current int64, what string) {
	w.tabs.SelectIndex(tabLabel)
	w.label.showOnly(ids, current, what)
}

// The names under which preferences are kept.
const (
	prefLanguage = "language" // "", en, ja
	prefTheme    = "theme"    // "", light, dark
	prefTextSize = "text"     // one of textScales
	prefDevice   = "device"   // name of a device; "": the first that works
	prefFolder   = "folder"   // of new projects; "": the user's home
	prefRecent   = "recent"   // projects, last one first
	prefModel    = "model"    // path of the model that was kept last; "": the bundled one
	prefTab      = "window.tab"
	prefX        = "window.x" // on the desktop, in pixels; both 0: not known
	prefY        = "window.y"
	prefWidth    = "window.width"
	prefHeight   = "window.height"
)

const (
	tabLabel = iota
	tabTrain
	tabDetect
	tabEvaluate
)

// focusTab gives the keys to the tab that is shown, unless a dialog lies over it.
func (w *window) focusTab() {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
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
	w.win.SetTitle(oneLined(strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " – ")))
}

// typed gets the keys that no widget wants: Escape closes a dialog.
func (w *window) typed(k *fyne.KeyEvent) {
	overlays := w.win.Canvas().Overlays()
	switch top := overlays.Top(); {
	case w.functionKey(k.Name):
	case top != nil && k.Name == fyne.KeyEscape:
		overlays.Remove(top)
		w.focusTab()
	case top == nil:
		w.pressed(keyOf(k.Name))
	}
}

// typedRune gets the characters that no widget wants.
func (w *window) typedRune(r rune) {
	if w.win.Canvas().Overlays().Top() == nil {
		w.pressed(runeKey(r))
	}
}

// pressed does what a key does in the tab on screen, such as after a click beside its
// crops or pictures.
func (w *window) pressed(k key) bool {
	switch w.tabs.SelectedIndex() {
	case tabLabel:
		return w.keys.pressed(k, w.label.at, w.label.act)
	case tabDetect:
		return w.keys.pressed(k, modeDetect, w.detect.act)
	case tabEvaluate:
		return w.keys.pressed(k, modeEvaluate, w.eval.act)
	}
	return w.keys.pressed(k, modeTrain, w.train.act)
}

// functionKey does what a key from F1 on does in the menu. It is asked before any widget,
// for Fyne gives such a key to the one with the focus alone.
func (w *window) functionKey(name fyne.KeyName) bool {
	if !key(name).ofFunction() || w.asksForKey() {
		return false
	}
	a, ok := w.keys.find(key(name), modeMenu)
	if !ok {
		return false
	}
	for _, m := range w.win.MainMenu().Items {
		for _, i := range m.Items {
			if i.Shortcut != nil && i.Shortcut.ShortcutName() == w.keys.shortcut(a).ShortcutName() {
				i.Action()
			}
		}
	}
	return true
}

// typing is the text field that the keys go to, or nil.
func (w *window) typing() fyne.Shortcutable {
	switch e := w.win.Canvas().Focused().(type) {
	case *widget.Entry:
		return e
	case *sheetEntry:
		return e
	}
	return nil
}

// history undoes or redoes typing where the keys go to a text field, else labels.
func (w *window) history(key fyne.Shortcut, labels func()) {
	if entry := w.typing(); entry != nil {
		entry.TypedShortcut(key)
		return
	}
	labels()
	w.detect.follow()
}

// paste pastes text where the keys go to a text field, else opens what is in the clipboard.
func (w *window) paste() {
	if entry := w.typing(); entry != nil {
		entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: w.app.Clipboard()})
		return
	}
	w.openClipboard()
}

// leave closes the window. Where work runs, which may take seconds to save, it says so
// first.
func (w *window) leave() {
	if w.leaving {
		return
	}
	w.leaving = true
	var names []string
	for _, j := range w.jobs.running {
		if !j.quiet {
			names = append(names, j.name)
		}
	}
	if len(names) == 0 {
		w.close()
		return
	}
	text := wrapped(tr("What runs is being stopped and saved: %s", strings.Join(names, ", ")))
	d := dialog.NewCustomWithoutButtons(tr("Closing…"), text, w.win)
	d.Resize(fyne.NewSize(420, 0))
	d.Show()
	time.AfterFunc(100*time.Millisecond, func() { w.jobs.onUI(w.close) }) // once it is drawn
}

func (w *window) close() {
	size := w.win.Canvas().Size()
	w.app.Preferences().SetFloat(prefWidth, float64(size.Width))
	w.app.Preferences().SetFloat(prefHeight, float64(size.Height))
	at := w.hook.Place()
	w.app.Preferences().SetInt(prefX, at.X)
	w.app.Preferences().SetInt(prefY, at.Y)
	w.app.Preferences().SetInt(prefTab, w.tabs.SelectedIndex())
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
