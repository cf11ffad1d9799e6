package vision

import (
	"bytes"
	"context"
	"encoding/gob"
	"image"
	"io"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"frglab/assets"
)

// faults are what may go wrong in native code, each as it goes wrong there. The test
// says which by FRGLAB_TEST_FAULT, as "word fault".
var faults = map[string]func(*server){
	"null pointer": func(*server) { gocv.EqualizeHist(gocv.Mat{}, &gocv.Mat{}) },
	"exception":    func(*server) { gocv.CvtColor(gocv.NewMat(), &gocv.Mat{}, gocv.ColorBGRToGray) },
	"killed":       func(*server) { kill() },
	"panic":        func(*server) { panic("a bug") },
	"exit":         func(*server) { os.Exit(0) },
	"endless":      func(*server) { select {} },
	"huge picture": func(*server) { gocv.NewMatWithSize(40_000, 40_000, gocv.MatTypeCV8UC4) },
	"many small": func(*server) {
		for {
			gocv.NewMatWithSize(1000, 1000, gocv.MatTypeCV8UC4)
		}
	},
	"Go's memory": func(*server) {
		for {
			hoard = append(hoard, make([]byte, 10<<20))
		}
	},
	"garbage": func(*server) {
		os.NewFile(3+repliesFile, "").Write(bytes.Repeat([]byte("all is well\n"), 99))
		select {}
	},
	"negative picture": func(s *server) { s.say(reply{Width: -640, Height: -360}) },
	"endless picture":  func(s *server) { s.say(reply{Width: 1 << 40, Height: 1 << 40}) },
	"empty answer":     func(s *server) { s.say(reply{}) },
	"no rate":          func(s *server) { s.say(reply{Info: VideoInfo{Width: 640, Height: 360, FPS: math.NaN()}}) },
	"many frames":      func(s *server) { s.say(reply{Info: VideoInfo{Width: 640, Height: 360, FPS: 25, Frames: -1}}) },
	"far boxes":        func(s *server) { s.say(reply{Boxes: []image.Rectangle{{Max: image.Pt(math.MaxInt, 3)}}}) },
	"slow": func(s *server) {
		for range 3 {
			s.say(reply{Busy: true})
		}
	},
}

var hoard [][]byte

// Variables come before init functions, and so before a worker serves.
var _ = plant()

func plant() bool {
	word, name, _ := strings.Cut(os.Getenv("FRGLAB_TEST_FAULT"), " ")
	if os.Args[0] != workerName || name == "" {
		return false
	}
	fault = func(s *server, r request) {
		if r.Word == word {
			faults[name](s)
		}
	}
	return true
}

func kill() {
	self, _ := os.FindProcess(os.Getpid())
	self.Kill()
	select {}
}

// Whatever a decoder does, the program lives on and says which file it was, what
// happened, and what to do.
func TestDecoderDies(t *testing.T) {
	const harm, play = "damaged or made to do harm", "play it to see whether it is whole"
	for name, want := range map[string][]string{
		"null pointer": {"crashed (", "SIGSEGV", harm, play},
		"exception":    {"crashed (terminate called after throwing an instance of 'cv::Exception')", harm, play},
		"killed":       {"crashed (killed)", play},
		"panic":        {"crashed (panic: a bug)", play},
		"exit":         {"crashed (exit status 0)", play},
		"endless":      {"came to no end", play},
		"huge picture": {"wanted more than its limit of 1000 MB", "FRGLAB_NATIVE_MB", "make its pictures smaller"},
		"many small":   {"wanted more than its limit of 1000 MB", "FRGLAB_NATIVE_MB"},
		"Go's memory":  {"wanted more than its limit of 1000 MB", "FRGLAB_NATIVE_MB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("FRGLAB_NATIVE_MB", "1000")
			t.Setenv("FRGLAB_TEST_FAULT", "seek "+name)
			path := sampleVideo(t)
			v := open(t, path)
			if _, _, err := v.Next(); err != nil {
				t.Fatal(err)
			}
			if name == "endless" {
				v.quiet = 100 * time.Millisecond
			}
			err := v.Seek(7)
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range append(want, "read video", path, "frame 7") {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q, want %q in it", err, part)
				}
			}
			if _, _, again := v.Next(); again != err {
				t.Errorf("then: %v, want the same error", again)
			}
			if v.worker.process.cmd.ProcessState == nil {
				t.Error("the process was not waited for")
			}
			if err := v.Close(); err != nil {
				t.Error(err)
			}
			os.Unsetenv("FRGLAB_TEST_FAULT")
			if frames, err := readAll(open(t, path)); len(frames) != 250 || err != io.EOF {
				t.Errorf("another try gives %d frames, then %v", len(frames), err)
			}
		})
	}
}

