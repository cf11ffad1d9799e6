package chart

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
)

// watched counts how often it is refreshed.
type watched struct {
	canvas.Rectangle
	refreshed int
}

func (w *watched) Refresh() { w.refreshed++ }

// TestPointerPaints: a window paints anew only when something asks for it that was visible
// when it painted last. The readout is not, before the pointer comes.
func TestPointerPaints(t *testing.T) {
	c := New()
	c.AddSeries("train", Style{}).Set([]float64{0, 1}, []float64{0, 1})
	r := show(t, c)
	spy := &watched{}
	r.over.Add(spy)
	drag := &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 150)}}
	move := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 150)}}
	for _, tt := range []struct {
		name string
		do   func()
	}{
		{"comes", func() { c.MouseIn(move) }},
		{"moves", func() { c.MouseMoved(move) }},
		{"drags", func() { c.Dragged(drag) }},
		{"lets go", c.DragEnd},
		{"leaves", c.MouseOut},
	} {
		spy.refreshed = 0
		visible := r.over.Visible()
		if tt.do(); !visible || spy.refreshed == 0 {
			t.Errorf("the pointer %s: nothing that was visible (%v) is refreshed", tt.name, visible)
		}
	}
}
