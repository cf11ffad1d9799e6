package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// root is a folder that the files of a list or an import must not leave: not by "..",
// not by an absolute path, not by a symbolic link.
type root struct {
	dir  string // absolute
	real string // dir without links
	seen map[string]bool
}

func newRoot(dir string) (*root, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(abs)
	return &root{dir: abs, real: real, seen: map[string]bool{}}, err
}

// errMissing is a file that is not there.
var errMissing = errors.New("is missing")

// resolve finds the file that a list names, relative to the folder or absolute, and
// checks that it is a file and lies inside. Backslashes separate where no file has
// them in its name: the list may come from Windows.
func (r *root) resolve(name string) (string, error) {
	path, err := r.try(name)
	if errors.Is(err, errMissing) && strings.Contains(name, `\`) {
		return r.try(strings.ReplaceAll(name, `\`, "/"))
	}
	return path, err
}

func (r *root) try(name string) (string, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.dir, name)
	}
	path = filepath.Clean(path)
	if !within(r.dir, path) && !within(r.real, path) {
		return "", fmt.Errorf("%q lies outside of the folder %q: move the file into it", name, r.dir)
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ENAMETOOLONG):
		return "", fmt.Errorf("%q %w", name, errMissing)
	case err != nil:
		return "", err
	}
	inside, err := r.leadsInside(path, info)
	if err != nil {
		return "", fmt.Errorf("%q %w", name, errMissing) // a link to nothing
	}
	if !inside {
		return "", fmt.Errorf("%q leads outside of the folder %q by a symbolic link: put the file itself there", name, r.dir)
	}
	if info, err = os.Stat(path); err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%q is not a file: name a picture", name)
	}
	return path, nil
}

// leadsInside follows the links on the way to path; folders are looked at once.
func (r *root) leadsInside(path string, info fs.FileInfo) (bool, error) {
	dir := filepath.Dir(path)
	if _, ok := r.seen[dir]; !ok {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil {
			return false, err
		}
		r.seen[dir] = within(r.real, real)
	}
	if !r.seen[dir] || info.Mode()&fs.ModeSymlink == 0 {
		return r.seen[dir], nil
	}
	real, err := filepath.EvalSymlinks(path)
	return within(r.real, real), err
}

// within says whether path is in dir, by their letters.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}
