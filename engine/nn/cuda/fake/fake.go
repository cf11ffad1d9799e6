// Package fake is an NVIDIA driver without a card, for tests: it runs the kernels on the
// processor, and fails where it is told to. See testdata/fake.cpp for how.
package fake

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Library is the file that FRGLAB_LIBCUDA is to name. It is built once for all tests, and
// again when its sources change.
func Library(t *testing.T) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Dir(filepath.Dir(here))
	h := sha256.New()
	for _, pattern := range []string{"fake/testdata/*", "shim/*", "kernels/*"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(paths) == 0 {
			t.Fatal("no sources of the fake driver in ", root, err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			h.Write(data)
		}
	}
	lib := filepath.Join(os.TempDir(), fmt.Sprintf("frglab-fake-cuda-%d-%x.so", os.Getuid(), h.Sum(nil)[:8]))
	if _, err := os.Stat(lib); err == nil {
		return lib
	}
	mine := filepath.Join(t.TempDir(), "fake.so") // other tests may build it at the same time
	c := exec.Command("g++", "-shared", "-fPIC", "-std=c++20", "-O2", "-U_FORTIFY_SOURCE", "-o", mine,
		"fake/testdata/fake.cpp", "shim/launch.cpp", "shim/crew.cpp")
	c.Dir = root
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.Rename(mine, lib); err != nil {
		t.Fatal(err)
	}
	return lib
}
