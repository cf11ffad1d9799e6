package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"frglab/assets"
	"frglab/dataset"
	"frglab/ui/native"
)

// menuEffects presses each key of the menu, by its name in the sheet, on a window with
// 9 crops of which none is checked, and tells whether it did what the sheet says.
var menuEffects = map[string]func(t *testing.T, w *window) bool{
	"Ctrl+1": func(_ *testing.T, w *window) bool {
		w.tabs.SelectIndex(tabDetect)
		menuKey(w, "Ctrl+1")
		return w.tabs.SelectedIndex() == tabLabel
	},
	"Ctrl+2": func(_ *testing.T, w *window) bool { menuKey(w, "Ctrl+2"); return w.tabs.SelectedIndex() == tabTrain },
	"Ctrl+4": func(_ *testing.T, w *window) bool { menuKey(w, "Ctrl+4"); return w.tabs.SelectedIndex() == tabEvaluate },
	"Ctrl+3": func(_ *testing.T, w *window) bool { menuKey(w, "Ctrl+3"); return w.tabs.SelectedIndex() == tabDetect },
	"Ctrl+Z": func(_ *testing.T, w *window) bool {
		press(w, "f")
		before := w.label.l.left
		menuKey(w, "Ctrl+Z")
		return before == 8 && w.label.l.left == 9
	},
	"Ctrl+Y": func(_ *testing.T, w *window) bool {
		press(w, "f")
		menuKey(w, "Ctrl+Z")
		menuKey(w, "Ctrl+Y")
		return w.label.l.left == 8
	},
	"Ctrl+N": func(t *testing.T, w *window) bool {
		played.answer = filepath.Join(t.TempDir(), "fresh") // the dialog adds the rest
		menuKey(w, "Ctrl+N")
		return asked(native.NewFile, "frglab") && w.project.Name() == "fresh" && w.counts(t).Samples == 0
	},
	"Ctrl+O": func(t *testing.T, w *window) bool {
		played.answer = filepath.Join(t.TempDir(), "other.frglab")
		p, err := dataset.Create(played.answer)
		if err != nil || p.Close() != nil {
			t.Fatal(err)
		}
		menuKey(w, "Ctrl+O")
		return asked(native.AnyFile, "frglab") && w.project.Name() == "other"
	},
	"Ctrl+V": func(t *testing.T, w *window) bool {
		path := testPicture(t, "copied.png", 40, 30)
		clipboardOf(t, native.Clip{Files: []string{path}}, nil)
		menuKey(w, "Ctrl+V")
		return w.tabs.SelectedIndex() == tabDetect && w.detect.showing() == "copied.png"
	},
	"Ctrl+E": func(_ *testing.T, w *window) bool { menuKey(w, "Ctrl+E"); return overlaid(w) },
	"Ctrl+P": func(t *testing.T, w *window) bool {
		played.answer = sampleVideo(t)
		menuKey(w, "Ctrl+P")
		return asked(native.AnyFile, "png", "mp4") && w.tabs.SelectedIndex() == tabDetect && w.detect.files[0].path == played.answer
	},
	"Ctrl+M": func(t *testing.T, w *window) bool {
		played.answer = filepath.Join(t.TempDir(), "own.safetensors")
		if err := os.WriteFile(played.answer, assets.Model(), 0o600); err != nil {
			t.Fatal(err)
		}
		menuKey(w, "Ctrl+M")
		return asked(native.AnyFile, "safetensors") && w.model != nil && w.modelOf == "own.safetensors"
	},
	"Ctrl+T": func(t *testing.T, _ *window) bool {
		w, _ := openTrainable(t)
		menuPress(w, "Ctrl+T")
		until(t, w, "the first steps", func() bool { return w.train.step() > 0 })
		menuKey(w, "Ctrl+T")
		return w.train.running == nil && theRun(t, w).Status == dataset.RunStopped
	},
	"Ctrl+R": func(_ *testing.T, w *window) bool {
		menuKey(w, "Ctrl+R")
		return strings.Contains(w.notice, "Reviewed")
	},
	"Ctrl+D": func(_ *testing.T, w *window) bool {
		w.detect.openSamples()
		settle(w)
		menuKey(w, "Ctrl+D")
		return w.tabs.SelectedIndex() == tabDetect && len(w.detect.folder.known) == len(w.detect.files)
	},
	"Ctrl+B": func(_ *testing.T, w *window) bool {
		w.detect.openSamples()
		settle(w)
		menuKey(w, "Ctrl+B")
		return w.tabs.SelectedIndex() == tabDetect && overlaid(w)
	},
	"Ctrl+H": func(_ *testing.T, w *window) bool { menuKey(w, "Ctrl+H"); return overlaid(w) },
	"Ctrl+I": func(_ *testing.T, w *window) bool { menuKey(w, "Ctrl+I"); return overlaid(w) },
	"Ctrl+/": func(_ *testing.T, w *window) bool { menuKey(w, "Ctrl+/"); return overlaid(w) },
	"Ctrl+,": func(_ *testing.T, w *window) bool { menuKey(w, "Ctrl+,"); return overlaid(w) },
	"F1":     func(_ *testing.T, w *window) bool { menuKey(w, "F1"); return overlaid(w) },
	"Ctrl+Q": func(_ *testing.T, w *window) bool {
		quits := 0
		w.quit = func() { quits++ }
		menuKey(w, "Ctrl+Q")
		return quits == 1
	},
}

