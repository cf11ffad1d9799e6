package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// runLog is a run's log.jsonl: one Progress a line, written as it happens.
type runLog struct{ f *os.File }

// openLog opens the log to append to. Of one that is there already it keeps the
// events that keep picks: what a killed run wrote after its last saved state will
// happen again.
func openLog(path string, keep func(Progress) bool) (*runLog, error) {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var kept []byte
	for line := range bytes.Lines(old) {
		if p, ok := parseLine(line); ok && keep(p) {
			kept = append(append(kept, bytes.TrimSpace(line)...), '\n')
		}
	}
	if !bytes.Equal(old, kept) {
		err := replaceFile(path, func(w io.Writer) error { _, err := w.Write(kept); return err })
		if err != nil {
			return nil, err
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	return &runLog{f}, nil
}

// add writes a Progress or a Probes.
func (l *runLog) add(event any) error {
	line, err := json.Marshal(event)
	if err != nil {
		return err
	}
	_, err = l.f.Write(append(line, '\n'))
	return err
}

func (l *runLog) close() error { return l.f.Close() }

// ReadLog reads the log.jsonl of a run, also while it is being written: lines that
// are cut short or are no events are passed over.
func ReadLog(path string) ([]Progress, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read training log: %w", err)
	}
	var ps []Progress
	for line := range bytes.Lines(data) {
		if p, ok := parseLine(line); ok && p.Event != EventProbe {
			ps = append(ps, p)
		}
	}
	if ps == nil && len(bytes.TrimSpace(data)) > 0 {
		return nil, fmt.Errorf("read training log %q: no line of it is an event of a training", path)
	}
	return ps, nil
}

// parseLine is one line of a log; ok is false for anything else.
func parseLine(line []byte) (p Progress, ok bool) {
	if bytes.IndexByte(line, '\n') < 0 { // cut short, even where it parses
		return p, false
	}
	err := json.Unmarshal(line, &p)
	return p, err == nil && p.Event != ""
}
