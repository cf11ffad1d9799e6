package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"image"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"frglab/engine"
	"frglab/ui/results"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, args, rest, mode string
	}{
		{"flags first", "--mode x a b", "a b", "x"},
		{"flags last", "a b --mode x", "a b", "x"},
		{"flags between", "a -mode=x b", "a b", "x"},
		{"a dash is a name", "- --mode x -", "- -", "x"},
		{"nothing is a flag after --", "a --mode x -- --mode y", "a --mode y", "x"},
		{"-- first", "-- -a", "-a", ""},
		{"-- behind a name", "a -- -b -- c", "a -b -- c", ""},
		{"none", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			fs := flag.NewFlagSet("", flag.ContinueOnError)
			mode := fs.String("mode", "", "")
			rest, err := parse(fs, strings.Fields(c.args))
			if err != nil || strings.Join(rest, " ") != c.rest || *mode != c.mode {
				t.Errorf("got %q, mode %q, %v", rest, *mode, err)
			}
		})
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// TestLostOutputIsAFailure: what could not be written is not done, also where a command
// does not look.
func TestLostOutputIsAFailure(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"version"}, {"help", "train"}, {"detect", "-h"}} {
		var stderr bytes.Buffer
		code := Main(t.Context(), args, Env{Stdout: full{}, Stderr: &stderr})
		want := "frglab: write to standard output: no space left on device: what it should say is lost\n"
		if code != exitNothing || stderr.String() != want {
			t.Errorf("%q: exit code %d, %q; want %d, %q", args, code, stderr.String(), exitNothing, want)
		}
	}
}

func TestIsCommand(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.frglab")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want bool
	}{
		{nil, false},
		{[]string{file}, false},
		{[]string{dir, "x"}, false},
		{[]string{"--", "detect"}, false}, // a file that is called like a command
		{[]string{"detect"}, true},
		{[]string{"help"}, true},
		{[]string{"-h"}, true},
		{[]string{"--version"}, true},
		{[]string{file + ".missing"}, true}, // says that there is neither such a command nor such a file
	} {
		if got := IsCommand(c.args); got != c.want {
			t.Errorf("IsCommand(%q) = %v, want %v", c.args, got, c.want)
		}
	}
}

