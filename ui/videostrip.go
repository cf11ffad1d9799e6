package ui

import (
	"context"
	"maps"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/ui/imageview"
)

// videoStrip is the row of a video: a ribbon of what both detectors found in it, and the
// buttons to play it, to look it through (videolook.go) and to export it (videoexport.go).
type videoStrip struct {
	t       *detectTab
	row     *fyne.Container
	ribbon  *ribbon
	buttons struct{ play, study, export *widget.Button }
	place   *widget.Label
	names   [lanes]*canvas.Text

	shot    detectShot // on screen; of no video where frames is 0
	records map[string]*videoRecord
	record  *videoRecord // of the video on screen
	drawn   time.Time    // when the ribbon last was

	playing      // the zero value: it stands still
	student *job // looks the video through
	chooser *job // follows other parameters
	now     func() time.Time
}

func newVideoStrip(t *detectTab) *videoStrip {
	s := &videoStrip{t: t, ribbon: newRibbon(), place: widget.NewLabel(""), records: map[string]*videoRecord{}, now: time.Now}
	s.ribbon.picked, s.ribbon.dragged = s.pick, t.showFrame
	s.ribbon.hovered = s.describe
	tool := func(icon fyne.Resource, f func()) *widget.Button {
		return widget.NewButtonWithIcon("", icon, func() { f(); t.focus() })
	}
	s.buttons.play = tool(theme.MediaPlayIcon(), s.toggle)
	s.buttons.study = tool(theme.VisibilityIcon(), s.study)
	s.buttons.export = tool(theme.DocumentSaveIcon(), s.askExport)
	s.buttons.export.SetText(tr("Export video…"))
	s.place.Truncation = fyne.TextTruncateEllipsis
	next := tool(theme.MediaFastForwardIcon(), func() { s.jump(1) })
	next.SetText(tr("Next disagreement"))
	bar := container.NewBorder(nil, nil,
		container.NewHBox(
			t.s.keyTip(tool(theme.MediaSkipPreviousIcon(), func() { t.showFrame(t.frame - 1) }), actFrameBack),
			t.s.keyTip(s.buttons.play, actPlay),
			t.s.keyTip(tool(theme.MediaSkipNextIcon(), func() { t.showFrame(t.frame + 1) }), actFrameForth)),
		container.NewHBox(next, s.buttons.study, s.buttons.export), s.place)

	labels := container.New(column(ribbonInset))
	for i, name := range []string{tr("CNN"), tr("Cascade")} {
		s.names[i] = canvas.NewText(name, theme.Color(theme.ColorNameForeground))
		s.names[i].TextSize = 11
		labels.Add(container.New(fixedHeight(laneHeight), s.names[i]))
	}
	timeline := container.NewBorder(nil, nil, container.New(layout.NewCustomPaddedLayout(ribbonInset, 0, 4, 6), labels), nil, s.ribbon)
	s.row = container.NewVBox(bar, container.NewPadded(timeline))
	s.refresh()
	return s
}

func (s *videoStrip) object() fyne.CanvasObject { return s.row }

// shown implements detectStrip.
func (s *videoStrip) shown(shot detectShot, _ []picture) bool {
	if shot.file.frames == 0 {
		s.halt()
		s.stopStudy()
		s.shot, s.record = detectShot{}, nil
		return false
	}
	if shot.file.path != s.shot.file.path || s.record == nil {
		s.stopStudy()
		s.record = s.records[shot.file.path]
		if s.record == nil || !s.record.asked.sameWork(s.t.setup()) {
			s.forget(shot.file.path)
		}
		s.shot = shot
		s.retrace()
		s.rechoose() // the parameters may be others than when it was on screen
	}
	s.shot = shot
	s.ribbon.seek(shot.frame)
	s.describe(-1)
	return true
}

// forget begins a video anew.
func (s *videoStrip) forget(path string) {
	s.record = newVideoRecord(s.t.setup())
	s.records[path] = s.record
}

