package onednn

import (
	"errors"
	"math/rand/v2"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/nntest"
)

// byteTest is a small network in bytes.
func byteTest(t *testing.T, pad int) nn.ByteNet {
	t.Helper()
	arch := nntest.ByteArch(pad)
	weights, err := nn.NewWeights(arch, nn.He, 4)
	if err != nil {
		t.Fatal(err)
	}
	nntest.Uneven(weights, 5)
	net, err := nn.InBytes(arch, weights, []float32{120, 128, 140}, 64)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func someBytes(n int) []byte {
	rng := rand.New(rand.NewPCG(3, 1))
	pix := make([]byte, n)
	for i := range pix {
		pix[i] = byte(rng.IntN(256))
	}
	return pix
}

// Bytes computes what the layers say: only where a number lies between two bytes may another
// order of its sum round it to the other one.
func TestBytes(t *testing.T) {
	b := open(t, 3)
	for pad := range 2 {
		net := byteTest(t, pad)
		run, err := b.Bytes(net)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ count, w, h int }{{1, 22, 22}, {1, 61, 30}, {4, 24, 24}, {1, 300, 200}, {3, 29, 47}} {
			pix := someBytes(4 * c.count * c.w * c.h)
			got, shape, err := run.Run(pix, c.count, c.w, c.h)
			if err != nil {
				t.Fatal(err)
			}
			want := nntest.Bytes(net, pix, c.count, c.w, c.h)
			if len(got) != len(want) || shape[0] != c.count || shape[1] != 2 || shape[0]*shape[1]*shape[2]*shape[3] != len(want) {
				t.Fatalf("pad %d, %+v: %d numbers of shape %v, want %d", pad, c, len(got), shape, len(want))
			}
			if apart := nntest.Apart(got, want); apart > 5e-3 {
				t.Errorf("pad %d, %+v: %g apart", pad, c, apart)
			}
		}
		if err := run.Close(); err != nil {
			t.Error(err)
		}
		if _, _, err := run.Run(someBytes(4*20*20), 1, 20, 20); !errors.Is(err, ErrClosed) {
			t.Errorf("a closed network: %v", err)
		}
	}
}

// However many sizes of picture come, the same picture gives the same.
func TestBytesForgetSizes(t *testing.T) {
	b := open(t, 2)
	run, err := b.Bytes(byteTest(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	first, _, err := run.Run(someBytes(4*30*30), 1, 30, 30)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 * maxByteGraphs {
		if _, _, err := run.Run(someBytes(4*(40+i)*30), 1, 40+i, 30); err != nil {
			t.Fatal(err)
		}
		if n := len(run.(*byteNet).graphs); n > maxByteGraphs {
			t.Fatalf("%d sizes are kept", n)
		}
	}
	again, _, err := run.Run(someBytes(4*30*30), 1, 30, 30)
	if err != nil || nntest.Apart(again, first) != 0 {
		t.Errorf("another answer than before: %v", err)
	}
	for _, c := range []struct{ bytes, w, h int }{{4 * 30 * 30, 30, 31}, {0, 0, 0}, {4 * 10 * 10, 10, 10}} {
		if _, _, err := run.Run(make([]byte, c.bytes), 1, c.w, c.h); err == nil {
			t.Errorf("%d bytes for %dx%d pixels were computed", c.bytes, c.w, c.h)
		}
	}
}
