package engine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// replaceFile writes a file so that its name always holds the old content or the
// new one, whole: into a file beside it, synced, then renamed.
func replaceFile(path string, write func(io.Writer) error) error {
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return errors.Join(err, f.Cleanup())
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return errors.Join(err, f.Cleanup())
	}
	return nil
}

// dropLeftovers removes what a killed replaceFile left beside path. Nobody else
// may be writing it.
func dropLeftovers(path string) error {
	left, err := filepath.Glob(filepath.Join(globQuote(filepath.Dir(path)), "."+filepath.Base(path)+"[0-9]*"))
	if err != nil {
		return fmt.Errorf("look for leftovers of %q: %w", path, err)
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil {
			return fmt.Errorf("remove a leftover: %w", err)
		}
	}
	return nil
}

// globQuote makes a folder's name match itself.
func globQuote(dir string) string {
	var out []rune
	for _, r := range dir {
		if r == '*' || r == '?' || r == '[' || r == '\\' {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}