// TestMenuKeys presses each key that the sheet says works everywhere, and finds them
// all in the menu, and those of the menu in the sheet.
func TestMenuKeys(t *testing.T) {
	sheet := menuKeyNames()
	for _, name := range sheet {
		t.Run(strings.ReplaceAll(name, "/", "slash"), func(t *testing.T) {
			effect, ok := menuEffects[name]
			if !ok {
				t.Fatal("nobody looks for its effect")
			}
			w, _, failures := open(t, 9)
			if !effect(t, w) {
				t.Errorf("no effect; asked %+v, notice %q", played.asked, w.notice)
			}
			if len(*failures) > 0 {
				t.Errorf("failures: %v", *failures)
			}
		})
	}
	w, _ := openWindow(t)
	for _, m := range w.win.MainMenu().Items {
		for _, i := range m.Items {
			if name := shortcutName(i); name != "" && !slices.Contains(sheet, name) {
				t.Errorf("%s, %q in the menu, is not in the sheet", name, i.Label)
			}
		}
	}
}

// menuKeyNames are the keys that the sheet says work everywhere, one by one.
func menuKeyNames() []string {
	var names []string
	for _, g := range gestures {
		if g.modes == inMenu {
			names = append(names, strings.Split(g.keys(), " / ")...)
		}
	}
	for _, a := range actions {
		if a.modes == inMenu {
			names = append(names, a.key.label())
		}
	}
	return names
}

// shortcutName is the key of a menu item as the sheet names it; "" for none.
func shortcutName(i *fyne.MenuItem) string {
	s, ok := i.Shortcut.(fyne.KeyboardShortcut)
	switch {
	case ok && s.Mod() == fyne.KeyModifierShortcutDefault:
		return "Ctrl+" + string(s.Key())
	case ok:
		return string(s.Key())
	}
	return ""
}

// menuPress does what the key of a menu item does.
func menuPress(w *window, name string) {
	for _, m := range w.win.MainMenu().Items {
		for _, i := range m.Items {
			if shortcutName(i) == name {
				i.Action()
				return
			}
		}
	}
}

// menuKey is menuPress and all that follows.
func menuKey(w *window, name string) {
	menuPress(w, name)
	settle(w)
}

func overlaid(w *window) bool { return w.win.Canvas().Overlays().Top() != nil }

// asked says whether there was one question, of that kind and for such files.
func asked(kind native.Kind, extensions ...string) bool {
	if len(played.asked) != 1 || played.asked[0].Kind != kind {
		return false
	}
	var offered []string
	for _, f := range played.asked[0].Filters {
		offered = append(offered, f.Extensions...)
	}
	return !slices.ContainsFunc(extensions, func(e string) bool { return !slices.Contains(offered, e) })
}

// TestMenuKeysCanBeChosen gives a menu item another key: the menu has it at once, and the
// old one no more.
func TestMenuKeysCanBeChosen(t *testing.T) {
	w, _ := openWindow(t)
	k := newKeySheet(w)
	w.win.Canvas().Overlays().Add(k.content())
	test.Tap(k.buttons[actMenuStats])
	k.catcher.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyJ, Modifier: fyne.KeyModifierShortcutDefault})
	if got := k.buttons[actMenuStats].Text; got != "Ctrl+J" {
		t.Errorf("the sheet says %q", got)
	}
	var with []string
	for _, m := range w.win.MainMenu().Items {
		for _, i := range m.Items {
			if name := shortcutName(i); name == "Ctrl+J" || name == "Ctrl+I" {
				with = append(with, name+" "+i.Label)
			}
		}
	}
	if !slices.Equal(with, []string{"Ctrl+J Statistics"}) {
		t.Errorf("the menu has %q", with)
	}
}
