package engine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"frglab/engine/nn"
)

// Checkpoint is a trained network and all that is needed to use it: what a file
// best.safetensors holds. Its slices are shared, not copied: do not change them
// while a detector uses it.
type Checkpoint struct {
	Arch    nn.Arch
	Classes []string  // in the order of the network's outputs; the first is what a detector looks for
	Mean    []float32 // what Encode subtracts: 3 or (3,S,S), in 0 to 255
	Scale   float32   // what Encode divides by
	Preset  string    // of the training, for people
	Step    int       // iterations trained
	Epoch   int       // of the last iteration, from 1; 0 untrained
	// Threshold is the score, 0 to 1, from which a detector should report a face. See ThresholdFor.
	Threshold float64
	// Calibration turns the scores of a Detector into probabilities, by its mode. A mode that
	// is not in it gives the scores that the network makes of its prior.
	Calibration map[string]Calibration
	// Info is whatever else stands in the file's metadata, and survives loading and saving.
	Info    map[string]string
	Weights nn.Weights
}

// String says what kind of pictures the network takes: "frgnet64 for 64x64 pictures".
func (c *Checkpoint) String() string {
	return fmt.Sprintf("%s for %dx%d pictures", c.Arch.Name, c.Arch.Size, c.Arch.Size)
}

// ThresholdFor is the score from which a detector should report a face in a mode: what was
// set with the calibration of the mode, or else Threshold.
func (c *Checkpoint) ThresholdFor(mode string) float64 {
	if k := c.Calibration[mode]; k.Threshold > 0 {
		return k.Threshold
	}
	return c.Threshold
}

// LoadCheckpoint reads a file. It takes nothing on trust: a file that is truncated,
// of another format, with numbers that are not finite or tensors that do not fit
// its architecture is refused before much memory is taken.
func LoadCheckpoint(path string) (*Checkpoint, error) {
	c, _, err := loadModel(path, formatCheckpoint)
	switch {
	case errors.Is(err, errNewerModel): // says what to do
		return nil, fmt.Errorf("load checkpoint %q: %w", path, err)
	case err != nil:
		return nil, fmt.Errorf("load checkpoint %q: %w: choose a model of FrgLab, such as best.safetensors of a training, or copy it again", path, err)
	}
	return c, nil
}

// ParseCheckpoint is LoadCheckpoint for a file that is in memory already. data is not kept.
func ParseCheckpoint(data []byte) (*Checkpoint, error) {
	c, _, err := readModel(bytes.NewReader(data), int64(len(data)), formatCheckpoint)
	if err != nil {
		return nil, fmt.Errorf("load checkpoint: %w", err)
	}
	return c, nil
}

// Save writes the checkpoint with all its bits. The file at path is replaced as a
// whole or not at all.
func (c *Checkpoint) Save(path string) error {
	return c.save(path, whole)
}

// SaveHalf is Save with the large tensors in 16 bits: half the size, and scores
// that differ in the fourth decimal. Biases, batch normalisation and the mean stay
// in 32 bits. It is for models to hand on, not to train on.
func (c *Checkpoint) SaveHalf(path string) error { return c.save(path, large) }

// WriteSafetensors writes what Save puts into a file, or with half what SaveHalf does.
func (c *Checkpoint) WriteSafetensors(w io.Writer, half bool) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("write safetensors: %w", err)
	}
	choice := whole
	if half {
		choice = large
	}
	return c.writeModel(w, formatCheckpoint, nil, choice)
}

// HalfIsExact says whether SaveHalf loses no bit, as with a checkpoint that it wrote.
func (c *Checkpoint) HalfIsExact() bool {
	for _, t := range c.Weights {
		if large(t) && slices.ContainsFunc(t.Data, func(v float32) bool { return fromHalf(toHalf(v)) != v }) {
			return false
		}
	}
	return true
}

// large is SaveHalf's choice of tensors for 16 bits.
func large(t nn.Tensor) bool { return t.Name != meanTensor && len(t.Shape) > 1 }

// whole is the choice of no tensor for 16 bits.
func whole(nn.Tensor) bool { return false }

func (c *Checkpoint) save(path string, half func(nn.Tensor) bool) error {
	if err := c.saveModel(path, formatCheckpoint, nil, half); err != nil {
		return fmt.Errorf("save checkpoint %q: %w", path, err)
	}
	return nil
}

// saveModel writes a checkpoint and the velocity, if there is one, in one file.
func (c *Checkpoint) saveModel(path, format string, velocity nn.Weights, half func(nn.Tensor) bool) error {
	if err := c.check(); err != nil {
		return err
	}
	return replaceFile(path, func(w io.Writer) error { return c.writeModel(w, format, velocity, half) })
}

func (c *Checkpoint) writeModel(w io.Writer, format string, velocity nn.Weights, half func(nn.Tensor) bool) error {
	meta, err := c.meta(format)
	if err != nil {
		return err
	}
	tensors := append(slices.Clone(c.Weights), nn.Tensor{Name: meanTensor, Shape: c.meanShape(), Data: c.Mean})
	for _, v := range velocity {
		if err := finite(v); err != nil {
			return fmt.Errorf("velocity: %w", err)
		}
		v.Name = velocityPrefix + v.Name
		tensors = append(tensors, v)
	}
	return writeTensors(w, meta, tensors, half)
}

func loadModel(path, format string) (*Checkpoint, nn.Weights, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its other end
		return nil, nil, errors.New("not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	return readModel(bufio.NewReaderSize(f, 1<<20), info.Size(), format)
}

// readModel reads a file of the format; velocity is empty in a plain checkpoint.
func readModel(r io.Reader, size int64, format string) (c *Checkpoint, velocity nn.Weights, err error) {
	h, err := readHeader(r, size)
	if err != nil {
		return nil, nil, err
	}
	if c, err = parseModel(h.meta, format); err != nil {
		return nil, nil, err
	}
	want, err := c.layout(format)
	if err != nil {
		return nil, nil, err
	}
	if err := c.fits(want, h.tensors); err != nil {
		return nil, nil, err
	}
	found := map[string]nn.Tensor{}
	for _, info := range h.tensors {
		if found[info.name], err = readTensor(r, info); err != nil {
			return nil, nil, err
		}
	}
	c.Mean = found[meanTensor].Data
	for _, p := range want {
		t := found[p.file]
		t.Name = p.Name
		switch {
		case p.file == meanTensor:
		case p.file == p.Name:
			c.Weights = append(c.Weights, t)
		default:
			velocity = append(velocity, t)
		}
	}
	return c, velocity, c.check()
}