func TestDecoderDiesAtTheFirstFrame(t *testing.T) {
	t.Setenv("FRGLAB_TEST_FAULT", "open null pointer")
	path := sampleVideo(t)
	_, err := OpenVideo(path)
	if err == nil || !strings.Contains(err.Error(), "read video") || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "SIGSEGV") {
		t.Errorf("%v, want an error that names the file and what happened", err)
	}
}

// A cascade that dies has a new process for the next picture.
func TestCascadeDies(t *testing.T) {
	img := picture(t, "club_three.jpg")
	want := len(detect(t, bundled(t), img, DefaultCascadeParams()))
	for name, part := range map[string]string{
		"null pointer": "SIGSEGV", "exception": "cv::Exception", "huge picture": "wanted more than its limit",
	} {
		for _, word := range []string{"load", "search"} {
			t.Setenv("FRGLAB_NATIVE_MB", "1000")
			t.Setenv("FRGLAB_TEST_FAULT", word+" "+name)
			c := bundled(t)
			if _, err := c.Detect(context.Background(), img, DefaultCascadeParams()); err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s at %s: %v, want %q in it", name, word, err, part)
			}
			os.Unsetenv("FRGLAB_TEST_FAULT")
			if found := detect(t, c, img, DefaultCascadeParams()); len(found) != want {
				t.Errorf("%s at %s: then %d faces, want %d", name, word, len(found), want)
			}
		}
	}
}

// A worker that a file has taken over may answer anything: what is no answer to what was
// asked ends it, with a message.
func TestWorkerTalksNonsense(t *testing.T) {
	img := picture(t, "club_three.jpg")
	const senseless = "gave a senseless answer"
	for _, planted := range []string{
		"open garbage", "open empty answer", "open no rate", "open many frames",
		"next garbage", "next empty answer", "next negative picture", "next endless picture", "peek negative picture",
		"search garbage", "search far boxes", "load garbage",
	} {
		t.Run(planted, func(t *testing.T) {
			t.Setenv("FRGLAB_TEST_FAULT", planted)
			v, err := OpenVideo(sampleVideo(t))
			if err == nil {
				defer v.Close()
				if _, _, err = v.Next(); err == nil {
					_, _, err = v.Peek(32, 18)
				}
			}
			if err == nil {
				_, err = bundled(t).Detect(context.Background(), img, DefaultCascadeParams())
			}
			if err == nil || !strings.Contains(err.Error(), senseless) {
				t.Errorf("%v, want %q in it", err, senseless)
			}
		})
	}
}

// FuzzReply takes these bytes for the answers of a worker.
func FuzzReply(f *testing.F) {
	for _, r := range [][]reply{
		{{Info: VideoInfo{Width: 64, Height: 48, FPS: 25, Frames: 9}}, {Width: 64, Height: 48, At: 3}, {Width: 8, Height: 6}},
		{{Busy: true}, {Info: VideoInfo{Width: 1, Height: 1, FPS: 1}}, {Err: "no", Cut: true}, {End: true}},
		{{}, {}, {}, {}, {Boxes: []image.Rectangle{image.Rect(1, 2, 30, 31), image.Rect(2, 2, 31, 31), image.Rect(0, 0, 99, 99)}}},
	} {
		var data bytes.Buffer
		out := gob.NewEncoder(&data)
		for _, a := range r {
			if err := out.Encode(a); err != nil {
				f.Fatal(err)
			}
		}
		f.Add(data.Bytes())
	}
	f.Add([]byte("\xf8\xff\xff\xff\xff\xff\xff\xff\xff and so on")) // a message of 2^63 bytes
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w := worked(t, gone, data[:min(len(data), 60_000)]) // what a pipe holds
		v := &Video{worker: w, quiet: patience}
		defer v.Close()
		a, err := v.ask(request{Word: "open", Path: "a.mp4", MaxPixels: maxVideoPixels})
		if err == nil {
			v.info = a.Info
		}
		for _, r := range []request{{Word: "next"}, {Word: "peek", Width: 8, Height: 6}} {
			if img, _, err := v.picture(r); err == nil && img.Rect.Empty() {
				t.Fatalf("%s: a picture of %v", r.Word, img.Rect)
			}
			if v.worker.memory.data != nil && len(v.worker.memory.data) > 1<<26 {
				return // legitimate, and slow
			}
		}
		c := &Cascade{worker: w, loaded: true, window: image.Pt(24, 24)}
		found, err := c.Detect(t.Context(), image.NewRGBA(image.Rect(0, 0, 64, 48)), DefaultCascadeParams())
		if err != nil && len(found) > 0 {
			t.Fatalf("%v beside %v", found, err)
		}
	})
}

