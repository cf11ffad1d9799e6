package ui

// refresh draws the boxes of both at the present parameters.
func (t *detectTab) refresh() {
	var err error
	if t.found, t.classic, err = t.finding.detections(t.setup()); err != nil {
		t.s.show(err)
		return
	}
	left, right := boxes(t.found, t.classic, byOneCNN), boxes(t.classic, t.found, byOneCascade)
	t.left.SetBoxes(append(left, t.video.bridged(laneCNN)...))
	t.right.SetBoxes(append(right, t.video.bridged(laneCascade)...))
	t.legend.count(left, right)
	t.heads()
}

// heads writes the line above each pane.
func (t *detectTab) heads() {
	cnn := tr("CNN")
	switch {
	case t.s.model == nil:
		cnn += "  –  " + tr("no model: train one, or open one from the File menu")
	case t.cnn.scan != nil:
		cnn += "  –  " + tr("%d faces, %d ms, %d windows, %s", len(t.found), t.cnn.took.Milliseconds(), t.cnn.stats.Windows, t.cnn.device)
	case t.img != nil:
		cnn += "  …"
	}
	t.leftHead.SetText(cnn)
	cascade := tr("Cascade")
	if t.cascade.took > 0 {
		cascade += "  –  " + tr("%d faces, %d ms", len(t.classic), t.cascade.took.Milliseconds())
	} else if t.img != nil {
		cascade += "  …"
	}
	t.rightHead.SetText(cascade)
}
