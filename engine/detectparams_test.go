package engine

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestDetectPresets(t *testing.T) {
	for _, name := range DetectPresets() {
		p := preset(t, name)
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back DetectParams
		if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, p) {
			t.Errorf("%s: got %+v, %v back from %s", name, back, err, data)
		}
	}
	if p := preset(t, "repository"); p.Threshold != 0.9 || p.IoU != 0.2 || p.Suppress != SuppressRepository || p.Sizes[3] != (WindowSize{270, 72}) {
		t.Errorf("repository: got %+v", p)
	}
	if _, err := DefaultDetectParams("best"); err == nil || !strings.Contains(err.Error(), ModeWindows) {
		t.Errorf("unknown name: got %v, want one that lists the known ones", err)
	}
}

func TestDetectParamsValidate(t *testing.T) {
	for _, c := range []struct {
		from   string
		change func(*DetectParams)
		want   string // in the message; "" if it is fine
	}{
		{ModeWindows, func(p *DetectParams) {}, ""},
		{ModeWindows, func(p *DetectParams) { p.Mode = "everywhere" }, `mode "everywhere": use one of [scout shared windows 2015]`},
		{ModeWindows, func(p *DetectParams) { p.Suppress = "" }, "use one of [greedy soft 2015 repository none]"},
		{ModeWindows, func(p *DetectParams) { p.Width = -1 }, "width is -1: use 0 to 65536"},
		{ModeWindows, func(p *DetectParams) { p.MinSize = 0 }, "min_size is 0"},
		{ModeWindows, func(p *DetectParams) { p.MaxSize = math.NaN() }, "max_size is NaN"},
		{ModeWindows, func(p *DetectParams) { p.Factor = 1 }, "factor is 1:"},
		{ModeWindows, func(p *DetectParams) { p.Stride = 0 }, "stride is 0:"},
		{ModeScout, func(p *DetectParams) { p.Candidates = 0 }, "candidates is 0:"},
		{ModeShared, func(p *DetectParams) { p.Candidates = 0 }, "candidates is 0:"},
		{ModeShared, func(p *DetectParams) { p.Stride = 0 }, ""},
		{ModeScout, func(p *DetectParams) { p.Apart = 0 }, "apart is 0:"},
		{ModeScout, func(p *DetectParams) { p.Trust = -1 }, "trust is -1:"},
		{ModeScout, func(p *DetectParams) { p.Tilt = []float64{30, -90} }, ""},
		{ModeScout, func(p *DetectParams) { p.Tilt = []float64{30, 270} }, "tilt is 270: use -180 to 180"},
		{ModeScout, func(p *DetectParams) { p.Tilt = make([]float64, 13) }, "13 angles of tilt: use at most 12"},
		{ModeWindows, func(p *DetectParams) { p.Tilt = []float64{30} }, "use mode scout or shared"},
		{ModeScout, func(p *DetectParams) { *p = p.Tight() }, ""},
		{ModeScout, func(p *DetectParams) { p.Average = 2 }, "average is 2:"},
		{ModeScout, func(p *DetectParams) { p.Settled = 1.5 }, "settled is 1.5:"},
		{ModeScout, func(p *DetectParams) { p.Stride = 0 }, ""},
		{ModeWindows, func(p *DetectParams) { p.Threshold = 1.1 }, "threshold is 1.1: use 0 to 1"},
		{ModeWindows, func(p *DetectParams) { p.IoU = 0 }, "iou is 0:"},
		{ModeWindows, func(p *DetectParams) { p.Sigma = 0 }, ""},
		{ModeWindows, func(p *DetectParams) { p.Suppress, p.Sigma = SuppressSoft, 0 }, "sigma is 0:"},
		{ModeWindows, func(p *DetectParams) { p.Shrink = 0 }, "shrink is 0:"},
		{ModeWindows, func(p *DetectParams) { p.Down = math.Inf(1) }, "down is +Inf:"},
		{Mode2015, func(p *DetectParams) { p.Stride = 0 }, ""},
		{Mode2015, func(p *DetectParams) { p.Sizes = nil }, "sizes is empty"},
		{Mode2015, func(p *DetectParams) { p.Sizes[1].Stride = 0 }, "size 72, stride 0"},
	} {
		p := preset(t, c.from)
		c.change(&p)
		err := p.Validate()
		if c.want == "" && err != nil {
			t.Errorf("%+v: %v", p, err)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("got %v, want %q in it", err, c.want)
		}
	}
}
