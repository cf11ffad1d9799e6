package vision

import (
	"fmt"
	"image"

	"gocv.io/x/gocv"
)

// toGray puts the brightness of img into dst, one channel of 8 bits. Only the
// pixels inside img's bounds are read.
func toGray(img *image.RGBA, dst *gocv.Mat) error {
	size := img.Bounds().Size()
	colour := gocv.NewMatWithSize(size.Y, size.X, gocv.MatTypeCV8UC4)
	defer colour.Close()
	pix, err := colour.DataPtrUint8()
	if err != nil {
		return fmt.Errorf("copy a picture of %dx%d to OpenCV: %w", size.X, size.Y, err)
	}
	for y := range size.Y {
		from := img.PixOffset(img.Rect.Min.X, img.Rect.Min.Y+y)
		copy(pix[y*size.X*4:][:size.X*4], img.Pix[from:])
	}
	gocv.CvtColor(colour, dst, gocv.ColorRGBAToGray)
	return nil
}

// sampleBGR takes so many pixels, evenly spread, out of a Mat as for fromBGR.
func sampleBGR(bgr gocv.Mat, width, height int) (*image.RGBA, error) {
	if bgr.Type() != gocv.MatTypeCV8UC3 || !bgr.IsContinuous() {
		return nil, fmt.Errorf("a picture of OpenCV type %v, want 8 bit blue, green, red", bgr.Type())
	}
	src, err := bgr.DataPtrUint8()
	if err != nil {
		return nil, fmt.Errorf("look at a picture of OpenCV: %w", err)
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	cols, rows := bgr.Cols(), bgr.Rows()
	for y := range height {
		row := src[(2*y+1)*rows/(2*height)*cols*3:]
		for x := range width {
			c := row[(2*x+1)*cols/(2*width)*3:]
			copy(img.Pix[4*(y*width+x):], []uint8{c[2], c[1], c[0], 255})
		}
	}
	return img, nil
}

// fromBGR copies a Mat of three channels, blue first, into a new picture.
func fromBGR(bgr gocv.Mat) (*image.RGBA, error) {
	if bgr.Type() != gocv.MatTypeCV8UC3 {
		return nil, fmt.Errorf("a picture of OpenCV type %v, want 8 bit blue, green, red", bgr.Type())
	}
	colour := gocv.NewMat()
	defer colour.Close()
	gocv.CvtColor(bgr, &colour, gocv.ColorBGRToRGBA)
	src, err := colour.DataPtrUint8()
	if err != nil {
		return nil, fmt.Errorf("copy a picture from OpenCV: %w", err)
	}
	img := image.NewRGBA(image.Rect(0, 0, colour.Cols(), colour.Rows()))
	copy(img.Pix, src)
	return img, nil
}
