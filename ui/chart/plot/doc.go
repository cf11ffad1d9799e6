// Package plot draws curves into pictures: axes, layout, lines and marks. It knows no
// window: package chart shows a Figure in one, the command line writes it to a file.
//
//	fig := plot.Figure{Title: "Loss", XLabel: "iteration"}
//	fig.AddSeries("train", plot.Style{Smoothing: 0.9}).Set(xs, ys)
//	letters, err := plot.NewLetters()
//	img, err := plot.Picture(&fig, plot.Light, letters, 900, 400, 2)
//
// A series is drawn as it is; with smoothing the raw curve goes faint and a strong
// line over it shows the debiased exponential average (the average starts at the
// first value instead of at 0). The raw curve is never hidden, and decimation keeps
// the highest and the lowest point of every pixel column, so that no spike can get
// lost. NaN as y leaves a gap.
//
// Colours come from the palette of Okabe and Ito, made to be told apart by
// colour-blind readers; lines can also be dashed or dotted.
//
// Rejected: gonum/plot and go-chart (350 ms a redraw at 10,000 points, and a second
// look beside that of the window).
package plot
