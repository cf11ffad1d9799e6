package smoke

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"frglab/assets"
)

// TestCollect drops a video on the Label tab, starts the collection that is offered,
// and takes it back.
func TestCollect(t *testing.T) {
	p := launch(t)
	project := filepath.Join(p.data(), "sample.frglab")
	before := p.counts(project)
	video := filepath.Join(t.TempDir(), "見本", "見本 - 02.mp4")
	data, err := fs.ReadFile(assets.Samples(), "sample.mp4")
	if err := errors.Join(err, os.MkdirAll(filepath.Dir(video), 0o755), os.WriteFile(video, data, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := drop(p.window, 300, 300, video); err != nil {
		t.Fatal(err)
	}
	p.photo("collect-sheet")
	p.until("Enter to start the collection", func() bool { // at first it may still go to the crops
		p.key("Return")
		return p.counts(project).Samples > before.Samples
	})
	p.photo("collect-done")
	p.until("Ctrl+Z to take it back", func() bool { p.key("ctrl+z"); return p.counts(project).Samples == before.Samples })
	p.quit()
}
