// Package chart is a widget that draws live curves, such as the loss of a
// training run.
//
//	c := chart.New()
//	c.Title, c.XLabel = "Loss", "step"
//	loss := c.AddSeries("train", chart.Style{Smoothing: 0.95})
//	loss.Append(step, value) // from any goroutine
//	c.Refresh()              // on the UI goroutine, at most 10 times a second
//
// A series is drawn as it is; with smoothing the raw curve goes faint and a
// strong line over it shows the debiased exponential average (the average
// starts at the first value instead of at 0). The raw curve is never hidden,
// and decimation keeps the highest and the lowest point of every pixel column,
// so that no spike can get lost.
//
// NaN as y leaves a gap. Colours come from the palette of Okabe and Ito, made
// to be told apart by colour-blind readers; lines can also be dashed or dotted.
//
// Moving the pointer over the chart shows the values at the nearest x.
//
// Rejected: gonum/plot and go-chart (350 ms a redraw at 10,000 points; right
// for files, not for a live window). To reopen: a chart widget in Fyne itself.
package chart
