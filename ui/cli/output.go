package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"frglab/ui/results"
)

// makeOutputs makes the folders that pictures are written to. None of them may be
// a folder that an input lies in: sources are never overwritten.
func makeOutputs(list []input, dirs ...string) error {
	sources := map[string]bool{}
	for _, in := range list {
		if in.fsys != nil || in.err != nil {
			continue
		}
		sources[filepath.Dir(in.name)] = true
		if real, err := filepath.EvalSymlinks(in.name); err == nil {
			sources[filepath.Dir(real)] = true
		}
	}
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make folder %s: %w: name another", show(dir), results.Cause(err))
		}
		out, err := os.Stat(dir)
		if err != nil {
			return err
		}
		for s := range sources {
			if info, err := os.Stat(s); err == nil && os.SameFile(info, out) {
				return usagef("%s holds pictures to work on: name another folder for what is written", show(dir))
			}
		}
	}
	return nil
}

// writable says why a file must not be written: it holds something else than an earlier
// file of ours, which begins with opens. nil: whatever it holds.
func writable(path string, opens []byte) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("write %s: %w: name another file", show(path), results.Cause(err))
	case info.IsDir():
		return usagef("%s is a folder: name a file in it", show(path))
	case !info.Mode().IsRegular():
		return usagef("%s is not a file: use - for standard output", show(path))
	case info.Size() == 0:
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("write %s: %w: name another file", show(path), results.Cause(err))
	}
	defer file.Close()
	head := make([]byte, len(opens))
	if _, err := io.ReadFull(file, head); opens == nil || err != nil || !bytes.Equal(head, opens) {
		return usagef("%s holds something already, and was left as it is: remove it or name another file", show(path))
	}
	return nil
}
