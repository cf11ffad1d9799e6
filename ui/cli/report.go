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
	pace     engine.Pace
	steps    int    // in all
	mark     string // of optimistic scores
	width    int    // of the text that stands in the terminal's last line
	last     engine.Progress
	more     bool // another run follows: this one's end is not that of the command
}

func (t *training) reporter(env *Env) *reporter {
	return &reporter{out: env.Stdout, json: t.json, terminal: isTerminal(env.Stdout), dir: t.out}
}

// isTerminal says whether a person looks at w.
func isTerminal(w io.Writer) bool {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (r *reporter) start(c engine.Config, device string, s cropSets) {
	steps, every := c.Plan(s.train.Len())
	r.steps = steps
	r.pace = engine.Pace{Batch: c.Batch, Valid: s.valid.Len(), ValidEvery: every}
	if !r.json {
		fmt.Fprintf(r.out, "%s, preset %s, %s: %d training crops, %d validation crops\n",
			c.Arch.Name, c.Preset, device, s.train.Len(), s.valid.Len())
		r.warn(optimistic(s.leak))
	}
}

// event shows one event.
func (r *reporter) event(p engine.Progress) {
	r.last, r.steps = p, p.Steps
	r.pace.Add(p)
	switch {
	case r.json && p.Event == engine.EventDone && r.more:
	case r.json:
		line, err := json.Marshal(p)
		if err == nil { // a Progress is numbers and words, all finite
			fmt.Fprintf(r.out, "%s\n", line)
		}
	case p.Event == engine.EventBatch:
		r.inPlace("")
		fmt.Fprintf(r.out, "out of memory: from iteration %d on the batch is %d, and the learning rate is halved with it\n", p.Step+1, p.Batch)
	case p.Event == engine.EventStep && r.terminal:
		r.inPlace(fmt.Sprintf("epoch %d  iteration %d/%d  loss %.4f  accuracy %.1f %%  %.0f crops/s  %s left",
			p.Epoch, p.Step, p.Steps, p.Loss, 100*p.Accuracy, r.pace.PerSecond(), r.left()))
	case p.Event == engine.EventValid:
		r.inPlace("")
		fmt.Fprintf(r.out, "epoch %d  iteration %d/%d  validation: loss %.4f  accuracy %.2f %%\n",
			p.Epoch, p.Step, p.Steps, p.Loss, 100*p.Accuracy)
	case p.Event == engine.EventDone:
		r.inPlace("")
		fmt.Fprintf(r.out, "done: best validation loss %.4f, accuracy %.2f %%: %s\n",
			p.Loss, 100*p.Accuracy, show(filepath.Join(r.dir, engine.BestFile)))
		r.warn(r.mark)
	}
}

// warn writes a line about the scores, if there is anything to say, and keeps it for
// the end.
func (r *reporter) warn(mark string) {
	if r.mark = mark; mark != "" {
		fmt.Fprintln(r.out, mark)
	}
}

// probes tells of the probe crops, which only programs want to know.
func (r *reporter) probes(p engine.Probes) {
	if r.json {
		if line, err := json.Marshal(p); err == nil {
			fmt.Fprintf(r.out, "%s\n", line)
		}
	}
}

// left is the time to the end.
func (r *reporter) left() time.Duration {
	left, _ := r.pace.Left()
	return left.Round(time.Second)
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
