package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"frglab/dataset"
)

// crashNative gives one process that decodes a video for this one, or all that do native work,
// the signal that a null pointer gives, and says how many there were.
func crashNative(t *testing.T, oneDecoder bool) (n int) {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		pids, _ := os.ReadFile(list)
		for pid := range strings.FieldsSeq(string(pids)) {
			name, _ := os.ReadFile("/proc/" + pid + "/cmdline")
			lanes, ok := strings.CutPrefix(string(name), "frglab-native-worker\x00")
			if !ok || oneDecoder && lanes != "1\x00" { // the cascades of a collection are several to a process
				continue
			}
			id, err := strconv.Atoi(pid)
			if err == nil {
				err = syscall.Kill(id, syscall.SIGSEGV)
			}
			if err != nil {
				t.Fatal(err)
			}
			if n++; oneDecoder {
				return n
			}
		}
	}
	return n
}

// When the native code behind the window crashes, the window says of which file, and goes
// on with it as soon as it is asked again.
func TestWindowOutlivesItsDecoder(t *testing.T) {
	w, failures := openWindow(t)
	path := sampleVideo(t)
	w.detect.openPaths([]string{path})
	settle(w)
	if w.detect.img == nil || len(*failures) > 0 {
		t.Fatalf("the video does not open: %v", *failures)
	}
	if n := crashNative(t, false); n < 2 {
		t.Fatalf("%d processes, want one that decodes and one that searches", n)
	}
	w.detect.showFrame(100)
	settle(w)
	said := fmt.Sprint(*failures)
	if len(*failures) == 0 || !strings.Contains(said, "SIGSEGV") || !strings.Contains(said, filepath.Base(path)) || !strings.Contains(said, "convert it to mp4") {
		t.Fatalf("said %q, want the file, what happened and what to do", said)
	}
	*failures = nil
	for _, frame := range []int{50, 60} { // the first may still meet the cascade that is gone
		w.detect.showFrame(frame)
		settle(w)
	}
	if w.detect.frame != 60 || len(*failures) > 1 {
		t.Fatalf("then frame %d, want 60: %v", w.detect.frame, *failures)
	}
	*failures = nil
	w.detect.showFrame(70)
	settle(w)
	if w.detect.frame != 70 || len(*failures) > 0 {
		t.Errorf("and then frame %d, want 70: %v", w.detect.frame, *failures)
	}
}

// A collection goes on with the next file when one crashes its decoder.
func TestCollectionOutlivesADecoder(t *testing.T) {
	w, _, _ := open(t, 1)
	first, second, sound := sampleVideo(t), sampleVideo(t), sampleVideo(t)
	killed := false
	collect := func(report func(dataset.CollectProgress), paths ...string) (dataset.CollectReport, error) {
		wanted := wish{material: material{paths: paths}, every: 2, cascade: true}
		return newCollector(w.session).work(t.Context(), w.project, nil, wanted, report)
	}
	whole, err := collect(func(dataset.CollectProgress) {}, sound)
	if err != nil || whole.Frames == 0 {
		t.Fatalf("without a crash: %+v, %v", whole, err)
	}
	r, err := collect(func(dataset.CollectProgress) {
		if !killed {
			killed = crashNative(t, true) > 0
		}
	}, first, second)
	if err != nil || !killed {
		t.Fatalf("%v; crashed: %v", err, killed)
	}
	said := fmt.Sprint(r.Failed)
	if len(r.Failed) != 1 || !strings.Contains(said, "SIGSEGV") || !strings.Contains(said, first) && !strings.Contains(said, second) {
		t.Errorf("failed: %s, want one of the files", said)
	}
	if r.Frames < whole.Frames || r.Frames >= 2*whole.Frames {
		t.Errorf("%d frames, want all %d of one file, and what could be read of the other", r.Frames, whole.Frames)
	}
}
