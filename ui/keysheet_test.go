package ui

import (
	"image"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"frglab/assets"
	"frglab/dataset"
	"frglab/ui/imageview"
)

// fixedEffects presses the keys of the sheet that nobody can change, by what the sheet
// calls them, and tells whether they did what it says. There are 9 crops on screen, and
// none is selected; the keys of frames and of the menu have tests of their own.
var fixedEffects = map[string]func(w *window) bool{
	"Ctrl / Shift + click": func(w *window) bool {
		clickCell(w, 0, 0)
		clickCell(w, 2, fyne.KeyModifierShift)
		clickCell(w, 1, fyne.KeyModifierControl)
		return len(w.label.grid.grid.Selection()) == 2
	},
	"drag": func(w *window) bool {
		g := w.label.grid.grid
		g.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: fyne.NewPos(1, 1)}})
		g.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(g.Size().Width-20, 60)}})
		g.DragEnd()
		return len(g.Selection()) > 2
	},
	"Ctrl+A, Esc": func(w *window) bool {
		g := w.label.grid.grid
		g.TypedShortcut(&fyne.ShortcutSelectAll{})
		all := len(g.Selection())
		press(w, key(fyne.KeyEscape))
		return all == 9 && len(g.Selection()) == 0
	},
	"arrows, Home, End": func(w *window) bool {
		ids := w.label.l.ids
		press(w, key(fyne.KeyEnd))
		end := w.label.current == ids[8]
		press(w, key(fyne.KeyHome))
		home := w.label.current == ids[0]
		press(w, key(fyne.KeyRight))
		return end && home && w.label.current == ids[1]
	},
	"PgUp / PgDn": func(w *window) bool {
		for range 20 {
			press(w, "+") // until a page is smaller than all
		}
		press(w, key(fyne.KeyPageDown))
		down := w.label.current != w.label.l.ids[0]
		press(w, key(fyne.KeyPageUp))
		return down && w.label.current == w.label.l.ids[0]
	},
	"Space": func(w *window) bool {
		if w.tabs.SelectedIndex() == tabDetect {
			w.detect.show(3)
			settle(w)
			w.detect.left.TypedRune(' ')
			plays := w.detect.video.player != nil
			w.detect.left.TypedRune(' ')
			return plays && w.detect.video.player == nil
		}
		press(w, key(fyne.KeySpace))
		return len(w.label.grid.grid.Selection()) == 1
	},
	"+ / −": func(w *window) bool {
		before := w.label.grid.grid.CellSize()
		press(w, "+")
		larger := w.label.grid.grid.CellSize() > before
		press(w, "-")
		return larger && w.label.grid.grid.CellSize() == before
	},
	"double click": func(w *window) bool {
		w.label.grid.grid.DoubleTapped(&fyne.PointEvent{Position: cell(w, 0)})
		return w.label.at == modeCard
	},
	"wheel, drag": func(w *window) bool {
		before := w.detect.view.Zoom()
		w.detect.left.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(50, 50)}, Scrolled: fyne.NewDelta(0, 30)})
		return w.detect.view.Zoom() > before
	},
	"click": func(w *window) bool {
		if w.tabs.SelectedIndex() == tabDetect {
			w.detect.right.OnBoxPicked(0)
			return w.detect.chosen != nothing
		}
		clickCell(w, 0, 0)
		return len(w.label.grid.grid.Selection()) == 1
	},
	"0 / 1": func(w *window) bool {
		w.detect.left.TypedRune('1')
		actual := w.detect.view.Zoom()
		w.detect.left.TypedRune('0')
		return actual == 1 && w.detect.view.Fitted()
	},
	"Shift + drag": func(w *window) bool {
		w.detect.left.OnBoxDrawn(image.Rect(4, 4, 40, 40))
		ids, err := w.project.IDs(dataset.Filter{Proposer: byHand})
		return err == nil && len(ids) == 1
	},
	"D / Shift + D": func(w *window) bool {
		w.detect.show(3)
		settle(w)
		w.detect.left.TypedRune('d') // TestDisagreementKey finds one
		none := strings.Contains(w.notice, "No further disagreement")
		w.notice = ""
		w.detect.left.TypedRune('D')
		return none && strings.Contains(w.notice, "No further disagreement")
	},
}

