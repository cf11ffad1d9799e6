package ui

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frglab/engine"
)

// TestRunsViewComparesAndDeletes looks at two runs, and deletes one with its files.
func TestRunsViewComparesAndDeletes(t *testing.T) {
	w, failures := openTrainable(t)
	tab := w.train
	for _, rate := range []string{"0.01", "0.02"} {
		tab.set(t, tr("Epochs"), "10")
		tab.set(t, tr("Least iterations"), "0")
		tab.set(t, tr("Rate"), rate)
		tab.start("")
		settle(w)
		dir := tab.shownRun
		if err := os.Rename(dir, dir+"-"+rate); err != nil { // both may start in one second
			t.Fatal(err)
		}
		r := theRun(t, w)
		r.Checkpoint = filepath.Join(dir+"-"+rate, engine.BestFile)
		if err := w.project.UpdateRun(r); err != nil {
			t.Fatal(err)
		}
	}
	tab.reload(false)
	settle(w)
	v := tab.runs
	if len(v.all) != 2 {
		t.Fatalf("%d runs (failures %v)", len(v.all), *failures)
	}
	v.choose(v.all[0].ID)
	v.tick(v.all[1], true)
	if got := v.differs.Text; !strings.Contains(got, "Rate: 0.01 here, 0.02 there") || strings.Contains(got, "Epochs") {
		t.Errorf("differences: %q", got)
	}
	v.note.SetText("the better one")
	if r, _ := v.find(v.all[0].ID); r.Note != "the better one" {
		t.Errorf("note %q", r.Note)
	}
	v.choose(v.all[1].ID)
	v.sameAgain()
	for _, name := range []string{"tiny", "frgnet64", "tiny"} {
		tab.form.arch.SetSelected(name)
		if c, err := tab.form.config(); err != nil || c.Rate != 0.02 || c.Arch.Name != name || tab.form.arch.Selected != name {
			t.Errorf("the form has %+v, %v; it shows %s", c, err, tab.form.arch.Selected)
		}
	}
	tab.form.arch.SetSelected("frgnet64")
	v.sameAgain()
	if got := tab.form.arch.Selected; got != "tiny" {
		t.Errorf("the form says that the network is %s", got)
	}
	dir := runDir(w.project, v.all[0])
	if err := v.delete(w.project, v.all[0]); err != nil {
		t.Fatal(err)
	}
	tab.reload(false)
	settle(w)
	if _, err := os.Stat(dir); err == nil || len(v.all) != 1 {
		t.Errorf("%d runs left, folder: %v", len(v.all), err)
	}
	if !v.bringBack.Visible() {
		t.Fatal("nothing offers to bring it back")
	}
	v.bringBack.OnTapped()
	settle(w)
	if r := v.all[0]; len(v.all) != 2 || v.bringBack.Visible() || r.Note != "the better one" || settingsOf(r).Rate != 0.01 || runDir(w.project, r) != dir {
		t.Errorf("brought back: %+v, the other %+v", r, v.all[len(v.all)-1])
	}
	if points, err := w.project.Points(v.all[0].ID); err != nil || len(points) == 0 {
		t.Errorf("brought back with %d points, %v", len(points), err)
	}
	if _, err := engine.LoadCheckpoint(filepath.Join(dir, engine.BestFile)); err != nil {
		t.Error(err)
	}
	if err := v.delete(w.project, v.all[0]); err != nil {
		t.Fatal(err)
	}
	tab.reload(false)
	settle(w)
	v.emptyBin()
	if bins, _ := filepath.Glob(dir + "*"); len(bins) > 0 || v.bringBack.Visible() {
		t.Errorf("closed, it left %q", bins)
	}
	killed := filepath.Join(runsDir(w.project), "x"+binExt) // by a window that was killed
	if err := errors.Join(os.Mkdir(killed, 0o755), os.WriteFile(filepath.Join(killed, engine.BestFile), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	tab.reload(true)
	settle(w)
	if _, err := os.Stat(killed); err == nil {
		t.Error("what was deleted before is still there")
	}
	log := filepath.Join(t.TempDir(), "2015.txt")
	if err := os.WriteFile(log, []byte("training: iteration=20, mean loss=0.53, accuracy rate=0.76\ntraining: iteration=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	v.openLog(log)
	if _, ok := v.traces[log]; !ok || !strings.Contains(w.notice, "line 2") {
		t.Errorf("the log is not drawn: %q", w.notice)
	}
	var csv strings.Builder
	if err := v.curves.writeCSV(&csv); err != nil || !strings.Contains(csv.String(), "2015.txt train,20,0.53") {
		t.Errorf("CSV %q, %v", csv.String(), err)
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}
