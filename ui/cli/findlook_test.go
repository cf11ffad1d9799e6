package cli

import (
	"flag"
	"slices"
	"testing"

	"frglab/engine"
)

func TestAngles(t *testing.T) {
	var a angles
	if err := a.Set("30, -30,90"); err != nil || !slices.Equal(a, angles{30, -30, 90}) || a.String() != "30,-30,90" {
		t.Errorf("got %v, %v", a, err)
	}
	for _, bad := range []string{"", "30,", "181", "-200", "NaN", "30;60", "left"} {
		if err := new(angles).Set(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestLookFlags(t *testing.T) {
	scout, err := engine.DefaultDetectParams(engine.ModeScout)
	if err != nil {
		t.Fatal(err)
	}
	p, err := (&lookFlags{}).apply(scout)
	if err != nil || !p.SameScan(scout) || p.Shrink != scout.Shrink {
		t.Errorf("without flags: %+v, %v", p, err)
	}
	p, err = (&lookFlags{tilt: angles{30}, minSize: 48, tight: true}).apply(scout)
	if err != nil || p.MinSize != 48 || !slices.Equal(p.Tilt, []float64{30}) || p.Shrink != scout.Tight().Shrink {
		t.Errorf("with all flags: %+v, %v", p, err)
	}
	old, err := engine.DefaultDetectParams(engine.Mode2015)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&lookFlags{tilt: angles{30}}).apply(old); err == nil {
		t.Error("mode 2015 turned a picture")
	}
	if _, err := (&lookFlags{minSize: -1}).apply(scout); err == nil {
		t.Error("a size of -1 was accepted")
	}
}

// TestLookFlagsReachTheNetwork: what is declared is also used.
func TestLookFlagsReachTheNetwork(t *testing.T) {
	var f finderFlags
	fs := flag.NewFlagSet("detect", flag.ContinueOnError)
	f.declare(fs)
	if err := fs.Parse([]string{"--mode", "scout", "--tilt", "30,-30", "--min-size", "48", "--tight"}); err != nil {
		t.Fatal(err)
	}
	scout, err := engine.DefaultDetectParams(engine.ModeScout)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.params(&engine.Checkpoint{}, sure)
	if err != nil || !slices.Equal(p.Tilt, []float64{30, -30}) || p.MinSize != 48 || p.Shrink != scout.Tight().Shrink {
		t.Errorf("got %+v, %v", p, err)
	}
}

// Each mode works with the threshold that it was calibrated to.
func TestThresholdOfMode(t *testing.T) {
	c := &engine.Checkpoint{Threshold: 0.5, Calibration: map[string]engine.Calibration{engine.ModeShared: {Temperature: 1, Threshold: 0.7}}}
	for mode, want := range map[string]float64{engine.ModeShared: 0.7, engine.ModeWindows: 0.5} {
		f := finderFlags{mode: mode, fs: flag.NewFlagSet("", flag.ContinueOnError)}
		if p, err := f.params(c, sure); err != nil || p.Threshold != want {
			t.Errorf("mode %s: %v (%v), want %v", mode, p.Threshold, err, want)
		}
	}
}
