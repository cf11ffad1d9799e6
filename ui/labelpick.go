package ui

import (
	"slices"

	"fyne.io/fyne/v2/widget"
)

// pick is a drop-down of the sidebar for one part of the filter. Its first choice is
// not to ask for anything.
type pick struct {
	content *widget.Select
	choices func(b *labelSidebar) []pickChoice
	get     func(f labelFilter) string
	set     func(f *labelFilter, value string)
	values  []string // of the options
}

// pickChoice is one option: what the filter gets, and what is on screen.
type pickChoice struct {
	value string
	text  string
	count int // negative where none is shown
}

func (b *labelSidebar) newPick(choices func(b *labelSidebar) []pickChoice, get func(f labelFilter) string, set func(f *labelFilter, value string)) *pick {
	p := &pick{choices: choices, get: get, set: set}
	p.content = widget.NewSelect(nil, func(string) {
		if i := p.content.SelectedIndex(); i >= 0 {
			b.change(func(f *labelFilter) { set(f, p.values[i]) })
			b.t.focus()
		}
	})
	return p
}

// refresh writes the options with their counts. What the filter asks for is always
// among them.
func (p *pick) refresh(b *labelSidebar) {
	var texts []string
	p.values = nil
	selected := 0
	now := p.get(b.state)
	choices := p.choices(b)
	if !slices.ContainsFunc(choices, func(c pickChoice) bool { return c.value == now }) {
		choices = append(choices, pickChoice{now, now, -1})
	}
	for i, c := range choices {
		text := c.text
		if c.count >= 0 {
			text += " (" + grouped(c.count) + ")"
		}
		if c.value == now {
			selected = i
		}
		texts, p.values = append(texts, text), append(p.values, c.value)
	}
	if slices.Equal(texts, p.content.Options) && p.content.Selected == texts[selected] {
		return
	}
	p.content.Options, p.content.Selected = texts, texts[selected]
	p.content.Refresh()
}

// listed are the choices of a facet, most common first, behind the one for all.
func listed(all string, n []facet, name func(string) string) []pickChoice {
	choices := []pickChoice{{"", all, -1}}
	for _, f := range n {
		choices = append(choices, pickChoice{f.value, name(f.value), f.n})
	}
	return choices
}

func asItIs(name string) string { return name }

// numbered are choices with a fixed order.
func numbered(values []string, texts ...string) func(*labelSidebar) []pickChoice {
	return func(*labelSidebar) []pickChoice {
		var choices []pickChoice
		for i, v := range values {
			choices = append(choices, pickChoice{v, texts[i], -1})
		}
		return choices
	}
}
