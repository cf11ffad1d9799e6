package ui

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/ui/results"
)

// folderSheet asks what of the open files is written out, and where to.
type folderSheet struct {
	s *folderStrip

	annotate, crops, square *widget.Check
	lines, csv, coco        *widget.Check
	margin, size, by        *widget.Select
	folder                  *sheetEntry
	begin                   *widget.Button
	dialog                  *dialog.CustomDialog
}

// cropMargins are the sides of a cut-out, in sides of its box.
var cropMargins = []float64{1, 1.1, 1.25, 1.5, 2, 3}

// cropSizes are sides in pixels; 0: as it is.
var cropSizes = []int{0, 64, 128, 256, 512}

// The rows of the select of detectors.
const (
	ofBoth = iota
	ofCNN
	ofCascade
)

func (s *folderStrip) ask() {
	switch {
	case len(s.t.files) == 0:
		s.t.s.show(errors.New(tr("No picture is open: drop some on the Detect tab.")))
	case s.job == nil:
		newFolderSheet(s).show()
	}
}

func newFolderSheet(s *folderStrip) *folderSheet {
	e := &folderSheet{s: s, folder: newSheetEntry(s.t.s)}
	check := func(name string, on bool) *widget.Check {
		c := widget.NewCheck(name, func(bool) { e.enable() })
		c.Checked = on
		return c
	}
	e.annotate, e.crops, e.square = check(tr("Pictures with boxes"), true), check(tr("Faces, cut out"), true), check(tr("Square"), true)
	e.lines, e.csv, e.coco = check("JSON", true), check("CSV", false), check("COCO", false)
	var margins, sizes []string
	for _, m := range cropMargins {
		margins = append(margins, strconv.FormatFloat(100*m, 'f', 0, 64)+" %")
	}
	for _, n := range cropSizes {
		sizes = append(sizes, tr("%d pixels", n))
	}
	sizes[0] = tr("as in the picture")
	e.margin, e.size = widget.NewSelect(margins, nil), widget.NewSelect(sizes, nil)
	e.margin.SetSelectedIndex(2)
	e.size.SetSelectedIndex(0)
	e.by = widget.NewSelect([]string{tr("CNN and cascade"), tr("CNN"), tr("Cascade")}, nil)
	e.by.SetSelectedIndex(ofBoth)
	e.begin = widget.NewButtonWithIcon(tr("Export"), theme.UploadIcon(), e.start)
	e.begin.Importance = widget.HighImportance
	e.folder.OnChanged = func(string) { e.enable() }
	e.folder.OnSubmitted = func(string) { e.start() }
	if f := s.t.files[s.t.at]; f.files == nil {
		e.folder.SetText(filepath.Dir(f.path) + "-faces")
	}
	e.enable()
	return e
}

// enable greys out what does not count, and Export where nothing would be written.
func (e *folderSheet) enable() {
	for _, o := range []fyne.Disableable{e.margin, e.size, e.square} {
		if e.crops.Checked {
			o.Enable()
		} else {
			o.Disable()
		}
	}
	something := e.annotate.Checked || e.crops.Checked || e.lines.Checked || e.csv.Checked || e.coco.Checked
	if something && strings.TrimSpace(e.folder.Text) != "" {
		e.begin.Enable()
	} else {
		e.begin.Disable()
	}
}

func (e *folderSheet) show() {
	browse := widget.NewButtonWithIcon("", theme.FolderOpenIcon(), func() {
		e.s.t.s.dialogs.OpenFolder(e.s.t.s.win, tr("Folder to write into"), func(path string) {
			if path != "" {
				e.folder.SetText(path)
			}
		})
	})
	form := container.New(layout.NewFormLayout())
	add := func(name string, o fyne.CanvasObject) {
		form.Add(widget.NewLabel(name))
		form.Add(o)
	}
	add(tr("Boxes of"), e.by)
	add(tr("Pictures"), container.NewHBox(e.annotate, e.crops))
	add(tr("Size of a face"), container.NewHBox(container.New(fixedWidth(110), e.margin), widget.NewLabel(tr("of its box, resized to")), container.New(fixedWidth(150), e.size), e.square))
	add(tr("Lists"), container.NewHBox(e.lines, e.csv, e.coco))
	add(tr("Folder"), container.NewBorder(nil, nil, nil, browse, e.folder))
	note := widget.NewLabel(tr("All open pictures, with the parameters at the side; those that were not looked at yet are looked at first. The folder must be new or empty."))
	note.Wrapping = fyne.TextWrapWord
	e.dialog = dialog.NewCustomWithoutButtons(tr("Export what was found"), container.NewVBox(form, note), e.s.t.s.win)
	e.dialog.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Cancel"), e.dialog.Hide), e.begin})
	e.dialog.Resize(fyne.NewSize(620, 0))
	e.dialog.Show()
	e.s.t.s.win.Canvas().Focus(e.folder)
}

func (e *folderSheet) start() {
	if e.begin.Disabled() {
		return
	}
	if e.dialog != nil {
		e.dialog.Hide()
	}
	by := e.by.SelectedIndex()
	e.s.exportAll(&folderExport{
		dir: strings.TrimSpace(e.folder.Text),
		cnn: by != ofCascade, cascade: by != ofCNN,
		annotate: e.annotate.Checked, crops: e.crops.Checked,
		cut:   results.Crop{Margin: cropMargins[e.margin.SelectedIndex()], Square: e.square.Checked, Size: cropSizes[e.size.SelectedIndex()]},
		lines: e.lines.Checked, csv: e.csv.Checked, coco: e.coco.Checked,
	})
}
