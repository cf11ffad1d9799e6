package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/ui/cli"
)

// exportSheet asks in what form the open project is written out, and where to.
type exportSheet struct {
	s *session

	format, classes, split *widget.Select
	folder                 *sheetEntry
	about                  *widget.Label
	begin                  *widget.Button
	dialog                 *dialog.CustomDialog
}

// askExport shows the sheet.
func (s *session) askExport() {
	if s.project == nil {
		s.show(errors.New(tr("No project is open: File › New project.")))
		return
	}
	newExportSheet(s).show()
}

func newExportSheet(s *session) *exportSheet {
	e := &exportSheet{s: s, folder: newSheetEntry(s), about: widget.NewLabel("")}
	var names []string
	for _, f := range dataset.Formats() {
		names = append(names, string(f))
	}
	e.about.Wrapping = fyne.TextWrapWord
	e.classes = widget.NewSelect([]string{tr("All classes"), tr("Faces only")}, nil)
	e.split = widget.NewSelect([]string{tr("Both splits"), tr("Training"), tr("Validation")}, nil)
	e.classes.SetSelectedIndex(0)
	e.split.SetSelectedIndex(0)
	e.format = widget.NewSelect(names, func(string) { e.refresh() })
	e.folder.OnChanged = func(string) { e.enable() }
	e.folder.OnSubmitted = func(string) { e.start() }
	e.begin = widget.NewButtonWithIcon(tr("Export"), theme.UploadIcon(), e.start)
	e.begin.Importance = widget.HighImportance
	e.format.SetSelected(string(dataset.FormatCOCO))
	return e
}

// formatAbout says what a format is for.
func formatAbout(f dataset.Format) string {
	switch f {
	case dataset.FormatFolders:
		return tr("Crops in the folders face and other.")
	case dataset.FormatList:
		return tr("Crops, train.txt, valid.txt and the mean image, as the programs of 2015 read them.")
	case dataset.FormatVOC:
		return tr("Pictures with their boxes, an XML file for each (Pascal VOC).")
	case dataset.FormatYOLO:
		return tr("Pictures with their boxes, a text file for each, and data.yaml (YOLO).")
	case dataset.FormatCOCO:
		return tr("Pictures with their boxes in one JSON file (COCO).")
	case dataset.FormatCSV:
		return tr("Pictures with their boxes in one table.")
	}
	return tr("Crops, and a table that says where each is from.")
}

// refresh follows another format, and proposes a folder beside the project.
func (e *exportSheet) refresh() {
	e.about.SetText(formatAbout(dataset.Format(e.format.Selected)))
	path := e.s.project.Path()
	e.folder.SetText(strings.TrimSuffix(path, filepath.Ext(path)) + "-" + e.format.Selected)
	e.enable()
}

func (e *exportSheet) enable() {
	if strings.TrimSpace(e.folder.Text) == "" {
		e.begin.Disable()
	} else {
		e.begin.Enable()
	}
}

func (e *exportSheet) show() {
	browse := widget.NewButtonWithIcon("", theme.FolderOpenIcon(), func() {
		e.s.dialogs.OpenFolder(e.s.win, tr("Folder to write into"), func(path string) {
			if path != "" {
				e.folder.SetText(path)
			}
		})
	})
	form := container.New(layout.NewFormLayout(),
		widget.NewLabel(tr("Form")), e.format,
		layout.NewSpacer(), e.about,
		widget.NewLabel(tr("Classes")), e.classes,
		widget.NewLabel(tr("Split")), e.split,
		widget.NewLabel(tr("Folder")), container.NewBorder(nil, nil, nil, browse, e.folder),
	)
	note := widget.NewLabel(tr("What you checked is written, into a folder that is new or empty. The project and its sources stay as they are."))
	note.Wrapping = fyne.TextWrapWord
	e.dialog = dialog.NewCustomWithoutButtons(tr("Export"), container.NewVBox(form, note), e.s.win)
	e.dialog.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Cancel"), e.dialog.Hide), e.begin})
	e.dialog.Resize(fyne.NewSize(560, 0))
	e.dialog.Show()
}

func (e *exportSheet) start() {
	if e.begin.Disabled() {
		return
	}
	e.dialog.Hide()
	o := dataset.ExportConfig{Format: dataset.Format(e.format.Selected), Faces: e.classes.SelectedIndex() == 1}
	if i := e.split.SelectedIndex(); i > 0 {
		split := []dataset.Split{dataset.Train, dataset.Valid}[i-1]
		o.Split = &split
	}
	e.s.export(strings.TrimSpace(e.folder.Text), o)
}

// export writes the open project into a folder, in the background.
func (s *session) export(dir string, o dataset.ExportConfig) {
	p := s.project
	start(s.jobs, &job{name: tr("Export %s", filepath.Base(dir)), of: p}, func(ctx context.Context, j *job) (dataset.ExportReport, error) {
		o.Pixels = pixels(func(path string, frame int) (*image.RGBA, error) { return s.framePixels(ctx, path, frame) })
		if o.Format == dataset.FormatList {
			o.Finish = func(dir string) error { return cli.WriteMean(ctx, dir) }
		}
		return p.Export(ctx, dir, o, func(done, total int) {
			j.tell(float64(done)/float64(max(1, total)), strconv.Itoa(done))
		})
	}, func(r dataset.ExportReport, err error) {
		if err != nil {
			return
		}
		s.notify(tr("%d pictures with %d samples are in %s.", r.Pictures, r.Samples, dir))
		lines := append([]string(nil), r.Warnings...)
		for _, f := range r.Failed {
			lines = append(lines, fmt.Sprintf("%s: %s", f.Path, f.Reason))
		}
		s.showLines(tr("Exported; these lines need a look"), lines)
	})
}

// pixels makes dataset.Pixels of a function.
type pixels func(path string, frame int) (*image.RGBA, error)

// Frame implements dataset.Pixels.
func (f pixels) Frame(path string, frame int) (*image.RGBA, error) { return f(path, frame) }
