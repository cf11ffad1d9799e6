package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// classFolder is the class that a folder's name stands for.
var classFolder = map[string]Class{"0": Face, "face": Face, "1": Other, "other": Other}

// readFolders lists the files in the class folders of dir.
func readFolders(im *importing, dir string) ([]annotated, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	top, err := newRoot(dir)
	if err != nil {
		return nil, err
	}
	var crops []annotated
	folders := 0
	for _, e := range entries {
		class, ok := classFolder[strings.ToLower(e.Name())]
		if !ok || !e.IsDir() {
			continue
		}
		folders++
		for _, path := range im.filesIn(top, e.Name()) {
			crops = append(crops, annotated{path: path, crop: true, class: class})
		}
	}
	switch {
	case folders == 0:
		return nil, errors.New(`it has no folder "0" or "face", nor "1" or "other": sort the crops into two such folders`)
	case len(crops) == 0 && len(im.report.Failed) == 0:
		return nil, errors.New("its class folders hold no files: put pictures into them")
	}
	for _, class := range []Class{Face, Other} {
		if !slices.ContainsFunc(crops, func(a annotated) bool { return a.class == class }) {
			im.report.Warnings = append(im.report.Warnings,
				fmt.Sprintf("there are no files of class %d (%v): a training needs both", class, class))
		}
	}
	return crops, nil
}

// filesIn lists the files in a folder of top, by name; with endings only those. Hidden ones, and those that
// file managers leave, are passed over; what leads outside is reported as failed.
func (im *importing) filesIn(top *root, folder string, endings ...string) []string {
	var files []string
	filepath.WalkDir(filepath.Join(top.dir, folder), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			im.fail(path, err)
		case path != top.dir && hidden(d.Name()) && d.IsDir():
			return fs.SkipDir
		case d.IsDir() || hidden(d.Name()):
		case len(endings) > 0 && !slices.Contains(endings, strings.ToLower(filepath.Ext(path))):
		default:
			if _, err := top.try(path); err != nil {
				im.fail(path, err)
			} else {
				files = append(files, path)
			}
		}
		return nil
	})
	return files
}

// hidden says whether nobody meant a file to be read.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || name == "Thumbs.db" || name == "desktop.ini"
}