func TestSeconds(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1": time.Second, "0.5": time.Second / 2, "250ms": time.Second / 4, "2m": 2 * time.Minute,
		"0": 0, "-1": 0, "NaN": 0, "Inf": 0, "1e300": 0, "soon": 0,
	} {
		var s seconds
		if err := s.Set(text); time.Duration(s) != want || (err == nil) != (want > 0) {
			t.Errorf("%q: got %v, %v; want %v", text, time.Duration(s), err, want)
		}
	}
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"plain 日本 😀": "plain 日本 😀",
		"a\nb\tc":    `a\nb\tc`,
		"\x1b[31m":   `\x1b[31m`,
		"bad \xff":   "bad \ufffd",
		"left\u202e": `left\u202e`, // turns the direction of writing
	} {
		if got := oneLine(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestOutputNamesAreUnique(t *testing.T) {
	list := []input{{name: "a/x.png"}, {name: "b/x.jpg"}, {name: "B/X.webp"}, {name: "b/y.tar.png"}, {name: "c/.png"}, {name: "c/z"}}
	nameOutputs(list)
	seen := map[string]bool{}
	for _, in := range list {
		if seen[strings.ToLower(in.out)] || in.out == "" || strings.ContainsAny(in.out, `/\`) {
			t.Errorf("%s becomes %q", in.name, in.out)
		}
		seen[strings.ToLower(in.out)] = true
	}
	if list[3].out != "y.tar" || list[4].out != ".png" || list[5].out != "z" {
		t.Errorf("got %+v", list)
	}
	again := []input{list[0], list[2]} // a name does not depend on the order or the others
	nameOutputs(again)
	if again[0].out != list[0].out {
		t.Errorf("%q became %q", list[0].out, again[0].out)
	}
}

func TestJournalGoesOnAnywhere(t *testing.T) {
	f := finder{name: "cascade"}
	one := record{File: "a", Detector: "cascade"}
	two := record{File: "b", Detector: "cascade"}
	var whole bytes.Buffer
	j := journal{w: &whole}
	if err := errors.Join(j.write([]record{one}), j.write([]record{two})); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "out.jsonl")
	for n := range whole.Len() {
		if err := os.WriteFile(path, whole.Bytes()[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := openJournal(path, nil, true)
		if err != nil {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
		for _, r := range []record{one, two} {
			if !j.has(r.File, f) {
				err = errors.Join(err, j.write([]record{r}))
			}
		}
		if err := errors.Join(err, j.close()); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, whole.Bytes()) {
			t.Fatalf("cut to %d bytes: %q", n, got)
		}
	}
}

func TestThreshold(t *testing.T) {
	model := &engine.Checkpoint{Threshold: 0.7}
	for _, c := range []struct {
		args     string
		sureness certainty
		want     float64
	}{
		{"--mode scout", sure, 0.7}, // what the model recommends
		{"--mode scout", unsure, least},
		{"--mode windows", sure, 0.7},
		{"--mode windows --threshold 0.3", sure, 0.3},
		{"--mode windows --threshold 0.3", unsure, least},
		{"--mode scout --threshold 0", sure, 0},
		{"--mode 2015", sure, 0.5}, // the better one of two classes
		{"--mode 2015", unsure, 0.5},
		{"--mode repository", sure, 0.9},
		{"--mode 2015 --threshold 0.3", sure, 0.3},
	} {
		var f finderFlags
		fs := flag.NewFlagSet("", flag.ContinueOnError)
		f.declare(fs)
		if _, err := parse(fs, strings.Fields(c.args)); err != nil {
			t.Fatal(err)
		}
		if p, err := f.params(model, c.sureness); err != nil || p.Threshold != c.want {
			t.Errorf("%q, unsure %v: threshold %v, %v; want %v", c.args, c.sureness, p.Threshold, err, c.want)
		}
	}
}

// call runs a command on files in a folder of its own.
func call(ctx context.Context, out io.Writer, args ...string) (code int, stderr string) {
	var errs bytes.Buffer
	env := testEnv()
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), out, &errs
	code = Main(ctx, args, env)
	return code, errs.String()
}

// trigger cancels when something has been written that holds a word.
type trigger struct {
	word   string
	cancel func()
}

func (w trigger) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.word) {
		w.cancel()
	}
	return len(p), nil
}

func TestInterruptedTraining(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := errors.Join(makeCrops("a", 20, 1), os.WriteFile("tiny.json", []byte(tinyArch), 0o600)); err != nil {
		t.Fatal(err)
	}
	args := []string{"train", "--train", "a/list.txt", "--valid", "a/list.txt", "--batch", "4", "--epochs", "30", "--arch", "tiny.json", "--json"}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	code, stderr := call(ctx, trigger{`"event":"step"`, cancel}, append(args, "--out", "cut")...)
	if code != exitSome || !strings.Contains(stderr, "saved in cut, the same command with --resume goes on\n") || strings.Count(stderr, "\n") != 1 {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	for _, dir := range []string{"cut", "whole"} {
		more := []string{"--out", dir}
		if dir == "cut" {
			more = append(more, "--resume")
		}
		if code, stderr := call(t.Context(), io.Discard, append(args, more...)...); code != exitDone {
			t.Fatalf("%s: exit code %d, %q", dir, code, stderr)
		}
	}
	want, err1 := os.ReadFile("whole/last.safetensors")
	got, err2 := os.ReadFile("cut/last.safetensors")
	if err1 != nil || err2 != nil || !bytes.Equal(got, want) {
		t.Errorf("an interrupted training ends elsewhere than one in one go (%v, %v)", err1, err2)
	}
}

func TestInterruptedDetection(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"a.png", "b.png", "c.png"} {
		if err := results.WritePNG(name, drawFaces(64, 48, image.Rect(10, 10, 34, 34))); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"detect", "--detector", "cascade", "--json", "out.jsonl", "--resume", "a.png", "b.png", "c.png"}
	ctx, cancel := context.WithCancel(t.Context())
	code, stderr := call(ctx, trigger{"b.png", cancel}, args...)
	if code != exitSome || stderr != "frglab: stopped after 2 files: the same command with --resume goes on\n" {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	var out bytes.Buffer
	if code, stderr := call(t.Context(), &out, args...); code != exitDone || out.String()[:5] != "c.png" {
		t.Fatalf("exit code %d, %q, %q", code, out.String(), stderr)
	}
	if err := errors.Join(saveModel("tiny.safetensors"), makeCrops("crops", 2, 1)); err != nil {
		t.Fatal(err)
	}
	code, stderr = call(ctx, io.Discard, "eval", "--model", "tiny.safetensors", "--valid", "crops/list.txt")
	if code != exitNothing || stderr != "frglab: stopped before anything was done\n" {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}

// TestFlagsAreKept: scripts rely on names of flags. To take one away is a decision
// to make here too.
func TestFlagsAreKept(t *testing.T) {
	got := map[string]string{}
	for _, c := range commands() {
		fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
		c.setup(fs)
		var names []string
		fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
		got[c.name] = strings.Join(names, " ")
	}
	want := map[string]string{
		"collect": "detector device episode every margin model negatives null project scene scout seed title",
		"convert": "model precision scout to",
		"detect":  "annotate coco crops csv detector device every json margin min-size mode model null resume samples scout shard size square threshold tight tilt",
		"train":   "allow-leak arch average batch device epochs fresh images json limit max-steps mine mine-rounds model out patience preset project rate resume scout seed set settings steer train valid",
		"eval":    "calibrate detector device images json limit min-size mode model parity project rows scout seed sweep threshold tight tilt truth valid",
		"import":  "face-class format images margin project split",
		"export":  "bom classes format margin project size split",
		"review":  "device json model project split worst",
		"stats":   "json project",
		"rescue":  "",
		"plot":    "log out smooth width",
		"bench":   "arch device json time train",
		"doctor":  "",
		"version": "",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}
