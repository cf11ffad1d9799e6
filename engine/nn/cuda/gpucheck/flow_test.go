//go:build gpu

package gpucheck

import (
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frglab/engine/nn/cuda/fake"
)

// TestFlow runs the whole of gpu-check on the fake card, down to the table, and once with a card
// that computes nonsense.
func TestFlow(t *testing.T) {
	dir := t.TempDir()
	run := func(tests string, env ...string) (report, string, error) {
		path := filepath.Join(dir, "gpu-check.json")
		c := exec.Command(os.Args[0], "-test.run="+tests)
		c.Env = append(os.Environ(), "FRGLAB_GPU=quick", "FRGLAB_GPU_OUT="+path, "FRGLAB_LIBCUDA="+fake.Library(t), "PATH=/usr/bin:/bin")
		c.Env = append(c.Env, env...)
		out, err := c.CombinedOutput()
		var r report
		data, err2 := os.ReadFile(path)
		if err2 == nil {
			err2 = json.Unmarshal(data, &r)
		}
		if err2 != nil {
			t.Fatalf("%v\n%s", err2, out)
		}
		return r, string(out), err
	}
	r, out, err := run("^TestCard")
	if err != nil || !r.Passed || !r.Fake || r.Card != "Fake card 0" || r.Graphs != "used" || len(r.Loss) == 0 || len(r.Kernels) < 20 || r.Kernels[0].Registers == 0 || r.Peak["tf32"] == 0 {
		t.Fatalf("%v: %+v\n%s", err, r, out)
	}
	for _, name := range []string{"train/small/b2/tf32", "train-kept/small/b2/tf32", "infer/small/b2/fp32", "detect/40x36/scout/tf32"} {
		if !strings.Contains(out, "\n"+name) {
			t.Errorf("%s is not in the table:\n%s", name, out)
		}
	}
	if !strings.Contains(out, "THIS IS THE FAKE CARD") {
		t.Error("the table does not say that the card is the fake one")
	}
	table, err := exec.Command("python3", "../../../../.make/peer.py", "--cuda", filepath.Join(dir, "gpu-check.json")).CombinedOutput()
	if err != nil || !strings.Contains(string(table), "train/small/b2/tf32") {
		t.Errorf("the comparison with PyTorch: %v\n%s", err, table)
	}
	if !strings.Contains(string(table), "budget") {
		t.Errorf("the table says nothing of the budgets:\n%s", table)
	}
	if kept, _ := filepath.Glob("../testdata/*Fake*"); len(kept) > 0 {
		t.Errorf("figures of the fake card were kept: %v", kept)
	}
	if r, out, err = run("^TestCardLayers$", "FAKE_WRONG=conv_forward_f32_128"); err == nil || r.Passed {
		t.Errorf("a card that computes nonsense passed\n%s", out)
	}
}

// TestAlone sees to it that the program runs on machines without OpenCV or a display.
func TestAlone(t *testing.T) {
	f, err := elf.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	libraries, err := f.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range libraries {
		if name, _, _ := strings.Cut(l, ".so"); !slices.Contains([]string{"libc", "libdl", "libm", "libpthread", "libresolv"}, name) {
			t.Errorf("gpu-check needs %s", l)
		}
	}
}
