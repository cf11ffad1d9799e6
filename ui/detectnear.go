package ui

import (
	"context"
	"fmt"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// seek looks for the crops of the project that look most like one to the model.
func (n *detectInspector) seek(crop *image.RGBA) {
	p, model := n.t.s.project, n.t.s.model
	if p == nil || model == nil {
		return
	}
	type found struct {
		near  []dataset.Neighbour
		crops []image.Image
	}
	var mine *job
	mine = start(n.t.s.jobs, &job{name: tr("Find look-alikes"), quiet: true, of: p}, func(ctx context.Context, _ *job) (f found, err error) {
		name, _, vectors, err := n.t.finder.describe(ctx, model, []image.Image{crop})
		if err != nil {
			return f, err
		}
		if f.near, err = p.Nearest(name, vectors[0], nearestCrops); err != nil {
			return f, err
		}
		for _, c := range f.near {
			img, err := p.Crop(c.ID)
			if err != nil {
				return f, err
			}
			f.crops = append(f.crops, img)
		}
		return f, nil
	}, func(f found, err error) {
		if n.seeking != mine || err != nil {
			return
		}
		n.seeking = nil
		n.showNear(f.near, f.crops)
	})
	n.seeking = mine
}

func (n *detectInspector) showNear(near []dataset.Neighbour, crops []image.Image) {
	if len(near) == 0 {
		n.near.Objects = []fyne.CanvasObject{wrapped(n.t.s.keys.fill(tr("This model has not looked at the crops of the project yet: {menu.review} has it review them, then the nearest ones stand here.")))}
		n.near.Refresh()
		return
	}
	row := container.NewGridWithColumns(4)
	for i, c := range near {
		line := container.NewHBox(container.New(fixedWidth(16), widget.NewIcon(classIcon(c.Class))), canvas.NewText(fmt.Sprintf("%.2f", c.Like), theme.Color(theme.ColorNameForeground)))
		row.Add(container.NewVBox(enlarged(crops[i], 60), line))
	}
	n.near.Objects = []fyne.CanvasObject{statsHeading(tr("Nearest crops of the project")), row}
	n.near.Refresh()
}
