package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"frglab/engine"
	"frglab/ui/results"
)

func convertCommand() command {
	return command{
		name:  "convert",
		short: "writes a network as ONNX, safetensors or a graph for Graphviz",
		usage: "--to onnx|safetensors|dot [OPTIONS] OUT     (- writes to standard output)",
		examples: []string{
			"frglab convert --to onnx face.onnx     takes (N,3,64,64) RGB pixels of 0 to 255, gives probabilities",
			"frglab convert --model run/best.safetensors --to safetensors --precision f16 small.safetensors",
			"frglab convert --to dot - | dot -Tsvg > network.svg",
		},
		setup: func(fs *flag.FlagSet) run {
			c := &conversion{}
			fs.StringVar(&c.model, "model", "", "`file` of a trained network (default: the bundled one)")
			fs.BoolVar(&c.scout, "scout", false, "convert the bundled small network that says where to look")
			fs.StringVar(&c.to, "to", "", "`format`: onnx, safetensors or dot")
			fs.StringVar(&c.precision, "precision", "", "`f32` or f16, of safetensors (default: f16 where no bit is lost with it, as in a file of f16)")
			return c.run
		},
	}
}

// conversion is one call of frglab convert.
type conversion struct {
	model, to, precision string
	scout                bool
}

// modelFormat is a format that a network can be written in.
type modelFormat struct {
	name  string
	opens []byte // how an earlier file of ours begins, which may be replaced; nil: none may be
	write func(c *engine.Checkpoint, w io.Writer) error
}

func (c *conversion) formats() []modelFormat {
	return []modelFormat{
		{"onnx", []byte("\x08\x07\x12\x06FrgLab"), (*engine.Checkpoint).WriteONNX},
		{"safetensors", nil, c.writeSafetensors}, // may be the only copy of a training's outcome
		{"dot", []byte("digraph "), (*engine.Checkpoint).WriteDot},
	}
}

func (c *conversion) run(_ context.Context, env *Env, args []string) error {
	format, err := c.check(args)
	if err != nil {
		return err
	}
	out := args[0]
	model, err := c.open(env)
	if err != nil {
		return err
	}
	if out == "-" {
		return format.write(model, env.Stdout)
	}
	if err := writable(out, format.opens); err != nil {
		return err
	}
	if err := results.WriteFile(out, func(w io.Writer) error { return format.write(model, w) }); err != nil {
		return err
	}
	info, err := os.Stat(out)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "%s: %s, %.1f MB\n", show(out), model, float64(info.Size())/1e6)
	return nil
}

// check finds mistakes before anything is loaded.
func (c *conversion) check(args []string) (modelFormat, error) {
	formats := c.formats()
	i := slices.IndexFunc(formats, func(f modelFormat) bool { return f.name == c.to })
	switch {
	case c.to == "":
		return modelFormat{}, usagef("convert: --to is missing: use onnx, safetensors or dot")
	case i < 0:
		return modelFormat{}, usagef("--to %q: use onnx, safetensors or dot", c.to)
	case len(args) != 1:
		return modelFormat{}, usagef("convert: name one file to write, such as face.%s, not %d", c.to, len(args))
	case c.precision != "" && c.to != "safetensors":
		return modelFormat{}, usagef("--precision: only with --to safetensors; the numbers in %s have 32 bits", strings.ToUpper(c.to))
	case !slices.Contains([]string{"", "f32", "f16"}, c.precision):
		return modelFormat{}, usagef("--precision %q: use f32 or f16", c.precision)
	case c.scout && c.model != "":
		return modelFormat{}, usagef("--scout is a bundled network: leave it or --model out")
	}
	return formats[i], nil
}

func (c *conversion) open(env *Env) (*engine.Checkpoint, error) {
	if !c.scout {
		return openModel(c.model)
	}
	if env.Scout == nil {
		return nil, errors.New("this program has no bundled scout: name a network with --model")
	}
	return engine.ParseCheckpoint(env.Scout)
}

func (c *conversion) writeSafetensors(model *engine.Checkpoint, w io.Writer) error {
	return model.WriteSafetensors(w, c.precision == "f16" || c.precision == "" && model.HalfIsExact())
}
