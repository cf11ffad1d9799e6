package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLogLines pins the form that scripts read.
func TestLogLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), LogFile)
	l, err := openLog(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.add(Progress{EventStep, 20, 300, 1, 0.5, 0.75, 0.001, 42.5, 10}); err != nil {
		t.Fatal(err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"event":"step","step":20,"steps":300,"epoch":1,"loss":0.5,"accuracy":0.75,"lr":0.001,"per_s":42.5,"batch":10}` + "\n"
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReadLog(t *testing.T) {
	const a, b = `{"event":"step","step":1}` + "\n", `{"event":"valid","step":2}` + "\n"
	tests := []struct {
		name, text string
		want       int // events; -1: an error
	}{
		{"two", a + b, 2},
		{"none yet", "", 0},
		{"cut short", a + `{"event":"va`, 1},
		{"no end of line", a + strings.TrimSpace(b), 1},
		{"zeros of a crash", a + "\x00\x00\x00\n" + b, 2},
		{"Windows", strings.ReplaceAll(a+b, "\n", "\r\n"), 2},
		{"another file", "epoch 1\nloss 2\n", -1},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), LogFile)
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		ps, err := ReadLog(path)
		if got := len(ps); tt.want >= 0 && (got != tt.want || err != nil) {
			t.Errorf("%s: %d events, want %d: %v", tt.name, got, tt.want, err)
		}
		if tt.want < 0 && (err == nil || !strings.Contains(err.Error(), path)) {
			t.Errorf("%s: error %v, want one that names the file", tt.name, err)
		}
	}
	if _, err := ReadLog(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error for a file that is not there")
	}
}

func TestOpenLogDropsWhatWillHappenAgain(t *testing.T) {
	const a, b, c = `{"event":"step","step":1,"note":"kept as it is"}` + "\n", `{"event":"step","step":2}` + "\n", `{"event":"step","step":3}` + "\n"
	path := filepath.Join(t.TempDir(), LogFile)
	if err := os.WriteFile(path, []byte(a+b+c+`{"event`), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := openLog(path, func(p Progress) bool { return p.Step <= 2 })
	if err != nil {
		t.Fatal(err)
	}
	if err := l.add(Progress{Event: EventStep, Step: 3}); err != nil {
		t.Fatal(err)
	}
	l.close()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(got), a+b+`{"event":"step","step":3,"steps":0`) || strings.Count(string(got), "\n") != 3 {
		t.Errorf("the log is now\n%s", got)
	}
}
