package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"frglab/engine"
)

// reporter shows how a training goes: JSON lines, a line that changes in place on a
// terminal, or anywhere else one line for each validation.
type reporter struct {
	out      io.Writer
	json     bool
	terminal bool
	dir      string
	batch    int
	width    int // of the text that stands in the terminal's last line
	last     engine.Progress
}

func (t *training) reporter(env *Env) *reporter {
	return &reporter{out: env.Stdout, json: t.json, terminal: isTerminal(env.Stdout), dir: t.out}
}

// isTerminal says whether a person looks at w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (r *reporter) start(c engine.Config, device string, s cropSets) {
	r.batch = c.Batch
	if !r.json {
		fmt.Fprintf(r.out, "%s, preset %s, %s: %d training crops, %d validation crops\n",
			c.Arch.Name, c.Preset, device, s.train.Len(), s.valid.Len())
	}
}

// event shows one event.
func (r *reporter) event(p engine.Progress) {
	r.last = p
	switch {
	case r.json:
		line, err := json.Marshal(p)
		if err == nil { // a Progress is numbers and words, all finite
			fmt.Fprintf(r.out, "%s\n", line)
		}
	case p.Event == engine.EventStep && r.terminal:
		r.inPlace(fmt.Sprintf("epoch %d  iteration %d/%d  loss %.4f  accuracy %.1f %%  %.0f crops/s  %s left",
			p.Epoch, p.Step, p.Steps, p.Loss, 100*p.Accuracy, p.PerSecond, r.left(p)))
	case p.Event == engine.EventValid:
		r.inPlace("")
		fmt.Fprintf(r.out, "epoch %d  iteration %d/%d  validation: loss %.4f  accuracy %.2f %%\n",
			p.Epoch, p.Step, p.Steps, p.Loss, 100*p.Accuracy)
	case p.Event == engine.EventDone:
		r.inPlace("")
		fmt.Fprintf(r.out, "done: best validation loss %.4f, accuracy %.2f %%: %s\n",
			p.Loss, 100*p.Accuracy, show(filepath.Join(r.dir, engine.BestFile)))
	}
}

// left is the time to the end, without validations.
func (r *reporter) left(p engine.Progress) time.Duration {
	s := float64((p.Steps-p.Step)*r.batch) / max(p.PerSecond, 0.01)
	return time.Duration(min(s, 1e9) * float64(time.Second)).Round(time.Second)
}

// inPlace replaces the terminal's last line.
func (r *reporter) inPlace(text string) {
	if r.width > 0 {
		fmt.Fprintf(r.out, "\r%s\r", strings.Repeat(" ", r.width))
	}
	fmt.Fprint(r.out, text)
	r.width = len(text)
}

// end leaves the terminal with an empty line.
func (r *reporter) end() { r.inPlace("") }
