package plot

import "image/color"

// Align says which side of a text lies at its place.
type Align int

// The alignments.
const (
	Leading Align = iota
	Center
	Trailing
)

// Text is a piece of writing in a figure; X and Y are of its upper edge, in units.
type Text struct {
	Text  string
	Size  float32
	Bold  bool
	Color color.Color
	X, Y  float32
	Align Align
}

// Texts are all texts of a frame, in the order in which they are drawn.
func (f *Frame) Texts(c Colors) []Text {
	var out []Text
	add := func(s string, size float32, ink color.Color, x, y float32, align Align) {
		if s != "" {
			out = append(out, Text{s, size, false, ink, x, y, align})
		}
	}
	line := float32(TextSize * 1.5)
	if f.fig.Title != "" {
		out = append(out, Text{f.fig.Title, TitleSize, true, c.Fore, padding, padding, Leading})
	}
	for _, e := range f.legend {
		add(e.word(), TextSize, c.Fore, e.x+swatch+tickRoom, e.y, Leading)
	}
	if !f.any {
		add(f.fig.Empty, TitleSize, c.Faint, f.width/2, f.height/2-TitleSize*0.75, Center)
		return out
	}
	if !f.roomy() {
		return out
	}
	for _, t := range f.yt {
		add(t.label, TextSize, c.Faint, f.plot.x0-tickRoom-2, f.py(t.v)-line/2, Trailing)
	}
	for _, t := range f.xt {
		add(t.label, TextSize, c.Faint, f.px(t.v), f.plot.y1+tickRoom, Center)
	}
	add(f.fig.YLabel, TextSize, c.Faint, padding, f.plot.y0-line-2, Leading)
	add(f.fig.XLabel, TextSize, c.Faint, (f.plot.x0+f.plot.x1)/2, f.plot.y1+line+2, Center)
	for _, v := range f.fig.vlines { // above the lines, clear of the curves
		at := f.x.at(v.X)
		if at < 0 || at > 1 {
			continue
		}
		ink := v.Color
		if ink == nil {
			ink = c.Fore
		}
		add(v.Label, TextSize, ink, f.px(v.X), f.plot.y0-TextSize*1.5-2, Center)
	}
	return out
}
