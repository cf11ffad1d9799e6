package engine

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"frglab/engine/nn"
)

func TestPresets(t *testing.T) {
	for _, name := range Presets() {
		c, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Validate(); err != nil || c.Preset != name {
			t.Errorf("preset %q is called %q: %v", name, c.Preset, err)
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back Config
		if err := strictJSON(text, &back); err != nil || !reflect.DeepEqual(back, c) {
			t.Errorf("preset %q read back from JSON is %+v, want %+v: %v", name, back, c, err)
		}
	}
	if _, err := Preset("2016"); err == nil || !strings.Contains(err.Error(), `use one of ["2015" "repository" "modern"]`) {
		t.Errorf("error %v, want the names", err)
	}
}

// TestConfigOfAnEarlierVersion: a field that a file does not have yet is off.
func TestConfigOfAnEarlierVersion(t *testing.T) {
	all, err := fields(presetModern())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"saturation", "hue", "gray", "plain"} {
		delete(all, name)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	want := presetModern()
	want.Saturation, want.Hue, want.Gray, want.Plain = 0, 0, 0, 0
	got, err := parseConfig(map[string]string{configKey: string(text)})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read as %+v, %v", got, err)
	}
}

// TestPreset2015IsTheArticle pins the experiment's figures.
func TestPreset2015IsTheArticle(t *testing.T) {
	c, err := Preset("2015")
	if err != nil {
		t.Fatal(err)
	}
	const crops = 30000
	if got := c.steps(crops); got != 30*4*crops/10 {
		t.Errorf("%d iterations, want %d", got, 30*4*crops/10)
	}
	if c.validEvery(crops) != 1000 || c.Init != nn.LeCun || c.Draw != DrawReplace || c.Mean != MeanPixel || !c.Turns || c.Scale != 255 {
		t.Errorf("not the experiment: %+v", c)
	}
	epoch := 4 * crops / 10
	for step, want := range map[int]nn.SGD{
		0:            {Rate: 0.001, Momentum: 0.9, Decay: 1e-4},
		epoch - 1:    {Rate: 0.001, Momentum: 0.9, Decay: 1e-4},
		epoch:        {Rate: 0.00097, Momentum: 0.9, Decay: 0.97e-4},
		29*epoch + 5: {Rate: float32(0.001 * math.Pow(0.97, 29)), Momentum: 0.9, Decay: float32(1e-4 * math.Pow(0.97, 29))},
	} {
		if got := c.sgd(step, crops); got != want {
			t.Errorf("iteration %d: %+v, want %+v", step, got, want)
		}
	}
	r, err := Preset("repository")
	if err != nil {
		t.Fatal(err)
	}
	if got := r.sgd(4*crops/20, crops).Rate; got != float32(0.005*0.98) || r.Batch != 20 {
		t.Errorf("repository: rate %v in the second epoch with batch %d", got, r.Batch)
	}
}

func TestCosineSchedule(t *testing.T) {
	c := presetModern()
	c.Rate, c.WarmUp, c.Epochs, c.MinSteps, c.Batch = 1, 0.1, 10, 0, 10 // 100 iterations over 100 crops, 10 to climb
	for step, want := range map[int]float64{0: 0.1, 4: 0.5, 9: 1, 10: 1, 55: 0.5, 99: (1 + math.Cos(math.Pi*89/90)) / 2} {
		if got := c.sgd(step, 100).Rate; math.Abs(float64(got)-want) > 1e-6 {
			t.Errorf("iteration %d: rate %v, want %v", step, got, want)
		}
	}
	c.WarmUp = 0
	if got := c.sgd(0, 100).Rate; got != 1 {
		t.Errorf("without a climb it starts at %v, want 1", got)
	}
}

