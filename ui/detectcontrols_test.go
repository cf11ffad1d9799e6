package ui

import (
	"reflect"
	"slices"
	"testing"

	"frglab/engine"
)

func TestPresetsOfSettings(t *testing.T) {
	w, failures := openWindow(t)
	c := w.detect.controls
	c.do(func() { c.reset(engine.ModeWindows) })
	c.do(func() { w.detect.params.Threshold, w.detect.classy.MinNeighbors = 0.25, 3 })
	c.savePreset("  風景 ")
	c.do(func() { c.reset(engine.ModeScout) })
	if c.presets.Selected != "" {
		t.Errorf("after a reset the preset is still %q", c.presets.Selected)
	}
	c.presets.SetSelected("風景")
	if p := w.detect.params; p.Mode != engine.ModeWindows || p.Threshold != 0.25 || w.detect.classy.MinNeighbors != 3 || c.mode.Selected != engine.ModeWindows {
		t.Errorf("the preset gives %+v, %+v", p, w.detect.classy)
	}
	again := newDetectControls(w.detect) // as after a restart
	if !slices.Equal(again.presets.Options, []string{"風景"}) {
		t.Errorf("kept presets: %v", again.presets.Options)
	}
	again.dropPreset("風景")
	if len(again.presets.Options) != 0 || len(*failures) > 0 {
		t.Errorf("after dropping it: %v, failures %v", again.presets.Options, *failures)
	}
}

func TestWindowsOfMode2015(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []engine.WindowSize
	}{
		{"48/16 72/24", []engine.WindowSize{{Size: 48, Stride: 16}, {Size: 72, Stride: 24}}},
		{"48/16、144/48", []engine.WindowSize{{Size: 48, Stride: 16}, {Size: 144, Stride: 48}}},
		{"48", nil},
		{"48/16x", nil},
		{"0/16", nil},
		{"", nil},
	} {
		got, err := parseSizes(tt.text)
		if !slices.Equal(got, tt.want) || (err == nil) != (tt.want != nil) {
			t.Errorf("%q: %v, %v, want %v", tt.text, got, err, tt.want)
		}
		if err == nil {
			if again, _ := parseSizes(sizesText(got)); !slices.Equal(again, got) {
				t.Errorf("%q does not survive: %v", tt.text, again)
			}
		}
	}
}

// The controls of tilt and tight boxes set what the engine heeds, and follow it.
func TestDetectControlsTiltAndTight(t *testing.T) {
	p, err := engine.DefaultDetectParams(engine.ModeScout)
	if err != nil {
		t.Fatal(err)
	}
	tab := &detectTab{params: p}
	if tilt(tab) != 0 || tightBoxes(p) {
		t.Errorf("at first: tilt %v, tight %v", tilt(tab), tightBoxes(p))
	}
	setTilt(tab, 30)
	if want := []float64{30, -30}; !slices.Equal(tab.params.Tilt, want) || tilt(tab) != 30 {
		t.Errorf("tilt is %v, shown as %v, want %v", tab.params.Tilt, tilt(tab), want)
	}
	setTilt(tab, 0)
	if len(tab.params.Tilt) != 0 {
		t.Errorf("tilt is %v, want none", tab.params.Tilt)
	}
	if on := withTight(p, true); !tightBoxes(on) || on.Shrink >= 1 || !reflect.DeepEqual(withTight(on, false), p) {
		t.Errorf("tight boxes: %+v, and back %+v, want %+v", on, withTight(on, false), p)
	}
}

// A slider whose value is its lowest from the start says so too.
func TestSliderShowsItsFirstValue(t *testing.T) {
	if s := newSlider("", 0, 90, 5, "%.0f", nil); s.value.Text != "0" {
		t.Errorf("it says %q, want 0", s.value.Text)
	}
}
