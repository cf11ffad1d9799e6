package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"runtime"
	"slices"
)

// Source is a set of crops with their classes.
type Source interface {
	Len() int
	// At returns crop i, of any size, and the number of its class. It is called
	// from several goroutines at once, and again with the same i must return the
	// same. The image is not written to. An error names the crop's file.
	At(i int) (img image.Image, class int, err error)
}

// input says how crops become what a network takes: the same in training,
// validation and evaluation.
type input struct {
	what    string // whose crops, for errors: "training"
	source  Source
	classes []string
	size    int // side of the network's input
	mean    []float32
	scale   float32
}

// volume is how many numbers a crop becomes.
func (in input) volume() int { return 3 * in.size * in.size }

// at returns crop i in the network's size, not to be written to.
func (in input) at(i int) (*image.RGBA, int, error) {
	img, class, err := in.source.At(i)
	if err != nil {
		return nil, 0, fmt.Errorf("%s crop %d: %w", in.what, i, err)
	}
	if class < 0 || class >= len(in.classes) {
		return nil, 0, fmt.Errorf("%s crop %d has class %d, but the classes are 0 to %d, %q: mend its label", in.what, i, class, len(in.classes)-1, in.classes)
	}
	if img == nil {
		return nil, 0, fmt.Errorf("%s crop %d has no picture", in.what, i)
	}
	square, err := fit(img, in.size)
	if err != nil {
		return nil, 0, fmt.Errorf("%s crop %d: %w", in.what, i, err)
	}
	return square, class, nil
}

// lookChunk is how many crops a goroutine takes at a time where they are only looked at.
const lookChunk = 64

// workers is how many goroutines decode crops ahead of the network.
func workers() int { return runtime.GOMAXPROCS(0) }

// survey is what a look at every crop shows.
type survey struct {
	labels []int    // class of each crop
	sums   []uint64 // (3,S,S): all crops' pixels added up
}

// look reads every crop once: a crop that cannot be read or has no valid class shows
// now and not after an hour. It fails when there are none, or none of some class.
func (in input) look(ctx context.Context) (survey, error) {
	n := in.source.Len()
	if n == 0 {
		return survey{}, fmt.Errorf("there are no %s crops: label some, or check the list file", in.what)
	}
	total := survey{sums: make([]uint64, in.volume())}
	for part, err := range ordered(ctx, workers(), (n+lookChunk-1)/lookChunk, func(i int) (survey, error) {
		return in.lookAt(i*lookChunk, min((i+1)*lookChunk, n))
	}) {
		if err != nil {
			return survey{}, err
		}
		total.labels = append(total.labels, part.labels...)
		for i, s := range part.sums {
			total.sums[i] += s
		}
	}
	for class, name := range in.classes {
		if !slices.Contains(total.labels, class) {
			return survey{}, fmt.Errorf("none of the %d %s crops is of class %d, %q: label some, or split them anew", n, in.what, class, name)
		}
	}
	return total, nil
}

func (in input) lookAt(from, to int) (survey, error) {
	part := survey{sums: make([]uint64, in.volume())}
	plane := in.size * in.size
	for i := from; i < to; i++ {
		img, class, err := in.at(i)
		if err != nil {
			return survey{}, err
		}
		part.labels = append(part.labels, class)
		for y := range in.size {
			for x := range in.size {
				p := img.Pix[y*img.Stride+4*x:]
				for c := range 3 {
					part.sums[c*plane+y*in.size+x] += uint64(p[c])
				}
			}
		}
	}
	return part, nil
}

// meanOf is what Encode is to subtract: the sums are whole numbers, so the order
// they came in leaves no trace.
func (s survey) meanOf(c Config) ([]float32, error) {
	sums, size := s.sums, c.Arch.Size
	count := len(s.labels)
	if c.Turns {
		sums, count = turnedSums(sums, size), 4*count
	}
	switch c.Mean {
	case MeanPixel:
		mean := make([]float32, len(sums))
		for i, v := range sums {
			mean[i] = float32(float64(v) / float64(count))
		}
		return mean, nil
	case MeanChannel:
		mean := make([]float32, 3)
		for c := range mean {
			var all uint64
			for _, v := range sums[c*size*size : (c+1)*size*size] {
				all += v
			}
			mean[c] = float32(float64(all) / float64(count*size*size))
		}
		return mean, nil
	}
	return nil, errors.New("config: mean: unknown rule")
}

// turnedSums adds up the sums over all four turns of every crop: the mean picture
// of a training with turns is that of the turned crops.
func turnedSums(sums []uint64, size int) []uint64 {
	out := make([]uint64, len(sums))
	for c := range 3 {
		in, out := sums[c*size*size:], out[c*size*size:]
		for y := range size {
			for x := range size {
				u, v := size-1-x, size-1-y
				out[y*size+x] = in[y*size+x] + in[x*size+v] + in[v*size+u] + in[u*size+y]
			}
		}
	}
	return out
}

// fingerprint names the crops that a run learns from and is validated on, so that
// resuming on others is noticed.
func fingerprint(surveys ...survey) string {
	h := sha256.New()
	for _, s := range surveys {
		binary.Write(h, binary.LittleEndian, uint64(len(s.labels)))
		for _, l := range s.labels {
			binary.Write(h, binary.LittleEndian, uint32(l))
		}
		binary.Write(h, binary.LittleEndian, s.sums)
	}
	return hex.EncodeToString(h.Sum(nil))
}
