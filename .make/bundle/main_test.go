package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frglab/engine"
	"frglab/engine/nn"
)

// trained is a checkpoint that was calibrated in two modes, in a file.
func trained(t *testing.T) string {
	t.Helper()
	arch := nn.Arch{Name: "tiny", Size: 8, Layers: []nn.Layer{{Kind: nn.Dense, Name: "fc", Out: 2}}}
	weights, err := nn.NewWeights(arch, nn.He, 1)
	if err != nil {
		t.Fatal(err)
	}
	c := &engine.Checkpoint{
		Arch: arch, Weights: weights, Classes: []string{"face", "other"}, Mean: []float32{1, 2, 3}, Scale: 64, Threshold: 0.5,
		Calibration: map[string]engine.Calibration{
			engine.ModeScout:   {Temperature: 2, Bias: 1, Threshold: 0.4},
			engine.ModeWindows: {Temperature: 3, Bias: 0, Threshold: 0.3},
		},
	}
	path := filepath.Join(t.TempDir(), "best.safetensors")
	if err := c.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBundle: each threshold is what was asked for, or what the checkpoint has, and the numbers
// take half the room.
func TestBundle(t *testing.T) {
	path := trained(t)
	for _, tt := range []struct {
		options string
		name    string
		want    map[string]float64 // by mode
	}{
		{"", model, map[string]float64{"scout": 0.4, "windows": 0.3, "shared": 0.5}},
		{"scout=0.6", model, map[string]float64{"scout": 0.6, "windows": 0.3, "shared": 0.6}},
		{"scout=0.6 windows=0.7", model, map[string]float64{"scout": 0.6, "windows": 0.7, "shared": 0.6}},
		{"0.9", model, map[string]float64{"scout": 0.4, "windows": 0.3, "shared": 0.9}},
		{"scout", scout, map[string]float64{"scout": 0.4, "windows": 0.3, "shared": 0.5}},
	} {
		dir := t.TempDir()
		if err := bundle(path, dir, strings.Fields(tt.options)); err != nil {
			t.Errorf("%q: %v", tt.options, err)
			continue
		}
		c, err := engine.LoadCheckpoint(filepath.Join(dir, tt.name))
		if err != nil {
			t.Errorf("%q: %v", tt.options, err)
			continue
		}
		got := map[string]float64{}
		for mode := range tt.want {
			got[mode] = c.ThresholdFor(mode)
		}
		if !maps.Equal(got, tt.want) || !c.HalfIsExact() {
			t.Errorf("%q: thresholds %v, want %v; in half precision: %v", tt.options, got, tt.want, c.HalfIsExact())
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("%q leaves %v", tt.options, left)
		}
	}
}

// TestBundleRefuses: what makes no sense leaves the networks as they are, and says what does.
func TestBundleRefuses(t *testing.T) {
	path := trained(t)
	for options, want := range map[string]string{
		"shared=0.5": "not calibrated",
		"scout=half": "from 0 to 1",
		"1.5":        "from 0 to 1",
		"scout=NaN":  "from 0 to 1",
	} {
		dir := t.TempDir()
		err := bundle(path, dir, strings.Fields(options))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", options, err, want)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%q leaves %v", options, left)
		}
	}
	if err := bundle(path+".gone", t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "best.safetensors.gone") {
		t.Errorf("a missing file: %v", err)
	}
}
