// Package chart is a widget that draws live curves, such as the loss of a
// training run.
//
//	c := chart.New()
//	c.Title, c.XLabel = "Loss", "step"
//	loss := c.AddSeries("train", chart.Style{Smoothing: 0.95})
//	loss.Append(step, value) // from any goroutine
//	c.Refresh()              // on the UI goroutine, at most 10 times a second
//
// What is drawn, and how, is a Figure of package plot, which writes files as well.
//
// Moving the pointer over the chart shows the values at the nearest x. A drag shows
// the part that was dragged over, the wheel zooms about the pointer, and a double
// click shows everything again.
//
// Rejected: gonum/plot and go-chart (350 ms a redraw at 10,000 points; right
// for files, not for a live window). To reopen: a chart widget in Fyne itself.
package chart
