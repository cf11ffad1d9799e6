package ui

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/native"
)

// runLog is what is known of how a run went.
type runLog struct {
	events []engine.Progress
	probes []engine.Probes
}

// readRun reads a run's log, or what the project keeps of it where the log is gone.
func readRun(p *dataset.Project, r dataset.Run) (runLog, error) {
	if log, probes := readFolder(runDir(p, r)); len(log) > 0 {
		return runLog{log, probes}, nil
	}
	points, err := p.Points(r.ID)
	l := runLog{}
	for _, q := range points {
		e := engine.Progress{Event: engine.EventStep, Step: q.Step, Epoch: q.Epoch, Loss: q.Loss, Accuracy: q.Accuracy, LR: q.Rate, PerSecond: q.PerSecond}
		if q.Split == dataset.Valid {
			e.Event = engine.EventValid
		}
		l.events = append(l.events, e)
	}
	return l, err
}

// readFolder reads the log in a run's folder, as far as there is one.
func readFolder(dir string) ([]engine.Progress, []engine.Probes) {
	path := filepath.Join(dir, engine.LogFile)
	log, err := engine.ReadLog(path)
	if err != nil {
		return nil, nil
	}
	probes, _ := engine.ReadProbes(path)
	return log, probes
}

// runTime is when a run was started, for people.
func runTime(r dataset.Run) string { return r.Started.Format("2006-01-02 15:04") }

// tick puts a run's curves into the charts, or takes them out.
func (v *runsView) tick(r dataset.Run, yes bool) {
	v.ticked[r.ID] = yes
	if t := v.traces[r.ID]; t != nil {
		t.remove()
		delete(v.traces, r.ID)
	}
	if yes && v.t.s.project != nil {
		l, err := readRun(v.t.s.project, r)
		if err != nil {
			v.t.s.show(err)
			return
		}
		v.draw(r.ID, runTime(r), l.events)
	}
	v.curves.refresh()
	v.compare()
}

func (v *runsView) draw(key any, name string, events []engine.Progress) {
	t := v.curves.add(name)
	v.traces[key] = t
	for _, e := range events {
		t.plot(e)
	}
}

// compare says what the ticked runs were set to differently, each against the chosen one.
func (v *runsView) compare() {
	base, ok := v.find(v.chosen)
	if !ok {
		return
	}
	var lines []string
	for _, r := range slices.Backward(v.all) {
		if !v.ticked[r.ID] || r.ID == base.ID {
			continue
		}
		lines = append(lines, tr("Against the run of %s:", runTime(r)))
		a, b := settingsOf(base), settingsOf(r)
		diff := differences(a.Config, b.Config)
		if a.Device != b.Device {
			diff = append(diff, [3]string{tr("Device"), a.Device, b.Device})
		}
		if a.Crops != b.Crops {
			diff = append(diff, [3]string{tr("Crops"), fmt.Sprint(a.Crops), fmt.Sprint(b.Crops)})
		}
		for _, d := range diff {
			lines = append(lines, "    "+tr("%s: %s here, %s there", d[0], d[1], d[2]))
		}
		if len(diff) == 0 {
			lines = append(lines, "    "+tr("the same settings"))
		}
	}
	if len(lines) == 0 {
		lines = []string{tr("Tick other runs to see what they were set to differently.")}
	}
	v.differs.SetText(strings.Join(lines, "\n"))
}

// ask opens a log of any training, also of 2015, beside the runs.
func (v *runsView) ask() {
	v.t.s.dialogs.OpenFile(v.t.s.win, tr("Open a log"), []native.Filter{{Name: tr("Training logs"), Extensions: []string{"txt", "log", "jsonl", "out"}}, {Name: tr("All files"), Extensions: []string{"*"}}}, func(path string) {
		if path != "" {
			v.openLog(path)
		}
	})
}

func (v *runsView) openLog(path string) {
	c, err := engine.ReadCurves(path)
	if err != nil {
		v.t.s.show(err)
		return
	}
	if t := v.traces[path]; t != nil {
		t.remove()
	}
	v.draw(path, c.Name, c.Events)
	v.t.tabs.SelectIndex(trainRuns)
	v.curves.refresh()
	text := tr("%s: %d points", c.Name, len(c.Events))
	if n := len(c.Warnings); n > 0 {
		text += "   ·   " + tr("%d lines were passed over, such as %s", n, reason(c.Warnings[0]))
	}
	v.t.s.notify(text)
}
