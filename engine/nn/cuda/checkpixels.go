package cuda

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"frglab/engine/nn"
)

// checkPixels has some pixels encoded, and some crops kept and mirrored, and fails where a number
// is not what it should be.
func checkPixels(b *Backend) (err error) {
	const n, side = 3, 32
	rng := rand.New(rand.NewPCG(3, 4))
	p := nn.Pixels{Data: make([]byte, n*side*side*4), Mean: []float32{100, 110, 120}, Scale: 64}
	kept, changes := make([]byte, 0, n*side*side*3), make([]nn.Change, n)
	for i := range n * side * side {
		for c := range 3 {
			p.Data[4*i+c] = uint8(rng.Uint32())
		}
		kept = append(kept, p.Data[4*i:4*i+3]...)
	}
	for i := range changes {
		changes[i] = nn.Change{Crop: n - 1 - i, Flip: true, Zoom: 1, Contrast: 1}
	}
	crops, err := b.Keep(n, side)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, crops.Close()) }()
	u, err := b.newBuffer([]int{n, 3, side, side})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.Close()) }()
	encoded, changed := make([]float32, 3*n*side*side), make([]float32, 3*n*side*side)
	err = errors.Join(b.Encode(u, p), u.Read(encoded), crops.Write(0, kept), crops.Encode(u, changes, p.Mean, p.Scale), u.Read(changed))
	if err != nil {
		return err
	}
	for i, got := range encoded {
		crop, c, y, x := i/(3*side*side), i/(side*side)%3, i/side%side, i%side
		if want := (float32(p.Data[(crop*side*side+y*side+x)*4+c]) - p.Mean[c]) / p.Scale; got != want {
			return fmt.Errorf("of pixels, number %d is %v and not %v", i, got, want)
		}
		if mirrored := changed[((n-1-crop)*3+c)*side*side+y*side+side-1-x]; got != mirrored {
			return fmt.Errorf("of crops that are kept, number %d is %v and not %v", i, mirrored, got)
		}
	}
	return nil
}

// checkZoom has a picture made half as large, and fails where a number of it is not what it should be.
func checkZoom(b *Backend) (err error) {
	const side = 40
	rng := rand.New(rand.NewPCG(5, 6))
	pixels, half := make([]byte, side*side*4), &nn.Sums{Starts: []int32{0}}
	for i := range pixels {
		pixels[i] = uint8(rng.Uint32())
	}
	for i := range int32(side / 2) {
		half.Firsts, half.Starts, half.Weights = append(half.Firsts, 2*i), append(half.Starts, 2*i+2), append(half.Weights, 0.5, 0.5)
	}
	z := b.Zoom()
	defer func() { err = errors.Join(err, z.Close()) }()
	u, err := b.newBuffer([]int{1, 3, side / 2, side / 2})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.Close()) }()
	got := make([]float32, 3*side*side/4)
	err = errors.Join(z.Begin(pixels, side, side), z.Add(0, half, half, side/2, side/2), z.Encode(u, 1, 0, 0, [3]float32{}, 1), u.Read(got))
	if err != nil {
		return err
	}
	for i, v := range got {
		c, y, x := i/(side*side/4), i/(side/2)%(side/2), i%(side/2)
		sum := 2 // to the nearest of a quarter of it
		for _, at := range []int{2*y*side + 2*x, 2*y*side + 2*x + 1, (2*y+1)*side + 2*x, (2*y+1)*side + 2*x + 1} {
			sum += int(pixels[4*at+c])
		}
		if v != float32(sum/4) {
			return fmt.Errorf("of a picture made smaller, number %d is %v and not %d", i, v, sum/4)
		}
	}
	return nil
}
