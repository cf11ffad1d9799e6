package engine

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
)

// What the files say is judged by OpenCV: see engine/vision. Here is the rest.

func TestWriteONNX(t *testing.T) {
	c := fullCheckpoint(t, 1, false)
	c.Mean = []float32{1, 2.5, 3}
	var file, again bytes.Buffer
	if err := errors.Join(c.WriteONNX(&file), c.WriteONNX(&again)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file.Bytes(), again.Bytes()) {
		t.Error("twice the same checkpoint gives other bytes")
	}
	for _, want := range []string{"FrgLab", "その他", "[1,2.5,3]", "64.5", "modern", "a\nb", "x-later"} {
		if !bytes.Contains(file.Bytes(), []byte(want)) {
			t.Errorf("the file does not say %q", want)
		}
	}
	c.Weights[0].Data[1] = float32(math.NaN())
	for _, write := range []func(io.Writer) error{c.WriteONNX, func(w io.Writer) error { return c.WriteSafetensors(w, false) }} {
		var out bytes.Buffer
		if err := write(&out); err == nil || !strings.Contains(err.Error(), `"conv1.weight": number 1 is NaN`) || out.Len() > 0 {
			t.Errorf("a broken network: error %v, %d bytes", err, out.Len())
		}
	}
}

// full is a disk that takes so many bytes.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errors.New("disk full")
	}
	return len(b), nil
}

func TestWritersReportAFullDisk(t *testing.T) {
	c := fullCheckpoint(t, 1, false)
	for name, write := range map[string]func(io.Writer) error{
		"onnx": c.WriteONNX, "dot": c.WriteDot,
		"safetensors": func(w io.Writer) error { return c.WriteSafetensors(w, true) },
	} {
		if err := write(&full{room: 100}); err == nil || err.Error() != "disk full" {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestWriteDot(t *testing.T) {
	c := fullCheckpoint(t, 1, true)
	c.Classes[1] = `a "b" \n`
	var b strings.Builder
	if err := c.WriteDot(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`digraph "tiny" {`,
		`l0 [label="conv1: conv 3x3, pad 1\n168 numbers"];`,
		`l0 -> l1 [label="6x8x8"];`,
		`l2 [label="pool1: maxpool 3x3, stride 2"];`,
		`l2 -> l3 [label="6x4x4"];`,
		`l3 [label="fc2: dense\n1552 numbers\nleaky"];`,
		`l4 [label="drop2: dropout 0.5"];`,
		`out [shape=ellipse, label="softmax\nface, a \"b\" \\n"];`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
}

func TestHalfIsExact(t *testing.T) {
	c := fullCheckpoint(t, 1, false)
	if c.HalfIsExact() {
		t.Error("random numbers fit 16 bits")
	}
	half, err := ParseCheckpoint(saved(t, c, true))
	if err != nil {
		t.Fatal(err)
	}
	if !half.HalfIsExact() {
		t.Error("a file of 16 bits does not fit 16 bits")
	}
}
