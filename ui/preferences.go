package ui

import (
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// preference is a setting that is chosen from a list.
type preference struct {
	name   string // on screen
	key    string // in the preferences
	values []string
	words  []string // of the values, on screen
	act    func()   // follows another choice
}

// preferenceList are the settings of the window, in the order on screen.
func (w *window) preferenceList() []preference {
	again := func() { w.rebuild(w.showPreferences) }
	devices, words := []string{""}, []string{tr("The first that works")}
	for _, d := range w.devices {
		devices, words = append(devices, d.Name), append(words, deviceWord(d))
	}
	return []preference{
		{tr("Language"), prefLanguage, []string{"", "en", "ja"}, []string{tr("As the system"), "English", "日本語"}, again},
		{tr("Colours"), prefTheme, []string{"", "light", "dark"}, []string{tr("As the system"), tr("Light"), tr("Dark")}, w.applyTheme},
		{tr("Text size"), prefTextSize, []string{"small", "", "large", "largest"}, []string{tr("Small"), tr("Normal"), tr("Large"), tr("Largest")}, again},
		{tr("Device"), prefDevice, devices, words, func() {
			w.train.form.usePreferred()
			w.detect.retune()
		}},
	}
}

// showPreferences shows the settings; each choice holds at once.
func (w *window) showPreferences() {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	prefs := w.app.Preferences()
	form := container.New(layout.NewFormLayout())
	for _, p := range w.preferenceList() {
		choice := widget.NewSelect(p.words, nil)
		for i, v := range p.values {
			if v == prefs.String(p.key) {
				choice.SetSelectedIndex(i)
			}
		}
		choice.OnChanged = func(string) {
			if v := p.values[max(0, choice.SelectedIndex())]; v != prefs.String(p.key) {
				prefs.SetString(p.key, v)
				p.act()
			}
		}
		form.Add(widget.NewLabel(p.name))
		form.Add(choice)
	}
	form.Add(widget.NewLabel(tr("New projects in")))
	form.Add(w.folderChoice())
	form.Add(widget.NewLabel(tr("Own files")))
	form.Add(w.ownFolder())
	rows := container.NewVBox(form)
	if w.lacksJapanese {
		rows.Add(wrapped(tr("No Japanese font is installed, so FrgLab shows a small one of its own. Install fonts-noto-cjk for all characters.")))
	}
	var d *dialog.CustomDialog
	keys := widget.NewButtonWithIcon(tr("Keys…"), theme.ComputerIcon(), func() { d.Hide(); w.showSheet() })
	d = dialog.NewCustomWithoutButtons(tr("Preferences"), container.NewVScroll(rows), w.win)
	d.SetButtons([]fyne.CanvasObject{keys, widget.NewButton(tr("Close"), func() { d.Hide() })})
	d.SetOnClosed(w.focusTab)
	size := w.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(grown(560), size.Width-40), min(grown(420), size.Height-40)))
	d.Show()
}

// folderChoice is where new projects are proposed.
func (w *window) folderChoice() fyne.CanvasObject {
	prefs := w.app.Preferences()
	name := trimmed("")
	show := func() {
		name.SetText(oneLined(filepath.Base(prefs.String(prefFolder))))
		if prefs.String(prefFolder) == "" {
			name.SetText(tr("the folder used last"))
		}
	}
	show()
	choose := widget.NewButtonWithIcon(tr("Choose…"), theme.FolderOpenIcon(), func() {
		w.dialogs.OpenFolder(w.win, tr("New projects in"), func(path string) {
			if path != "" {
				prefs.SetString(prefFolder, path)
				show()
			}
		})
	})
	reset := widget.NewButtonWithIcon(tr("Reset"), theme.ContentClearIcon(), func() {
		prefs.RemoveValue(prefFolder)
		show()
	})
	return container.NewBorder(nil, nil, nil, container.NewHBox(choose, reset), name)
}

// ownFolder is where FrgLab keeps settings, the sample project and crash reports.
func (w *window) ownFolder() fyne.CanvasObject {
	open := widget.NewButtonWithIcon(tr("Show"), theme.FolderIcon(), func() {
		w.show(w.app.OpenURL(&url.URL{Scheme: "file", Path: w.dir()}))
	})
	return container.NewBorder(nil, nil, nil, open, trimmed(homeless(w.dir())))
}
