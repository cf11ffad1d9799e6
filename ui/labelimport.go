package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"frglab/dataset"
)

// importFrom brings a class folder or a list file into the open project.
func (t *labelTab) importFrom(path string) {
	if path == "" {
		return
	}
	p := t.s.project
	if p == nil {
		t.s.show(errors.New(tr("No project is open: File › New project.")))
		return
	}
	start(t.s.jobs, &job{name: tr("Import %s", filepath.Base(path))}, func(ctx context.Context, j *job) (dataset.ImportReport, error) {
		tell := func(done, total int) { j.tell(float64(done)/float64(max(1, total)), strconv.Itoa(done)) }
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return p.ImportFolders(ctx, path, tell)
		}
		return p.ImportList(ctx, path, tell)
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
