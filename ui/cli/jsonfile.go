package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"frglab/ui/results"
)

// checkReport finds out before the work whether --json may name this file: a new
// one, or one that holds a report already. A picture named by mistake is safe.
func checkReport(path string) error {
	if path == "" || path == "-" {
		return nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("--json %s: %w: name another file", show(path), results.Cause(err))
	case info.IsDir():
		return usagef("--json %s: is a folder: name a file in it", show(path))
	case !info.Mode().IsRegular() || info.Size() == 0:
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("--json %s: %w: name another file", show(path), results.Cause(err))
	}
	defer f.Close()
	first := make([]byte, 1)
	if _, err := f.Read(first); err != nil || first[0] != '{' {
		return usagef("--json %s: holds something else: the file was left as it is, name another", show(path))
	}
	return nil
}

// writeReport writes v as JSON to a file and the text for people to standard
// output; with "-" the JSON goes there instead.
func writeReport(env *Env, path string, v any, people func(io.Writer)) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	text = append(text, '\n')
	write := func(w io.Writer) error { _, err := w.Write(text); return err }
	if path == "-" {
		return write(env.Stdout)
	}
	people(env.Stdout)
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() { // /dev/stderr, a pipe: not to be replaced
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("write %s: %w", show(path), results.Cause(err))
		}
		return errors.Join(write(f), f.Close())
	}
	return results.WriteFile(path, write)
}
