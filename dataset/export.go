package dataset

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
)

// Pixels hands out frames of videos, counted from 0. Export asks for the frames of a
// file in rising order, and for one file after the other. The image is not kept.
type Pixels interface {
	Frame(path string, frame int) (*image.RGBA, error)
}

// ExportConfig says what is exported, and how. Only Format has to be given.
type ExportConfig struct {
	Format Format
	Split  *Split  // nil: both
	Faces  bool    // only faces; else also the other classes that the format has
	Size   int     // side of the crops in pixels, squashed to it as in 2015; 0: as they are
	Margin float64 // of the crops, which are cut anew from their pictures; 0: as they are stored
	BOM    bool    // CSV files begin with a byte order mark, which Excel needs to read UTF-8
	Pixels Pixels  // nil: frames of videos cannot be written

	// Finish is called with the folder when all is in it, and may add files; nil: nothing.
	Finish func(dir string) error
}

// ExportReport says what became of an export.
type ExportReport struct {
	Pictures int       `json:"pictures"` // files written, crops or whole pictures
	Samples  int       `json:"samples"`  // in them
	Failed   []Failure `json:"failed"`
	Warnings []string  `json:"warnings"`
}

// Export writes what a person checked into a folder, which must not be there, or be
// empty: it appears whole, or not at all. See Format for what each format keeps. Of the
// formats of boxes, pictures without any are written where a person checked them.
//
// Pictures of sources are copied; those of a project's own crops come from the project.
// What cannot be read, since a source is gone or the project is damaged, is reported,
// and the rest is exported; so this rescues what is left, after OpenReadOnly. Progress,
// which may be nil, is called on the caller's goroutine. A cancelled ctx ends the
// export with its error, and nothing is left of it.
func (p *Project) Export(ctx context.Context, dir string, o ExportConfig, progress func(done, total int)) (ExportReport, error) {
	x := &exporting{ExportConfig: o, p: p, progress: progress, taken: map[string]bool{}}
	x.report.Failed, x.report.Warnings = []Failure{}, []string{}
	if x.progress == nil {
		x.progress = func(done, total int) {}
	}
	if err := x.run(ctx, dir); err != nil {
		return x.report, fmt.Errorf("export project %q to %q: %w", p.Name(), dir, err)
	}
	return x.report, nil
}

// exporting is an export on its way.
type exporting struct {
	ExportConfig
	p        *Project
	dir      string // where it is built
	progress func(done, total int)
	report   ExportReport
	taken    map[string]bool // names, in lower case

	stored    faults // crops that could not be cut anew
	unchecked faults // pictures that nobody checked as a whole
}

func (x *exporting) run(ctx context.Context, dir string) error {
	l, ok := layouts(x.Format)
	if !ok {
		return fmt.Errorf("unknown format %q: use one of %v", x.Format, Formats())
	}
	if x.Margin != 0 && !(x.Margin >= 0.1 && x.Margin <= 10) || x.Size < 0 || x.Size > 4096 {
		return fmt.Errorf("margin %g and size %d: choose a margin from 0.1 to 10, and a size up to 4096", x.Margin, x.Size)
	}
	dir, err := freeFolder(dir)
	if err != nil {
		return err
	}
	if x.dir, err = os.MkdirTemp(filepath.Dir(dir), ".frglab-export-"); err != nil {
		return err
	}
	defer os.RemoveAll(x.dir) // nothing is there any more after the rename
	gather := x.pictures
	if l.crops {
		gather = x.crops
	}
	list, err := gather(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 && len(x.report.Failed) == 0 {
		return errors.New("there is nothing to export: label some samples first, or choose another split")
	} else if len(list) == 0 {
		return fmt.Errorf("nothing could be exported: %s", x.report.Failed[0].Reason)
	}
	if err := l.write(x, list); err != nil {
		return err
	}
	x.warn("crops whose picture is gone or cannot be read, taken as they are stored", x.stored)
	x.warn("pictures that nobody checked as a whole, so faces may be missing in them", x.unchecked)
	if x.Finish != nil {
		if err := x.Finish(x.dir); err != nil {
			return err
		}
	}
	return x.place(ctx, dir)
}

// place gives the finished folder its name.
func (x *exporting) place(ctx context.Context, dir string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Chmod(x.dir, 0o755); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // fails where it is not empty any more
		return err
	}
	if err := os.Rename(x.dir, dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// freeFolder is the absolute path of a folder that is empty or not there.
func freeFolder(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if info, err := os.Stat(filepath.Dir(dir)); err != nil || !info.IsDir() {
			return "", fmt.Errorf("there is no folder %q: make it first", filepath.Dir(dir))
		}
		return dir, nil
	case err != nil:
		return "", fmt.Errorf("it is there and no folder: name a new one (%w)", err)
	case len(entries) > 0:
		return "", errors.New("the folder is not empty: name a new one")
	}
	return dir, nil
}

// write puts a file into the folder; name is slash-separated.
func (x *exporting) write(name string, data []byte) error {
	path := filepath.Join(x.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

func (x *exporting) fail(path string, err error) {
	x.report.Failed = append(x.report.Failed, Failure{Path: path, Reason: err.Error()})
}

func (x *exporting) warn(what string, f faults) {
	if f.n > 0 {
		x.report.Warnings = append(x.report.Warnings, fmt.Sprintf("%s: %d, such as %s", what, f.n, f.list[0]))
	}
}

// has says whether a split is exported.
func (x *exporting) has(s Split) bool { return x.Split == nil || *x.Split == s }

// classes are the classes that formats with numbers name.
func (x *exporting) classes() []Class {
	if x.Faces {
		return []Class{Face}
	}
	return []Class{Face, Other}
}

// wants says whether samples of a class are exported.
func (x *exporting) wants(c Class) bool {
	l, _ := layouts(x.Format)
	switch {
	case c == Face:
		return true
	case c == Unsure: // a list of crops to learn from has no place for it
		return !x.Faces && x.Format != FormatYOLO && (!l.crops || x.Format == FormatCrops)
	}
	return !x.Faces
}

// writeNothing is for formats in which the place of a crop says all.
func writeNothing(*exporting, []annotated) error { return nil }

// byPath is the order of what is written: it does not depend on the project.
func byPath(a, b annotated) int { return cmp.Compare(a.path, b.path) }
