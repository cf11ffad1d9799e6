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

// gestureEffects does the gestures and tells whether they did what the sheet says. There are
// 9 crops on screen, and none is selected; those of frames, of the menu and of the Evaluate
// tab have tests of their own.
var gestureEffects = map[string]func(w *window) bool{
	"grid.several": func(w *window) bool {
		clickCell(w, 0, 0)
		clickCell(w, 2, fyne.KeyModifierShift)
		clickCell(w, 1, fyne.KeyModifierControl)
		return len(w.label.grid.grid.Selection()) == 2
	},
	"grid.drag": func(w *window) bool {
		g := w.label.grid.grid
		g.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: fyne.NewPos(1, 1)}})
		g.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(g.Size().Width-20, 60)}})
		g.DragEnd()
		return len(g.Selection()) > 2
	},
	"grid.all": func(w *window) bool {
		g := w.label.grid.grid
		g.TypedShortcut(&fyne.ShortcutSelectAll{})
		all := len(g.Selection())
		press(w, key(fyne.KeyEscape))
		return all == 9 && len(g.Selection()) == 0
	},
	"grid.move": func(w *window) bool {
		ids := w.label.l.ids
		press(w, key(fyne.KeyEnd))
		end := w.label.current == ids[8]
		press(w, key(fyne.KeyHome))
		home := w.label.current == ids[0]
		press(w, key(fyne.KeyRight))
		return end && home && w.label.current == ids[1]
	},
	"grid.page": func(w *window) bool {
		for range 20 {
			press(w, "+") // until a page is smaller than all
		}
		press(w, key(fyne.KeyPageDown))
		down := w.label.current != w.label.l.ids[0]
		press(w, key(fyne.KeyPageUp))
		return down && w.label.current == w.label.l.ids[0]
	},
	"grid.double": func(w *window) bool {
		w.label.grid.grid.DoubleTapped(&fyne.PointEvent{Position: cell(w, 0)})
		return w.label.at == modeCard
	},
	"detect.wheel": func(w *window) bool {
		before := w.detect.view.Zoom()
		w.detect.left.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(50, 50)}, Scrolled: fyne.NewDelta(0, 30)})
		return w.detect.view.Zoom() > before
	},
	"grid.click": func(w *window) bool {
		clickCell(w, 0, 0)
		return len(w.label.grid.grid.Selection()) == 1
	},
	"detect.click": func(w *window) bool {
		w.detect.right.OnBoxPicked(0)
		return w.detect.chosen != nothing
	},
	"detect.missed": func(w *window) bool {
		w.detect.left.OnBoxDrawn(image.Rect(4, 4, 40, 40))
		ids, err := w.project.IDs(dataset.Filter{Proposer: byHand})
		return err == nil && len(ids) == 1
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
	actPlay: func(w *window, press func(*imageview.Pane)) bool {
		w.detect.show(3)
		settle(w)
		typeKey(w.detect.left, w.keys.keys[actPlay])
		plays := w.detect.video.player != nil
		press(w.detect.right)
		return plays && w.detect.video.player == nil
	},
	// TestDisagreementKey finds one.
	actDisagree:     func(w *window, press func(*imageview.Pane)) bool { return noFurther(w, press) },
	actDisagreeBack: func(w *window, press func(*imageview.Pane)) bool { return noFurther(w, press) },
	actActualPicture: func(w *window, press func(*imageview.Pane)) bool {
		press(w.detect.left)
		return w.detect.view.Zoom() == 1 && !w.detect.view.Fitted()
	},
	actFit: func(w *window, press func(*imageview.Pane)) bool {
		w.detect.view.Actual()
		press(w.detect.left)
		return w.detect.view.Fitted()
	},
	actLarger: func(w *window, press func(*imageview.Pane)) bool {
		was := w.detect.view.Zoom()
		press(w.detect.left)
		return w.detect.view.Zoom() > was
	},
	actSmaller: func(w *window, press func(*imageview.Pane)) bool {
		w.detect.view.ZoomBy(4)
		was := w.detect.view.Zoom()
		press(w.detect.right)
		return w.detect.view.Zoom() < was
	},
	actKeys: func(w *window, press func(*imageview.Pane)) bool {
		press(w.detect.left)
		return overlaid(w)
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
		if a.modes&inDetect == 0 {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			effect, ok := detectEffects[a.action]
			if !ok {
				t.Fatal("nobody looks for its effect")
			}
			chosen := key([]string{"j", "k", "w", "é", "Insert", "Shift+k"}[i%6])
			for _, k := range []key{a.key, chosen} {
				w, _, failures := open(t, 9)
				detectSamples(t, w)
				if err := w.keys.set(a.action, k); err != nil {
					t.Fatal(err)
				}
				if b, still := w.keys.find(a.key, modeDetect); k == chosen && still && a.key == a.key.bare() {
					t.Errorf("%s still does %s", a.key.label(), infoOf(b).name)
				}
				if !effect(w, func(p *imageview.Pane) { typeKey(p, k); settle(w) }) {
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

// noFurther tells whether the key of a video says that the detectors disagree nowhere.
func noFurther(w *window, press func(*imageview.Pane)) bool {
	w.detect.show(3)
	settle(w)
	w.notice = ""
	press(w.detect.left)
	return strings.Contains(w.notice, "No further disagreement")
}

// TestGestures does what nobody can change.
func TestGestures(t *testing.T) {
	for _, g := range gestures {
		if g.modes != inGrid && g.modes != inDetect {
			continue // TestFrameKeys, TestEvaluateKeys and TestMenuKeys
		}
		t.Run(g.name, func(t *testing.T) {
			effect, ok := gestureEffects[g.name]
			if !ok {
				t.Fatal("nobody looks for its effect")
			}
			w, _, failures := open(t, 9)
			w.label.grid.grid.Select()
			if g.modes == inDetect {
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

// TestEveryKeyInEachMode gives each action another key, and presses that and the usual one in
// every mode that the list says it has: in the widget that has the focus there.
func TestEveryKeyInEachMode(t *testing.T) {
	w, _, _ := open(t, 30)
	detectSamples(t, w)
	goTo := func(mode int) {
		for o := w.win.Canvas().Overlays(); o.Top() != nil; {
			o.Remove(o.Top())
		}
		switch mode {
		case modeTrain:
			w.tabs.SelectIndex(tabTrain)
		case modeDetect:
			w.tabs.SelectIndex(tabDetect)
		case modeEvaluate:
			w.tabs.SelectIndex(tabEvaluate)
			w.win.Canvas().Unfocus()
		default:
			w.tabs.SelectIndex(tabLabel)
			w.label.turnTo(mode)
		}
		settle(w)
	}
	type pressed struct {
		action
		done bool
	}
	var got []pressed
	w.keys.trace = func(a action, done bool) { got = append(got, pressed{a, done}) }
	hit := func(k key) []pressed {
		got = nil
		press(w, k)
		return got
	}
	const free = "é"
	for mode := range modeMenu {
		for _, a := range actions {
			if a.modes&(1<<mode) == 0 {
				continue
			}
			goTo(mode)
			if got := hit(a.key); len(got) != 1 || got[0] != (pressed{a.action, true}) {
				t.Errorf("%s in mode %d: %s did %v", a.name, mode, a.key.label(), got)
			}
			if err := w.keys.set(a.action, free); err != nil {
				t.Fatal(err)
			}
			goTo(mode)
			if got := hit(free); len(got) != 1 || got[0] != (pressed{a.action, true}) {
				t.Errorf("%s in mode %d: the chosen key did %v", a.name, mode, got)
			}
			goTo(mode)
			if got := hit(a.key); len(got) > 0 && got[0].action == a.action {
				t.Errorf("%s in mode %d: %s does it still", a.name, mode, a.key.label())
			}
			w.keys.reset()
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
