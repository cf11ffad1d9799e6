package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/image/draw"

	"frglab/engine"
	"frglab/engine/nn"
)

func benchCommand() command {
	return command{
		name:     "bench",
		short:    "measures how fast this machine trains and detects",
		usage:    "[OPTIONS]",
		examples: []string{"frglab bench --json bench.json"},
		setup: func(fs *flag.FlagSet) run {
			b := &bench{fs: fs, each: seconds(3 * time.Second)}
			fs.StringVar(&b.device, "device", "auto", "`name` of what computes: auto, or one that frglab doctor lists")
			fs.StringVar(&b.archName, "arch", "frgnet64", "`name` of the network, or a JSON file that describes one; detection is measured with the bundled one unless this is given")
			fs.Var(&b.each, "time", "`time` that each measurement takes at least, in seconds")
			fs.IntVar(&b.train, "train", 0, "measure training alone, with batches of this `number` of crops")
			fs.StringVar(&b.json, "json", "", "`OUT.json` gets the report; - is standard output")
			return b.run
		},
	}
}

// bench is one call of frglab bench.
type bench struct {
	fs                     *flag.FlagSet
	device, archName, json string
	each                   seconds
	train                  int // batch; 0: measure everything

	arch    nn.Arch
	weights nn.Weights
	dev     nn.Backend
	tag     string // the device's name in results
	out     benchReport
}

// benchReport is what bench --json writes.
type benchReport struct {
	Machine machine  `json:"machine"`
	Results []result `json:"results"`
}

type machine struct {
	CPU     string  `json:"cpu"`
	Cores   int     `json:"cores"`
	Peak1   float64 `json:"peak_gflops_1"`   // matrix product on one core; 0: not measured
	PeakAll float64 `json:"peak_gflops_all"` // on all cores
}

type result struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	GFLOPS float64 `json:"gflops"` // of the convolutions and dense layers, a multiply-add counted as two; 0: not counted, or in bytes
	Share  float64 `json:"share"`  // of the machine's peak on all cores; 0: unknown
}

func (b *bench) run(ctx context.Context, env *Env, args []string) (err error) {
	if len(args) > 0 {
		return usagef("bench: %q is no option", args[0])
	}
	if b.train < 0 || b.train > maxBenchBatch {
		return usagef("--train %d: use 1 to %d crops", b.train, maxBenchBatch)
	}
	if err := checkReport(b.json); err != nil {
		return err
	}
	if b.arch, err = openArch(b.archName); err != nil {
		return err
	}
	if b.weights, err = nn.NewWeights(b.arch, nn.He, 1); err != nil {
		return err
	}
	if b.dev, b.tag, err = namedDevice(env, b.device); err != nil {
		return err
	}
	defer func() { err = env.closing(err, b.dev.Close) }()
	all := []func(context.Context, *Env) error{b.machine, b.networks, b.detectors, b.cascade}
	if b.train > 0 {
		all = []func(context.Context, *Env) error{b.training}
	}
	for _, m := range all {
		if err := m(ctx, env); err != nil {
			return err
		}
	}
	return writeReport(env, b.json, b.out, b.out.print)
}

// maxBenchBatch is as large as a batch of a training can be.
const maxBenchBatch = 4096

func (b *bench) machine(_ context.Context, env *Env) (err error) {
	b.out.Machine, err = thisMachine(env)
	return err
}

// namedDevice opens a device and says which one "auto" came to.
func namedDevice(env *Env, name string) (nn.Backend, string, error) {
	if name != "auto" && name != "" {
		dev, err := openDevice(env, name)
		return dev, name, err
	}
	for _, d := range env.Devices {
		if dev, err := d.Open(); err == nil {
			return dev, d.Name, nil
		}
	}
	dev, err := openDevice(env, name)
	return dev, name, err
}

// networks measures training and inference on random crops.
func (b *bench) networks(ctx context.Context, _ *Env) error {
	net, err := nn.New(b.dev, b.arch, b.weights)
	if err != nil {
		return err
	}
	defer net.Close()
	arch, weights, err := nn.Fold(b.arch, b.weights) // as a detector does
	if err != nil {
		return err
	}
	folded, err := nn.New(b.dev, arch, weights)
	if err != nil {
		return err
	}
	defer folded.Close()
	forward, _ := b.arch.Work()
	for _, m := range []struct {
		kind  string
		batch int
	}{{"train", 10}, {"train", 64}, {"infer", 1}, {"infer", 64}} {
		if m.kind == "train" {
			if err := b.learn(ctx, net, m.batch); err != nil {
				return err
			}
			continue
		}
		x := b.crops(m.batch)
		took, err := b.measure(ctx, func() error { _, err := folded.Logits(x, m.batch); return err })
		if err != nil {
			return err
		}
		b.addSpeed(m.kind, m.batch, took, forward)
	}
	return nil
}

// training measures that alone.
func (b *bench) training(ctx context.Context, _ *Env) error {
	net, err := nn.New(b.dev, b.arch, b.weights)
	if err != nil {
		return err
	}
	defer net.Close()
	return b.learn(ctx, net, b.train)
}

