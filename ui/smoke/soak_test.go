package smoke

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine"
)

// TestSoak uses the window for as long as $FRGLAB_SOAK says, such as 60m: it labels,
// collects from a video, trains, looks at pictures and plays a video, over and over. What
// the program holds after each round must not grow: `make soak`.
func TestSoak(t *testing.T) {
	lasts, err := time.ParseDuration(os.Getenv("FRGLAB_SOAK"))
	if err != nil {
		t.Skip("takes an hour: make soak")
	}
	p := launch(t)
	s := &soak{program: p, project: filepath.Join(p.data(), "sample.frglab"), dir: t.TempDir()}
	s.clip = filepath.Join(s.dir, "clip.mp4")
	p.run("ffmpeg", "-v", "error", "-i", "../../assets/samples/sample.mp4", "-r", "12", s.clip)
	s.folder, s.picture = sampleFolder(t, "folder", 3), filepath.Join(s.dir, "still.png")
	writePicture(t, s.picture)
	began := time.Now()
	for n := 0; n < warm+2 || time.Since(began) < lasts; n++ {
		s.label()
		s.collect(n)
		s.train()
		s.detect()
		s.video()
		s.settle(n, began)
	}
	first, last := s.held[warm-1], s.held[len(s.held)-1]
	if last.rss > first.rss*1.15 || last.heap > first.heap*1.25 {
		t.Errorf("memory went from %.0f to %.0f MB, of Go's own from %.0f to %.0f", first.rss, last.rss, first.heap, last.heap)
	}
	if last.goroutines > first.goroutines+3 || last.mats != 0 || last.children > first.children {
		t.Errorf("from %+v to %+v; goroutines:\n%s", first, last, s.goroutines())
	}
	p.quit() // and looks at what it said
}

// warm is how many rounds fill what is kept on purpose, such as pictures shown before.
const warm = 6

// soak is what a long use needs.
type soak struct {
	*program
	project, dir          string
	clip, folder, picture string // to be dropped
	held                  []held
}

// held is what the program holds between two rounds.
type held struct {
	rss, heap                  float64 // MB
	goroutines, mats, children int
}

// label marks crops in each view and takes it back.
func (s *soak) label() {
	s.key("ctrl+1")
	for mode := 1; mode <= 5; mode++ {
		s.key(strconv.Itoa(mode))
		time.Sleep(2 * time.Second)
		for range 5 {
			s.key("Right")
		}
	}
	s.key("1")
	before := s.counts(s.project)
	for range 20 {
		s.key("u")
	}
	last, since := before.Unsure, time.Now()
	s.until("labels", func() bool {
		if n := s.counts(s.project).Unsure; n != last {
			last, since = n, time.Now()
		}
		return last > before.Unsure && time.Since(since) > 5*time.Second // all that the keys gave
	})
	s.undo("them to go again", func(c dataset.Counts) int { return c.Unsure - before.Unsure })
}

// undo takes back what was done until nothing is left of it. It presses the key again only
// once the press before was answered: one too many would take back what came before.
func (s *soak) undo(what string, left func(dataset.Counts) int) {
	for n := left(s.counts(s.project)); n > 0; {
		s.key("ctrl+z")
		before := n
		s.untilLong(what, func() bool { n = left(s.counts(s.project)); return n < before })
	}
}

// collect takes crops out of a video that the project does not know, and throws them away.
func (s *soak) collect(n int) {
	video := filepath.Join(s.dir, fmt.Sprintf("見本 - %02d.mp4", n))
	data, err := fs.ReadFile(assets.Samples(), "sample.mp4")
	if err == nil {
		err = os.WriteFile(video, data, 0o600)
	}
	if err == nil {
		err = drop(s.window, 300, 300, video)
	}
	if err != nil {
		s.Fatal(err)
	}
	before := s.counts(s.project).Samples
	time.Sleep(3 * time.Second)
	s.key("Return")
	s.untilLong("a collection", func() bool { return s.counts(s.project).Samples > before })
	time.Sleep(5 * time.Second)
	s.undo("it to be taken back", func(c dataset.Counts) int { return c.Samples - before })
}

// train begins a training, lets it run for some batches, and stops it.
func (s *soak) train() {
	s.key("ctrl+2")
	s.key("ctrl+t")
	logs := filepath.Join(s.data(), "sample-runs", "*", engine.LogFile)
	states := filepath.Join(s.data(), "sample-runs", "*", engine.StateFile)
	found, _ := filepath.Glob(states)
	known, seen := len(found), len(s.events(logs))
	s.untilLong("a training", func() bool { return len(s.events(logs)) > seen })
	s.key("ctrl+t")
	s.untilLong("its end", func() bool { found, _ = filepath.Glob(states); return len(found) > known })
	for _, f := range found { // hundreds of megabytes each
		if err := os.Remove(f); err != nil {
			s.Fatal(err)
		}
	}
}

// detect looks at a folder of pictures, one after the other.
func (s *soak) detect() {
	s.key("ctrl+3")
	if err := drop(s.window, 300, 300, s.folder); err != nil {
		s.Fatal(err)
	}
	s.until("a picture", func() bool { return strings.Contains(s.title(), "folder-0") })
	for range 4 {
		s.key("bracketright")
		time.Sleep(2 * time.Second)
	}
}

// video plays one and walks through it.
func (s *soak) video() {
	if err := drop(s.window, 300, 300, s.clip); err != nil {
		s.Fatal(err)
	}
	s.until("the video", func() bool { return strings.Contains(s.title(), "clip.mp4") })
	s.click(66, 650) // the ribbon, for the keys
	s.key("space")
	time.Sleep(15 * time.Second)
	s.key("space")
	for range 10 {
		s.key("period")
		time.Sleep(300 * time.Millisecond)
	}
}

var holds = regexp.MustCompile(`holds (\d+) goroutines (\d+) mats (\d+) bytes`)

// settle lets the program come to rest, and asks what it holds.
func (s *soak) settle(n int, began time.Time) {
	if err := drop(s.window, 300, 300, s.picture); err != nil {
		s.Fatal(err)
	}
	s.until("a picture instead of the video", func() bool { return strings.Contains(s.title(), "still.png") })
	s.key("ctrl+1")
	time.Sleep(10 * time.Second)
	said := len(holds.FindAllString(s.stderr.String(), -1))
	if err := s.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		s.Fatal(err)
	}
	var all [][]string
	s.until("what it holds", func() bool {
		all = holds.FindAllStringSubmatch(s.stderr.String(), -1)
		return len(all) > said
	})
	h := held{rss: s.memory("VmRSS")}
	h.goroutines, _ = strconv.Atoi(all[said][1])
	h.mats, _ = strconv.Atoi(all[said][2])
	bytes, _ := strconv.ParseFloat(all[said][3], 64)
	h.heap = bytes / (1 << 20)
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid))
	for _, t := range tasks {
		pids, _ := os.ReadFile(t)
		h.children += len(strings.Fields(string(pids)))
	}
	s.held = append(s.held, h)
	s.Logf("round %d after %v: %.0f MB, %.1f of it Go's, %d goroutines, %d mats, %d processes",
		n+1, time.Since(began).Round(time.Second), h.rss, h.heap, h.goroutines, h.mats, h.children)
}

// goroutines is the last list of them that the program gave.
func (s *soak) goroutines() string {
	text := s.stderr.String()
	return text[strings.LastIndex(text, "goroutine profile:"):]
}
