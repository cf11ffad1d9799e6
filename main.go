// Command frglab makes an anime-face detector out of your own pictures.
package main

import (
	"context"
	"fmt"
	"image"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"fyne.io/fyne/v2/app"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
	"frglab/engine/nn/cuda/driver"
	"frglab/engine/nn/onednn"
	"frglab/engine/nn/ref"
	"frglab/engine/vision"
	"frglab/ui"
	"frglab/ui/cli"
	"frglab/ui/native"
	"frglab/ui/quiet"
)

// version is that of FyneApp.toml: make build sets it.
var version = "unreleased"

// appID is that of FyneApp.toml.
const appID = "app.frglab"

func main() {
	quiet.End()
	args := os.Args[1:]
	threads, err := parseThreads(os.Getenv("FRGLAB_THREADS"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "frglab:", err)
		os.Exit(2)
	}
	if err := limitPixels(os.Getenv("FRGLAB_MAX_MEGAPIXELS")); err != nil {
		fmt.Fprintln(os.Stderr, "frglab:", err)
		os.Exit(2)
	}
	if cli.IsCommand(args) {
		os.Exit(command(args, devices(threads)))
	}
	os.Exit(window(args, devices(threads)))
}

// parseThreads reads FRGLAB_THREADS; 0 stands for all cores.
func parseThreads(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > onednn.MaxThreads {
		return 0, fmt.Errorf("FRGLAB_THREADS is %q: set it to a number of threads up to %d, or to nothing for all cores", s, onednn.MaxThreads)
	}
	return n, nil
}

// limitPixels reads FRGLAB_MAX_MEGAPIXELS, the size from which pictures and videos are
// refused.
func limitPixels(s string) error {
	if s == "" {
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 1000 {
		return fmt.Errorf("FRGLAB_MAX_MEGAPIXELS is %q: set it to a number from 1 to 1000, or to nothing for %d", s, dataset.MaxPixels/1_000_000)
	}
	dataset.LimitPixels(n * 1_000_000)
	vision.LimitPixels(n * 1_000_000)
	return nil
}

// devices are the ways to compute, in the order in which "auto" tries them, with so many
// threads; 0: all cores. A card comes first where there is one that has not failed its
// check: see driver.Cautious.
func devices(threads int) []engine.Device {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	checks := filepath.Join(cache, "frglab", "cards.json")
	card := func(p cuda.Precision) func() (nn.Backend, error) {
		return func() (nn.Backend, error) {
			return driver.Cautious(p, checks, func() (nn.Backend, error) { return ref.New(threads), nil })
		}
	}
	all := []engine.Device{
		{Name: "cpu", About: "the processor, through oneDNN", Open: func() (nn.Backend, error) { return onednn.New(threads) }},
		{Name: "ref", About: "the processor in plain Go: slow, to check others against", Open: func() (nn.Backend, error) { return ref.New(threads), nil }},
		{Name: "cuda", About: "the fastest NVIDIA card", Open: card(cuda.TF32), Absent: true},
		{Name: "cuda-fp32", About: "the same card without rounding to tf32: slower", Open: card(cuda.Float32), Absent: true},
	}
	if name := driver.Best(cuda.TF32, checks); name != "" {
		all[2].About, all[2].Absent = name, false
		all[3].About, all[3].Absent = name+", float32", false
		return []engine.Device{all[2], all[0], all[1], all[3]}
	}
	return all
}

// command does a job without a window. The first interruption lets it finish what
// it is at, the second ends it.
func command(args []string, devices []engine.Device) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	defer stop()
	return cli.Main(ctx, args, cli.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Devices:      devices,
		Cards:        driver.List(),
		Version:      version,
		Scout:        assets.Scout(),
		OpenCascades: openCascades,
		IsVideo:      vision.IsVideo,
		OpenVideo:    func(path string) (cli.Video, error) { return vision.OpenVideo(path) },

		OneThreadEach: vision.OneThreadEach,
		Peak:          onednn.PeakGFLOPS,
	})
}

// window opens the window on what the arguments name. Where there is no display it
// says what to do instead.
func window(args []string, devices []engine.Device) int {
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		fmt.Fprintln(os.Stderr, "frglab: no display for the window: start it on a desktop, or use the command line (frglab help)")
		return 3
	}
	if cache, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(cache, 0o700) // Fyne makes its own folder in there, but not this one
	}
	aside, err := ui.SetAside(appID, time.Now())
	if err == nil {
		err = ui.Run(ui.Options{App: app.NewWithID(appID), Devices: devices, Dialogs: native.System, Version: version, Open: args, Aside: aside})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "frglab:", err)
		return 3
	}
	return 0
}

// cascade is the bundled cascade with its author's parameters but for two.
type cascade struct {
	*vision.Cascade
	params vision.CascadeParams
}

func openCascades(n int, scaleFactor float64, minNeighbors int) (list []cli.Cascade, err error) {
	p := vision.DefaultCascadeParams()
	p.ScaleFactor, p.MinNeighbors = scaleFactor, minNeighbors
	all, err := vision.NewCascades(assets.Cascade(), n)
	for _, c := range all {
		list = append(list, cascade{c, p})
	}
	return list, err
}

func (c cascade) Detect(ctx context.Context, img *image.RGBA) ([]engine.Detection, error) {
	return c.Cascade.Detect(ctx, img, c.params)
}
