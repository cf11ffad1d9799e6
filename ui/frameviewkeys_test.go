package ui

import (
	"image"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"frglab/dataset"
)

// TestFrameKeys presses every key of a frame, the usual one and one that was chosen, and looks
// at what it did.
func TestFrameKeys(t *testing.T) {
	moved := func(b *frameBench, by image.Point) bool {
		for _, s := range b.samples() {
			if s.Box == benchBoxes[0].Add(by) {
				return true
			}
		}
		return false
	}
	has := func(b *frameBench, r image.Rectangle) bool {
		for _, s := range b.samples() {
			if s.Box == r {
				return true
			}
		}
		return false
	}
	ctrl := func(b *frameBench, k fyne.KeyName) {
		b.m.pane.TypedShortcut(&desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierShortcutDefault})
		b.m.pane.KeyUp(&fyne.KeyEvent{Name: k})
		settle(b.w)
	}
	inVideo := func(b *frameBench) { // at frame 5
		source, err := b.w.project.AddSource(dataset.SourceInfo{Path: samplesDir + "sample.mp4", Title: "Sample", Kind: dataset.KindVideo})
		if err != nil {
			t.Fatal(err)
		}
		b.m.goTo(frameWish{place: place{source, 5}, known: dataset.Sample{Path: samplesDir + "sample.mp4"}})
		settle(b.w)
	}
	shows := func(b *frameBench, name string) bool { return filepath.Base(b.m.shot.info.Path) == name }
	tests := map[string]func(b *frameBench) bool{
		"frame.drag": func(b *frameBench) bool {
			b.drag(100, 110, 140, 140)
			return has(b, image.Rect(100, 110, 140, 150))
		},
		"frame.shape": func(b *frameBench) bool {
			p := b.m.pane
			p.MouseDown(&desktop.MouseEvent{PointEvent: b.at(100, 110), Button: desktop.MouseButtonPrimary, Modifier: fyne.KeyModifierShift})
			p.Dragged(&fyne.DragEvent{PointEvent: b.at(140, 130)})
			p.MouseUp(&desktop.MouseEvent{PointEvent: b.at(140, 130), Button: desktop.MouseButtonPrimary})
			settle(b.w)
			return has(b, image.Rect(100, 110, 140, 130))
		},
		"frame.pan": func(b *frameBench) bool {
			b.m.view.ZoomBy(4)
			p, zoom := b.m.pane, b.m.view.Zoom()
			p.MouseDown(&desktop.MouseEvent{PointEvent: b.at(100, 110), Button: desktop.MouseButtonPrimary, Modifier: fyne.KeyModifierShortcutDefault})
			p.Dragged(&fyne.DragEvent{PointEvent: b.at(140, 130)})
			p.MouseUp(&desktop.MouseEvent{PointEvent: b.at(140, 130), Button: desktop.MouseButtonPrimary})
			return len(b.samples()) == 3 && zoom == b.m.view.Zoom()
		},
		"frame.walk": func(b *frameBench) bool {
			b.press("Tab")
			second := b.m.sample(b.m.selected).Box
			b.press(string(desktop.KeyShiftLeft), "Tab")
			return second == benchBoxes[1] && b.m.sample(b.m.selected).Box == benchBoxes[0]
		},
		"frame.nudge": func(b *frameBench) bool {
			b.press("Right", "Right", "Down", "Left", "Up", string(desktop.KeyShiftLeft), "Right")
			return moved(b, image.Pt(11, 0))
		},
		"frame.grow": func(b *frameBench) bool {
			b.does(actSquare)
			ctrl(b, fyne.KeyRight)
			ctrl(b, fyne.KeyDown)
			ctrl(b, fyne.KeyDown)
			ctrl(b, fyne.KeyUp)
			ctrl(b, fyne.KeyLeft)
			ctrl(b, fyne.KeyRight)
			return has(b, image.Rect(10, 10, 61, 61))
		},
		"frame.cancel": func(b *frameBench) bool {
			b.m.pane.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
			b.press("Escape")
			return moved(b, image.Point{}) && b.m.pane.Boxes()[0].Rect == benchBoxes[0]
		},
		"frame.snap": func(b *frameBench) bool {
			b.does(actSnap)
			return strings.Contains(b.w.notice, "No detector") // in noise
		},
		"frame.proposals": func(b *frameBench) bool {
			b.does(actProposals)
			return b.m.side.proposals.Checked
		},
		"frame.draw": func(b *frameBench) bool {
			b.does(actDraw)
			on := b.m.pane.Draw() && b.m.side.draw.Checked
			b.drag(20, 20, 50, 50)
			return on && has(b, image.Rect(20, 20, 50, 50)) && !b.m.pane.Draw()
		},
		"frame.square": func(b *frameBench) bool {
			b.does(actSquare)
			return !b.m.pane.Square && !b.m.side.square.Checked
		},
		"frame.next": func(b *frameBench) bool {
			b.does(actNextFrame)
			return shows(b, "2.png")
		},
		"frame.last": func(b *frameBench) bool {
			b.does(actNextFrame, actLastFrame)
			return shows(b, "1.png")
		},
		"frame.after":  func(b *frameBench) bool { inVideo(b); b.does(actAfter); return b.m.shot.frame == 6 },
		"frame.before": func(b *frameBench) bool { inVideo(b); b.does(actBefore); return b.m.shot.frame == 4 },
		"frame.actual": func(b *frameBench) bool { b.does(actActual); return b.m.view.Zoom() == 1 },
		"zoom.fit":     func(b *frameBench) bool { b.does(actActual, actFit); return b.m.view.Fitted() },
		"zoom.in": func(b *frameBench) bool {
			was := b.m.view.Zoom()
			b.does(actLarger)
			return b.m.view.Zoom() > was
		},
		"zoom.out": func(b *frameBench) bool {
			b.does(actLarger, actLarger)
			was := b.m.view.Zoom()
			b.does(actSmaller)
			return b.m.view.Zoom() < was
		},
	}
	b := newFrameBench(t)
	acts := 4 // of the bench
	try := func(name, text string) {
		test, ok := tests[name]
		if !ok {
			t.Errorf("nothing does %q", name)
			return
		}
		t.Run(name, func(t *testing.T) {
			b.T = t
			if !test(b) {
				t.Errorf("%s does not do what the sheet says: %s", name, text)
			}
			b.anew(acts)
		})
	}
	for _, g := range gestures {
		if g.modes == inFrames {
			try(g.name, g.text())
		}
	}
	for _, chosen := range []bool{false, true} {
		for i, a := range actions {
			if a.modes&inFrames == 0 || a.modes&(inAll&^inFrames) != 0 && tests[a.name] == nil || a.modes == inMissed {
				continue // TestEveryKeyOfTheSheet and TestMissedFacesWalk press those
			}
			if chosen {
				if err := b.w.keys.set(a.action, key([]string{"j", "k", "w", "é", "Insert"}[i%5])); err != nil {
					t.Fatal(err)
				}
			}
			try(a.name, a.text())
			b.w.keys.reset()
		}
	}
}

// does presses the keys of actions.
func (b *frameBench) does(list ...action) {
	for _, a := range list {
		typeKey(b.m.pane, b.w.keys.keys[a])
		settle(b.w)
	}
}

// anew takes everything back but the first acts, and opens the first frame as at the start.
func (b *frameBench) anew(acts int) {
	b.Helper()
	for {
		list, err := b.w.project.History(99)
		if err != nil {
			b.Fatal(err)
		}
		if done := slices.DeleteFunc(list, func(a dataset.Act) bool { return a.Undone }); len(done) <= acts {
			break
		}
		if _, err := b.w.project.Undo(); err != nil {
			b.Fatal(err)
		}
	}
	b.m.setDraw(false)
	b.m.side.square.SetChecked(true)
	b.m.side.proposals.SetChecked(false)
	b.m.pane.FocusLost() // Shift is up
	b.m.reset()
	b.w.label.current = 0
	b.w.label.reload()
	settle(b.w)
}
