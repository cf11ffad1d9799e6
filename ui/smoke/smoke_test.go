package smoke

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
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

// long leaves a test to make ui-smoke: make test runs on machines of any speed.
func long(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long: make ui-smoke")
	}
}

// TestWindow uses the program as a person would, with keys and a drop, and finds
// the effect on disk and in the title. Photographs go to $FRGLAB_PHOTOS.
func TestWindow(t *testing.T) {
	p := launch(t)

	project := filepath.Join(p.data(), "sample.frglab")
	before := p.counts(project)
	p.photo("label")
	p.key("u")
	p.until("the key U to label a crop", func() bool { return p.counts(project).Unsure == before.Unsure+1 })
	p.key("ctrl+z")
	p.until("Ctrl+Z to take it back", func() bool { return p.counts(project) == before })
	for mode, name := range []string{"card", "clusters", "frame", "missed"} {
		p.key(strconv.Itoa(mode + 2))
		p.photo(name)
	}
	p.key("2")
	p.key("u")
	p.until("the key U to label a card", func() bool { return p.counts(project).Unsure == before.Unsure+1 })
	p.key("z")
	p.until("the key Z to take it back", func() bool { return p.counts(project) == before })
	p.key("1")
	p.key("Return")
	p.until("Enter to accept a page", func() bool { return before.Unchecked-p.counts(project).Unchecked > 5 })
	p.photo("label-accepted")

	picture := filepath.Join(t.TempDir(), "落とす 100%.png")
	writePicture(t, picture)
	p.key("ctrl+3")
	if err := drop(p.window, 300, 300, picture); err != nil {
		t.Fatal(err)
	}
	p.until("the drop to show the picture", func() bool { return strings.Contains(p.title(), "落とす 100%.png") })
	p.photo("detect")

	p.key("ctrl+2")
	p.key("ctrl+t")
	logs := filepath.Join(p.data(), "sample-runs", "*", engine.LogFile)
	p.until("Ctrl+T to train", func() bool { return len(p.events(logs)) > 0 })
	p.photo("train")
	p.key("ctrl+t")
	states := filepath.Join(p.data(), "sample-runs", "*", engine.StateFile)
	p.until("Ctrl+T to stop and save", func() bool { found, _ := filepath.Glob(states); return len(found) == 1 })

	p.quit()
}

// TestWindowRefusesWhatItCannotOpen shows a message and lives on.
func TestWindowRefusesWhatItCannotOpen(t *testing.T) {
	p := launch(t)
	bad := filepath.Join(t.TempDir(), "no picture.png")
	if err := os.WriteFile(bad, []byte("this is a text"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.key("ctrl+3")
	if err := drop(p.window, 300, 300, bad); err != nil {
		t.Fatal(err)
	}
	p.until("the message about the bad file", func() bool { return strings.Contains(p.stderr.String(), "no picture.png") })
	p.photo("refused")
	p.quit()
}

// program is the window under test.
type program struct {
	*testing.T
	cmd    *exec.Cmd
	home   string
	window uint32
	stderr *syncBuffer
	ended  chan error
}

// launch starts the program with an empty home and waits for its window.
func launch(t *testing.T) *program {
	t.Helper()
	p := start(t)
	p.until("the sample project", func() bool { return strings.Contains(p.title(), "sample") })
	p.run("xdotool", "windowfocus", "--sync", p.id())
	return p
}

// start starts the program with these arguments and waits until its window is there.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	bin := os.Getenv("FRGLAB_BIN")
	if bin == "" || os.Getenv("DISPLAY") == "" {
		t.Skip("needs a display and the program: make ui-smoke")
	}
	p := &program{T: t, home: t.TempDir(), stderr: &syncBuffer{}, ended: make(chan error, 1)}
	p.cmd = exec.Command(bin, args...)
	p.cmd.Env = append(os.Environ(), "HOME="+p.home, "XDG_CONFIG_HOME="+p.home+"/.config", "XDG_RUNTIME_DIR="+p.home, "LC_ALL=C.UTF-8")
	p.cmd.Stderr = p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		if t.Failed() {
			t.Logf("the program said:\n%s", p.stderr)
		}
	})
	p.until("the window", func() bool {
		out, err := exec.Command("xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(p.cmd.Process.Pid)).Output()
		id, _, _ := strings.Cut(string(out), "\n")
		n, perr := strconv.ParseUint(id, 10, 32)
		p.window = uint32(n)
		return err == nil && perr == nil
	})
	return p
}

// data is the program's own folder in its home.
func (p *program) data() string {
	found, _ := filepath.Glob(filepath.Join(p.home, ".config", "fyne", "app.frglab*"))
	if len(found) == 0 {
		return p.home
	}
	return found[0]
}

func (p *program) id() string { return strconv.FormatUint(uint64(p.window), 10) }

func (p *program) title() string {
	out, _ := exec.Command("xdotool", "getwindowname", p.id()).Output()
	return string(out)
}

func (p *program) key(k string) { p.run("xdotool", "key", "--clearmodifiers", k) }

func (p *program) run(name string, args ...string) {
	p.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		p.Fatalf("%s %v: %v %s", name, args, err, out)
	}
}

func (p *program) photo(name string) {
	if dir := os.Getenv("FRGLAB_PHOTOS"); dir != "" {
		time.Sleep(time.Second) // for the eye only: nothing is asserted on it
		p.run("import", "-window", "root", filepath.Join(dir, name+".png"))
	}
}

// until waits for something to come true.
func (p *program) until(what string, done func() bool) {
	p.Helper()
	p.within(time.Minute, what, done)
}

// untilLong waits for a training.
func (p *program) untilLong(what string, done func() bool) {
	p.Helper()
	p.within(5*time.Minute, what, done)
}

func (p *program) within(limit time.Duration, what string, done func() bool) {
	p.Helper()
	for deadline := time.Now().Add(limit); !done(); {
		if time.Now().After(deadline) {
			p.photo("failed")
			p.Fatalf("waited in vain for %s", what)
		}
		select {
		case err := <-p.ended:
			p.Fatalf("the program ended while waiting for %s: %v", what, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (p *program) counts(path string) dataset.Counts {
	p.Helper()
	project, err := dataset.OpenReadOnly(path)
	if err != nil {
		p.Fatal(err)
	}
	n, err := project.Counts()
	if err := errors.Join(err, project.Close()); err != nil {
		p.Fatal(err)
	}
	return n
}

func (p *program) events(pattern string) []engine.Progress {
	var all []engine.Progress
	logs, _ := filepath.Glob(pattern)
	for _, l := range logs {
		events, _ := engine.ReadLog(l)
		all = append(all, events...)
	}
	return all
}

// quit closes the window as its frame would and expects a clean end.
func (p *program) quit() {
	p.Helper()
	p.run("xdotool", "key", "--clearmodifiers", "ctrl+q")
	select {
	case err := <-p.ended:
		if err != nil {
			p.Errorf("the program ended with %v", err)
		}
	case <-time.After(30 * time.Second):
		p.Fatal("the program does not end")
	}
	for _, sign := range []string{"Error in Fyne call thread", "panic:", "DATA RACE", "Failed to create"} {
		if strings.Contains(p.stderr.String(), sign) {
			p.Errorf("the program said %q:\n%s", sign, p.stderr)
		}
	}
}

func writePicture(t *testing.T, path string) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 180))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 7)
	}
	img.Set(0, 0, color.Black)
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
