package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// newPicks are the drop-downs of the sidebar, from top to bottom.
func (b *labelSidebar) newPicks() []*pick {
	number := func(n *int) func(string) { return func(v string) { *n, _ = strconv.Atoi(v) } }
	return []*pick{
		b.newPick(func(b *labelSidebar) []pickChoice { return listed(tr("All titles"), b.facets.titles, asItIs) },
			func(f labelFilter) string { return f.title },
			func(f *labelFilter, v string) { f.title, f.episode = v, "" }),
		b.newPick(func(b *labelSidebar) []pickChoice { return listed(tr("All episodes"), b.facets.episodes, asItIs) },
			func(f labelFilter) string { return f.episode },
			func(f *labelFilter, v string) { f.episode = v }),
		b.newPick(b.splits,
			func(f labelFilter) string { return strconv.Itoa(f.split) },
			func(f *labelFilter, v string) { number(&f.split)(v) }),
		b.newPick(func(b *labelSidebar) []pickChoice {
			return listed(tr("All proposers"), b.facets.proposers, proposerName)
		},
			func(f labelFilter) string { return f.proposer },
			func(f *labelFilter, v string) { f.proposer = v }),
		b.newPick(b.twins,
			func(f labelFilter) string { return strconv.Itoa(f.twins) },
			func(f *labelFilter, v string) { number(&f.twins)(v) }),
		b.newPick(numbered([]string{"0", "32", "48", "64", "96", "128", "192"},
			tr("All sizes"), tr("From %d pixels", 32), tr("From %d pixels", 48), tr("From %d pixels", 64), tr("From %d pixels", 96), tr("From %d pixels", 128), tr("From %d pixels", 192)),
			func(f labelFilter) string { return strconv.Itoa(f.minSide) },
			func(f *labelFilter, v string) { number(&f.minSide)(v) }),
		b.newPick(b.orders,
			func(f labelFilter) string { return strconv.Itoa(int(f.order)) },
			func(f *labelFilter, v string) {
				n, _ := strconv.Atoi(v)
				f.order = order(n)
				if f.order == orderLike {
					f.like = b.t.current
				}
			}),
	}
}

func (b *labelSidebar) splits(*labelSidebar) []pickChoice {
	n := b.facets.splits
	return []pickChoice{{"0", tr("Both splits"), -1}, {"1", tr("To train with"), n[1]}, {"2", tr("To check with"), n[2]}}
}

func (b *labelSidebar) twins(*labelSidebar) []pickChoice {
	return []pickChoice{
		{strconv.Itoa(twinsShown), tr("With duplicates"), -1},
		{strconv.Itoa(twinsFolded), tr("Duplicates folded"), -1},
		{strconv.Itoa(twinsOnly), tr("Only duplicates"), b.facets.twins},
	}
}

// orders are those that can be told now: some need a review.
func (b *labelSidebar) orders(*labelSidebar) []pickChoice {
	texts := []string{
		tr("As they were added"), tr("Newest first"), tr("By place"), tr("Highest score first"),
		tr("Most uncertain first"), tr("Most disagreement first"), tr("Most suspected first"), tr("Most alike first"),
	}
	var choices []pickChoice
	for i, text := range texts {
		if order(i) < orderUncertain || b.t.reviews.done() {
			choices = append(choices, pickChoice{strconv.Itoa(i), text, -1})
		}
	}
	return choices
}

// verdictSign is the sign of a verdict in the sidebar.
func verdictSign(show int) fyne.Resource {
	switch show {
	case showUnchecked:
		return openIcon
	case showFaces:
		return faceIcon
	case showOthers:
		return otherIcon
	case showUnsure:
		return unsureIcon
	}
	return theme.GridIcon()
}

func findSign(find int) fyne.Resource {
	switch find {
	case findUncertain:
		return theme.QuestionIcon()
	case findDisagreeing:
		return theme.ViewRefreshIcon()
	}
	return theme.WarningIcon()
}