// learn measures training with one batch size.
func (b *bench) learn(ctx context.Context, net *nn.Net, batch int) error {
	x, targets := b.crops(batch), make([]float32, batch*b.arch.Classes())
	for i := 0; i < len(targets); i += b.arch.Classes() {
		targets[i] = 1
	}
	took, err := b.measure(ctx, func() error {
		_, _, err := net.Step(x, targets, batch, nn.SGD{Rate: 1e-4, Momentum: 0.9}, 1)
		return err
	})
	if err != nil {
		return err
	}
	_, cost := b.arch.Work()
	b.addSpeed("train", batch, took, cost)
	return nil
}

// crops are so many random ones.
func (b *bench) crops(n int) []float32 {
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float32, n*3*b.arch.Size*b.arch.Size)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// addSpeed adds crops a second, at so many GFLOP a crop.
func (b *bench) addSpeed(kind string, batch int, took time.Duration, cost float64) {
	speed := float64(batch) / took.Seconds()
	b.add(fmt.Sprintf("%s/%s/b%d/%s", kind, b.arch.Name, batch, b.tag), speed, "crops/s", speed*cost)
}

// detectors measures the network's modes on a whole picture.
func (b *bench) detectors(ctx context.Context, env *Env) error {
	img, err := benchPicture()
	if err != nil {
		return err
	}
	c := b.model()
	d, err := engine.NewScouted(c, env.Scout, b.dev)
	if err != nil {
		return err
	}
	defer d.Close()
	forward, _ := c.Arch.Work()
	for _, mode := range []string{engine.ModeScout, engine.ModeShared, engine.ModeWindows, engine.Mode2015} {
		if mode == engine.ModeScout && env.Scout == nil {
			continue
		}
		p, err := engine.DefaultDetectParams(mode)
		if err != nil {
			return err
		}
		took, err := b.measure(ctx, func() error { _, err := d.Detect(ctx, img, p); return err })
		if err != nil {
			return err
		}
		s := d.Stats()
		work := s.Look + float64(s.Windows)*forward
		if s.Bytes { // no share of what the machine does with floats
			work = 0
		}
		b.addTime("detect/512x288/"+mode+"/"+b.tag, took, work)
	}
	return nil
}

// model is the network that detects: the bundled one, unless another one is asked for, or there
// is none.
func (b *bench) model() *engine.Checkpoint {
	if bundled, err := openModel(""); err == nil && !given(b.fs, "arch") {
		return bundled
	}
	return &engine.Checkpoint{
		Arch: b.arch, Classes: []string{"face", "other"}, Mean: []float32{128, 128, 128}, Scale: 64, Weights: b.weights,
	}
}

func (b *bench) cascade(ctx context.Context, env *Env) error {
	if env.OpenCascades == nil {
		env.warn("this build has no OpenCV: the cascade is not measured")
		return nil
	}
	c, err := openCascade(env, scaleFactor, sure)
	if err != nil {
		return err
	}
	defer closeAll([]finder{c})
	img, err := benchPicture()
	if err != nil {
		return err
	}
	took, err := b.measure(ctx, func() error { _, err := c.find(ctx, img); return err })
	if err != nil {
		return err
	}
	b.addTime("detect/512x288/cascade", took, 0)
	return nil
}

// benchPicture is a bundled picture at the size that DESIGN's budgets are for.
func benchPicture() (*image.RGBA, error) {
	list, err := bundled()
	if err != nil || len(list) == 0 {
		return nil, errors.Join(errors.New("no bundled picture to measure with"), err)
	}
	img, err := list[0].read()
	if err != nil {
		return nil, err
	}
	small := image.NewRGBA(image.Rect(0, 0, 512, 288))
	draw.CatmullRom.Scale(small, small.Rect, img, img.Rect, draw.Src, nil)
	return small, nil
}

// measure is the median time of one call. The first one, which builds graphs and
// fills caches, does not count.
func (b *bench) measure(ctx context.Context, do func() error) (time.Duration, error) {
	if err := do(); err != nil {
		return 0, err
	}
	var took []time.Duration
	for begin := time.Now(); len(took) == 0 || time.Since(begin) < time.Duration(b.each); {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		start := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

func (b *bench) addTime(name string, took time.Duration, gflop float64) {
	b.add(name, float64(took.Microseconds())/1000, "ms", gflop/took.Seconds())
}

func (b *bench) add(name string, value float64, unit string, gflops float64) {
	r := result{Name: name, Value: value, Unit: unit, GFLOPS: gflops}
	if b.out.Machine.PeakAll > 0 {
		r.Share = gflops / b.out.Machine.PeakAll
	}
	b.out.Results = append(b.out.Results, r)
}

func (r benchReport) print(w io.Writer) {
	m := r.Machine
	if m.Cores > 0 {
		fmt.Fprintf(w, "%s, %d cores", m.CPU, m.Cores)
		if m.PeakAll > 0 {
			fmt.Fprintf(w, ": matrix product %.1f GFLOP/s on one core, %.1f on all", m.Peak1, m.PeakAll)
		}
		fmt.Fprintln(w)
	}
	for _, r := range r.Results {
		fmt.Fprintf(w, "%-34s %8.1f %s", r.Name, r.Value, r.Unit)
		if r.GFLOPS > 0 {
			fmt.Fprintf(w, "  %.1f GFLOP/s", r.GFLOPS)
		}
		if r.Share > 0 {
			fmt.Fprintf(w, ", %.0f %% of the matrix product", 100*r.Share)
		}
		fmt.Fprintln(w)
	}
}
