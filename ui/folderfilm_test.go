package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestFilm(t *testing.T) {
	test.NewTempApp(t)
	asked := map[int]bool{}
	f := newFilm(func(i int) filmCell {
		asked[i] = true
		return filmCell{name: "a very long name of a picture.png", filmCounts: filmCounts{looked: i == 1, cnn: 2, apart: 1}}
	})
	picked, from, to := -1, 0, 0
	f.onPicked = func(i int) { picked = i }
	f.onView = func(a, b int) { from, to = a, b }
	win := test.NewTempWindow(t, f)
	win.Resize(fyne.NewSize(4*filmWidth, filmHeight))
	f.Resize(fyne.NewSize(4*filmWidth, filmHeight))
	f.show(100, 0)
	clear(asked)
	f.Refresh()
	if len(asked) > 5 || !asked[0] || from != 0 || to != 5 {
		t.Errorf("cells %v are drawn, %d to %d said to be in view", asked, from, to)
	}
	for _, c := range []struct {
		name string
		act  func()
		off  float32
	}{
		{"wheel down", func() { f.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -10}}) }, 30},
		{"wheel up, beyond the start", func() { f.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: 50}}) }, 0},
		{"drag to the left", func() { drag(f, fyne.NewPos(200, 20), -150) }, 150},
		{"drag of the bar", func() { drag(f, fyne.NewPos(4, filmHeight-2), 40) }, 150 + 40*100/4},
		{"click on the bar's end", func() { f.Tapped(&fyne.PointEvent{Position: fyne.NewPos(4*filmWidth-1, filmHeight-2)}) }, 96 * filmWidth},
		{"the one on screen", func() { f.show(100, 50) }, 50*filmWidth - filmWidth/2},
		{"fewer", func() { f.show(5, 0) }, 0},
	} {
		if c.act(); f.off != c.off {
			t.Errorf("%s: at %v, want %v", c.name, f.off, c.off)
		}
	}
	f.scroll(100)
	f.Tapped(&fyne.PointEvent{Position: fyne.NewPos(40, 40)})
	if picked != 1 {
		t.Errorf("picked %d, want 1", picked)
	}
	f.show(2, 0)
	picked = -1
	f.Tapped(&fyne.PointEvent{Position: fyne.NewPos(3*filmWidth, 40)})
	if picked != -1 {
		t.Errorf("a click beside all cells picks %d", picked)
	}
}

func drag(f *film, from fyne.Position, by float32) {
	f.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: from.AddXY(by, 0)}, Dragged: fyne.Delta{DX: by}})
	f.DragEnd()
}
