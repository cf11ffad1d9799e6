package engine

import (
	"fmt"
	"math"

	"frglab/engine/nn"
)

// The rules that a Config names by a word.
const (
	// DrawReplace draws every crop from all crops, so that some come twice in an
	// epoch and some never: what the 2015 program did. DrawShuffle goes through all
	// of them in a new order each epoch.
	DrawReplace, DrawShuffle = "replace", "shuffle"
	// MeanPixel subtracts the mean picture of the training crops, as in 2015;
	// MeanChannel one number a channel, which a network can also use on whole pictures.
	MeanPixel, MeanChannel = "pixel", "channel"
	// ScheduleEpochs multiplies the rate by RateFactor after each epoch;
	// ScheduleCosine climbs in a straight line for WarmUp and falls along half a
	// cosine to 0.
	ScheduleEpochs, ScheduleCosine = "epochs", "cosine"
)

// Config is everything that decides what a training computes. With the same Config,
// the same crops and the same device, a training gives the same weights bit for bit.
// It is written into the run's folder; its JSON form is stable.
type Config struct {
	Preset string  `json:"preset"` // which preset it started from; for people
	Arch   nn.Arch `json:"arch"`   // the whole network; nn.Lookup gives the built-in ones
	Init   nn.Init `json:"init"`   // rule for the first weights
	Seed   uint64  `json:"seed"`   // of everything random: weights, draws, augmentation, dropout

	// Epochs is how often the training goes through its crops. An epoch is as many
	// draws as there are crops; with Turns four times as many, because the 2015
	// experiment kept the four turns of a crop as four files.
	Epochs     int `json:"epochs"`
	MinSteps   int `json:"min_steps"`   // iterations at least, in more epochs where the crops are few
	Batch      int `json:"batch"`       // crops an iteration
	ValidEvery int `json:"valid_every"` // iterations between two validations; 0: every epoch, but at the latest every 500 and at the soonest every fortieth of MinSteps

	// Patience stops the training early, after so many validations in a row without a
	// lower loss; 0: never. The best network is kept in any case.
	Patience int `json:"patience"`

	Schedule   string  `json:"schedule"`    // ScheduleEpochs or ScheduleCosine
	Rate       float64 `json:"rate"`        // learning rate at the first iteration, or at its peak
	RateFactor float64 `json:"rate_factor"` // what ScheduleEpochs multiplies the rate by, an epoch
	WarmUp     float64 `json:"warm_up"`     // share of all iterations in which ScheduleCosine climbs
	Momentum   float64 `json:"momentum"`    // share of the last update that is kept
	// Decay is added to the gradient, times the weight; DecayFactor is what it is
	// multiplied by, an epoch.
	Decay       float64 `json:"decay"`
	DecayFactor float64 `json:"decay_factor"`

	Draw    string  `json:"draw"`    // DrawReplace or DrawShuffle
	Balance bool    `json:"balance"` // as many draws of each class, however many crops it has
	Mean    string  `json:"mean"`    // MeanPixel or MeanChannel
	Scale   float64 `json:"scale"`   // what pixels of 0 to 255 are divided by, less the mean

	Turns      bool    `json:"turns"`      // every crop also at 90, 180 and 270 degrees
	Flip       bool    `json:"flip"`       // mirrored, every second time
	Shift      float64 `json:"shift"`      // moved by up to this share of the side, each way
	Zoom       float64 `json:"zoom"`       // enlarged or shrunk by up to this share
	Brightness float64 `json:"brightness"` // brighter or darker by up to this share of 255
	Contrast   float64 `json:"contrast"`   // differences from the middle grey changed by up to this share
	Saturation float64 `json:"saturation"` // colours stronger or weaker by up to this share
	Hue        float64 `json:"hue"`        // colours moved round their circle by up to so many degrees, each way
	Gray       float64 `json:"gray"`       // this share of the crops without colours

	// Plain is the share of the training, at its end, that learns from crops as they
	// are, but for Turns and Flip: what was changed is not where faces end, and a
	// network that saw nothing else says face too readily (He et al., "Data
	// Augmentation Revisited: Rethinking the Distribution Gap between Clean and
	// Augmented Data", 2019).
	Plain float64 `json:"plain"`

	// Threshold goes into the checkpoint: the score, 0 to 1, from which a detector
	// should report a face.
	Threshold float64 `json:"threshold"`
}

