package smoke

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPlayback plays ten seconds of 1280x720 pixels at 25 frames a second, while both
// detectors look, and prints a JSON line for how many of the frames came to the screen a
// second, and one for how many the detectors looked at. It asserts nothing: `make bench-ui`.
func TestPlayback(t *testing.T) {
	if os.Getenv("FRGLAB_BENCH") == "" {
		t.Skip("measures for make bench-ui")
	}
	clip := filepath.Join(t.TempDir(), "720p.mp4")
	p := launch(t)
	p.run("ffmpeg", "-v", "error", "-i", "../../assets/samples/sample.mp4", "-vf", "scale=1280:720,"+stamp(1280), "-preset", "veryfast", clip)
	p.key("ctrl+3")
	if err := drop(p.window, 300, 300, clip); err != nil {
		t.Fatal(err)
	}
	p.until("the video", func() bool { return strings.Contains(p.title(), "720p.mp4") })
	r := p.ribbon(frames(t, clip))
	p.until("the first frame", func() bool { return r.frame() == 0 && r.stampRow() > 0 })
	time.Sleep(3 * time.Second) // both detectors look at it
	row := r.stampRow()

	p.key("space")
	p.until("the video to run", func() bool { return r.stamped(row) > 5 })
	first := r.stamped(row)
	began, last, shown := time.Now(), first, 0
	for time.Since(began) < 7*time.Second {
		if n := r.stamped(row); n != last {
			last, shown = n, shown+1
		}
		time.Sleep(2 * time.Millisecond) // or the X server has no time for the program
	}
	took := time.Since(began).Seconds()
	p.value("detect/720p/played", float64(last-first)/took, "frames/s") // the pace of the video
	p.value("detect/720p/shown", float64(shown)/took, "frames/s")
	p.key("space")
	time.Sleep(2 * time.Second) // for the ribbon
	p.value("detect/720p/looked_at", float64(r.looked())*25/float64(r.frame()), "frames/s")
	p.photo("playback")
	p.quit()
}

// stamps are the bits of a frame's number that are drawn on it, between a white field on the
// left and a black one on the right.
const stamps = 8

// stamp is the filter of ffmpeg that draws them along the upper edge.
func stamp(width int) string {
	field := width / (stamps + 2)
	boxes := []string{fmt.Sprintf("drawbox=0:0:%d:48:black:fill", width), fmt.Sprintf("drawbox=0:0:%d:48:white:fill", field)}
	for bit := range stamps {
		boxes = append(boxes, fmt.Sprintf("drawbox=%d:0:%d:48:white:fill:enable='mod(floor(n/%d),2)'", (bit+1)*field, field, 1<<bit))
	}
	return strings.Join(boxes, ",")
}

// fields are the fields of the stamp, dark or bright, in a row of the left pane.
func (r *ribbon) fields(y int) (bright [stamps + 2]bool) {
	const left, width = 4, 430 // of the pane
	pixels := r.pixels(left, y, width, 1)
	for i := range bright {
		bright[i] = pixels[4*((2*i+1)*width/(2*len(bright)))] > 128
	}
	return bright
}

// stampRow is where the stamp is in the window, 0 where there is none.
func (r *ribbon) stampRow() int {
	for y := 160; y < 580; y++ {
		a, b := r.fields(y), r.fields(y+4)
		if a[0] && b[0] && !a[stamps+1] && a == b {
			return y + 4
		}
	}
	return 0
}

// stamped is the number of the frame that is on screen.
func (r *ribbon) stamped(y int) (n int) {
	bright := r.fields(y)
	for bit := range stamps {
		if bright[bit+1] {
			n |= 1 << bit
		}
	}
	return n
}

// looked is how many frames the detectors looked at, as the lane of the cascade shows it:
// those between them are drawn in the same colours, but paler.
func (r *ribbon) looked() (n int) {
	row := r.pixels(r.left, 660, r.width, 1)
	color := func(x int) [3]int { return [3]int{int(row[4*x]), int(row[4*x+1]), int(row[4*x+2])} }
	ground := color(r.width - 1)
	seen := map[[3]int]bool{}
	for x := range r.width {
		seen[color(x)] = true
	}
	pale := func(c [3]int) bool {
		for d := range seen {
			near := 0
			for i := range d {
				if v := c[i] - ground[i] - (d[i]-ground[i])*110/255; v >= -2 && v <= 2 {
					near++
				}
			}
			if near == len(d) && d != ground {
				return true
			}
		}
		return false
	}
	for f := range r.frames {
		c := color((2*f + 1) * r.width / (2 * r.frames))
		if c != ground && !pale(c) {
			n++
		}
	}
	return n
}
