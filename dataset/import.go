package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// proposerImport is the proposer of samples that came labelled.
const proposerImport = "import"

// An import is written in batches of so many crops, or so many bytes of them: few
// enough that a label waits for some milliseconds only.
const (
	batchCrops = 128
	batchBytes = 8 << 20
)

// ImportReport says what became of the files of an import.
type ImportReport struct {
	Added    int       `json:"added"`
	Skipped  int       `json:"skipped"` // in the project already, by their pixels
	Failed   []Failure `json:"failed"`
	Warnings []string  `json:"warnings"`
}

// Failure is a file that could not be imported. The others were.
type Failure struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// ImportOption changes how files are imported.
type ImportOption func(*importing)

// InSplit puts the sources of an import on the given side, such as those of the 2015
// validation list on Valid. Without it a new source goes where its title is.
func InSplit(s Split) ImportOption {
	return func(im *importing) { im.split = &s }
}

// ImportList adds the crops of a list file (see ReadList), checked and with their
// classes. A list that ReadList refuses adds nothing; a picture that cannot be read is
// reported, and the rest is added. What is in the project already keeps its class, so
// the same import again adds nothing.
//
// Progress, which may be nil, is called on the caller's goroutine. A cancelled ctx ends
// the import with its error; what was added until then stays. The import is one act
// for Undo (more where labels came in between).
func (p *Project) ImportList(ctx context.Context, path string, progress func(done, total int), opts ...ImportOption) (ImportReport, error) {
	list, err := ReadList(path)
	if err != nil {
		return ImportReport{}, err
	}
	im := p.newImport("import "+filepath.Base(path), progress, opts)
	im.report.Warnings = append(im.report.Warnings, list.Warnings...)
	return im.run(ctx, list.rows)
}

// ImportFolders is ImportList for the crops in dir/0 or dir/face, and in dir/1 or
// dir/other, however deep, in the order of their names.
func (p *Project) ImportFolders(ctx context.Context, dir string, progress func(done, total int), opts ...ImportOption) (ImportReport, error) {
	im := p.newImport("import "+filepath.Base(dir), progress, opts)
	rows, err := im.findCrops(dir)
	if err != nil {
		return ImportReport{}, fmt.Errorf("import folder %q: %w", dir, err)
	}
	return im.run(ctx, rows)
}

// importing is an import on its way.
type importing struct {
	p        *Project
	what     string
	split    *Split
	progress func(done, total int)
	report   ImportReport

	act              int64
	batch            []crop
	bytes            int
	conflict         []string
	buried, elsewise int
}

func (p *Project) newImport(what string, progress func(done, total int), opts []ImportOption) *importing {
	im := &importing{p: p, what: what, progress: progress}
	im.report.Failed, im.report.Warnings = []Failure{}, []string{} // [] in JSON, not null
	if im.progress == nil {
		im.progress = func(done, total int) {}
	}
	for _, opt := range opts {
		opt(im)
	}
	return im
}

func (im *importing) run(ctx context.Context, rows []row) (ImportReport, error) {
	err := im.addAll(ctx, rows)
	if err != nil {
		err = fmt.Errorf("%s: project %q: %w", im.what, im.p.Name(), err)
	}
	im.warn("crops that are in the project with another class, which they keep", len(im.conflict), im.conflict)
	im.warn("crops that were removed from the project, and stay so", im.buried, nil)
	im.warn("crops that are on the other split already, and stay there", im.elsewise, nil)
	return im.report, err
}

func (im *importing) warn(what string, n int, examples []string) {
	if n == 0 {
		return
	}
	text := fmt.Sprintf("%s: %d", what, n)
	if len(examples) > 0 {
		text += ", such as " + examples[0]
	}
	im.report.Warnings = append(im.report.Warnings, text)
}

func (im *importing) addAll(ctx context.Context, rows []row) error {
	if im.p.ReadOnly() {
		return ErrReadOnly
	}
	for i, r := range rows {
		if ctx.Err() != nil {
			break
		}
		c, err := readCrop(r)
		if err != nil {
			im.report.Failed = append(im.report.Failed, Failure{Path: r.path, Reason: err.Error()})
		} else {
			im.batch = append(im.batch, c)
			im.bytes += len(c.png)
		}
		if len(im.batch) >= batchCrops || im.bytes >= batchBytes {
			if err := im.flush(); err != nil {
				return err
			}
		}
		im.progress(i+1, len(rows))
	}
	return errors.Join(im.flush(), ctx.Err())
}

// readCrop makes a line of a list ready for the project.
func readCrop(r row) (crop, error) {
	img, err := ReadImage(r.path)
	if err != nil {
		return crop{}, err
	}
	return prepare(NewSample{
		Class: r.class, Checked: true, Path: r.path, Proposer: proposerImport,
		Box: img.Rect, Crop: img,
	})
}

// flush writes the batch as one transaction.
func (im *importing) flush() error {
	if len(im.batch) == 0 {
		return nil
	}
	var a *adder
	act, err := im.p.act(context.Background(), im.act, im.what, func(tx *sql.Tx, act int64) (err error) {
		if a, err = newAdder(tx, act); err != nil {
			return err
		}
		a.keep, a.split = true, im.split
		for _, c := range im.batch {
			if _, err := a.add(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if act != 0 {
		im.act = act
	}
	im.report.Added += a.added
	im.report.Skipped += a.present
	im.conflict = append(im.conflict, a.conflict...)
	im.buried += a.buried
	im.elsewise += a.astray
	im.batch, im.bytes = im.batch[:0], 0
	return nil
}

// classFolder is the class that a folder's name stands for.
var classFolder = map[string]Class{"0": Face, "face": Face, "1": Other, "other": Other}

// findCrops lists the files in the class folders of dir.
func (im *importing) findCrops(dir string) ([]row, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	top, err := newRoot(dir)
	if err != nil {
		return nil, err
	}
	var rows []row
	folders := 0
	for _, e := range entries {
		class, ok := classFolder[strings.ToLower(e.Name())]
		if !ok || !e.IsDir() {
			continue
		}
		folders++
		for _, path := range im.filesIn(top, e.Name()) {
			rows = append(rows, row{path: path, class: class})
		}
	}
	switch {
	case folders == 0:
		return nil, errors.New(`it has no folder "0" or "face", nor "1" or "other": sort the crops into two such folders`)
	case len(rows) == 0 && len(im.report.Failed) == 0:
		return nil, errors.New("its class folders hold no files: put pictures into them")
	}
	for _, class := range []Class{Face, Other} {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.class == class }) {
			im.report.Warnings = append(im.report.Warnings,
				fmt.Sprintf("there are no files of class %d (%v): a training needs both", class, class))
		}
	}
	return rows, nil
}

// filesIn lists the files in a folder of top, by name. Hidden ones, and those that
// file managers leave, are passed over; what leads outside is reported as failed.
func (im *importing) filesIn(top *root, folder string) []string {
	var files []string
	fail := func(path string, err error) {
		im.report.Failed = append(im.report.Failed, Failure{Path: path, Reason: err.Error()})
	}
	filepath.WalkDir(filepath.Join(top.dir, folder), func(path string, d fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(d.Name(), ".") || d.Name() == "Thumbs.db" || d.Name() == "desktop.ini"
		switch {
		case err != nil:
			fail(path, err)
		case hidden && d.IsDir():
			return fs.SkipDir
		case hidden || d.IsDir():
		default:
			if _, err := top.try(path); err != nil {
				fail(path, err)
			} else {
				files = append(files, path)
			}
		}
		return nil
	})
	return files
}