// worked is a worker that has answered, and is gone.
func worked(t testing.TB, gone *exec.Cmd, answers []byte) *worker {
	t.Helper()
	in, replies, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replies.Write(answers); err != nil {
		t.Fatal(err)
	}
	if err := replies.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	memory, err := newShared()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: gone}
	p.once.Do(func() {}) // nothing to end
	p.lanes.Store(1)
	w := newWorker(p, out, in, memory)
	t.Cleanup(func() { w.close() })
	return w
}

// A sign of life is no answer.
func TestSlowDecoder(t *testing.T) {
	t.Setenv("FRGLAB_TEST_FAULT", "next slow")
	if frames, err := readAll(open(t, sampleVideo(t))); len(frames) != 250 || err != io.EOF {
		t.Errorf("%d frames, then %v", len(frames), err)
	}
}

// A worker ends with whoever started it, also while it hangs.
func TestWorkerEndsWithItsOwner(t *testing.T) {
	t.Setenv("FRGLAB_TEST_FAULT", "open endless")
	all, err := startWorker(2)
	if err != nil {
		t.Fatal(err)
	}
	w := all[0]
	defer w.close()
	if err := all[1].close(); err != nil {
		t.Fatal(err)
	}
	if err := w.send.Encode(request{Word: "open"}); err != nil {
		t.Fatal(err)
	}
	if err := w.out.Close(); err != nil { // as the end of a process does
		t.Fatal(err)
	}
	if err := w.process.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// Nobody can take memory away under the other's eyes.
func TestSharedMemoryOnlyGrows(t *testing.T) {
	mine, err := newShared()
	if err != nil {
		t.Fatal(err)
	}
	defer mine.close()
	for _, n := range []int{10, 100_000, 50, 1 << 20} {
		if b, err := mine.room(n); err != nil || len(b) != n {
			t.Fatalf("%d bytes of %d, %v", len(b), n, err)
		}
	}
	if err := mine.file.Truncate(10); err == nil {
		t.Error("it can be made smaller")
	}
}

// What a worker decodes with frees all it takes: TestMain counts.
func TestDecoderInThisProcess(t *testing.T) {
	passed := 0
	d, err := openDecoder(sampleVideo(t), func() { passed++ })
	if err != nil {
		t.Fatal(err)
	}
	var room shared
	if room, err = newShared(); err != nil {
		t.Fatal(err)
	}
	defer room.close()
	for _, frame := range []int{3, 200, 10} {
		if err := d.seek(frame); err != nil {
			t.Fatal(err)
		}
		if w, h, _, err := d.next(room.room); w != 640 || h != 360 || err != nil {
			t.Fatalf("a picture of %dx%d, %v", w, h, err)
		}
		if _, err := d.peek(8, 8, room.room); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	if passed < 13 {
		t.Errorf("%d signs of life on the way through more frames", passed)
	}
	s, err := newSearcher(assets.Cascade())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.search(make([]byte, 64*64), 64, 64, DefaultCascadeParams()); err != nil {
		t.Fatal(err)
	}
	if err := s.classifier.Close(); err != nil {
		t.Fatal(err)
	}
}
