package ui

import (
	"cmp"
	"context"
	"errors"
	"image"
	"log/slog"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"frglab/assets"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/vision"
)

// finder runs the detectors of the Detect tab, one picture at a time each. Its
// methods are called from jobs and wait for each other; a job that was cancelled
// while it waited does nothing.
type finder struct {
	devices []engine.Device
	prefs   fyne.Preferences // nil: the first device that works
	crash   *crashWatch      // nil is fine

	cnn      sync.Mutex
	device   nn.Backend
	opened   string // what was asked for when device was opened
	detector *engine.Detector
	model    *engine.Checkpoint // the one detector was made from
	judge    *engine.Judge      // of the same; nil before it is needed

	classic sync.Mutex
	cascade *vision.Cascade
}

// cnnResult is what the CNN made of a picture.
type cnnResult struct {
	scan   *engine.Scan
	stats  engine.DetectStats
	took   time.Duration
	device string
}

// scan gives every window of a picture a score.
func (f *finder) scan(ctx context.Context, model *engine.Checkpoint, img *image.RGBA, p engine.DetectParams) (cnnResult, error) {
	f.cnn.Lock()
	defer f.cnn.Unlock()
	if err := ctx.Err(); err != nil {
		return cnnResult{}, err
	}
	if err := f.prepare(model); err != nil {
		return cnnResult{}, err
	}
	began := time.Now()
	scan, err := f.detector.Scan(ctx, img, p)
	return cnnResult{scan, f.detector.Stats(), time.Since(began), f.device.Name()}, err
}

// prepare opens the device once and puts the model on it when it is another one.
func (f *finder) prepare(model *engine.Checkpoint) (err error) {
	if err := f.turn(); err != nil {
		return err
	}
	if f.model == model {
		return nil
	}
	if f.judge != nil {
		if err := f.judge.Close(); err != nil {
			return err
		}
		f.judge = nil
	}
	if f.detector != nil {
		if err := f.detector.Close(); err != nil {
			return err
		}
		f.detector, f.model = nil, nil
	}
	if f.detector, err = engine.NewScouted(model, assets.Scout(), f.device); err == nil {
		f.model = model
	}
	return err
}

// turn opens the device that the preferences name, or, where that one does not work any
// more, the first that does.
func (f *finder) turn() (err error) {
	want := "auto"
	if f.prefs != nil {
		want = cmp.Or(f.prefs.String(prefDevice), want)
	}
	if f.device != nil && f.opened == want {
		return nil
	}
	if err := f.drop(); err != nil {
		return err
	}
	if f.device, err = engine.OpenDevice(f.devices, want); err != nil && want != "auto" {
		slog.Warn("the device of the preferences does not work", "device", want, "err", err)
		f.device, err = engine.OpenDevice(f.devices, "auto")
	}
	if err == nil {
		f.opened = want
		f.crash.note("detects on %s", f.device.Name())
	}
	return err
}

// drop closes the device and what lies on it.
func (f *finder) drop() error {
	var errs []error
	if f.judge != nil {
		errs = append(errs, f.judge.Close())
	}
	if f.detector != nil {
		errs = append(errs, f.detector.Close())
	}
	if f.device != nil {
		errs = append(errs, f.device.Close())
	}
	f.judge, f.detector, f.model, f.device = nil, nil, nil, nil
	return errors.Join(errs...)
}

// describe is what the model says of crops, and how it describes each: see engine.Judge, of
// whose Name name is.
func (f *finder) describe(ctx context.Context, model *engine.Checkpoint, crops []image.Image) (name string, faces []float64, vectors [][]int8, err error) {
	f.cnn.Lock()
	defer f.cnn.Unlock()
	if err := ctx.Err(); err != nil {
		return "", nil, nil, err
	}
	if err := f.prepare(model); err != nil {
		return "", nil, nil, err
	}
	if f.judge == nil {
		if f.judge, err = engine.NewJudge(model, f.device); err != nil {
			return "", nil, nil, err
		}
	}
	faces, vectors, err = f.judge.Judge(ctx, crops)
	return f.judge.Name(), faces, vectors, err
}

// cascadeResult is what OpenCV's cascade made of a picture.
type cascadeResult struct {
	raw  vision.Raw
	took time.Duration
}

func (f *finder) search(ctx context.Context, img *image.RGBA, p vision.CascadeParams) (r cascadeResult, err error) {
	f.classic.Lock()
	defer f.classic.Unlock()
	if err := ctx.Err(); err != nil {
		return r, err
	}
	if f.cascade == nil {
		one, err := newCascades(1)
		if err != nil {
			return r, err
		}
		f.cascade = one[0]
	}
	began := time.Now()
	r.raw, err = f.cascade.Search(ctx, img, p)
	r.took = time.Since(began)
	return r, err
}

// close frees everything but what a job that does not end still uses.
func (f *finder) close() (err error) {
	if f.cnn.TryLock() {
		defer f.cnn.Unlock()
		err = f.drop()
	}
	if f.classic.TryLock() {
		defer f.classic.Unlock()
		if f.cascade != nil {
			err = errors.Join(err, f.cascade.Close())
		}
	}
	return err
}
