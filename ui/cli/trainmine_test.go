package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frglab/ui/results"
)

// mineFixture makes three pictures of a face each, and their truth, in dir.
func mineFixture(t *testing.T, dir string) {
	t.Helper()
	var images, boxes []string
	err := os.WriteFile(filepath.Join(dir, "tiny.json"), []byte(tinyArch), 0o600)
	for i := range 3 {
		x := 10 + 20*i
		name := fmt.Sprintf("%d.png", i)
		err = errors.Join(err, results.WritePNG(filepath.Join(dir, name), drawFaces(96, 64, image.Rect(x, 20, x+16, 36))))
		images = append(images, fmt.Sprintf(`{"id":%d,"file_name":%q,"width":96,"height":64}`, i, name))
		boxes = append(boxes, fmt.Sprintf(`{"id":%d,"image_id":%d,"category_id":1,"bbox":[%d,20,16,16]}`, i, i, x))
	}
	truth := fmt.Sprintf(`{"images":[%s],"annotations":[%s],"categories":[{"id":1,"name":"face"}]}`, strings.Join(images, ","), strings.Join(boxes, ","))
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "truth.json"), []byte(truth), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestInterruptedMining(t *testing.T) {
	t.Chdir(t.TempDir())
	mineFixture(t, ".")
	args := []string{"train", "--mine", "truth.json", "--images", ".", "--mine-rounds", "1", "--batch", "8", "--epochs", "3", "--arch", "tiny.json", "--json"}
	if code, stderr := call(t.Context(), io.Discard, append(args, "--out", "whole")...); code != exitDone {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	want, err := os.ReadFile("whole/best.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct{ at, says string }{
		{`"event":"mine","round":0`, "stopped while mining: the same command with --resume goes on with the training in "},
		{`"event":"step"`, "round-0, the same command with --resume goes on"},
		{`"event":"mine","round":1`, "stopped while mining: "},
	} {
		dir := fmt.Sprintf("cut%d", i)
		ctx, cancel := context.WithCancel(t.Context())
		code, stderr := call(ctx, trigger{c.at, cancel}, append(args, "--out", dir)...)
		cancel()
		if code != exitSome || !strings.Contains(stderr, c.says) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("stopped at %s: exit code %d, %q", c.at, code, stderr)
		}
		if code, stderr := call(t.Context(), io.Discard, append(args, "--out", dir, "--resume")...); code != exitDone {
			t.Fatalf("stopped at %s, resumed: exit code %d, %q", c.at, code, stderr)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "best.safetensors")); err != nil || !bytes.Equal(got, want) {
			t.Errorf("stopped at %s, it ends elsewhere than in one go (%v)", c.at, err)
		}
	}
}

func TestSteeredMiningStops(t *testing.T) {
	dir := steerFixture(t)
	mineFixture(t, dir)
	l := lead(t, dir, "--mine", filepath.Join(dir, "truth.json"), "--images", dir, "--arch", filepath.Join(dir, "tiny.json"), "--batch", "8", "--epochs", "1000")
	if e := l.until(WorkerReady); e.Train <= 80 {
		t.Errorf("%d crops to learn from, want more than the list's 80", e.Train)
	}
	l.until("step")
	l.say(SteerStop)
	l.until(WorkerStopped)
	l.end()
}
