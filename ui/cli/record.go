package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"frglab/ui/results"
)

// record is one line of detect --json.
type record = results.Record

// key tells records apart when a run is resumed.
type key struct{ file, detector, mode string }

// journal is the file that records go to.
type journal struct {
	w    io.Writer
	f    *os.File // nil: standard output, or nothing
	done map[key]bool
}

// openJournal starts writing records to a file, to stdout for "-", or nowhere for
// "". With resume it goes on behind those that the file holds already. A file that
// holds anything else is left as it is.
func openJournal(path string, stdout io.Writer, resume bool) (*journal, error) {
	j := &journal{w: io.Discard, done: map[key]bool{}}
	switch path {
	case "":
		return j, nil
	case "-":
		j.w = stdout
		return j, nil
	}
	flags := os.O_RDWR | os.O_CREATE
	info, err := os.Stat(path)
	pipe := err == nil && !info.Mode().IsRegular()
	if pipe {
		flags = os.O_WRONLY // a pipe or a device holds nothing to go on behind
	}
	f, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return nil, fmt.Errorf("--json %s: %w: name a file that can be written", show(path), results.Cause(err))
	}
	j.w, j.f = f, f
	if pipe {
		return j, nil
	}
	if err := j.start(resume); err != nil {
		return nil, errors.Join(fmt.Errorf("--json %s: %w", show(path), err), f.Close())
	}
	return j, nil
}

// start moves to where the next record goes and cuts off what lies behind: a line
// that a killed program left unfinished, or without resume everything.
func (j *journal) start(resume bool) error {
	end, err := j.load(resume)
	if err != nil {
		return err
	}
	if err := j.f.Truncate(end); err != nil {
		return err
	}
	_, err = j.f.Seek(end, io.SeekStart)
	return err
}

// opening is how every record begins.
const opening = `{"file":`

// load notes what the file holds and returns where to go on: behind its last whole
// line, or without resume at its start.
func (j *journal) load(resume bool) (end int64, err error) {
	in := bufio.NewReader(j.f)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return 0, err
		}
		var r record
		ours := json.Unmarshal(line, &r) == nil && r.File != "" && r.Detector != ""
		unfinished := err == io.EOF && (ours || strings.HasPrefix(string(line), opening[:min(len(line), len(opening))]))
		switch {
		case unfinished && resume:
			return end, nil
		case unfinished:
			return 0, nil
		case !ours:
			return 0, fmt.Errorf("line %d is no detection: the file was left as it is, name another", n)
		case !resume:
			return 0, nil // one line shows that it is ours
		}
		j.done[key{r.File, r.Detector, r.Mode}] = true
		end += int64(len(line))
	}
}

// has says whether a detector's answer for a file is written already.
func (j *journal) has(file string, f finder) bool {
	return j.done[key{strings.ToValidUTF8(file, "\ufffd"), f.name, f.mode}] // as JSON writes names
}

// write adds records in one piece, so that a killed program leaves at most one
// line unfinished.
func (j *journal) write(rs []record) error {
	var b bytes.Buffer
	if err := results.WriteLines(&b, rs); err != nil {
		return err
	}
	if _, err := j.w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write --json: %w: free some room", results.Cause(err))
	}
	return nil
}

// close ends the file. The last line may come from a full disk, so its error counts.
func (j *journal) close() error {
	if j.f == nil {
		return nil
	}
	return j.f.Close()
}