// Validate says what is wrong with a configuration: the field, its value, and what
// it may be.
func (c Config) Validate() error {
	if err := checkArch(c.Arch); err != nil {
		return fmt.Errorf("config: arch: %w", err)
	}
	for _, w := range []struct{ field, value, a, b string }{
		{"init", string(c.Init), string(nn.LeCun), string(nn.He)},
		{"schedule", c.Schedule, ScheduleEpochs, ScheduleCosine},
		{"draw", c.Draw, DrawReplace, DrawShuffle},
		{"mean", c.Mean, MeanPixel, MeanChannel},
	} {
		if w.value != w.a && w.value != w.b {
			return fmt.Errorf("config: %s is %q: use %s or %s", w.field, w.value, w.a, w.b)
		}
	}
	for _, n := range []struct {
		field            string
		value, low, high float64
	}{
		{"epochs", float64(c.Epochs), 1, 100000},
		{"min_steps", float64(c.MinSteps), 0, 1e9},
		{"batch", float64(c.Batch), 1, 4096},
		{"valid_every", float64(c.ValidEvery), 0, 1e9},
		{"patience", float64(c.Patience), 0, 1e6},
		{"rate", c.Rate, 0, 10},
		{"rate_factor", c.RateFactor, 0.01, 1},
		{"warm_up", c.WarmUp, 0, 0.9},
		{"momentum", c.Momentum, 0, 0.999},
		{"decay", c.Decay, 0, 1},
		{"decay_factor", c.DecayFactor, 0.01, 1},
		{"scale", c.Scale, 0.001, 1e6},
		{"shift", c.Shift, 0, 0.5},
		{"zoom", c.Zoom, 0, 0.5},
		{"brightness", c.Brightness, 0, 1},
		{"contrast", c.Contrast, 0, 0.9},
		{"saturation", c.Saturation, 0, 1},
		{"hue", c.Hue, 0, 180},
		{"gray", c.Gray, 0, 1},
		{"plain", c.Plain, 0, 1},
		{"threshold", c.Threshold, 0, 1},
	} {
		if !(n.value >= n.low && n.value <= n.high) { // so that NaN fails
			return fmt.Errorf("config: %s is %g: use %g to %g", n.field, n.value, n.low, n.high)
		}
	}
	if c.Rate == 0 {
		return fmt.Errorf("config: rate is 0: nothing would be learned")
	}
	return nil
}

// epochDraws is how many crops are drawn in an epoch over n of them.
func (c Config) epochDraws(n int) int {
	if c.Turns {
		return 4 * n
	}
	return n
}

// steps is the number of iterations over n crops. Batches are always full: the last
// one may reach beyond the last epoch.
func (c Config) steps(n int) int {
	return max((c.Epochs*c.epochDraws(n)+c.Batch-1)/c.Batch, c.MinSteps)
}

// plainFrom is the draw, of a training over n crops, from which on Plain holds.
func (c Config) plainFrom(n int) int {
	all := c.steps(n) * c.Batch
	return all - int(math.Round(c.Plain*float64(all)))
}

// epoch is the epoch that iteration step (from 0) begins in, from 0.
func (c Config) epoch(step, n int) int { return step * c.Batch / c.epochDraws(n) }

// validEvery is the number of iterations between two validations over n crops.
func (c Config) validEvery(n int) int {
	if c.ValidEvery > 0 {
		return c.ValidEvery
	}
	return min(max((c.epochDraws(n)+c.Batch-1)/c.Batch, c.MinSteps/40), 500)
}

// sgd is the update of iteration step (from 0) over n crops.
func (c Config) sgd(step, n int) nn.SGD {
	epoch := float64(c.epoch(step, n))
	rate := c.Rate
	if c.Schedule == ScheduleEpochs {
		rate *= math.Pow(c.RateFactor, epoch)
	} else {
		all := float64(c.steps(n))
		warm := math.Round(c.WarmUp * all)
		if at := float64(step); at < warm {
			rate *= (at + 1) / warm
		} else {
			rate *= (1 + math.Cos(math.Pi*(at-warm)/(all-warm))) / 2
		}
	}
	return nn.SGD{
		Rate:     float32(rate),
		Momentum: float32(c.Momentum),
		Decay:    float32(c.Decay * math.Pow(c.DecayFactor, epoch)),
	}
}
