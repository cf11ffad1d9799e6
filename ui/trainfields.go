package ui

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"frglab/engine"
	"frglab/engine/nn"
)

// setting is one field of engine.Config as the form shows it.
type setting struct {
	name, help string
	get        func(*engine.Config) string
	set        func(*engine.Config, string) error
	choices    []string // of the value; nil for a number, yesNo for a switch
	words      []string // the same for people; nil for the choices themselves
}

var yesNo = []string{"true", "false"}

// whole, decimal and toggle make settings of those kinds.
func whole(name, help string, at func(*engine.Config) *int) setting {
	return setting{
		name: name, help: help,
		get: func(c *engine.Config) string { return strconv.Itoa(*at(c)) },
		set: func(c *engine.Config, s string) (err error) {
			*at(c), err = strconv.Atoi(s)
			return err
		},
	}
}

func decimal(name, help string, at func(*engine.Config) *float64) setting {
	return setting{
		name: name, help: help,
		get: func(c *engine.Config) string { return strconv.FormatFloat(*at(c), 'g', -1, 64) },
		set: func(c *engine.Config, s string) (err error) {
			*at(c), err = strconv.ParseFloat(strings.ReplaceAll(s, ",", "."), 64)
			return err
		},
	}
}

func toggle(name, help string, at func(*engine.Config) *bool) setting {
	return setting{
		name: name, help: help, choices: yesNo,
		get: func(c *engine.Config) string { return strconv.FormatBool(*at(c)) },
		set: func(c *engine.Config, s string) (err error) {
			*at(c), err = strconv.ParseBool(s)
			return err
		},
	}
}

func choice(name, help string, values, words []string, at func(*engine.Config) *string) setting {
	return setting{
		name: name, help: help, choices: values, words: words,
		get: func(c *engine.Config) string { return *at(c) },
		set: func(c *engine.Config, s string) error { *at(c) = s; return nil },
	}
}

// settingGroup is settings under a heading.
type settingGroup struct {
	name string
	all  []setting
}

// mainSettings are always on screen.
func mainSettings() []setting {
	return []setting{
		whole(tr("Epochs"), tr("How often it goes through the crops."), func(c *engine.Config) *int { return &c.Epochs }),
		whole(tr("Batch"), tr("Crops an iteration. Larger is steadier and needs more memory."), func(c *engine.Config) *int { return &c.Batch }),
		decimal(tr("Rate"), tr("Learning rate: too high explodes, too low takes for ever."), func(c *engine.Config) *float64 { return &c.Rate }),
		{
			name: tr("Seed"), help: tr("Everything random follows from it: the same seed gives the same network."),
			get: func(c *engine.Config) string { return strconv.FormatUint(c.Seed, 10) },
			set: func(c *engine.Config, s string) (err error) {
				c.Seed, err = strconv.ParseUint(s, 10, 64)
				return err
			},
		},
	}
}

