package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
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
	Added    int       `json:"added"`    // samples
	Skipped  int       `json:"skipped"`  // in the project already, by their pixels
	Pictures int       `json:"pictures"` // with boxes, or checked to have none
	Sided    int       `json:"sided"`    // crops and pictures of which the files say the split
	Failed   []Failure `json:"failed"`
	Warnings []string  `json:"warnings"`
}

// Failure is a file that could not be imported or exported, or not all of it. The
// others were. The reason names the file.
type Failure struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// ImportOption changes how files are imported.
type ImportOption func(*importing)

// InSplit puts the sources of an import on the given side, such as those of the 2015
// validation list on Valid. Without it a new source goes where the files say, else
// where its title is.
func InSplit(s Split) ImportOption {
	return func(im *importing) { im.split = &s }
}

// FaceClass says which class of a format of boxes are the faces: its name, or in YOLO
// its number. Without it that is the one with the name "face".
func FaceClass(name string) ImportOption {
	return func(im *importing) { im.face = name }
}

// CropMargin is the side of the crops that are cut out, in sides of their boxes.
// Without it that is Margin.
func CropMargin(margin float64) ImportOption {
	return func(im *importing) { im.margin = margin }
}

// PicturesIn says where the pictures of a COCO or CSV file lie. Without it that is the
// folder of the file.
func PicturesIn(dir string) ImportOption {
	return func(im *importing) { im.pictures = dir }
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
	return p.Import(ctx, path, FormatList, progress, opts...)
}

// ImportFolders is ImportList for the crops in dir/0 or dir/face, and in dir/1 or
// dir/other, however deep, in the order of their names.
func (p *Project) ImportFolders(ctx context.Context, dir string, progress func(done, total int), opts ...ImportOption) (ImportReport, error) {
	return p.Import(ctx, dir, FormatFolders, progress, opts...)
}

// importing is an import on its way.
type importing struct {
	p        *Project
	what     string
	split    *Split
	face     string
	margin   float64
	pictures string
	progress func(done, total int)
	report   ImportReport

	act   int64
	batch []ready
	crops int // in the batch
	bytes int

	conflict         []string
	buried, elsewise int
	strangers        faults // boxes of classes that are not ours
	clipped, shared  faults // pictures with boxes over the edge; with crops of another picture
}

func (p *Project) newImport(what string, progress func(done, total int), opts []ImportOption) *importing {
	im := &importing{p: p, what: what, progress: progress, margin: Margin}
	im.report.Failed, im.report.Warnings = []Failure{}, []string{} // [] in JSON, not null
	if im.progress == nil {
		im.progress = func(done, total int) {}
	}
	for _, opt := range opts {
		opt(im)
	}
	return im
}

