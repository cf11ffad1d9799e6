package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/ref"
	"frglab/ui/cli"
)

// tiny learns colours, and quickly. Nothing in it pads, as in a scout.
const tiny = `{"name":"tiny","size":8,"layers":[
 {"kind":"conv","name":"conv1","out":4,"kernel":3,"act":"relu"},
 {"kind":"maxpool","name":"pool1","kernel":2,"stride":2},
 {"kind":"dense","name":"fc2","out":2}]}`

// quick is the recipe in seconds.
func quick(t *testing.T) recipe {
	arch := filepath.Join(t.TempDir(), "tiny.json")
	if err := os.WriteFile(arch, []byte(tiny), 0o644); err != nil {
		t.Fatal(err)
	}
	r := full()
	r.data, r.out, r.bundle = pictures(t), filepath.Join(t.TempDir(), "out"), t.TempDir()
	r.scout.arch, r.model.arch, r.more = arch, arch, []string{"--batch", "8"}
	r.scout.rounds, r.scout.epochs, r.model.epochs = 1, 1, 1
	r.env = cli.Env{
		Stdin: os.Stdin, Stdout: t.Output(), Stderr: t.Output(),
		Devices: []engine.Device{{Name: "ref", Open: func() (nn.Backend, error) { return ref.New(2), nil }}},
	}
	return r
}

// pictures makes a folder of noise with magenta faces.
func pictures(t *testing.T) string {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 1))
	type m map[string]any
	var images, boxes []m
	for i := range 4 {
		img := image.NewRGBA(image.Rect(0, 0, 96, 64))
		x, y := 10+rng.IntN(60), 10+rng.IntN(30)
		for k := range 96 * 64 {
			c := color.RGBA{uint8(rng.IntN(90)), uint8(rng.IntN(255)), uint8(rng.IntN(90)), 255}
			if image.Pt(k%96, k/96).In(image.Rect(x, y, x+16, y+16)) {
				c = color.RGBA{250, 0, 250, 255}
			}
			img.SetRGBA(k%96, k/96, c)
		}
		name := fmt.Sprintf("%d.png", i)
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
		f.Close()
		images = append(images, m{"id": i, "file_name": name, "width": 96, "height": 64})
		boxes = append(boxes, m{"id": i, "image_id": i, "category_id": 1, "bbox": []int{x, y, 16, 16}})
	}
	text, err := json.Marshal(m{"images": images, "annotations": boxes, "categories": []m{{"id": 1, "name": "face"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "annotations.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestRecipe(t *testing.T) {
	r := quick(t)
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"model", "scout"} {
		c, err := engine.LoadCheckpoint(filepath.Join(r.bundle, name+".safetensors"))
		if err != nil || c.Arch.Name != "tiny" || c.Threshold != 0.5 {
			t.Fatalf("%s: %v, %v", name, c, err)
		}
	}

	// What is whole is not made again: the same command only bundles.
	best, err := os.Stat(filepath.Join(r.out, "model", engine.BestFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now, err := os.Stat(filepath.Join(r.out, "model", engine.BestFile)); err != nil || !now.ModTime().Equal(best.ModTime()) {
		t.Errorf("the model was made again, or is gone: %v", err)
	}

	// Going on from networks that are there.
	r.from, r.out = r.bundle, filepath.Join(t.TempDir(), "tuned")
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if exists(filepath.Join(r.out, "model", "round-0")) || !exists(filepath.Join(r.out, "model", "round-1")) {
		t.Error("it did not go on from the network that it was given")
	}
}

func TestInterruptedRecipeGoesOn(t *testing.T) {
	whole, parts := quick(t), quick(t)
	if err := whole.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := parts.make(ctx); err == nil {
		t.Fatal("a recipe that was stopped has made a model")
	}
	if err := parts.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"model.safetensors", "scout.safetensors"} {
		a, err1 := os.ReadFile(filepath.Join(whole.bundle, name))
		b, err2 := os.ReadFile(filepath.Join(parts.bundle, name))
		if err1 != nil || err2 != nil || string(a) != string(b) {
			t.Errorf("%s is not that of a recipe in one go (%v, %v)", name, err1, err2)
		}
	}
}
