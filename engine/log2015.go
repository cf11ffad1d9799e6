package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Curves are the loss and accuracy of a training, read from its log.
type Curves struct {
	Name   string     // the file's, or its folder's where all files are called alike
	Events []Progress // EventStep and EventValid, Step never falling within each; LR and PerSecond may be 0
	// Warnings name lines that look like an event and are none.
	Warnings []string
}

// maxLogBytes bounds a log: the experiment's own was under 1 MB.
const maxLogBytes = 256 << 20

// ReadCurves reads the log of a training: a log.jsonl of ours, or the text that the
// program of 2015 wrote. It tells them apart by their content.
func ReadCurves(path string) (Curves, error) {
	f, err := os.Open(path)
	if err != nil {
		return Curves{}, fmt.Errorf("read training log: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return Curves{}, fmt.Errorf("read training log %q: it is a folder: name a file such as %s in it", path, LogFile)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxLogBytes+1))
	if err == nil && len(data) > maxLogBytes {
		err = fmt.Errorf("more than %s", megabytes(maxLogBytes))
	}
	if err != nil {
		return Curves{}, fmt.Errorf("read training log %q: %w", path, err)
	}
	c, err := ParseCurves(data)
	if err != nil {
		return c, fmt.Errorf("read training log %q: %w", path, err)
	}
	if c.Name = filepath.Base(path); c.Name == LogFile {
		if abs, err := filepath.Abs(path); err == nil {
			c.Name = filepath.Base(filepath.Dir(abs))
		}
	}
	return c, nil
}

// ParseCurves is ReadCurves for a log that is in memory already.
//
// Of a log of 2015 it understands, anywhere in a line,
//
//	epoch 3 starts.
//	training: iteration=20, mean loss=0.53, accuracy rate=0.76
//	validation: iteration=20, mean loss=0.41, accuracy rate=0.83
//
// and passes over everything else, such as lines about throughput. Where iterations
// begin anew, with an epoch or because a training was started again into the same
// file, they are counted on. A validation that counts its own batches belongs to the
// training iteration before it, and the last of its lines is the one that counts.
func ParseCurves(data []byte) (Curves, error) {
	var c Curves
	r := reader2015{epoch: 1}
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) {
		n++
		if p, ok := parseLine(line); ok {
			if p.Event == EventStep || p.Event == EventValid {
				c.Events = append(c.Events, p)
			}
			continue
		}
		if problem := r.line(&c, string(line)); problem != "" && len(c.Warnings) < maxWarnings {
			c.Warnings = append(c.Warnings, fmt.Sprintf("line %d: %s", n, problem))
		}
	}
	if len(c.Events) == 0 {
		return c, errors.Join(append([]error{errors.New("no line of it is an event of a training: choose a log.jsonl, or what a training of 2015 printed")}, firstWarning(c)...)...)
	}
	c.order()
	return c, nil
}

// maxWarnings is how many a person would read.
const maxWarnings = 20

func firstWarning(c Curves) []error {
	if len(c.Warnings) == 0 {
		return nil
	}
	return []error{errors.New(c.Warnings[0])}
}

// order leaves out what a log of ours says twice because two runs were written into it.
func (c *Curves) order() {
	last := map[string]int{}
	kept := c.Events[:0]
	for _, p := range c.Events {
		if p.Step < last[p.Event] {
			continue
		}
		last[p.Event] = p.Step
		kept = append(kept, p)
	}
	c.Events = kept
}

var (
	epoch2015 = regexp.MustCompile(`(?i)\bepoch\s+(\d{1,9})\s+starts?\b`)
	event2015 = regexp.MustCompile(`(?i)\b(training|validation):\s*iteration\s*=\s*(\d{1,9})\s*,\s*mean loss\s*=\s*([^\s,]+)\s*,\s*accuracy rate\s*=\s*([^\s,]+)`)
	like2015  = regexp.MustCompile(`(?i)\b(training|validation):.*\biteration\b`)
)

// reader2015 is where a log of 2015 stands.
type reader2015 struct {
	epoch  int
	before int // iterations of earlier counts
	last   int // of this count
}

// line takes one line and says what is wrong with it, if it should be an event.
func (r *reader2015) line(c *Curves, line string) (problem string) {
	if m := epoch2015.FindStringSubmatch(line); m != nil {
		r.epoch, _ = strconv.Atoi(m[1])
		return ""
	}
	m := event2015.FindStringSubmatch(line)
	if m == nil {
		if like2015.MatchString(line) {
			return fmt.Sprintf("%.60q is no event: it was passed over", strings.TrimSpace(line))
		}
		return ""
	}
	step, _ := strconv.Atoi(m[2])
	loss, err1 := strconv.ParseFloat(m[3], 64)
	accuracy, err2 := strconv.ParseFloat(strings.TrimRight(m[4], ".…"), 64)
	if err := errors.Join(err1, err2); err != nil || accuracy < 0 || accuracy > 1 {
		return fmt.Sprintf("loss %.20q, accuracy %.20q cannot be: the line was passed over", m[3], m[4])
	}
	p := Progress{Epoch: r.epoch, Loss: loss, Accuracy: accuracy}
	if strings.EqualFold(m[1], "training") {
		if step < r.last {
			r.before += r.last
		}
		r.last = step
		p.Event, p.Step = EventStep, r.before+step
	} else {
		p.Event, p.Step = EventValid, r.before+max(r.last, step)
		if n := len(c.Events); n > 0 && c.Events[n-1].Event == EventValid && (step < r.last || c.Events[n-1].Step == p.Step) {
			c.Events = c.Events[:n-1]
		}
	}
	c.Events = append(c.Events, p)
	return ""
}
