package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"frglab/engine"
	"frglab/engine/nn"
)

// speeds are how fast this machine trains, in crops a second: what trainings came to,
// and for what was never trained here a trial of some seconds. They are kept in the
// preferences: a project may come from another machine.
type speeds struct {
	t     *trainTab
	known map[trial]float64
	tried map[trial]bool // in this sitting
	job   *job           // the trial that runs
}

// trial is what the speed of a training depends on.
type trial struct {
	network, device string
	batch           int
}

func trialOf(c engine.Config, device string) trial {
	return trial{archWord(c.Arch), device, c.Batch}
}

const prefSpeeds = "train.speeds" // JSON: network, device, batch, crops a second

func newSpeeds(t *trainTab) *speeds {
	s := &speeds{t: t, known: map[trial]float64{}, tried: map[trial]bool{}}
	var kept map[string]map[string]map[int]float64
	json.Unmarshal([]byte(t.s.app.Preferences().String(prefSpeeds)), &kept) // what cannot be read is measured again
	for network, devices := range kept {
		for device, batches := range devices {
			for batch, rate := range batches {
				if batch > 0 && rate > 0 {
					s.known[trial{network, device, batch}] = rate
				}
			}
		}
	}
	return s
}

// of is the speed of a training, with the nearest batch that is known; 0: none is.
func (s *speeds) of(want trial) (rate float64) {
	far := math.Inf(1)
	for k, r := range s.known {
		if k.network != want.network || k.device != want.device {
			continue
		}
		if d := math.Abs(math.Log(float64(k.batch) / float64(want.batch))); d < far {
			far, rate = d, r
		}
	}
	return rate
}

// keep takes what was measured.
func (s *speeds) keep(of trial, rate float64) {
	if rate <= 0 || of.batch <= 0 {
		return
	}
	s.known[of] = rate
	all := map[string]map[string]map[int]float64{}
	for k, r := range s.known {
		if all[k.network] == nil {
			all[k.network] = map[string]map[int]float64{}
		}
		if all[k.network][k.device] == nil {
			all[k.network][k.device] = map[int]float64{}
		}
		all[k.network][k.device][k.batch] = r
	}
	if text, err := json.Marshal(all); err == nil { // numbers and words
		s.t.s.app.Preferences().SetString(prefSpeeds, string(text))
	}
}

// missing begins a trial where one is wanted, and says what there is instead of a speed.
func (s *speeds) missing(c engine.Config, device string) string {
	of := trialOf(c, device)
	if s.job == nil && s.t.visible && s.t.running == nil && !s.tried[of] {
		s.tried[of] = true
		s.job = start(s.t.s.jobs, &job{name: tr("Measuring how fast it trains")}, func(ctx context.Context, _ *job) (float64, error) {
			return tryTraining(ctx, c.Arch, device, c.Batch)
		}, func(rate float64, err error) {
			s.job = nil
			s.keep(of, rate)
			s.t.form.guess()
		})
	}
	if s.job != nil {
		return tr("How long it takes is being measured…")
	}
	return tr("How long it takes shows after the first iterations.")
}

// cancel ends a trial, which would slow down what begins now.
func (s *speeds) cancel() {
	if s.job != nil {
		s.job.cancel()
	}
}

// A trial ends after the first iteration from trialTime on, and is given up after trialLimit:
// then the estimate would come too late to be of use.
const trialTime, trialLimit = time.Second, 40 * time.Second

// tryTraining measures some iterations in a process of its own, as trainings run; 0: it
// does not get there.
func tryTraining(ctx context.Context, a nn.Arch, device string, batch int) (float64, error) {
	dir, err := os.MkdirTemp("", "frglab")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	program, err1 := os.Executable()
	text, err2 := json.Marshal(a)
	file := filepath.Join(dir, "network.json")
	if err := errors.Join(err1, err2, os.WriteFile(file, text, 0o600)); err != nil {
		return 0, err
	}
	ctx, stop := context.WithTimeout(ctx, trialLimit)
	defer stop()
	out, err := exec.CommandContext(ctx, program, "bench", "--train", strconv.Itoa(batch), "--arch", file,
		"--device", device, "--time", fmt.Sprint(trialTime), "--json", "-").Output()
	var report struct{ Results []struct{ Value float64 } }
	if err != nil || json.Unmarshal(out, &report) != nil || len(report.Results) != 1 {
		return 0, nil // a training will say what is wrong
	}
	return report.Results[0].Value, nil
}