func TestEpochsAndSteps(t *testing.T) {
	tests := []struct {
		name                         string
		c                            Config
		steps, validEvery, lastEpoch int // over 100 crops
	}{
		{"even", Config{Batch: 10, Epochs: 3}, 30, 10, 2},
		{"the last batch reaches over", Config{Batch: 30, Epochs: 1}, 4, 4, 0},
		{"four turns", Config{Batch: 10, Epochs: 3, Turns: true}, 120, 40, 2},
		{"long epochs", Config{Batch: 1, Epochs: 2, Turns: true}, 800, 400, 1},
		{"validation set", Config{Batch: 10, Epochs: 3, ValidEvery: 7}, 30, 7, 2},
		{"iterations at least", Config{Batch: 10, Epochs: 3, MinSteps: 50}, 50, 10, 4},
		{"at least fewer", Config{Batch: 10, Epochs: 3, MinSteps: 20}, 30, 10, 2},
	}
	for _, tt := range tests {
		steps := tt.c.steps(100)
		if steps != tt.steps || tt.c.validEvery(100) != tt.validEvery || tt.c.epoch(steps-1, 100) != tt.lastEpoch {
			t.Errorf("%s: %d iterations, validation every %d, last epoch %d, want %d, %d, %d",
				tt.name, steps, tt.c.validEvery(100), tt.c.epoch(steps-1, 100), tt.steps, tt.validEvery, tt.lastEpoch)
		}
	}
	if got := (Config{Batch: 1}).validEvery(1000); got != 500 {
		t.Errorf("validation every %d of 1000 iterations an epoch, want 500", got)
	}
}

func TestValidateNamesTheField(t *testing.T) {
	tests := []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Arch = nn.Arch{Name: "x"} }, `config: arch: architecture "x": size 0`},
		{func(c *Config) { c.Init = "zero" }, `config: init is "zero": use lecun or he`},
		{func(c *Config) { c.Schedule = "" }, `config: schedule is "": use epochs or cosine`},
		{func(c *Config) { c.Draw = "all" }, `config: draw is "all": use replace or shuffle`},
		{func(c *Config) { c.Mean = "none" }, `config: mean is "none": use pixel or channel`},
		{func(c *Config) { c.Epochs = 0 }, "config: epochs is 0: use 1 to 100000"},
		{func(c *Config) { c.MinSteps = -1 }, "config: min_steps is -1: use 0 to"},
		{func(c *Config) { c.Batch = 5000 }, "config: batch is 5000: use 1 to 4096"},
		{func(c *Config) { c.ValidEvery = -1 }, "config: valid_every is -1"},
		{func(c *Config) { c.Rate = 0 }, "config: rate is 0: nothing would be learned"},
		{func(c *Config) { c.Rate = math.Inf(1) }, "config: rate is +Inf: use 0 to 10"},
		{func(c *Config) { c.RateFactor = 0 }, "config: rate_factor is 0: use 0.01 to 1"},
		{func(c *Config) { c.WarmUp = 1 }, "config: warm_up is 1: use 0 to 0.9"},
		{func(c *Config) { c.Momentum = 1 }, "config: momentum is 1: use 0 to 0.999"},
		{func(c *Config) { c.Decay = -1 }, "config: decay is -1"},
		{func(c *Config) { c.DecayFactor = 2 }, "config: decay_factor is 2"},
		{func(c *Config) { c.Scale = 0 }, "config: scale is 0"},
		{func(c *Config) { c.Shift = 0.6 }, "config: shift is 0.6"},
		{func(c *Config) { c.Zoom = 1 }, "config: zoom is 1"},
		{func(c *Config) { c.Brightness = -0.1 }, "config: brightness is -0.1"},
		{func(c *Config) { c.Contrast = math.NaN() }, "config: contrast is NaN"},
		{func(c *Config) { c.Saturation = 2 }, "config: saturation is 2: use 0 to 1"},
		{func(c *Config) { c.Hue = 200 }, "config: hue is 200: use 0 to 180"},
		{func(c *Config) { c.Gray = -0.1 }, "config: gray is -0.1: use 0 to 1"},
		{func(c *Config) { c.Plain = 1.1 }, "config: plain is 1.1: use 0 to 1"},
		{func(c *Config) { c.Threshold = 1.5 }, "config: threshold is 1.5: use 0 to 1"},
	}
	for _, tt := range tests {
		c := presetModern()
		tt.change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %q in it", err, tt.want)
		}
	}
}
