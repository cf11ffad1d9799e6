package cli

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/results"
)

// meanSide is the side of the crops that the network of 2015 took.
const meanSide = 64

// WriteMean puts the mean picture of dir/train.txt beside it: mean.npy for programs (a
// NumPy array, float32, (3,64,64), red, green and blue, 0 to 255), mean.png for people.
// Crops are squashed to 64x64, as that code did it. It kept a pickle under this name, so
// there numpy.load has to take the place of pickle.load. Without a train.txt it does nothing.
func WriteMean(ctx context.Context, dir string) error {
	list := filepath.Join(dir, "train.txt")
	if _, err := os.Stat(list); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	crops, err := dataset.ReadList(list)
	if err != nil {
		return err
	}
	mean, err := engine.Mean(ctx, crops, meanSide)
	if err != nil {
		return err
	}
	if err := results.WriteFile(filepath.Join(dir, "mean.npy"), func(w io.Writer) error { return writeNPY(w, mean, 3, meanSide, meanSide) }); err != nil {
		return err
	}
	return results.WritePNG(filepath.Join(dir, "mean.png"), meanPicture(mean))
}

// writeNPY writes an array in NumPy's format 1.0: a magic, the length of a line of
// text that says type and shape, that line, and the numbers. The line is filled up
// with blanks so that the numbers begin at a multiple of 64.
func writeNPY(w io.Writer, data []float32, shape ...int) error {
	sides := strings.Trim(fmt.Sprint(shape), "[]")
	line := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", strings.ReplaceAll(sides, " ", ", "))
	const before = 10 // magic, version and length
	line += strings.Repeat(" ", (64-(before+len(line)+1)%64)%64) + "\n"
	var buf bytes.Buffer
	buf.WriteString("\x93NUMPY\x01\x00")
	_ = binary.Write(&buf, binary.LittleEndian, uint16(len(line))) // into memory: nothing can fail
	buf.WriteString(line)
	_ = binary.Write(&buf, binary.LittleEndian, data)
	_, err := w.Write(buf.Bytes())
	return err
}

// meanPicture shows a mean, rounded.
func meanPicture(mean []float32) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, meanSide, meanSide))
	const plane = meanSide * meanSide
	for i := range plane {
		for c := range 3 {
			img.Pix[4*i+c] = uint8(mean[c*plane+i] + 0.5)
		}
		img.Pix[4*i+3] = 255
	}
	return img
}
