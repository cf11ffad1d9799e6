package ui

// emptyText says why there is no crop on screen and what to do next.
func (t *labelTab) emptyText() string {
	n := t.filter.facets.all
	switch {
	case t.s.project == nil:
		return t.s.noProject()
	case n.Samples == 0:
		return tr("No crops here yet.\nDrop videos, pictures or folders on this window: faces are looked for in them.\nOr import class folders or a list file from the File menu.")
	case t.filter.state.find != findAny:
		return tr("The review found none of these: choose something else on the left.")
	case t.filter.state.verdict == showUnchecked && n.Unchecked == 0:
		return tr("Every crop is checked. Collect more, look at suspected ones, or go on to Train.")
	}
	return tr("Nothing of this kind here: choose something else on the left, or Reset.")
}