// moreSettings are all others, folded away.
func moreSettings() []settingGroup {
	return []settingGroup{
		{tr("Length"), []setting{
			whole(tr("Least iterations"), tr("In more epochs where the crops are few."), func(c *engine.Config) *int { return &c.MinSteps }),
			whole(tr("Validate every"), tr("Iterations between two validations; 0 chooses."), func(c *engine.Config) *int { return &c.ValidEvery }),
			whole(tr("Patience"), tr("Stops early after so many validations without a lower loss; 0 never. The best is kept in any case."), func(c *engine.Config) *int { return &c.Patience }),
		}},
		{tr("Learning"), []setting{
			choice(tr("Schedule"), tr("How the rate changes: by a factor each epoch, or up and then down along a cosine."),
				[]string{engine.ScheduleEpochs, engine.ScheduleCosine}, []string{tr("factor an epoch"), tr("cosine")}, func(c *engine.Config) *string { return &c.Schedule }),
			decimal(tr("Rate factor"), tr("What the rate is multiplied by, an epoch."), func(c *engine.Config) *float64 { return &c.RateFactor }),
			decimal(tr("Warm-up"), tr("Share of the training, 0 to 0.9, in which a cosine's rate climbs."), func(c *engine.Config) *float64 { return &c.WarmUp }),
			decimal(tr("Momentum"), tr("Share of the last step that goes on, 0 to 0.999."), func(c *engine.Config) *float64 { return &c.Momentum }),
			decimal(tr("Weight decay"), tr("Pulls all weights towards 0, against learning by heart."), func(c *engine.Config) *float64 { return &c.Decay }),
			decimal(tr("Decay factor"), tr("What the weight decay is multiplied by, an epoch."), func(c *engine.Config) *float64 { return &c.DecayFactor }),
			choice(tr("First weights"), tr("Rule for the random weights it starts from."),
				[]string{string(nn.LeCun), string(nn.He)}, nil, func(c *engine.Config) *string { return (*string)(&c.Init) }),
		}},
		{tr("Crops"), []setting{
			choice(tr("Drawing"), tr("At random with repeats, as in 2015, or all of them in a new order each epoch."),
				[]string{engine.DrawReplace, engine.DrawShuffle}, []string{tr("at random"), tr("shuffled")}, func(c *engine.Config) *string { return &c.Draw }),
			toggle(tr("Balanced"), tr("As many of each class, however many crops it has."), func(c *engine.Config) *bool { return &c.Balance }),
			choice(tr("Mean"), tr("What is subtracted: a mean picture, as in 2015, or one number a colour."),
				[]string{engine.MeanPixel, engine.MeanChannel}, []string{tr("picture"), tr("colour")}, func(c *engine.Config) *string { return &c.Mean }),
			decimal(tr("Scale"), tr("What pixels of 0 to 255 are divided by."), func(c *engine.Config) *float64 { return &c.Scale }),
		}},
		{tr("Changes to crops"), []setting{
			toggle(tr("Quarter turns"), tr("Every crop also at 90, 180 and 270 degrees: four times as long an epoch."), func(c *engine.Config) *bool { return &c.Turns }),
			toggle(tr("Mirrored"), tr("Every second time."), func(c *engine.Config) *bool { return &c.Flip }),
			decimal(tr("Moved"), tr("By up to this share of the side, 0 to 0.5."), func(c *engine.Config) *float64 { return &c.Shift }),
			decimal(tr("Zoomed"), tr("Enlarged or shrunk by up to this share, 0 to 0.5."), func(c *engine.Config) *float64 { return &c.Zoom }),
			decimal(tr("Brightness"), tr("Brighter or darker by up to this share, 0 to 1."), func(c *engine.Config) *float64 { return &c.Brightness }),
			decimal(tr("Contrast"), tr("Stronger or weaker by up to this share, 0 to 0.9."), func(c *engine.Config) *float64 { return &c.Contrast }),
			decimal(tr("Saturation"), tr("Colours stronger or weaker by up to this share, 0 to 1."), func(c *engine.Config) *float64 { return &c.Saturation }),
			decimal(tr("Hue"), tr("Colours moved round the colour circle by up to so many degrees, 0 to 180."), func(c *engine.Config) *float64 { return &c.Hue }),
			decimal(tr("Grey"), tr("Share of the crops that lose their colours, 0 to 1."), func(c *engine.Config) *float64 { return &c.Gray }),
			decimal(tr("Plain at end"), tr("The last share of the training, 0 to 1, sees crops as they are, but for turns and mirrors: else a network says face too readily."), func(c *engine.Config) *float64 { return &c.Plain }),
		}},
		{tr("Afterwards"), []setting{
			decimal(tr("Threshold"), tr("Score, 0 to 1, from which a detector with this network reports a face."), func(c *engine.Config) *float64 { return &c.Threshold }),
		}},
	}
}

// allSettings are those of the form, in its order.
func allSettings() []setting {
	all := mainSettings()
	for _, g := range moreSettings() {
		all = append(all, g.all...)
	}
	return all
}

// read puts a text of the form into a configuration.
func (s setting) read(c *engine.Config, text string) error {
	if err := s.set(c, strings.TrimSpace(text)); err != nil {
		return errors.New(tr("%s must be a number.", s.name))
	}
	return nil
}

// word is a value as people read it.
func (s setting) word(value string) string {
	for i, v := range s.choices {
		switch {
		case v != value:
		case s.words != nil:
			return s.words[i]
		case value == "true":
			return tr("yes")
		case value == "false":
			return tr("no")
		}
	}
	return value
}

// differences lists what two trainings were set to differently: name, first, second.
func differences(a, b engine.Config) [][3]string {
	var out [][3]string
	add := func(name, x, y string) {
		if x != y {
			out = append(out, [3]string{name, x, y})
		}
	}
	add(tr("Preset"), a.Preset, b.Preset)
	add(tr("Network"), archWord(a.Arch), archWord(b.Arch))
	for _, s := range allSettings() {
		add(s.name, s.word(s.get(&a)), s.word(s.get(&b)))
	}
	return out
}

func archWord(a nn.Arch) string { return fmt.Sprintf("%s (%dx%d)", a.Name, a.Size, a.Size) }
