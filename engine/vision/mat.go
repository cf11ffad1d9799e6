package vision

import (
	"fmt"
	"image"
	"runtime"

	"gocv.io/x/gocv"
)

// share makes a Mat of four channels whose pixels are those of img, not a copy: Close it
// before letting go of them with unpin.
func share(img *image.RGBA) (m gocv.Mat, unpin func(), err error) {
	var pin runtime.Pinner
	pin.Pin(&img.Pix[0])
	size := img.Rect.Size()
	m, err = gocv.NewMatFromBytes(size.Y, size.X, gocv.MatTypeCV8UC4, img.Pix[:4*size.X*size.Y])
	if err != nil {
		err = fmt.Errorf("give OpenCV a picture of %dx%d: %w", size.X, size.Y, err)
	}
	return m, pin.Unpin, err
}

// toGray puts the brightness of img, which has pixels, into dst, one byte a pixel.
func toGray(img *image.RGBA, dst []byte) error {
	gray, err := gocv.NewMatFromBytes(img.Rect.Dy(), img.Rect.Dx(), gocv.MatTypeCV8U, dst)
	if err != nil {
		return fmt.Errorf("give OpenCV a picture of %v: %w", img.Rect.Size(), err)
	}
	defer gray.Close()
	return convert(img, &gray, gocv.ColorRGBAToGray) // in place: size and type are right
}

// toBGR puts img, which has pixels, into dst, three channels of 8 bits, blue first.
func toBGR(img *image.RGBA, dst *gocv.Mat) error { return convert(img, dst, gocv.ColorRGBAToBGR) }

// convert reads only the pixels inside img's bounds.
func convert(img *image.RGBA, dst *gocv.Mat, code gocv.ColorConversionCode) error {
	size := img.Rect.Size()
	if img.Stride != 4*size.X { // a part of a larger one
		whole := image.NewRGBA(image.Rectangle{Max: size})
		for y := range size.Y {
			copy(whole.Pix[y*whole.Stride:][:whole.Stride], img.Pix[y*img.Stride:])
		}
		img = whole
	}
	colour, unpin, err := share(img)
	defer unpin()
	defer colour.Close()
	if err == nil {
		gocv.CvtColor(colour, dst, code)
	}
	return err
}

// sampleBGR takes so many pixels, evenly spread, out of a Mat as for fromBGR.
func sampleBGR(bgr gocv.Mat, width, height int, rgba []byte) error {
	if bgr.Type() != gocv.MatTypeCV8UC3 || !bgr.IsContinuous() {
		return fmt.Errorf("a picture of OpenCV type %v, want 8 bit blue, green, red", bgr.Type())
	}
	src, err := bgr.DataPtrUint8()
	if err != nil {
		return fmt.Errorf("look at a picture of OpenCV: %w", err)
	}
	cols, rows := bgr.Cols(), bgr.Rows()
	for y := range height {
		row := src[(2*y+1)*rows/(2*height)*cols*3:]
		for x := range width {
			c := row[(2*x+1)*cols/(2*width)*3:]
			copy(rgba[4*(y*width+x):], []uint8{c[2], c[1], c[0], 255})
		}
	}
	return nil
}

// fromBGR turns a Mat of three channels, blue first, into pixels of four bytes.
func fromBGR(bgr gocv.Mat, rgba []byte) error {
	if bgr.Type() != gocv.MatTypeCV8UC3 {
		return fmt.Errorf("a picture of OpenCV type %v, want 8 bit blue, green, red", bgr.Type())
	}
	colour, err := gocv.NewMatFromBytes(bgr.Rows(), bgr.Cols(), gocv.MatTypeCV8UC4, rgba)
	if err != nil {
		return fmt.Errorf("make a picture of one of OpenCV's: %w", err)
	}
	defer colour.Close()
	gocv.CvtColor(bgr, &colour, gocv.ColorBGRToRGBA) // in place: size and type are right
	return nil
}
