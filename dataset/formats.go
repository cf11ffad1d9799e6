package dataset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Format is a way to keep labelled pictures outside of a project. All of them are
// read from and written to plain files and folders; archives are not read, so none can
// place files where it likes.
//
// Formats of crops hold a class for each; formats of boxes hold whole pictures and the
// boxes in them, also pictures in which there is nothing. What each one keeps:
//
//	         class           title  split            crops or pictures
//	folders  face, other     no     no               crops as they are stored
//	list     face, other     no     a list for each  crops as they are stored
//	crops    all             yes    yes              crops; samples.csv also says where they are from; to be read as csv
//	voc      all             yes    ImageSets/Main   pictures
//	yolo     face, other     no     folders          pictures
//	coco     all             yes    yes              pictures; unsure boxes are in the list "ignore" of their image
//	csv      all             yes    yes              pictures
//
// Where it says no, an import guesses the title from the path. No format keeps who
// proposed a box, its score, or the time in a video: frames of videos become pictures.
// A line break of Windows in a title becomes a plain one in csv, and characters that
// XML cannot hold become U+FFFD in voc. All else comes back as it was.
//
// The columns of csv are file, width, height, title, episode, split, class, x, y, w and
// h, a row for each box and one with an empty class for a picture without any. In voc
// the first pixel is 1,1, and a box goes from its first to its last pixel.
//
// Boxes refer to upright pictures, with the EXIF turn applied. A picture that has one
// is exported as an upright PNG, so that everybody sees the same.
type Format string

// The formats.
const (
	FormatFolders Format = "folders" // face/ or 0/, other/ or 1/
	FormatList    Format = "list"    // lines "path class", as in 2015: see ReadList
	FormatVOC     Format = "voc"     // Annotations/*.xml, JPEGImages/
	FormatYOLO    Format = "yolo"    // labels/*.txt, images/, data.yaml
	FormatCOCO    Format = "coco"    // one JSON file
	FormatCSV     Format = "csv"     // one table
	FormatCrops   Format = "crops"   // PNG files and samples.csv; for export only
)

// Formats are the formats, in the order in which help lists them.
func Formats() []Format {
	return []Format{FormatFolders, FormatList, FormatVOC, FormatYOLO, FormatCOCO, FormatCSV, FormatCrops}
}

// layout is how a format is read and written.
type layout struct {
	read  func(im *importing, path string) ([]annotated, error)
	write func(x *exporting, list []annotated) error
	crops bool // it holds crops, not pictures with boxes
}

// layouts is a function since the readers lead to it again.
func layouts(f Format) (layout, bool) {
	l, ok := map[Format]layout{
		FormatFolders: {readFolders, writeNothing, true},
		FormatList:    {readListFile, writeLists, true},
		FormatVOC:     {readVOC, writeVOC, false},
		FormatYOLO:    {readYOLO, writeYOLO, false},
		FormatCOCO:    {readCOCO, writeCOCO, false},
		FormatCSV:     {readCSV, writeCSV, false},
		FormatCrops:   {nil, writeSamples, true},
	}[f]
	return l, ok
}

// GuessFormat tells how to import a file or folder from its name and what lies in it.
func GuessFormat(path string) (Format, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("import: %w", err)
	}
	if !info.IsDir() {
		switch strings.ToLower(filepath.Ext(path)) {
		case ".json":
			return FormatCOCO, nil
		case ".csv", ".tsv":
			return FormatCSV, nil
		case ".yaml", ".yml":
			return FormatYOLO, nil
		}
		return FormatList, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return "", fmt.Errorf("import: %w", err)
	}
	has := func(match func(os.DirEntry) bool) bool { return slices.ContainsFunc(entries, match) }
	switch {
	case has(func(e os.DirEntry) bool { _, ok := classFolder[strings.ToLower(e.Name())]; return ok && e.IsDir() }):
		return FormatFolders, nil
	case has(func(e os.DirEntry) bool { return e.Name() == vocAnnotations && e.IsDir() }),
		has(func(e os.DirEntry) bool { return strings.EqualFold(filepath.Ext(e.Name()), ".xml") }):
		return FormatVOC, nil
	case has(func(e os.DirEntry) bool { return e.Name() == yoloLabels && e.IsDir() }):
		return FormatYOLO, nil
	}
	return "", fmt.Errorf("import folder %q: it has neither class folders (face, other), nor %s (VOC) or %s (YOLO): name the JSON, CSV or list file itself",
		path, vocAnnotations, yoloLabels)
}

// Import adds what is at path in one of the formats; empty guesses which. The crops of
// boxes are cut out of their pictures, and the pictures become frames in which every
// face has its box. See ImportList for the rest of what is promised.
func (p *Project) Import(ctx context.Context, path string, f Format, progress func(done, total int), opts ...ImportOption) (ImportReport, error) {
	if f == "" {
		var err error
		if f, err = GuessFormat(path); err != nil {
			return ImportReport{}, err
		}
	}
	l, ok := layouts(f)
	if !ok || l.read == nil {
		return ImportReport{}, fmt.Errorf("import %q: cannot read the format %q: use folders, list, voc, yolo, coco or csv", path, f)
	}
	im := p.newImport("import "+filepath.Base(path), progress, opts)
	list, err := l.read(im, path)
	if err == nil && len(list) == 0 && len(im.report.Failed) == 0 {
		err = errors.New("there are no pictures in it: see whether this is the right file or folder")
	}
	if err != nil && f != FormatList { // a list names itself
		err = fmt.Errorf("import %s %q: %w", f, path, err)
	}
	if err != nil {
		return im.report, err
	}
	return im.run(ctx, list)
}
