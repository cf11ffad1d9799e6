package ui

import (
	"errors"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/ui/cli"
	"frglab/ui/native"
)

// trainForm is what a training is set to.
type trainForm struct {
	t       *trainTab
	content fyne.CanvasObject

	preset, arch, device *widget.Select
	batch                *widget.Entry // one of the fields, for tests
	fields               []field
	source               *widget.RadioGroup // the project's crops, or lists
	lists                *fyne.Container
	list                 [2]string // paths of the list files, by split
	listNames            [2]*widget.Button
	data, estimate       *widget.Label
	share                *widget.Button

	base    engine.Config // what the fields do not show
	own     nn.Arch       // network of a run whose settings were taken, where it is none of ours
	filling bool
}

func newTrainForm(t *trainTab) *trainForm {
	f := &trainForm{t: t}
	f.preset = widget.NewSelect(engine.Presets(), func(name string) {
		if c, err := engine.Preset(name); err == nil && !f.filling {
			c.Arch = f.base.Arch
			f.fill(c)
		}
	})
	f.preset.PlaceHolder = tr("Own settings")
	f.arch = widget.NewSelect(nn.Names(), func(name string) {
		a, err := nn.Lookup(name)
		if err != nil {
			a = f.own
		}
		f.base.Arch = a
		f.guess()
	})
	var devices []string
	for _, d := range t.s.devices {
		devices = append(devices, deviceWord(d))
	}
	f.device = widget.NewSelect(devices, func(string) { f.guess() })
	f.data, f.estimate = wrapped(""), wrapped("")
	f.share = widget.NewButtonWithIcon(tr("Split anew"), theme.ViewRefreshIcon(), t.split)
	f.content = container.NewVBox(f.dataPart(), widget.NewSeparator(), f.settingsPart())
	f.base.Arch = nn.FrgNet64()
	f.arch.SetSelected(f.base.Arch.Name)
	f.usePreferred()
	f.preset.SetSelected("modern")
	return f
}

// usePreferred chooses the device of the preferences.
func (f *trainForm) usePreferred() {
	f.device.SetSelectedIndex(slices.IndexFunc(f.t.s.devices, func(d engine.Device) bool { return d.Name == f.t.s.deviceName() }))
}

// deviceWord is what people call a device: a graphics card by its name.
func deviceWord(d engine.Device) string {
	switch d.Name {
	case "cpu":
		return tr("Processor")
	case "ref":
		return tr("Processor, plain Go (slow)")
	}
	return d.About
}

