package engine

import (
	"bytes"
	"encoding/json"
	"image"
	"io"
	"math"
	"reflect"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// FuzzModel makes a checkpoint, or the state of a run, of these pieces, each whole in
// itself and with tensors that fit the architecture, so that what is behind the reader is
// reached, too: what is accepted can be written and read again, drawn, exported, and used
// on a picture, and nothing of that crashes.
func FuzzModel(f *testing.F) {
	numbers := make([]byte, 64)
	for i := range numbers {
		numbers[i] = byte(37 * i)
	}
	c := fullCheckpoint(f, 1, false)
	calibration, err := json.Marshal(c.Calibration)
	if err != nil {
		f.Fatal(err)
	}
	config, err := json.Marshal(must(Preset("modern")))
	if err != nil {
		f.Fatal(err)
	}
	for _, a := range []nn.Arch{tinyNet(), padded, {Name: "n", Size: 1, Layers: []nn.Layer{{Kind: nn.Dense, Name: "fc", Out: 2}}}} {
		text, err := json.Marshal(a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), `["face","other"]`, string(calibration), `0.5`, string(config), `{"validated":3}`, numbers, false)
		f.Add(string(text), `["face","other"]`, ``, `0`, string(config), `{"probes":[1,2],"cuts":[{"step":1,"batch":2}]}`, numbers, true)
	}
	dev := ref.New(1)
	f.Cleanup(func() { dev.Close() })
	f.Fuzz(func(t *testing.T, arch, classes, calibration, threshold, config, position string, numbers []byte, state bool) {
		file, ok := assembled(arch, classes, calibration, threshold, config, position, numbers, state)
		if !ok {
			return
		}
		format := formatCheckpoint
		if state {
			format = formatState
		}
		c, velocity, err := readModel(bytes.NewReader(file), int64(len(file)), format)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := c.writeModel(&again, format, velocity, whole); err != nil {
			t.Fatal(err)
		}
		if d, v, err := readModel(&again, int64(again.Len()), format); err != nil || !reflect.DeepEqual(d, c) || !reflect.DeepEqual(v, velocity) {
			t.Fatalf("read again it is %+v, %v, want %+v", d, err, c)
		}
		if state {
			parseConfig(c.Info)
			return
		}
		use(t, c, dev)
	})
}

// assembled is a file of the pieces; ok is false for an architecture that cannot be built,
// or is too much work for one of many.
func assembled(arch, classes, calibration, threshold, config, position string, numbers []byte, state bool) (file []byte, ok bool) {
	var a nn.Arch
	if json.Unmarshal([]byte(arch), &a) != nil {
		return nil, false
	}
	outs, params, err := a.Specs()
	if err != nil {
		return nil, false
	}
	work := 3 * a.Size * a.Size
	meta := map[string]string{
		"version": "1", "format": formatCheckpoint, "arch": arch, "classes": classes, "scale": "64", "step": "1", "epoch": "1", "threshold": threshold,
	}
	if calibration != "" {
		meta[calibrationKey] = calibration
	}
	tensors := nn.Weights{{Name: meanTensor, Shape: []int{3}, Data: []float32{1, 2, 3}}}
	next := 0
	number := func() float32 {
		if len(numbers) < 4 {
			return 1
		}
		next = (next + 3) % (len(numbers) - 3)
		b := numbers[next : next+4]
		v := math.Float32frombits(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3]&^0x80)<<24) // a variance is not negative
		if v-v != 0 {
			return 0
		}
		return v
	}
	for i, ps := range params {
		for _, p := range ps {
			work = min(work+volume(p.Shape)*max(1, volume(outs[i])/outs[i][0]), maxFile)
			if work > 1<<19 {
				return nil, false
			}
			w := nn.Tensor{Name: p.Name, Shape: p.Shape, Data: make([]float32, volume(p.Shape))}
			for k := range w.Data {
				w.Data[k] = number()
			}
			if tensors = append(tensors, w); state && !p.State {
				w.Name = velocityPrefix + w.Name
				tensors = append(tensors, w)
			}
		}
	}
	if state {
		meta["format"], meta[configKey], meta[positionKey] = formatState, config, position
	}
	var b bytes.Buffer
	err = writeTensors(&b, meta, tensors, whole)
	return b.Bytes(), err == nil
}

// use does with a checkpoint what the program would.
func use(t *testing.T, c *Checkpoint, dev nn.Backend) {
	if err := c.WriteDot(io.Discard); err != nil {
		t.Fatal(err)
	}
	c.WriteONNX(io.Discard)
	d, err := NewDetector(c, dev)
	if err != nil {
		return
	}
	defer d.Close()
	img := colours(image.Rect(0, 0, 24, 20))
	for _, mode := range []string{ModeWindows, ModeShared} {
		p, err := DefaultDetectParams(mode)
		if err != nil {
			t.Fatal(err)
		}
		p.MinSize, p.Threshold, p.Candidates = 16, 0.5, min(p.Candidates, 4)
		found, err := d.Detect(t.Context(), img, p)
		if err != nil {
			continue
		}
		for _, f := range found {
			if !(f.Score >= 0 && f.Score <= 1) || f.Box.Empty() {
				t.Fatalf("mode %s: found %v", mode, f)
			}
		}
	}
}
