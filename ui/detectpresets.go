package ui

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"frglab/engine"
	"frglab/engine/vision"
)

// prefDetectPresets holds the named settings, a JSON object.
const prefDetectPresets = "detect.presets"

// detectPreset is all parameters of both detectors, as preferences keep them.
type detectPreset struct {
	CNN     engine.DetectParams  `json:"cnn"`
	Cascade vision.CascadeParams `json:"cascade"`
}

// readPresets are the settings by name; those that this version cannot use are left out.
func (c *detectControls) readPresets() map[string]detectPreset {
	all := map[string]detectPreset{}
	if json.Unmarshal([]byte(c.t.s.app.Preferences().String(prefDetectPresets)), &all) != nil {
		return map[string]detectPreset{}
	}
	maps.DeleteFunc(all, func(_ string, p detectPreset) bool { return p.CNN.Validate() != nil || p.Cascade.Validate() != nil })
	return all
}

func (c *detectControls) writePresets(all map[string]detectPreset) {
	text, err := json.Marshal(all)
	if err != nil {
		c.t.s.show(err)
		return
	}
	c.t.s.app.Preferences().SetString(prefDetectPresets, string(text))
	c.listPresets()
}

func (c *detectControls) listPresets() {
	c.presets.Options = slices.Sorted(maps.Keys(c.readPresets()))
	c.presets.Refresh()
}

// use takes the settings of that name.
func (c *detectControls) use(name string) {
	p, ok := c.readPresets()[name]
	if !ok {
		return
	}
	c.t.params, c.t.classy = p.CNN, p.Cascade
	c.setting = true
	if slices.Contains(c.mode.Options, p.CNN.Mode) {
		c.mode.SetSelected(p.CNN.Mode)
	}
	c.setting = false
	c.follow()
}

// savePreset keeps the present settings under a name, in place of what has it.
func (c *detectControls) savePreset(name string) {
	if name = strings.TrimSpace(name); name == "" {
		return
	}
	all := c.readPresets()
	all[name] = detectPreset{c.t.params, c.t.classy}
	c.writePresets(all)
	c.setting = true
	c.presets.SetSelected(name)
	c.setting = false
}

func (c *detectControls) dropPreset(name string) {
	all := c.readPresets()
	delete(all, name)
	c.writePresets(all)
	c.setting = true
	c.presets.ClearSelected()
	c.setting = false
}

func (c *detectControls) askPresetName() {
	name := newSheetEntry(c.t.s)
	name.SetText(c.presets.Selected)
	d := dialog.NewForm(tr("Save these settings"), tr("Save"), tr("Cancel"),
		[]*widget.FormItem{widget.NewFormItem(tr("Name"), name)},
		func(ok bool) {
			if ok {
				c.savePreset(name.Text)
			}
			c.t.focus()
		}, c.t.s.win)
	d.Show()
	c.t.s.win.Canvas().Focus(name)
}
