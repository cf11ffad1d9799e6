package driver

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPTXIsOfTheseSources compares what the embedded kernels were made from with what lies here,
// and where the compiler is installed, makes them again.
func TestPTXIsOfTheseSources(t *testing.T) {
	sources, err := filepath.Glob("../kernels/*")
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(sources, func(a, b string) int { // .cu before .h, as make ptx reads them
		return strings.Compare(filepath.Ext(a)+a, filepath.Ext(b)+b)
	})
	h := sha256.New()
	for _, path := range sources {
		h.Write(read(t, path))
	}
	want := strings.TrimSpace(string(read(t, "kernels.sum")))
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != want {
		t.Errorf("the kernels were changed after they were compiled: run make ptx (%s, compiled %s)", got, want)
	}
	clang, err := exec.LookPath("clang-16")
	if err != nil {
		t.Log("no clang-16 here to compile them again")
		return
	}
	for _, arch := range []string{"70", "80"} {
		c := exec.Command(clang, "-x", "cuda", "--cuda-device-only", "--cuda-gpu-arch=sm_"+arch, "-nocudainc", "-nocudalib",
			"-O3", "-std=c++20", "-S", "../kernels/kernels.cu", "-o", "-")
		now, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(now, ptx(t, arch)) {
			t.Errorf("kernels%s.ptx.gz is not what clang-16 makes: run make ptx", arch)
		}
	}
}

// TestPTXHasTheKernels has every kernel that the sources name.
func TestPTXHasTheKernels(t *testing.T) {
	entry := regexp.MustCompile(`\.visible \.entry (\w+)\(`)
	for arch, products := range map[string]int{"70": 13, "80": 26} {
		var names []string
		for _, m := range entry.FindAllSubmatch(ptx(t, arch), -1) {
			names = append(names, string(m[1]))
		}
		for _, want := range []string{"conv_forward_f32_64", "dense_weight_f32_128", "reduce", "mask", "norm_backward", "pool_backward", "dropout", "loss", "sgd"} {
			if !slices.Contains(names, want) {
				t.Errorf("kernels%s.ptx has no %s", arch, want)
			}
		}
		if len(names) != products+16 {
			t.Errorf("kernels%s.ptx has %d kernels, want %d", arch, len(names), products+16)
		}
	}
}

// TestPTXIsAllInRegisters has no kernel that calls a function or keeps numbers in the slow memory that
// such a call takes: a compiler that does not inline something costs a factor, and no wrong bit shows it.
func TestPTXIsAllInRegisters(t *testing.T) {
	for _, arch := range []string{"70", "80"} {
		for i, line := range strings.Split(string(ptx(t, arch)), "\n") {
			for _, bad := range []string{".func", "call", ".local", "st.local"} {
				if slices.Contains(strings.Fields(line), bad) || strings.Contains(line, "\t"+bad+".") {
					t.Errorf("kernels%s.ptx, line %d: %s", arch, i+1, line)
				}
			}
		}
	}
}

// TestPTXRoundsAsProcessorsDo has the kernel augment make no product and sum in one step, which rounds
// once, but those of powers of 2, which need no rounding.
func TestPTXRoundsAsProcessorsDo(t *testing.T) {
	for _, arch := range []string{"70", "80"} {
		_, body, _ := strings.Cut(string(ptx(t, arch)), ".visible .entry augment(")
		body, _, found := strings.Cut(body, "\n}")
		if !found || !strings.Contains(body, "mul.rn.f64") {
			t.Fatalf("kernels%s.ptx: no kernel augment that multiplies", arch)
		}
		for line := range strings.Lines(body) {
			exact := strings.Contains(line, "0dBFE0000000000000") || strings.Contains(line, "0d3FE0000000000000") || strings.Contains(line, "0d4070000000000000")
			if strings.Contains(line, "fma.") && !exact { // -0.5, 0.5, 256
				t.Errorf("kernels%s.ptx: %s", arch, line)
			}
		}
	}
}

func ptx(t *testing.T, arch string) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(read(t, "kernels"+arch+".ptx.gz")))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
