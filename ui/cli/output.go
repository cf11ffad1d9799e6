package cli

import (
	"fmt"
	"os"
	"path/filepath"
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
			return fmt.Errorf("make folder %s: %w: name another", show(dir), cause(err))
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
