package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"frglab/ui/native"
)

// menu is the main menu, with the present keys.
func (w *window) menu() *fyne.MainMenu {
	return fyne.NewMainMenu(w.fileMenu(), w.editMenu(), w.viewMenu(), w.runMenu(), w.helpMenu())
}

// keyed is an item of the menu with the key of an action.
func (w *window) keyed(text string, a action, do func()) *fyne.MenuItem {
	i := fyne.NewMenuItem(text, w.unlessAsked(func() key { return w.keys.keys[a] }, do))
	i.Shortcut = w.keys.shortcut(a)
	return i
}

// asksForKey says whether the sheet of keys waits for one.
func (w *window) asksForKey() bool {
	return w.keys.catch != nil && w.win.Canvas().Overlays().Top() != nil
}

// unlessAsked does something, or gives the key to the sheet of keys where that waits for
// one: Fyne asks the menu before all else.
func (w *window) unlessAsked(k func() key, do func()) func() {
	return func() {
		if w.asksForKey() {
			w.keys.catch(k())
			return
		}
		do()
	}
}

func (w *window) fileMenu() *fyne.Menu {
	recent := fyne.NewMenuItem(tr("Recent projects"), nil)
	var recentItems []*fyne.MenuItem
	for _, p := range w.recent() {
		recentItems = append(recentItems, fyne.NewMenuItem(oneLined(filepath.Base(p)+"  –  "+filepath.Dir(p)), func() { w.openProject(p) }))
	}
	recent.ChildMenu = fyne.NewMenu("", recentItems...)
	recent.Disabled = len(recentItems) == 0
	quit := w.keyed(tr("Quit"), actMenuQuit, w.leave)
	quit.IsQuit = true
	return fyne.NewMenu(tr("File"),
		w.keyed(tr("New project…"), actMenuNew, w.askNewProject),
		w.keyed(tr("Open project…"), actMenuOpen, func() {
			w.dialogs.OpenFile(w.win, tr("Open project"), projectFilters(), func(p string) {
				if p != "" {
					w.openProject(p)
				}
			})
		}),
		recent,
		fyne.NewMenuItem(tr("Open the sample project"), func() {
			p, err := w.samplePath()
			w.show(err)
			if err == nil {
				w.openProject(p)
			}
		}),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(tr("Collect from a video or picture…"), w.collect.ask),
		fyne.NewMenuItem(tr("Collect from a folder…"), w.collect.askFolder),
		fyne.NewMenuItem(tr("Import a folder…"), func() {
			w.dialogs.OpenFolder(w.win, tr("Class folders, VOC or YOLO"), w.label.importFrom)
		}),
		fyne.NewMenuItem(tr("Import a file…"), func() {
			w.dialogs.OpenFile(w.win, tr("List, COCO or CSV"), []native.Filter{{Name: tr("Labelled crops or boxes"), Extensions: listExtensions}}, w.label.importFrom)
		}),
		w.keyed(tr("Export…"), actMenuExport, w.askExport),
		fyne.NewMenuItemSeparator(),
		w.keyed(tr("Open picture or video…"), actMenuPicture, func() {
			w.tabs.SelectIndex(tabDetect)
			w.detect.ask()
		}),
		fyne.NewMenuItem(tr("Open a folder of pictures…"), func() {
			w.tabs.SelectIndex(tabDetect)
			w.detect.askFolder()
		}),
		w.keyed(tr("Open model…"), actMenuModel, func() {
			w.dialogs.OpenFile(w.win, tr("Open model"), []native.Filter{{Name: tr("Models"), Extensions: []string{"safetensors"}}}, func(p string) {
				if p != "" {
					w.loadModel(p)
				}
			})
		}),
		fyne.NewMenuItem(tr("Use the bundled model"), w.useBundled),
		fyne.NewMenuItemSeparator(),
		quit,
	)
}

func (w *window) askNewProject() {
	name := filepath.Join(w.app.Preferences().String(prefFolder), tr("untitled")+projectExt)
	w.dialogs.SaveFile(w.win, tr("New project"), name, projectFilters(), func(p string) {
		if p != "" {
			w.createProject(p)
		}
	})
}

func (w *window) editMenu() *fyne.Menu {
	// Fyne has shortcuts of its own for these three keys.
	own := func(text string, s fyne.Shortcut, k key, do func()) *fyne.MenuItem {
		i := fyne.NewMenuItem(text, w.unlessAsked(func() key { return k }, do))
		i.Shortcut = s
		return i
	}
	return fyne.NewMenu(tr("Edit"),
		own(tr("Undo"), &fyne.ShortcutUndo{}, withCtrl+"z", func() { w.history(&fyne.ShortcutUndo{}, w.label.undo) }),
		own(tr("Redo"), &fyne.ShortcutRedo{}, withCtrl+"y", func() { w.history(&fyne.ShortcutRedo{}, w.label.redo) }),
		own(tr("Paste a picture"), &fyne.ShortcutPaste{}, withCtrl+"v", w.paste),
		w.keyed(tr("History…"), actMenuHistory, w.label.showHistory),
		fyne.NewMenuItemSeparator(),
		w.keyed(tr("Preferences…"), actMenuPreferences, w.showPreferences),
	)
}

func (w *window) viewMenu() *fyne.Menu {
	m := fyne.NewMenu(tr("View"))
	for i, text := range []string{tr("Label"), tr("Train"), tr("Detect"), tr("Evaluate")} {
		m.Items = append(m.Items, w.keyed(text, actMenuLabel+action(i), func() { w.tabs.SelectIndex(i) }))
	}
	m.Items = append(m.Items,
		fyne.NewMenuItemSeparator(),
		w.keyed(tr("Statistics"), actMenuStats, w.label.showStats),
	)
	return m
}

func (w *window) runMenu() *fyne.Menu {
	return fyne.NewMenu(tr("Run"),
		w.keyed(tr("Start or stop training"), actMenuTrain, w.train.toggle),
		w.keyed(tr("Review crops…"), actMenuReview, w.label.reviews.ask),
		fyne.NewMenuItemSeparator(),
		w.keyed(tr("Detect in all open pictures"), actMenuDetect, func() {
			w.tabs.SelectIndex(tabDetect)
			w.detect.folder.toggle()
		}),
		w.keyed(tr("Export what was found…"), actMenuFound, func() {
			w.tabs.SelectIndex(tabDetect)
			w.detect.folder.ask()
		}),
	)
}

func (w *window) helpMenu() *fyne.Menu {
	return fyne.NewMenu(tr("Help"),
		w.keyed(tr("Manual of this tab"), actMenuHelp, w.help),
		fyne.NewMenuItem(tr("How it works"), func() { w.showManual(pageHow) }),
		w.keyed(tr("Keys"), actMenuKeys, w.showSheet),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(tr("About FrgLab"), w.showAbout),
	)
}
