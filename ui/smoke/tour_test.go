package smoke

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"frglab/dataset"
	"frglab/engine"
)

// TestTour makes the animated picture of the README, which $FRGLAB_TOUR names: it films
// the window while it is used. It is `make tour`, and checks no more than it needs.
func TestTour(t *testing.T) {
	out := os.Getenv("FRGLAB_TOUR")
	if out == "" {
		t.Skip("makes a picture: make tour")
	}
	p := launch(t)
	p.run("xdotool", "windowmove", p.id(), "0", "0", "windowsize", "--sync", p.id(), "1120", "700")
	project := filepath.Join(p.data(), "sample.frglab")
	stop := p.film(out, 1120, 700)

	look := func(seconds float64) { time.Sleep(time.Duration(seconds * float64(time.Second))) } // for the eye only
	look(1.5)
	p.click(330, 300) // a crop that the model took for a face
	look(1)
	before := p.counts(project).Unchecked
	p.key("Return")
	p.until("Enter to accept a page", func() bool { return p.counts(project).Unchecked < before })
	look(1.5)

	p.key("ctrl+2")
	look(1)
	p.key("ctrl+t")
	logs := filepath.Join(p.data(), "sample-runs", "*", engine.LogFile)
	p.until("the training to check itself", func() bool { return validations(p.events(logs)) >= 2 })
	look(1)
	p.key("ctrl+t")
	look(1)

	p.key("ctrl+3")
	p.drop("surprise_overlap.jpg")
	look(4)
	others := p.counts(project).Other
	p.until("a box to be marked", func() bool { p.key("b"); look(1.5); p.key("n"); return p.counts(project).Other > others })
	look(1.5)
	p.key("ctrl+z")
	p.drop("sample.mp4")
	look(2)
	p.key("space")
	look(6)
	stop()
	p.until("the training to be stored", func() bool { return lastRun(p, project) != dataset.RunRunning })
	p.quit()
}

func validations(events []engine.Progress) (n int) {
	for _, e := range events {
		if e.Event == engine.EventValid {
			n++
		}
	}
	return n
}

// drop drops a bundled sample on the window, and waits until it is there.
func (p *program) drop(sample string) {
	p.Helper()
	path, err := filepath.Abs(filepath.Join("../../assets/samples", sample))
	if err != nil {
		p.Fatal(err)
	}
	if err := drop(p.window, 300, 300, path); err != nil {
		p.Fatal(err)
	}
	p.until(sample, func() bool { return strings.Contains(p.title(), sample) })
}

// film records the screen from its upper left corner. What it returns ends the recording
// and writes it as an animated GIF: 64 colours do for a window, and the pictures in it.
func (p *program) film(out string, width, height int) (stop func()) {
	p.Helper()
	raw := filepath.Join(p.TempDir(), "film.mkv")
	film := exec.Command("ffmpeg", "-v", "error", "-f", "x11grab", "-framerate", "6", "-draw_mouse", "1",
		"-video_size", strconv.Itoa(width)+"x"+strconv.Itoa(height), "-i", os.Getenv("DISPLAY"), "-c:v", "ffv1", raw)
	stdin, err := film.StdinPipe()
	if err == nil {
		err = film.Start()
	}
	if err != nil {
		p.Fatal(err)
	}
	return func() {
		p.Helper()
		if _, err := stdin.Write([]byte("q")); err != nil {
			p.Fatal(err)
		}
		if err := film.Wait(); err != nil {
			p.Fatal(err)
		}
		p.run("ffmpeg", "-v", "error", "-y", "-i", raw, "-vf",
			"scale=840:-1:flags=lanczos,split[a][b];[a]palettegen=max_colors=96:stats_mode=full[p];[b][p]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle", out)
	}
}
