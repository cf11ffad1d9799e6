package ui

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"

	"frglab/dataset"
)

// importFrom brings labelled crops or boxes into the open project, in any form that
// dataset.Import tells by itself: class folders, lists, VOC, YOLO, COCO, CSV.
func (t *labelTab) importFrom(path string) {
	if path == "" {
		return
	}
	p := t.s.project
	if p == nil {
		t.s.show(errors.New(tr("No project is open: File › New project.")))
		return
	}
	start(t.s.jobs, &job{name: tr("Import %s", filepath.Base(path)), of: p}, func(ctx context.Context, j *job) (dataset.ImportReport, error) {
		tell := func(done, total int) { j.tell(float64(done)/float64(max(1, total)), strconv.Itoa(done)) }
		return p.Import(ctx, path, "", tell)
	}, func(r dataset.ImportReport, err error) {
		if p != t.s.project {
			return
		}
		t.projectChanged()
		call(t.s.onSamples)
		if err == nil {
			t.s.tellImported(path, r)
		}
	})
}