// detectEffects are those of the actions of the Detect tab: press presses the key of the
// action in a pane.
var detectEffects = map[action]func(w *window, press func(p *imageview.Pane)) bool{
	actFalse: func(w *window, press func(*imageview.Pane)) bool { return judged(w, press, dataset.Other) },
	actRight: func(w *window, press func(*imageview.Pane)) bool { return judged(w, press, dataset.Face) },
	actLayout: func(w *window, press func(*imageview.Pane)) bool {
		press(w.detect.left)
		return w.detect.pair.Layout() == imageview.Alone
	},
	actSwap: func(w *window, press func(*imageview.Pane)) bool {
		press(w.detect.right)
		return w.detect.pair.Swapped()
	},
	actBox: func(w *window, press func(*imageview.Pane)) bool {
		press(w.detect.left)
		first := w.detect.chosen
		press(w.detect.right)
		return first.hit == 0 && w.detect.chosen.hit >= 0 && len(w.detect.inspector.body.Objects) > 1
	},
	actTune: func(w *window, press func(*imageview.Pane)) bool {
		setTinyModel(w)
		w.detect.left.OnBoxDrawn(image.Rect(4, 4, 40, 40))
		var asked plan
		w.detect.learner.train = func(pl plan) { asked = pl }
		press(w.detect.right)
		return asked.from == w.model && slices.Contains(asked.args, "--fresh")
	},
	actHeat: func(w *window, press func(*imageview.Pane)) bool {
		press(w.detect.left)
		return w.detect.inspector.heat.pick.Selected == tr("all sizes")
	},
	actLastPicture: func(w *window, press func(*imageview.Pane)) bool { press(w.detect.left); return w.detect.at == 0 },
	actNextPicture: func(w *window, press func(*imageview.Pane)) bool { press(w.detect.left); return w.detect.at == 2 },
	actFrameBack: func(w *window, press func(*imageview.Pane)) bool {
		w.detect.show(3)
		settle(w)
		w.detect.showFrame(2)
		settle(w)
		press(w.detect.right)
		return w.detect.frame == 1
	},
	actFrameForth: func(w *window, press func(*imageview.Pane)) bool {
		w.detect.show(3)
		settle(w)
		press(w.detect.right)
		press(w.detect.right)
		return w.detect.frame == 2
	},
}

// TestDetectKeys presses the key of each action of the Detect tab, the usual one and one
// that was chosen: then the usual one does nothing any more.
func TestDetectKeys(t *testing.T) {
	for i, a := range actions {
		if a.modes != inDetect {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			effect, ok := detectEffects[a.action]
			if !ok {
				t.Fatal("nobody looks for its effect")
			}
			chosen := key([]string{"j", "k", "w", "é"}[i%4])
			for _, k := range []key{a.key, chosen} {
				w, _, failures := open(t, 9)
				detectSamples(t, w)
				if err := w.keys.set(a.action, k); err != nil {
					t.Fatal(err)
				}
				if k == chosen && w.detect.rune([]rune(string(a.key))[0]) {
					t.Errorf("%s still does something", a.key.label())
				}
				if !effect(w, func(p *imageview.Pane) { p.TypedRune([]rune(string(k))[0]); settle(w) }) {
					t.Errorf("%s: no effect, notice %q", k.label(), w.notice)
				}
				if len(*failures) > 0 {
					t.Errorf("failures: %v", *failures)
				}
			}
		})
	}
}

// detectSamples opens three pictures and a video in the Detect tab, at the second picture.
func detectSamples(t *testing.T, w *window) {
	t.Helper()
	w.tabs.SelectIndex(tabDetect)
	w.detect.setFiles([]picture{
		{name: "a", path: "pair_small.png", files: assets.Samples()},
		{name: "b", path: "pair_small.png", files: assets.Samples()},
		{name: "c", path: "pair_small.png", files: assets.Samples()},
		{name: "v", path: sampleVideo(t)},
	})
	w.detect.show(1)
	settle(w)
}

// judged tells whether a key puts the first box of the cascade into the project as class c.
func judged(w *window, press func(*imageview.Pane), c dataset.Class) bool {
	w.detect.right.OnBoxPicked(0)
	press(w.detect.right)
	ids, err := w.project.IDs(dataset.Filter{Proposer: "cascade", Class: &c, Checked: new(true)})
	return err == nil && len(ids) == 1
}

// TestFixedKeys presses the rest of the sheet.
func TestFixedKeys(t *testing.T) {
	for _, section := range keySections() {
		if section.title == tr("Frame") || section.title == tr("Everywhere") {
			continue
		}
		for _, row := range section.rows {
			t.Run(strings.ReplaceAll(row[0], "/", "or"), func(t *testing.T) {
				effect, ok := fixedEffects[row[0]]
				if !ok {
					t.Fatal("nobody looks for its effect")
				}
				w, _, failures := open(t, 9)
				w.label.grid.grid.Select()
				if section.title == tr("Detect") {
					detectSamples(t, w)
				}
				if !effect(w) {
					t.Errorf("no effect; looking at %d with %v selected, notice %q", w.label.current, w.label.grid.grid.Selection(), w.notice)
				}
				if len(*failures) > 0 {
					t.Errorf("failures: %v", *failures)
				}
			})
		}
	}
}

// cell is a place in the cell of crop i of the first row.
func cell(w *window, i int) fyne.Position {
	g := w.label.grid.grid
	for x := float32(0); x < g.Size().Width; x += 4 {
		at := fyne.NewPos(x, 40)
		g.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: at}})
		g.MouseUp(nil)
		if now, _ := g.Cursor(); len(g.Selection()) == 1 && now == g.Items()[i] {
			g.Select()
			return at
		}
	}
	return fyne.Position{}
}

func clickCell(w *window, i int, held fyne.KeyModifier) {
	g := w.label.grid.grid
	selected := g.Selection()
	cursor, _ := g.Cursor()
	at := cell(w, i)
	g.SetCursor(cursor)
	g.Select(selected...)
	g.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, Modifier: held, PointEvent: fyne.PointEvent{Position: at}})
	g.MouseUp(nil)
}
