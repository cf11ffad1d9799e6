package ui

import (
	"cmp"
	"context"
	"image/color"
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// showStats shows the numbers of the project in a dialog.
func (t *labelTab) showStats() {
	p := t.s.project
	if p == nil || t.s.win.Canvas().Overlays().Top() != nil {
		return
	}
	body := container.New(column(4), widget.NewLabel(tr("Counting…")))
	d := dialog.NewCustom(tr("Statistics"), tr("Close"), container.NewVScroll(container.New(rightMargin(12), body)), t.s.win)
	d.SetOnClosed(t.focus)
	size := t.s.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(760, size.Width-40), min(640, size.Height-40)))
	d.Show()
	start(t.s.jobs, &job{name: tr("Statistics"), quiet: true, of: p}, func(context.Context, *job) (dataset.Stats, error) {
		return p.Stats()
	}, func(s dataset.Stats, err error) {
		if err == nil {
			body.Objects = statsRows(s)
			body.Refresh()
		}
	})
}

// statsRows are the parts of the panel, from top to bottom.
func statsRows(s dataset.Stats) []fyne.CanvasObject {
	rows := []fyne.CanvasObject{
		statsLine(tr("Whole project"), s.Counts, 0),
		statsLegend(),
	}
	most := 0
	for _, t := range s.Titles {
		most = max(most, t.Samples)
	}
	rows = append(rows, statsHeading(tr("Titles")))
	for _, t := range s.Titles {
		rows = append(rows, statsLine(t.Title, t.Counts, most))
	}
	rows = append(rows, statsHeading(tr("Split")),
		amount(tr("To train with"), s.Train, s.Train+s.Valid),
		amount(tr("To check with"), s.Valid, s.Train+s.Valid),
		leakLine(s.Leak))
	rows = append(rows, statsHeading(tr("Size of the box, in pixels")))
	for i, size := range s.Sizes {
		name := tr("from %d", size.From)
		if i+1 < len(s.Sizes) {
			name = tr("%d to %d", size.From, s.Sizes[i+1].From-1)
		}
		rows = append(rows, statsLine(name, size.Counts, s.Samples))
	}
	rows = append(rows, statsHeading(tr("Proposers")))
	names := slices.SortedFunc(maps.Keys(s.Proposers), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.Proposers[b], s.Proposers[a]), cmp.Compare(a, b))
	})
	for _, name := range names {
		rows = append(rows, amount(proposerName(name), s.Proposers[name], s.Samples))
	}
	rows = append(rows, statsHeading(tr("Review")))
	if s.Judged == 0 {
		return append(rows, note(tr("Not reviewed yet. A review finds uncertain and suspected crops, look-alikes and duplicates.")))
	}
	return append(rows,
		amount(tr("Seen by the model"), s.Judged, s.Samples),
		amount(tr("Uncertain, not checked"), s.Uncertain, s.Samples),
		amount(tr("Model disagrees"), s.Disagreeing, s.Samples),
		amount(tr("Labels suspected"), s.Suspects, s.Samples-s.Unchecked),
		amount(tr("Duplicates"), s.Duplicates, s.Samples),
		amount(tr("Frames without a face, not looked through"), s.FramesMissed, s.FramesLooked))
}

// leakLine says how far scores are optimistic because crops to check with have
// duplicates among those to train with.
func leakLine(l dataset.Leak) fyne.CanvasObject {
	if l.Unknown > 0 {
		return note(tr("Whether scores are optimistic is not known: %s crops were never compared with the others. A review does that.", grouped(l.Unknown)))
	}
	if l.Leaked == 0 {
		return note(tr("No crop to check with has a duplicate among those to train with."))
	}
	text := tr("Optimistic: %s of %s crops to check with have a duplicate among those to train with. The titles: ", grouped(l.Leaked), grouped(l.Valid))
	for i, t := range l.Titles {
		if i > 0 {
			text += ", "
		}
		text += t.Title
	}
	o := widget.NewLabel("⚠ " + text)
	o.Wrapping, o.Importance = fyne.TextWrapWord, widget.WarningImportance
	return o
}

func note(text string) fyne.CanvasObject {
	o := widget.NewLabel(text)
	o.Wrapping, o.SizeName = fyne.TextWrapWord, theme.SizeNameCaptionText
	return o
}

func statsHeading(text string) fyne.CanvasObject {
	return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

// statsLine is a name, how many crops, and a bar of their verdicts: as long as their
// share of most, the whole width for 0.
func statsLine(name string, n dataset.Counts, most int) fyne.CanvasObject {
	if most == 0 {
		most = n.Samples
	}
	parts := []part{{n.Face, faceColor}, {n.Other, otherColor}, {n.Unsure, unsureColor}, {n.Unchecked, theme.Color(theme.ColorNameDisabled)}}
	words := tr("%s: %s faces, %s others, %s unsure, %s not checked", grouped(n.Samples), grouped(n.Face), grouped(n.Other), grouped(n.Unsure), grouped(n.Unchecked))
	return line(name, words, newStackBar(parts, most))
}

// amount is a name with a count and a bar of its share.
func amount(name string, n, of int) fyne.CanvasObject {
	return line(name, grouped(n)+share(n, of), newStackBar([]part{{n, theme.Color(theme.ColorNamePrimary)}}, of))
}

func share(n, of int) string {
	if of == 0 {
		return ""
	}
	return tr("  (%.1f %%)", 100*float64(n)/float64(of))
}

func line(name, words string, bar fyne.CanvasObject) fyne.CanvasObject {
	left, right := widget.NewLabel(name), widget.NewLabel(words)
	left.Truncation = fyne.TextTruncateEllipsis
	right.SizeName = theme.SizeNameCaptionText
	right.Alignment = fyne.TextAlignTrailing
	return container.NewBorder(nil, container.New(fixedHeight(8), bar), nil, right, left)
}

// statsLegend says what the colours are.
func statsLegend() fyne.CanvasObject {
	row := container.NewHBox()
	for _, l := range []struct {
		sign fyne.Resource
		text string
	}{{faceIcon, tr("face")}, {otherIcon, tr("other")}, {unsureIcon, tr("unsure")}, {openIcon, tr("not checked")}} {
		text := widget.NewLabel(l.text)
		text.SizeName = theme.SizeNameCaptionText
		row.Add(widget.NewIcon(l.sign))
		row.Add(text)
	}
	return row
}

// part is a stretch of a stackBar.
type part struct {
	n     int
	color color.Color
}

// stackBar draws numbers as stretches of one bar; of is the whole width.
type stackBar struct {
	parts []part
	of    int
}

func newStackBar(parts []part, of int) fyne.CanvasObject {
	c := container.New(&stackBar{parts, max(1, of)})
	for _, p := range parts {
		c.Add(canvas.NewRectangle(p.color))
	}
	return c
}

// MinSize implements fyne.Layout.
func (b *stackBar) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, 8) }

// Layout implements fyne.Layout.
func (b *stackBar) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, o := range objects {
		w := size.Width * float32(b.parts[i].n) / float32(b.of)
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w
	}
}
