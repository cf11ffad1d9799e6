//go:build gpu

package driver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"frglab/engine/nn/cuda"
	"frglab/engine/nn/cuda/fake"
	"frglab/engine/nn/nntest"
	"frglab/engine/nn/ref"
)

// The driver is bound when the program starts, so every case is a child of its own that
// runs the test named in it and prints what happened.
func child(t *testing.T, env ...string) string {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	c.Env = append(os.Environ(), append(env, "FRGLAB_TEST_CHILD=1")...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %v\n%.3000s", env, err, out)
	}
	return string(out)
}

func TestChild(t *testing.T) {
	if os.Getenv("FRGLAB_TEST_CHILD") == "" {
		t.Skip("runs as a child of the other tests")
	}
	cards, err := Cards()
	if err != nil {
		fmt.Println("no card:", err)
		return
	}
	for _, c := range cards {
		fmt.Printf("card: %s, %d processors, %d.%d\n", c.Name, c.Processors, c.Major, c.Minor)
	}
	m, err := cards[0].Open()
	if err != nil {
		fmt.Println("not opened:", err)
		return
	}
	b := cuda.New(m, cuda.Float32)
	losses, err := train(b)
	fmt.Println("losses:", losses)
	fmt.Println("trained:", err, "closed:", b.Close())
}

// train fails where the losses are not those of the reference.
func train(b *cuda.Backend) ([]float64, error) {
	oracle := ref.New(1)
	defer oracle.Close()
	want, err1 := nntest.Train(oracle, nntest.Small(), 4, 4)
	got, err2 := nntest.Train(b, nntest.Small(), 4, 4)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	for i := range want {
		if d := got[i] - want[i]; d > 1e-3 || d < -1e-3 {
			return nil, fmt.Errorf("loss of step %d is %v, the reference has %v", i, got[i], want[i])
		}
	}
	return got, nil
}

func TestStart(t *testing.T) {
	fake := "FRGLAB_LIBCUDA=" + fake.Library(t)
	for _, c := range []struct {
		what string
		env  []string
		want string
	}{
		{"no driver", []string{"FRGLAB_LIBCUDA=/nonexistent/libcuda.so.1"}, "no card: no NVIDIA driver: "},
		{"another library", []string{"FRGLAB_LIBCUDA=libm.so.6"}, "no card: libm.so.6 is no NVIDIA driver"},
		{"no cards", []string{fake, "FAKE_CARDS=0"}, "no card: the NVIDIA driver knows of no card"},
		{"an old card", []string{fake, "FAKE_OLD=1"}, "no card: the NVIDIA cards here are older than"},
		{"a card", []string{fake}, "trained: <nil> closed: <nil>"},
		{"two cards", []string{fake, "FAKE_CARDS=2"}, "card: Fake card 1, 5 processors, 8.0\ncard: Fake card 0, 4 processors, 8.0\n"},
	} {
		if out := child(t, c.env...); !strings.Contains(out, c.want) {
			t.Errorf("%s: it said %q, want %q", c.what, out, c.want)
		}
	}
}

// TestGraphs trains through CUDA graphs, and with drivers that lack what that needs or fail at
// it: to the same bits. With graphs every step but the first two is one call of the driver.
func TestGraphs(t *testing.T) {
	fake, path := "FRGLAB_LIBCUDA="+fake.Library(t), filepath.Join(t.TempDir(), "calls")
	losses := regexp.MustCompile(`losses: \[.+\]`)
	want := losses.FindString(child(t, fake, "FAKE_COUNT="+path))
	if n := calls(t, path); want == "" || n["cuGraphLaunch"] != 3 || n["cuStreamBeginCapture_v2"] != 1 || n["cuStreamSynchronize"] > 40 {
		t.Errorf("4 steps with graphs: losses %q, calls %v", want, n)
	}
	for _, c := range []struct{ what, env string }{
		{"an old driver", "FAKE_LACKS=cuGraphInstantiateWithFlags"},
		{"an older driver", "FAKE_LACKS=cuStreamBeginCapture_v2"},
		{"a failing recording", "FAKE_FAIL=cuStreamEndCapture"},
		{"nothing pinned", "FAKE_FAIL=cuMemHostAlloc"},
	} {
		out := child(t, fake, "FAKE_COUNT="+path, c.env)
		if got := losses.FindString(out); got != want {
			t.Errorf("%s: %q, want %q\n%s", c.what, got, want, out)
		}
		if n := calls(t, path); n["cuGraphLaunch"] > 0 && !strings.Contains(c.env, "Host") {
			t.Errorf("%s: calls %v", c.what, n)
		}
	}
}

// calls is how often the fake driver's functions were called.
func calls(t *testing.T, path string) map[string]int {
	t.Helper()
	n := map[string]int{}
	for line := range strings.Lines(string(read(t, path))) {
		var name string
		var count int
		if _, err := fmt.Sscan(line, &name, &count); err != nil {
			t.Fatal(err)
		}
		n[name] = count
	}
	return n
}

// TestFailures has every function of the driver fail, at its first call and later. Each
// must become an error, whether the card is looked for, opened or used.
func TestFailures(t *testing.T) {
	fake := "FRGLAB_LIBCUDA=" + fake.Library(t)
	for _, c := range []struct {
		function string
		after    int
		want     string
	}{
		{"cuInit", 0, "no card: the NVIDIA driver does not start: error 719"},
		{"cuDeviceGetCount", 0, "no card: count the NVIDIA cards: "},
		{"cuDeviceGet", 0, "no card: NVIDIA card 0: "},
		{"cuDeviceGetName", 0, "no card: NVIDIA card 0: "},
		{"cuDeviceTotalMem_v2", 0, "no card: NVIDIA card 0: "},
		{"cuDeviceGetAttribute", 0, "no card: NVIDIA card 0: "},
		{"cuDevicePrimaryCtxRetain", 0, "not opened: Fake card 0: "},
		{"cuCtxSetCurrent", 0, "not opened: Fake card 0: "},
		{"cuStreamCreate", 0, "not opened: Fake card 0: "},
		{"cuModuleLoadData", 0, "not opened: Fake card 0: compile the kernels: "},
		{"cuModuleGetFunction", 0, "trained: "},
		{"cuMemAlloc_v2", 0, "trained: "},
		{"cuMemAlloc_v2", 40, "trained: "},
		{"cuMemsetD32Async", 10, "trained: "},
		{"cuMemcpyHtoDAsync_v2", 0, "trained: "},
		{"cuMemcpyHtoDAsync_v2", 10, "trained: "},
		{"cuMemcpyDtoHAsync_v2", 0, "trained: "},
		{"cuStreamSynchronize", 0, "trained: "},
		{"cuGraphLaunch", 0, "trained: "},
		{"cuLaunchKernel", 0, "trained: "},
		{"cuLaunchKernel", 50, "trained: "},
		{"cuMemFree_v2", 5, "trained: "},
		{"cuStreamDestroy_v2", 0, "closed: "},
		{"cuMemFreeHost", 0, "closed: "},
		{"cuGraphExecDestroy", 0, "closed: "},
		{"cuDevicePrimaryCtxRelease_v2", 0, "closed: "},
	} {
		out := child(t, fake, "FAKE_FAIL="+c.function, fmt.Sprint("FAKE_AFTER=", c.after))
		if !strings.Contains(out, c.want) || strings.Contains(out, "trained: <nil> closed: <nil>") {
			t.Errorf("%s fails after %d calls: it said %q, want %q and an error", c.function, c.after, out, c.want)
		}
	}
}
