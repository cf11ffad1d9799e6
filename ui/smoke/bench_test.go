package smoke

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"frglab/dataset"
	"frglab/engine"
)

// TestKeyLatency measures how long it takes from a verdict key until the label is
// durable, alone and while a training runs, and prints a JSON line for each. It
// asserts nothing: `make bench-ui`, on a machine with nothing else to do.
func TestKeyLatency(t *testing.T) {
	if os.Getenv("FRGLAB_BENCH") == "" {
		t.Skip("measures for make bench-ui")
	}
	p := launch(t)
	k, err := newKeyboard()
	if err != nil {
		t.Fatal(err)
	}
	defer k.conn.Close()
	path := filepath.Join(p.data(), "sample.frglab")
	p.report("label/263", k, path)
	p.key("ctrl+t")
	logs := filepath.Join(p.data(), "sample-runs", "*", engine.LogFile)
	p.until("a training", func() bool { return len(p.events(logs)) > 0 })
	p.report("label/263/training", k, path)
	p.key("ctrl+t")
	p.quit()
}

// report presses 200 keys and prints the median and the 95th percentile.
func (p *program) report(name string, k *keyboard, path string) {
	p.Helper()
	project, err := dataset.OpenReadOnly(path)
	if err != nil {
		p.Fatal(err)
	}
	defer project.Close()
	verdicts := func() int {
		n, err := project.Counts()
		if err != nil {
			p.Fatal(err)
		}
		return n.Unsure
	}
	var took []time.Duration
	for len(took) < 200 {
		before := verdicts()
		began := time.Now()
		if err := k.press('u'); err != nil {
			p.Fatal(err)
		}
		for verdicts() == before {
			if time.Since(began) > 10*time.Second {
				p.Fatalf("%s: key %d had no effect", name, len(took))
			}
		}
		took = append(took, time.Since(began))
		if n := verdicts(); n%100 == 0 { // before the crops end: take all back
			for range 100 {
				p.key("ctrl+z")
			}
			p.until("the labels to go", func() bool { return verdicts() == n-100 })
		}
	}
	p.quantiles(name+"/key", took)
}

// quantiles prints the median and the 95th percentile.
func (p *program) quantiles(name string, took []time.Duration) {
	p.Helper()
	slices.Sort(took)
	p.value(name+"_p50", took[len(took)/2].Seconds()*1000, "ms")
	p.value(name+"_p95", took[len(took)*95/100].Seconds()*1000, "ms")
}

// value prints one JSON line.
func (p *program) value(name string, value float64, unit string) {
	p.Helper()
	line, err := json.Marshal(map[string]any{"name": name, "value": value, "unit": unit})
	if err != nil {
		p.Fatal(err)
	}
	fmt.Println(string(line))
}

// keyboard presses keys without the time that starting xdotool takes.
type keyboard struct {
	conn *xgb.Conn
	root xproto.Window
	code map[rune]byte
}

func newKeyboard() (*keyboard, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, err
	}
	if err := xtest.Init(conn); err != nil {
		return nil, err
	}
	setup := xproto.Setup(conn)
	first, last := setup.MinKeycode, setup.MaxKeycode
	m, err := xproto.GetKeyboardMapping(conn, first, byte(last-first+1)).Reply()
	if err != nil {
		return nil, err
	}
	k := &keyboard{conn: conn, root: setup.DefaultScreen(conn).Root, code: map[rune]byte{}}
	for i := 0; i < len(m.Keysyms); i += int(m.KeysymsPerKeycode) {
		k.code[rune(m.Keysyms[i])] = byte(int(first) + i/int(m.KeysymsPerKeycode)) // of letters, the keysym is the letter
	}
	return k, nil
}

func (k *keyboard) press(r rune) error {
	for _, event := range []byte{xproto.KeyPress, xproto.KeyRelease} {
		if err := xtest.FakeInputChecked(k.conn, event, k.code[r], 0, k.root, 0, 0, 0).Check(); err != nil {
			return err
		}
	}
	return nil
}
