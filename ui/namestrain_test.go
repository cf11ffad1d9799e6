package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/ref"
	"frglab/engine/vision"
	"frglab/ui/cli"
)

// eachHardName runs a test in a folder of each of the hard names.
func eachHardName(t *testing.T, test func(t *testing.T, dir, name string)) {
	for _, name := range hardNames {
		t.Run(strings.ToValidUTF8(oneLined(name), "?"), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			test(t, dir, name)
		})
	}
}

// command runs the command line; what it says on standard output must be UTF-8.
func command(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := cli.Main(context.Background(), args, cli.Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
		Devices: []engine.Device{{Name: "ref", About: "plain Go", Open: func() (nn.Backend, error) { return ref.New(1), nil }}},
		OpenCascades: func(n int, _ float64, _ int) (list []cli.Cascade, _ error) {
			for range n {
				list = append(list, &onlooker{})
			}
			return list, nil
		},
		IsVideo:   vision.IsVideo,
		OpenVideo: func(path string) (cli.Video, error) { return vision.OpenVideo(path) },
	})
	if code != 0 {
		t.Fatalf("frglab %s: exit %d: %s", args[0], code, errs.String())
	}
	if !utf8.Valid(out.Bytes()) {
		t.Errorf("frglab %s says %q, which is no UTF-8", args[0], out.String())
	}
	return out.String()
}

// stripes is a crop of a class, and no two are alike.
func stripes(i int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for k := range 64 {
		v := uint8(i + k)
		img.SetRGBA(k%8, k/8, []color.RGBA{{200, 20 + v/8, 190, 255}, {20 + v/8, 190, 60, 255}}[i%2])
	}
	return img
}

// TestHardNamesTrain trains in the window on a project of such a name, and on the command
// line on folders, lists and networks of such names; what is exported comes back in.
func TestHardNamesTrain(t *testing.T) {
	t.Run("window", func(t *testing.T) { eachHardName(t, trainInWindow) })
	t.Run("command line", func(t *testing.T) { eachHardName(t, trainInCommands) })
}

func trainInWindow(t *testing.T, dir, name string) {
	w, failures := openTrainableAt(t, filepath.Join(dir, name+projectExt))
	w.train.set(t, tr("Epochs"), "3")
	w.train.set(t, tr("Least iterations"), "0")
	w.train.start("")
	settle(w)
	if len(*failures) > 0 {
		t.Fatalf("failures: %v", *failures)
	}
	r := theRun(t, w)
	if r.Status != dataset.RunDone || !strings.HasPrefix(r.Checkpoint, filepath.Join(dir, name+"-runs")+"/") || w.model == nil || w.model.Arch.Name != "tiny" {
		t.Errorf("the run is %+v", r)
	}
	if _, err := engine.LoadCheckpoint(r.Checkpoint); err != nil {
		t.Error(err)
	}
	for _, text := range []string{w.train.state.Text, w.status.project.Text} {
		if strings.ContainsAny(text, "\t\u202e") || !utf8.ValidString(text) {
			t.Errorf("%q is on screen as it is", text)
		}
	}
}

func trainInCommands(t *testing.T, dir, name string) {
	at := func(parts ...string) string { return filepath.Join(append([]string{dir}, parts...)...) }
	put := func(data []byte, parts ...string) {
		t.Helper()
		path := at(parts...)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 60 {
		put(pngData(stripes(i)), "in", []string{"face", "other"}[i%2], fmt.Sprint(name, i, ".png"))
	}
	put([]byte(`{"name":"tiny","size":8,"layers":[{"kind":"dense","name":"fc","out":2}]}`), name+".json")
	put(pngData(halvedPicture()), "scene "+name+".png")

	project := at(name + projectExt)
	command(t, "import", "--project", project, at("in"))
	for _, format := range dataset.Formats() {
		out := at(string(format) + " " + name)
		command(t, "export", "--project", project, "--format", string(format), out)
		if format == dataset.FormatCrops {
			continue // for export only
		}
		again := at(string(format) + name + projectExt)
		from := out
		if file := map[dataset.Format]string{dataset.FormatList: "train.txt", dataset.FormatCOCO: "annotations.json", dataset.FormatCSV: "annotations.csv"}[format]; file != "" {
			found, _ := filepath.Glob(globbed(out) + "/*" + filepath.Ext(file))
			if len(found) == 0 {
				t.Fatalf("%s: nothing in %q", format, out)
			}
			from = found[0]
		}
		command(t, "import", "--project", again, from)
		if said := command(t, "stats", "--project", again); format != dataset.FormatList && !strings.Contains(said, "60") {
			t.Errorf("%s came back as: %s", format, said)
		}
	}
	lists := at("list " + name)
	train, valid := filepath.Join(lists, "train.txt"), filepath.Join(lists, "valid.txt")
	args := []string{
		"train", "--device", "ref", "--arch", at(name + ".json"), "--train", train, "--valid", valid, "--out", at("run " + name),
		"--set", "min_steps=0", "--batch", "4", "--json",
	}
	said := command(t, append(args, "--epochs", "2")...)
	for line := range strings.Lines(said) {
		if !json.Valid([]byte(line)) {
			t.Errorf("train --json says %q", line)
		}
	}
	model := at("run "+name, engine.BestFile)
	command(t, "eval", "--device", "ref", "--model", model, "--valid", valid, "--json", at(name+".eval.json"))
	command(t, "detect", "--device", "ref", "--mode", "windows", "--model", model, "--json", at(name+".jsonl"), "--annotate", at("marked "+name), "--crops", at("cut "+name), at("scene "+name+".png"))
	for _, to := range []string{"onnx", "safetensors", "dot"} {
		command(t, "convert", "--model", model, "--to", to, at(name+"."+to))
	}
	command(t, "plot", at("run "+name), "--out", at(name+".curves.png"))
	for _, made := range []string{name + ".eval.json", name + ".jsonl", name + ".onnx", name + ".curves.png", "marked " + name} {
		if _, err := os.Stat(at(made)); err != nil {
			t.Error(err)
		}
	}
}
