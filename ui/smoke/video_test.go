package smoke

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"frglab/engine/vision"
)

// TestVideo drops a video, moves the threshold with the mouse, steps and plays by keys,
// exports the video through the system's dialog, and goes by key to where the detectors
// disagree.
func TestVideo(t *testing.T) {
	long(t)
	p := launch(t)
	dir := t.TempDir()
	clip, out := filepath.Join(dir, "clip.mp4"), filepath.Join(dir, "out.mp4")
	p.run("ffmpeg", "-v", "error", "-i", "../../assets/samples/sample.mp4", "-r", "4", clip)
	p.key("ctrl+3")
	if err := drop(p.window, 300, 300, clip); err != nil {
		t.Fatal(err)
	}
	p.until("the video", func() bool { return strings.Contains(p.title(), "clip.mp4") })
	r := p.ribbon(frames(t, clip))
	p.until("the first frame", func() bool { return r.frame() == 0 })

	none := r.legend() // of a frame with nobody in it
	p.until("the count of boxes to rest", func() bool {
		before := none
		time.Sleep(500 * time.Millisecond)
		none = r.legend()
		return bytes.Equal(before, none)
	})
	p.click(1012, 313) // the slider of the threshold, far left
	p.until("a low threshold to count boxes", func() bool { return !bytes.Equal(r.legend(), none) })
	p.photo("video-threshold")
	p.click(1090, 313)
	p.until("a high threshold to count none", func() bool { return bytes.Equal(r.legend(), none) })
	p.click(1012, 313)
	p.until("a low one to count them again", func() bool { return !bytes.Equal(r.legend(), none) })
	p.click(r.left, 650) // for the keys

	p.until("a key to step a frame", func() bool { p.key("period"); return r.frame() > 0 })
	p.until("a key to step back", func() bool { p.key("comma"); return r.frame() == 0 })
	p.key("space")
	p.until("three seconds to be played", func() bool { return r.frame() >= 12 })
	p.photo("video-playing")
	p.key("space")
	p.until("the video to stand still", func() bool {
		at := r.frame()
		time.Sleep(600 * time.Millisecond) // more than two frames
		return at >= 0 && at == r.frame()
	})
	p.photo("video-stopped")

	p.click(1106, 606) // Export video…
	p.answerDialog(out)
	p.untilLong("the exported video", func() bool { _, err := os.Stat(out); return err == nil })
	if got, want := frames(t, out), r.frames; got != want {
		t.Errorf("%d frames were exported, want %d", got, want)
	}
	p.run("xdotool", "windowfocus", "--sync", p.id())
	p.click(r.left, 650) // the start of the ribbon
	p.until("a click to show the first frame", func() bool { return r.frame() == 0 })
	p.until("D to go to a disagreement", func() bool { p.key("d"); return r.frame() > 0 })
	p.photo("video-disagreement")
	p.quit()
}

// frames is how many a video has, which can be read to the end.
func frames(t *testing.T, path string) int {
	t.Helper()
	v, err := vision.OpenVideo(path)
	if err != nil {
		t.Fatal(err)
	}
	n := v.Len()
	if err := errors.Join(v.Seek(n-1), v.Close()); err != nil {
		t.Fatal(err)
	}
	return n
}

// click clicks at a place in the window. A window that is slow to draw takes a click for one
// at the place where it saw the pointer last, so the pointer rests before.
func (p *program) click(x, y int) {
	p.Helper()
	p.run("xdotool", "mousemove", "--window", p.id(), strconv.Itoa(x), strconv.Itoa(y))
	time.Sleep(300 * time.Millisecond)
	p.run("xdotool", "click", "1")
}

// answerDialog types a path into the system's dialog once that is there.
func (p *program) answerDialog(path string) {
	p.Helper()
	var id string
	p.until("the dialog", func() bool {
		out, err := exec.Command("xdotool", "search", "--all", "--onlyvisible", "--pid", strconv.Itoa(p.cmd.Process.Pid), "--name", "^Save File$").Output()
		id, _, _ = strings.Cut(string(out), "\n")
		return err == nil && id != ""
	})
	p.photo("video-dialog")
	p.run("xdotool", "windowfocus", "--sync", id)
	p.key("ctrl+a")
	p.run("xdotool", "type", path)
	p.key("Return")
}

// ribbon reads the row of a video off the screen.
type ribbon struct {
	p                   *program
	conn                *xgb.Conn
	left, width, frames int
}

// ribbon is that of a window of the size that it has at first.
func (p *program) ribbon(frames int) *ribbon {
	p.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(conn.Close)
	return &ribbon{p: p, conn: conn, left: 66, width: 1106, frames: frames}
}

func (r *ribbon) pixels(x, y, w, h int) []byte {
	i, err := xproto.GetImage(r.conn, xproto.ImageFormatZPixmap, xproto.Drawable(r.p.window), int16(x), int16(y), uint16(w), uint16(h), 1<<32-1).Reply()
	if err != nil {
		r.p.Fatal(err)
	}
	return i.Data
}

// frame is the one at the white line, which goes through the gap between the lanes; -1
// where there is none.
func (r *ribbon) frame() int {
	row := r.pixels(r.left, 651, r.width, 1)
	for x := range r.width {
		if bgr := row[4*x:]; min(bgr[0], bgr[1], bgr[2]) > 200 {
			return (x + 1) * r.frames / r.width
		}
	}
	return -1
}

// legend is how the count of boxes of each colour looks.
func (r *ribbon) legend() []byte { return r.pixels(4, 684, 490, 22) }
