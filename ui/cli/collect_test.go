package cli

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() {
	// tiles FILE WxH draws a picture that has edges and no face
	scriptCommands["tiles"] = func(ts *testscript.TestScript, _ bool, args []string) {
		var w, h int
		fmt.Sscanf(args[1], "%dx%d", &w, &h)
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				img.SetRGBA(x, y, color.RGBA{uint8(x / 9 * 40), uint8(y / 7 * 50), 90, 255})
			}
		}
		var b bytes.Buffer
		ts.Check(png.Encode(&b, img))
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
	}
}
