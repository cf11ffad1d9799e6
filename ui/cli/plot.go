package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"os"
	"path/filepath"

	"frglab/engine"
	"frglab/ui/chart/plot"
	"frglab/ui/results"
)

func plotCommand() command {
	return command{
		name:  "plot",
		short: "draws the loss and accuracy of trainings, also of 2015",
		usage: "LOG... --out curves.png [OPTIONS]\n\n" +
			"A LOG is the folder of a run, its log.jsonl, or what a training of 2015 printed.",
		examples: []string{
			"frglab plot runs/1 --out curves.png",
			"frglab plot log2015.txt runs/1 --log --out both.png",
		},
		setup: func(fs *flag.FlagSet) run {
			p := &plotting{}
			fs.StringVar(&p.out, "out", "", "`curves.png` gets the picture")
			fs.BoolVar(&p.log, "log", false, "scale the loss by logarithm")
			fs.Float64Var(&p.smooth, "smooth", 0.8, "weight of the past, 0 to 0.99, in the strong line; the curve as it is shows faintly behind")
			fs.IntVar(&p.width, "width", 1600, "`number` of pixels across; the picture is three quarters as high")
			return p.run
		},
	}
}

// plotting is one call of frglab plot.
type plotting struct {
	out    string
	log    bool
	smooth float64
	width  int
}

func (p *plotting) run(ctx context.Context, env *Env, args []string) error {
	switch {
	case len(args) == 0:
		return usagef("plot: no logs: name the folder of a run, its log.jsonl, or a log of 2015")
	case p.out == "":
		return usagef("plot: --out is missing: name the PNG file to write")
	case p.smooth < 0 || p.smooth > 0.99 || p.smooth != p.smooth:
		return usagef("--smooth %g: use 0 to 0.99", p.smooth)
	case p.width < 400 || p.width > 8000:
		return usagef("--width %d: use 400 to 8000", p.width)
	}
	if err := checkPNG(p.out); err != nil {
		return err
	}
	t := tally{env: env, what: "log"}
	var all []engine.Curves
	for _, name := range args {
		if ctx.Err() != nil {
			return t.stopped(nil, "")
		}
		c, err := openCurves(name)
		if err != nil {
			t.fail(err)
			continue
		}
		for _, w := range c.Warnings {
			env.warn("%s: %s", name, w)
		}
		t.done++
		all = append(all, c)
	}
	if len(all) == 0 {
		return t.result()
	}
	letters, err := plot.NewLetters()
	if err != nil {
		return err
	}
	img, err := p.draw(all, letters)
	if err != nil {
		return err
	}
	if m := letters.Missing(); m != "" {
		env.warn("no installed font has %s: boxes stand in the picture: install a font for it, such as fonts-noto-cjk, and draw it again", m)
	}
	if err := results.WriteFile(p.out, func(w io.Writer) error { return png.Encode(w, img) }); err != nil {
		return err
	}
	for _, c := range all {
		fmt.Fprintln(env.Stdout, describe(c))
	}
	return t.result()
}

// checkPNG keeps a file that is no picture of ours from being replaced.
func checkPNG(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("--out %s: %w: name another file", show(path), results.Cause(err))
	}
	defer f.Close()
	head := make([]byte, 8)
	if n, _ := io.ReadFull(f, head); n > 0 && string(head) != "\x89PNG\r\n\x1a\n" {
		return usagef("--out %s: holds something else: the file was left as it is, name another", show(path))
	}
	return nil
}

// openCurves reads a log, or the log of the run in a folder.
func openCurves(name string) (engine.Curves, error) {
	path := name
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		path = filepath.Join(name, engine.LogFile)
	}
	return engine.ReadCurves(path)
}

// draw puts loss above accuracy.
func (p *plotting) draw(all []engine.Curves, letters *plot.Letters) (image.Image, error) {
	loss := plot.Figure{Title: "Loss", LogY: p.log}
	accuracy := plot.Figure{Title: "Accuracy", XLabel: "iteration", FormatY: func(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }}
	if len(all) > 1 {
		loss.Title, accuracy.Title = "Loss (dashed: validation)", "Accuracy (dashed: validation)"
	}
	for _, c := range all {
		name := ""
		train, valid := plot.Style{Smoothing: p.smooth}, plot.Style{Dots: true, Dashed: true}
		if len(all) > 1 {
			name, train.Legend = c.Name+" ", c.Name
		}
		for _, f := range []*plot.Figure{&loss, &accuracy} {
			a := f.AddSeries(name+"train", train)
			if len(all) > 1 { // a colour for each log
				valid.With = a
			}
			b := f.AddSeries(name+"valid", valid)
			for _, e := range c.Events {
				y, to := e.Loss, a
				if f == &accuracy {
					y = e.Accuracy
				}
				if e.Event == engine.EventValid {
					to = b
				}
				to.Append(float64(e.Step), y)
			}
		}
		if best := bestOf(c); len(all) == 1 && best.Step > 0 {
			mark := plot.VLine{X: float64(best.Step), Label: "best"}
			loss.Mark(mark)
			accuracy.Mark(mark)
		}
	}
	const units = 800 // across, so that letters look the same in every size
	scale := float64(p.width) / units
	a, err1 := plot.Picture(&loss, plot.Light, letters, units, 300, scale)
	b, err2 := plot.Picture(&accuracy, plot.Light, letters, units, 300, scale)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, p.width, a.Rect.Dy()+b.Rect.Dy()))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(img, a.Rect, a, image.Point{}, draw.Src)
	draw.Draw(img, b.Rect.Add(image.Pt(0, a.Rect.Dy())), b, image.Point{}, draw.Src)
	return img, nil
}

// bestOf is the validation with the lowest loss; Step 0 where there is none.
func bestOf(c engine.Curves) (best engine.Progress) {
	for _, e := range c.Events {
		if e.Event == engine.EventValid && (best.Step == 0 || e.Loss < best.Loss) {
			best = e
		}
	}
	return best
}

// describe is a log in a line.
func describe(c engine.Curves) string {
	last := c.Events[len(c.Events)-1]
	text := fmt.Sprintf("%s: %d points to iteration %d", show(c.Name), len(c.Events), last.Step)
	if best := bestOf(c); best.Step > 0 {
		text += fmt.Sprintf(", best validation: loss %.4f, accuracy %.2f %% at iteration %d", best.Loss, 100*best.Accuracy, best.Step)
	}
	return text
}
