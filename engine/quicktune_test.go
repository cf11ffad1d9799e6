package engine

import "testing"

func TestQuickTune(t *testing.T) {
	conf, err := Preset("2015")
	if err != nil {
		t.Fatal(err)
	}
	from := &Checkpoint{Arch: tinyNet(), Mean: make([]float32, 3), Scale: 64}
	conf.Plain = 0.5 // its trials were without
	quick := conf.QuickTune(from)
	if err := quick.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{20, 400, QuickCrops} {
		if steps, every := quick.Plan(n); steps != quickSteps || every != quickSteps {
			t.Errorf("with %d crops: %d iterations, a validation every %d, want %d and one", n, steps, every, quickSteps)
		}
	}
	if quick.Arch.Name != "tiny" || quick.Scale != 64 || quick.Mean != MeanChannel || !quick.Balance || quick.Plain != 0 {
		t.Errorf("it is not for the network that it starts from: %+v", quick)
	}
	again := quick.QuickTune(from)
	if again.Rate != quick.Rate || again.Epochs != quick.Epochs {
		t.Error("a second time it changes")
	}
}