func boldLabel(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

func wrapped(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// dataPart is where the crops come from.
func (f *trainForm) dataPart() fyne.CanvasObject {
	for split := range f.listNames {
		f.listNames[split] = widget.NewButtonWithIcon("", theme.FileTextIcon(), func() {
			f.t.s.dialogs.OpenFile(f.t.s.win, tr("List file"), []native.Filter{{Name: tr("List files"), Extensions: []string{"txt"}}}, func(path string) {
				if path != "" {
					f.setList(split, path)
				}
			})
		})
		f.listNames[split].Alignment = widget.ButtonAlignLeading
		f.setList(split, "")
	}
	f.lists = container.NewVBox(f.listNames[0], f.listNames[1])
	f.source = widget.NewRadioGroup([]string{tr("of the project"), tr("of list files")}, func(string) { f.arrange() })
	f.source.Horizontal, f.source.Required = true, true
	f.source.SetSelected(f.source.Options[0])
	f.arrange()
	return container.NewVBox(boldLabel(tr("Crops")), f.source, f.lists, f.data, f.share)
}

func (f *trainForm) setList(split int, path string) {
	f.list[split] = path
	text := tr("Training list: choose…")
	if dataset.Split(split) == dataset.Valid {
		text = tr("Validation list: choose…")
	}
	if path != "" {
		text = filepath.Base(path)
	}
	f.listNames[split].SetText(text)
}

// fromLists says whether list files are learned from, not the project.
func (f *trainForm) fromLists() bool { return f.source.Selected == f.source.Options[1] }

func (f *trainForm) arrange() {
	own := []fyne.CanvasObject{f.data, f.share}
	if f.fromLists() {
		f.lists.Show()
		conceal(own...)
	} else {
		f.lists.Hide()
		reveal(own...)
	}
}

func conceal(os ...fyne.CanvasObject) {
	for _, o := range os {
		o.Hide()
	}
}

func reveal(os ...fyne.CanvasObject) {
	for _, o := range os {
		o.Show()
	}
}

// settingsPart is the main settings, and all others folded away.
func (f *trainForm) settingsPart() fyne.CanvasObject {
	top := container.New(layout.NewFormLayout(),
		widget.NewLabel(tr("Preset")), f.preset,
		widget.NewLabel(tr("Network")), f.arch,
		widget.NewLabel(tr("Device")), f.device,
	)
	box := container.NewVBox(boldLabel(tr("Training")), top, f.estimate)
	for _, s := range mainSettings() {
		box.Add(f.row(s))
	}
	f.batch = f.fields[1].entry
	more := widget.NewAccordion()
	more.MultiOpen = true
	for _, g := range moreSettings() {
		rows := container.NewVBox()
		for _, s := range g.all {
			rows.Add(f.row(s))
		}
		more.Append(widget.NewAccordionItem(g.name, rows))
	}
	box.Add(more)
	return box
}

// fill shows a configuration.
func (f *trainForm) fill(c engine.Config) {
	f.filling = true
	f.base = c
	for _, w := range f.fields {
		switch v := w.get(&c); {
		case w.entry != nil:
			w.entry.SetText(v)
		case w.check != nil:
			w.check.SetChecked(v == "true")
		default:
			w.choose.SetSelected(w.word(v))
		}
	}
	if slices.Contains(engine.Presets(), c.Preset) {
		f.preset.SetSelected(c.Preset)
	} else {
		f.preset.ClearSelected()
	}
	f.arch.Options = nn.Names()
	if a, err := nn.Lookup(c.Arch.Name); err != nil || archWord(a) != archWord(c.Arch) {
		f.own = c.Arch
		f.arch.Options = append(f.arch.Options, c.Arch.Name)
	}
	f.arch.SetSelected(c.Arch.Name)
	f.base.Arch = c.Arch // also where both are called the same
	f.filling = false
	f.guess()
}

// config is what the form says. A preset that was changed is called own.
func (f *trainForm) config() (engine.Config, error) {
	c := f.base
	for _, w := range f.fields {
		var text string
		switch {
		case w.entry != nil:
			text = w.entry.Text
		case w.check != nil:
			text = map[bool]string{true: "true", false: "false"}[w.check.Checked]
		default:
			text = w.choices[max(0, w.choose.SelectedIndex())]
		}
		if err := w.read(&c, text); err != nil {
			return c, err
		}
	}
	if p, err := engine.Preset(c.Preset); err == nil && changed(p, c) {
		c.Preset = "own"
	}
	return c, c.Validate()
}

// changed says whether a configuration differs from its preset in more than network
// and seed.
func changed(preset, c engine.Config) bool {
	preset.Arch, preset.Seed = c.Arch, c.Seed
	return len(differences(preset, c)) > 0
}

// deviceName is as in --device.
func (f *trainForm) deviceName() string { return f.t.s.devices[max(0, f.device.SelectedIndex())].Name }

// cropArgs are the arguments that name the crops of a run, in a project or in lists.
func cropArgs(p *dataset.Project, s cli.RunSettings) ([]string, error) {
	switch {
	case s.TrainList != "" && s.ValidList != "":
		return []string{"--train", s.TrainList, "--valid", s.ValidList}, nil
	case p == nil:
		return nil, errors.New(tr("No project is open: File › New project."))
	}
	return []string{"--project", p.Path()}, nil
}

// check says what is missing before a training can be started.
func (f *trainForm) check() error {
	for split, path := range f.list {
		if f.fromLists() && path == "" {
			return errors.New(f.listNames[split].Text)
		}
	}
	return nil
}

// settings is what the project is to keep of a run with this configuration.
func (f *trainForm) settings(c engine.Config) cli.RunSettings {
	s := cli.RunSettings{Config: c, Device: f.deviceName()}
	if f.fromLists() {
		s.TrainList, s.ValidList = f.list[0], f.list[1]
	}
	return s
}

// show fills the form with the settings of a run.
func (f *trainForm) show(s cli.RunSettings) {
	f.fill(s.Config)
	for i, d := range f.t.s.devices {
		if d.Name == s.Device {
			f.device.SetSelectedIndex(i)
		}
	}
	from := 0
	if s.TrainList != "" {
		from = 1
		f.setList(0, s.TrainList)
		f.setList(1, s.ValidList)
	}
	f.source.SetSelected(f.source.Options[from])
}

// newRunDir is the folder of a run that starts now: beside the project, or beside the
// list of its crops.
func newRunDir(p *dataset.Project, s cli.RunSettings, now time.Time) string {
	base := filepath.Join(filepath.Dir(s.TrainList), "frglab-runs")
	if p != nil {
		base = runsDir(p)
	}
	return filepath.Join(base, now.Format("2006-01-02-150405"))
}
