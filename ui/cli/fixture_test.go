package cli

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"frglab/engine"
	"frglab/engine/nn"
	"frglab/ui/results"
)

// tinyArch learns colours, and quickly.
const tinyArch = `{"name":"tiny","size":8,"layers":[
 {"kind":"conv","name":"conv1","out":4,"kernel":3,"pad":1,"act":"relu"},
 {"kind":"maxpool","name":"pool1","kernel":2,"stride":2},
 {"kind":"dense","name":"fc2","out":2}]}`

// setup puts into each script's folder what most of them need.
func setup(e *testscript.Env) error {
	if err := os.WriteFile(filepath.Join(e.WorkDir, "tiny.json"), []byte(tinyArch), 0o644); err != nil {
		return err
	}
	if err := saveSettings(filepath.Join(e.WorkDir, "settings.json")); err != nil {
		return err
	}
	return saveModel(filepath.Join(e.WorkDir, "tiny.safetensors"))
}

// saveSettings writes all settings of a training of the tiny network.
func saveSettings(path string) error {
	conf, err := engine.Preset("modern")
	if err != nil {
		return err
	}
	conf.Arch = nn.Arch{}
	if err := json.Unmarshal([]byte(tinyArch), &conf.Arch); err != nil {
		return err
	}
	conf.Batch, conf.Epochs, conf.MinSteps = 8, 2000, 0
	return os.WriteFile(path, RunSettings{Config: conf, Device: "ref"}.JSON(), 0o644)
}

// saveModel writes a network of one layer that finds magenta squares which fill the
// middle of a window, half as wide as the window: its logit for a face is the mean
// of red + blue - 2 green in the middle less that around it.
func saveModel(path string) error {
	const s = 8
	w := make([]float32, 2*3*s*s)
	for c, v := range []float32{10, -20, 10} {
		for i := range s * s {
			if x, y := i%s, i/s; x >= 2 && x < 6 && y >= 2 && y < 6 {
				w[c*s*s+i] = v / 16
			} else {
				w[c*s*s+i] = -v / 48
			}
		}
	}
	return (&engine.Checkpoint{
		Arch:    nn.Arch{Name: "linear", Size: s, Layers: []nn.Layer{{Kind: nn.Dense, Name: "fc", Out: 2}}},
		Classes: []string{"face", "other"},
		Mean:    []float32{128, 128, 128}, Scale: 255, Threshold: 0.5,
		Weights: nn.Weights{
			{Name: "fc.weight", Shape: []int{2, 3 * s * s}, Data: w},
			{Name: "fc.bias", Shape: []int{2}, Data: []float32{-10, 0}}, // of 20 for a perfect face
		},
	}).Save(path)
}

var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	// fails CODE PROGRAM [ARG]... runs a program that ends with this exit code
	"fails": func(ts *testscript.TestScript, _ bool, args []string) {
		err := ts.Exec(args[1], args[2:]...)
		var x *exec.ExitError
		if !errors.As(err, &x) || strconv.Itoa(x.ExitCode()) != args[0] {
			ts.Fatalf("ends with %v, not exit code %s", err, args[0])
		}
	},
	// picture FILE WxH [X,Y,SIDE]... draws faces; \n in the name is a line break
	"picture": func(ts *testscript.TestScript, _ bool, args []string) {
		var w, h int
		fmt.Sscanf(args[1], "%dx%d", &w, &h)
		var faces []image.Rectangle
		for _, a := range args[2:] {
			var x, y, s int
			fmt.Sscanf(a, "%d,%d,%d", &x, &y, &s)
			faces = append(faces, image.Rect(x, y, x+s, y+s))
		}
		var b bytes.Buffer
		if strings.HasSuffix(args[0], ".jpg") {
			ts.Check(jpeg.Encode(&b, drawFaces(w, h, faces...), nil))
		} else {
			ts.Check(png.Encode(&b, drawFaces(w, h, faces...)))
		}
		ts.Check(os.WriteFile(ts.MkAbs(strings.ReplaceAll(args[0], `\n`, "\n")), b.Bytes(), 0o644))
	},
	// crops DIR N [SEED] makes N crops of each class and DIR/list.txt
	"crops": func(ts *testscript.TestScript, _ bool, args []string) {
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		ts.Check(makeCrops(ts.MkAbs(args[0]), n, uint64(len(args))))
	},
	// cut FILE N keeps the first N bytes
	"cut": func(ts *testscript.TestScript, _ bool, args []string) {
		n, err := strconv.ParseInt(args[1], 10, 64)
		ts.Check(err)
		ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
	},
	// hugeheader FILE makes a PNG that claims 60000x60000 pixels
	"hugeheader": func(ts *testscript.TestScript, _ bool, args []string) {
		head := binary.BigEndian.AppendUint32([]byte("IHDR"), 60000)
		head = append(binary.BigEndian.AppendUint32(head, 60000), 8, 2, 0, 0, 0)
		data := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
		data = binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(head))
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
	},
	// names FILE END NAME... writes names with \n or \0 behind each
	"names": func(ts *testscript.TestScript, _ bool, args []string) {
		end := map[string]string{`\n`: "\n", `\r\n`: "\r\n", `\0`: "\x00"}[args[1]]
		text := strings.ReplaceAll(strings.Join(args[2:], end)+end, `\n`, "\n")
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
	},
	// size FILE WxH says that a picture has this size
	"size": func(ts *testscript.TestScript, _ bool, args []string) {
		f, err := os.Open(ts.MkAbs(args[0]))
		ts.Check(err)
		defer f.Close()
		c, _, err := image.DecodeConfig(f)
		ts.Check(err)
		if got := fmt.Sprintf("%dx%d", c.Width, c.Height); got != args[1] {
			ts.Fatalf("%s is %s, not %s", args[0], got, args[1])
		}
	},
}

// drawFaces is a grey picture with magenta rectangles.
func drawFaces(w, h int, faces ...image.Rectangle) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{128}), image.Point{}, draw.Src)
	for _, f := range faces {
		draw.Draw(img, f, image.NewUniform(magenta), image.Point{}, draw.Src)
	}
	return img
}

// makeCrops writes n crops of each class, in dir/face and dir/other, and a list.
func makeCrops(dir string, n int, seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, 2))
	var list strings.Builder
	for i := range 2 * n {
		class := []string{"face", "other"}[i%2]
		tint := []color.RGBA{{230, 30, 220, 255}, {60, 120, 60, 255}}[i%2]
		img := image.NewRGBA(image.Rect(0, 0, 8, 8))
		for k := range 64 {
			v := uint8(rng.IntN(26))
			img.SetRGBA(k%8, k/8, color.RGBA{tint.R + v, tint.G + v, tint.B + v, 255})
		}
		name := fmt.Sprintf("%s/%03d.png", class, i/2)
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			return err
		}
		if err := results.WritePNG(filepath.Join(dir, name), img); err != nil {
			return err
		}
		fmt.Fprintf(&list, "%s %d\n", name, i%2)
	}
	return os.WriteFile(filepath.Join(dir, "list.txt"), []byte(list.String()), 0o644)
}
