package ui

import (
	"context"
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
)

// probeRow shows the probe crops: how sure the network is of each now, and where it
// was at earlier validations.
type probeRow struct {
	t       *trainTab
	content *fyne.Container
	title   *widget.Label
	row     *fyne.Container
	cells   []*probeCell
	ids     []int64
}

// probeCell is one crop: its picture in a frame of the colour of the verdict, and a
// line of its scores over the validations.
type probeCell struct {
	widget.BaseWidget
	box    *fyne.Container
	frame  *canvas.Rectangle
	pic    *canvas.Image
	score  *canvas.Text
	trail  *canvas.Raster
	truth  int
	scores []float64
	tapped func()
}

const probeSide = 52

func newProbeRow(t *trainTab) *probeRow {
	r := &probeRow{t: t, title: widget.NewLabel(""), row: container.NewHBox()}
	r.title.Truncation = fyne.TextTruncateEllipsis
	r.content = container.NewBorder(r.title, nil, nil, nil, container.NewHScroll(r.row))
	r.content.Hide()
	return r
}

func newProbeCell(truth int, tapped func()) *probeCell {
	c := &probeCell{truth: truth, tapped: tapped, frame: canvas.NewRectangle(color.Transparent), score: canvas.NewText("", nil)}
	c.frame.StrokeWidth, c.frame.CornerRadius = 3, 4
	c.pic = canvas.NewImageFromImage(image.NewRGBA(image.Rect(0, 0, 1, 1)))
	c.pic.FillMode, c.pic.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleFastest
	c.pic.SetMinSize(fyne.NewSize(probeSide, probeSide))
	c.score.TextSize, c.score.Alignment = 11, fyne.TextAlignCenter
	c.trail = canvas.NewRaster(c.draw)
	c.trail.SetMinSize(fyne.NewSize(probeSide, 18))
	c.box = container.NewVBox(container.NewStack(container.NewPadded(c.pic), c.frame), c.trail, c.score)
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements fyne.Widget.
func (c *probeCell) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.box) }

// Tapped implements fyne.Tappable.
func (c *probeCell) Tapped(*fyne.PointEvent) { c.tapped() }

// right is how much the network believes the truth, 0 to 1.
func (c *probeCell) right(score float64) float64 {
	if c.truth == 0 {
		return score
	}
	return 1 - score
}

// refresh follows the scores.
func (c *probeCell) refresh() {
	if len(c.scores) == 0 {
		return
	}
	now := c.right(c.scores[len(c.scores)-1])
	ink := verdictInk(now)
	c.frame.StrokeColor, c.score.Color = ink, ink
	mark := "✓"
	if now < 0.5 {
		mark = "✗"
	}
	c.score.Text = fmt.Sprintf("%s %.0f %%", mark, 100*now)
	c.frame.Refresh()
	c.score.Refresh()
	c.trail.Refresh()
}

// verdictInk is green where the network is right and vermilion where it is wrong; the
// mark beside the score says the same without colour.
func verdictInk(right float64) color.Color {
	if right >= 0.5 {
		return faceColor
	}
	return otherColor
}

// draw is a bar for each validation, the newest on the right, up where it was right.
func (c *probeCell) draw(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	const most = 16
	scores := c.scores[max(0, len(c.scores)-most):]
	for i, s := range scores {
		v := c.right(s)
		ink := color.RGBAModel.Convert(verdictInk(v)).(color.RGBA)
		x0, x1 := i*w/most, (i+1)*w/most-1
		middle := h / 2
		y := int((1-v)*float64(h-1) + 0.5)
		for py := min(y, middle); py <= max(y, middle); py++ {
			for px := x0; px < max(x1, x0+1); px++ {
				img.SetRGBA(px, py, ink)
			}
		}
	}
	return img
}

// show follows what the validations said.
func (r *probeRow) show(all []engine.Probes) {
	if len(all) == 0 {
		r.content.Hide()
		r.ids = nil
		return
	}
	last := all[len(all)-1]
	if len(r.cells) != len(last.Crops) || !equalIDs(r.ids, last.IDs) || !r.content.Visible() {
		r.fill(last)
	}
	flips, wrong := 0, 0
	for i, c := range r.cells {
		c.scores = c.scores[:0]
		for _, p := range all {
			if i < len(p.Scores) {
				c.scores = append(c.scores, p.Scores[i])
			}
		}
		n := len(c.scores)
		if n > 1 && (c.right(c.scores[n-1]) >= 0.5) != (c.right(c.scores[n-2]) >= 0.5) {
			flips++
		}
		if n > 0 && c.right(c.scores[n-1]) < 0.5 {
			wrong++
		}
		c.refresh()
	}
	r.title.SetText(tr("Hard crops, at every validation: %d of %d wrong, %d changed since the one before", wrong, len(r.cells), flips))
}

func equalIDs(a, b []int64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// fill makes the cells and fetches their pictures from the project.
func (r *probeRow) fill(p engine.Probes) {
	r.ids, r.cells, r.row.Objects = p.IDs, nil, nil
	for i, truth := range p.Truth {
		c := newProbeCell(truth, func() {
			if i < len(p.IDs) {
				r.t.showSamples(p.IDs, p.IDs[i], tr("hard crops of the run"))
			}
		})
		r.cells = append(r.cells, c)
		r.row.Add(c)
	}
	r.content.Show()
	if project := r.t.s.project; project != nil && len(p.IDs) > 0 {
		r.t.s.pictures(project, p.IDs, func(pics map[int64]image.Image) {
			for i, id := range p.IDs {
				if pic := pics[id]; pic != nil && i < len(r.cells) && equalIDs(r.ids, p.IDs) {
					r.cells[i].pic.Image = pic
					r.cells[i].pic.Refresh()
				}
			}
		})
	}
}

// pictures fetches crops of a project; those that are gone are left out.
func (s *session) pictures(p *dataset.Project, ids []int64, done func(map[int64]image.Image)) {
	start(s.jobs, &job{name: tr("Show crops"), quiet: true, of: p}, func(context.Context, *job) (map[int64]image.Image, error) {
		pics := map[int64]image.Image{}
		for _, id := range ids {
			if img, err := p.Crop(id); err == nil {
				pics[id] = img
			}
		}
		return pics, nil
	}, func(pics map[int64]image.Image, _ error) {
		if p == s.project {
			done(pics)
		}
	})
}