// found implements detectStrip.
func (s *videoStrip) found(shot detectShot, f finding) {
	if _, known := s.known(shot); !known && s.record != nil && shot.file.path == s.shot.file.path {
		s.t.s.show(s.record.put(shot.frame, f, s.t.asked, s.t.setup()))
		s.retrace()
	}
}

// retuned implements detectStrip. What was found with another model, or elsewhere, is of
// no use any more.
func (s *videoStrip) retuned() {
	if s.record == nil {
		return
	}
	if !s.record.asked.sameWork(s.t.setup()) {
		s.stopStudy()
		s.forget(s.shot.file.path)
		s.restartWatch()
		s.retrace()
		return
	}
	s.rechoose()
}

// rechoose follows other parameters.
func (s *videoStrip) rechoose() {
	if s.chooser != nil {
		s.chooser.cancel()
	}
	record, looks, set := s.record, maps.Clone(s.record.looks), s.t.setup()
	mine := &job{name: tr("Look"), quiet: true}
	s.chooser = mine
	start(s.t.s.jobs, mine, func(ctx context.Context, _ *job) (map[int]boxesOf, error) {
		return choose(ctx, looks, set)
	}, func(found map[int]boxesOf, err error) {
		if err != nil || s.chooser != mine {
			return
		}
		maps.Copy(record.found, found)
		if record == s.record {
			s.retrace()
		}
	})
}

// known is what was found in a frame before, if anybody looked.
func (s *videoStrip) known(shot detectShot) (finding, bool) {
	if s.record == nil || shot.file.frames == 0 || shot.file.path != s.shot.file.path {
		return finding{}, false
	}
	f, ok := s.record.looks[shot.frame]
	return f, ok && s.record.asked.sameWork(s.t.setup())
}

// pick shows a frame that was clicked, or looks at the one where a drag has ended.
func (s *videoStrip) pick(frame int) {
	if s.shot.frame == frame && s.t.frame == frame {
		s.halt()
		s.t.look()
	} else {
		s.t.showFrame(frame)
	}
	s.ribbon.seek(s.t.frame)
	s.t.focus()
}

// jump shows the next frame on which they disagree, or the one before.
func (s *videoStrip) jump(by int) {
	if s.record == nil {
		return
	}
	s.retrace()
	if n := s.record.next(s.t.frame, by); n >= 0 {
		s.t.showFrame(n)
	} else {
		s.t.s.notify(tr("No further disagreement among the %d frames that were looked at.", len(s.record.frames)))
	}
}

// retrace draws the ribbon from the record.
func (s *videoStrip) retrace() {
	if s.record == nil {
		return
	}
	s.record.trace()
	frames := s.shot.file.frames
	s.ribbon.show(frames, [lanes][]ribbonCell{s.record.lane(laneCNN, frames), s.record.lane(laneCascade, frames)})
	s.drawn = s.now()
	s.describe(-1)
}

// retraceSoon is for what comes often.
func (s *videoStrip) retraceSoon() {
	if s.now().Sub(s.drawn) >= 250*time.Millisecond {
		s.retrace()
	}
}

// refresh shows on the buttons what they do now.
func (s *videoStrip) refresh() {
	icon := theme.MediaPlayIcon()
	if s.player != nil {
		icon = theme.MediaPauseIcon()
	}
	s.buttons.play.SetIcon(icon)
	if s.student != nil {
		s.buttons.study.SetIcon(theme.MediaStopIcon())
		s.buttons.study.SetText(tr("Stop looking"))
	} else {
		s.buttons.study.SetIcon(theme.VisibilityIcon())
		s.buttons.study.SetText(tr("Look it through"))
	}
}

// bridged is where a face that flickers is in the frame on screen.
func (s *videoStrip) bridged(lane int) (list []imageview.Box) {
	if s.record == nil || s.player != nil && s.boxesAt != s.t.frame {
		return nil
	}
	for _, f := range s.record.seen[lane][s.t.frame] {
		if f.Bridged {
			list = append(list, imageview.Box{Rect: f.Box, Color: laneColor(lane, flicker), Line: imageview.Corners, Fixed: true})
		}
	}
	return list
}

func (s *videoStrip) close() { s.halt() }
