package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"

	"frglab/engine"
	"frglab/ui/results"
)

// folderExport is what is written about the open files, and where to. Parts go into
// folders of their own: annotated, crops; lists beside them: found.jsonl, found.csv,
// coco_DETECTOR.json.
type folderExport struct {
	dir              string // new or empty
	cnn, cascade     bool   // whose boxes
	annotate, crops  bool
	cut              results.Crop
	lines, csv, coco bool

	set     detectSetup
	names   map[string]string // of what is made from a file, by its path
	called  map[string]string // what a file is called in csv and coco, by its path
	records []results.Record  // so far
}

// begin makes the folders.
func (e *folderExport) begin(files []picture) error {
	if err := newFolderAt(e.dir); err != nil {
		return err
	}
	for name, wanted := range map[string]bool{"annotated": e.annotate, "crops": e.crops} {
		if wanted {
			if err := os.Mkdir(filepath.Join(e.dir, name), 0o755); err != nil {
				return err
			}
		}
	}
	var paths, short []string
	for _, f := range files {
		paths, short = append(paths, f.path), append(short, f.name)
	}
	if sorted := slices.Sorted(slices.Values(short)); len(slices.Compact(sorted)) < len(short) {
		short = paths // names that occur twice say nothing
	}
	e.names, e.called = map[string]string{}, map[string]string{}
	for i, name := range results.Names(paths) {
		e.names[paths[i]], e.called[paths[i]] = name, short[i]
	}
	return nil
}

// newFolderAt makes a folder; one that holds something is refused, so that nothing is
// overwritten.
func newFolderAt(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("%w: name another folder", err)
	}
	held, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(held) > 0 {
		return errors.New(tr("%s holds something already: name a new folder.", dir))
	}
	return nil
}

// add writes the pictures of one file, and notes what was found.
func (e *folderExport) add(f picture, img *image.RGBA, k folderFinding) error {
	cnn, cascade, err := k.detections(e.set)
	if err != nil {
		return err
	}
	record := func(detector, mode string, ms float64, found []engine.Detection) results.Record {
		return results.Record{File: f.path, Width: k.size.X, Height: k.size.Y, Detector: detector, Mode: mode, MS: ms, Detections: found}
	}
	var rs []results.Record
	if e.cnn && e.set.model != nil {
		rs = append(rs, record(results.CNN, e.set.params.Mode, float64(k.cnn.took.Microseconds())/1000, cnn))
	}
	if e.cascade {
		rs = append(rs, record(results.Cascade, "", float64(k.cascade.took.Microseconds())/1000, cascade))
	}
	p := results.Picture{Out: e.names[f.path], JPEG: results.IsJPEG(f.path), Img: img, Records: rs}
	if e.annotate {
		err = p.Annotate(filepath.Join(e.dir, "annotated"))
	}
	if e.crops && err == nil {
		err = p.Crops(filepath.Join(e.dir, "crops"), e.cut)
	}
	e.records = append(e.records, rs...)
	return err
}

// finish writes the lists.
func (e *folderExport) finish() error {
	write := func(name string, wanted bool, list func(io.Writer, []results.Record) error, rs []results.Record) error {
		if !wanted {
			return nil
		}
		return results.WriteFile(filepath.Join(e.dir, name), func(w io.Writer) error { return list(w, rs) })
	}
	err := write("found.jsonl", e.lines, results.WriteLines, e.records)
	byDetector := map[string][]results.Record{}
	for i, r := range e.records {
		e.records[i].File = e.called[r.File]
		byDetector[r.Detector] = append(byDetector[r.Detector], e.records[i])
	}
	err = errors.Join(err, write("found.csv", e.csv, results.WriteCSV, e.records))
	for name, rs := range byDetector {
		err = errors.Join(err, write("coco_"+name+".json", e.coco, results.WriteCOCO, rs))
	}
	return err
}

// exportAll writes out what the detectors find in the open files; those that nobody looked
// at are looked at first. What was written before a cancel stays, with lists of it.
func (s *folderStrip) exportAll(e *folderExport) {
	e.set = s.t.setup()
	files := slices.Clone(s.t.files)
	w := &folderWork{all: e.annotate || e.crops, each: e.add}
	act := func(ctx context.Context, j *job) (folderReport, error) {
		if err := e.begin(files); err != nil {
			return folderReport{}, err
		}
		r, err := w.run(ctx, j)
		return r, errors.Join(err, e.finish())
	}
	s.work(tr("Export %s", filepath.Base(e.dir)), w, act, func(r folderReport) {
		s.t.s.notify(tr("What was found in %d pictures is in %s.", r.looked, e.dir))
		s.t.s.showLines(tr("Exported; these files were passed over"), r.lines())
	})
}