func (im *importing) run(ctx context.Context, list []annotated) (ImportReport, error) {
	err := im.addAll(ctx, list)
	if err != nil {
		err = fmt.Errorf("%s: project %q: %w", im.what, im.p.Name(), err)
	}
	im.warn("crops that are in the project with another class, which they keep", len(im.conflict), im.conflict)
	im.warn("crops that were removed from the project, and stay so", im.buried, nil)
	im.warn("crops that are on the other split already, and stay there", im.elsewise, nil)
	im.warn("boxes of other classes, left out", im.strangers.n, im.strangers.list)
	im.warn("pictures with boxes that reached over the edge, cut off there", im.clipped.n, im.clipped.list)
	im.warn("pictures that share crops with others, so look whether all their faces are boxed", im.shared.n, im.shared.list)
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

func (im *importing) fail(path string, err error) {
	im.report.Failed = append(im.report.Failed, Failure{Path: path, Reason: err.Error()})
}

func (im *importing) addAll(ctx context.Context, list []annotated) error {
	if im.p.ReadOnly() {
		return ErrReadOnly
	}
	if !(im.margin >= 0.1 && im.margin <= 10) {
		return fmt.Errorf("the margin of crops is %g: choose 0.1 to 10", im.margin)
	}
	k := cutter{margin: im.margin}
	for i, r := range inOrder(list, func(a annotated) ready { return k.read(ctx, a) }) {
		if ctx.Err() != nil {
			break
		}
		if r.err != nil {
			im.fail(r.path, r.err)
		} else {
			im.take(r)
		}
		if len(im.batch) >= batchCrops || im.crops >= batchCrops || im.bytes >= batchBytes {
			if err := im.flush(); err != nil {
				return err
			}
		}
		im.progress(i+1, len(list))
	}
	return errors.Join(im.flush(), ctx.Err())
}

// take puts a picture into the batch.
func (im *importing) take(r ready) {
	if r.faults.n > 0 {
		im.fail(r.path, fmt.Errorf("%q: %s", r.where(), r.faults.first(3)))
	}
	if r.clipped > 0 {
		im.clipped.note(fmt.Sprintf("%q", r.path))
	}
	im.batch = append(im.batch, r)
	im.crops += len(r.crops)
	for _, c := range r.crops {
		im.bytes += len(c.png)
	}
}

// flush writes the batch as one transaction.
func (im *importing) flush() error {
	if len(im.batch) == 0 {
		return nil
	}
	var a *adder
	var shared faults
	pictures, sided := 0, 0
	act, err := im.p.act(context.Background(), im.act, im.what, func(tx *sql.Tx, act int64) (err error) {
		if a, err = newAdder(tx, act); err != nil {
			return err
		}
		a.keep = true
		for _, r := range im.batch {
			a.split = im.split
			if a.split == nil && r.split != nil {
				a.split = r.split
				sided++
			}
			if r.crop {
				if _, err := a.add(r.crops[0]); err != nil {
					return err
				}
				continue
			}
			pictures++
			whole, err := a.addPicture(r)
			if err != nil {
				return err
			}
			if !whole {
				shared.note(fmt.Sprintf("%q", r.path))
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
	im.report.Pictures += pictures
	im.report.Sided += sided
	im.conflict = append(im.conflict, a.conflict...)
	im.buried += a.buried
	im.elsewise += a.astray
	im.shared.join(shared)
	im.batch, im.crops, im.bytes = im.batch[:0], 0, 0
	return nil
}

// addPicture stores a picture with its boxes, and says whether all crops are its own:
// those that another picture has as well stay with that one. The frame is checked
// where every box came in.
func (a *adder) addPicture(r ready) (whole bool, err error) {
	source, err := addSource(a.tx, SourceInfo{Path: r.path, Title: r.title, Episode: r.episode, Kind: KindPicture}, a.split)
	if err != nil {
		return false, err
	}
	frame, err := addFrame(a.tx, NewFrame{Source: source, Width: r.size.X, Height: r.size.Y})
	if err != nil {
		return false, err
	}
	ids := make([]int64, len(r.crops))
	for i, c := range r.crops {
		c.Source = source
		if ids[i], err = a.add(c); err != nil {
			return false, err
		}
	}
	list, err := jsonText(ids)
	if err != nil {
		return false, err
	}
	var foreign int
	err = a.tx.QueryRow(`SELECT count(*) FROM json_each(?) c CROSS JOIN samples s ON s.id = c.value
		WHERE s.source <> ? OR s.frame <> 0 OR s.gone <> ?`, list, source, there).Scan(&foreign)
	if err == nil && foreign == 0 && r.faults.n == 0 {
		err = noteFrame(a.tx, a.act, frame, FrameChecked, 0)
	}
	return foreign == 0, err
}

// readListFile reads the crops of a list.
func readListFile(im *importing, path string) ([]annotated, error) {
	list, err := ReadList(path)
	if err != nil {
		return nil, err
	}
	im.report.Warnings = append(im.report.Warnings, list.Warnings...)
	crops := make([]annotated, len(list.rows))
	for i, r := range list.rows {
		crops[i] = annotated{path: r.path, crop: true, class: r.class}
	}
	return crops, nil
}

// where is the file that a picture's boxes stand in.
func (a *annotated) where() string {
	if a.from != "" {
		return filepath.Clean(a.from)
	}
	return a.path
}
