package ui

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"frglab/engine"
)

// detectHeat colours the CNN's picture by the scores of its windows.
type detectHeat struct {
	t       *detectTab
	content fyne.CanvasObject
	pick    *widget.Select
	layers  []engine.Layer
	setting bool
}

func newDetectHeat(t *detectTab) *detectHeat {
	h := &detectHeat{t: t, setting: true}
	h.pick = widget.NewSelect([]string{tr("off")}, func(string) {
		if !h.setting {
			h.draw()
			h.t.focus()
		}
	})
	h.pick.SetSelectedIndex(0)
	h.setting = false
	h.content = labelled(tr("Heat map"), h.pick)
	return h
}

// update follows another scan: the sizes of its windows can be chosen.
func (h *detectHeat) update() {
	if h.pick.SelectedIndex() <= 0 && h.t.video != nil && h.t.video.player != nil {
		return // the sizes can wait while a video plays
	}
	h.layers = nil
	if h.t.cnn.scan != nil {
		h.layers = h.t.cnn.scan.Layers()
	}
	options := []string{tr("off"), tr("all sizes")}
	for _, l := range h.layers {
		options = append(options, tr("%d pixels", int(math.Round(l.Side))))
	}
	at := max(0, h.pick.SelectedIndex())
	if at >= len(options) {
		at = 1
	}
	h.setting = true
	h.pick.SetOptions(options)
	h.pick.SetSelectedIndex(at)
	h.setting = false
	h.draw()
}

// cycle goes to the next size, or turns the map off.
func (h *detectHeat) cycle() {
	h.pick.SetSelectedIndex((h.pick.SelectedIndex() + 1) % len(h.pick.Options))
}

// draw lays the map over the picture, or takes it away.
func (h *detectHeat) draw() {
	at := h.pick.SelectedIndex()
	if h.t.img == nil || at <= 0 || len(h.layers) == 0 {
		if h.t.left != nil {
			h.t.left.SetOverlay(nil, 0)
		}
		return
	}
	layers := h.layers
	if at >= 2 {
		layers = layers[at-2 : at-1]
	}
	img, coarse := heatMap(h.t.img.Rect, layers)
	h.t.left.SetOverlay(img, coarse)
}

// heatFrom and heatTo are the log-odds that a heat map shows as nothing and as all: below
// one in two hundred a window is hopeless, above nine in ten sure.
const heatFrom, heatTo = -5.3, 2.2

// heatOf is a score on the scale of heat maps, 0 to 1.
func heatOf(score float64) float64 {
	if score <= 0 {
		return 0
	}
	odds := math.Log(score / max(1e-12, 1-score))
	return min(max((odds-heatFrom)/(heatTo-heatFrom), 0), 1)
}

// heatMap spreads each window's score over the middle of the window; the best one counts. A pixel
// of it is coarse pixels of the picture.
func heatMap(bounds image.Rectangle, layers []engine.Layer) (img *image.RGBA, coarse float64) {
	coarse = max(1, float64(max(bounds.Dx(), bounds.Dy()))/240)
	size := image.Pt(int(math.Ceil(float64(bounds.Dx())/coarse)), int(math.Ceil(float64(bounds.Dy())/coarse)))
	heat := make([]float64, size.X*size.Y)
	for _, l := range layers {
		for i, w := range l.Windows {
			v := heatOf(l.Scores[i])
			if v == 0 {
				continue
			}
			cx, cy := float64(w.Min.X+w.Max.X)/2-float64(bounds.Min.X), float64(w.Min.Y+w.Max.Y)/2-float64(bounds.Min.Y)
			r := l.Side / 4 / coarse
			x, y := cx/coarse, cy/coarse
			for py := max(0, int(y-r)); py <= min(size.Y-1, int(y+r)); py++ {
				for px := max(0, int(x-r)); px <= min(size.X-1, int(x+r)); px++ {
					dx, dy := float64(px)+0.5-x, float64(py)+0.5-y
					if d := 1 - (dx*dx+dy*dy)/(r*r); d > 0 {
						heat[py*size.X+px] = max(heat[py*size.X+px], v*d)
					}
				}
			}
		}
	}
	img = image.NewRGBA(image.Rectangle{Max: size})
	for i, v := range heat {
		copy(img.Pix[4*i:], rampPix(v))
	}
	return img, coarse
}

// rampPix is a colour from nothing over dark red and orange to yellow, premultiplied: it
// grows lighter with the score, so that it can be read without colours.
func rampPix(v float64) []uint8 {
	a := 0.75 * math.Sqrt(v)
	c := color.RGBA{
		R: uint8(255 * a * min(1, 0.5+v)), G: uint8(255 * a * v * v), B: uint8(255 * a * 0.1), A: uint8(255 * a),
	}
	return []uint8{c.R, c.G, c.B, c.A}
}
