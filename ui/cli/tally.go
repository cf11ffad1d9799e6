package cli

import (
	"errors"
	"fmt"
)

// tally counts how many of several inputs worked, for the exit code.
type tally struct {
	env          *Env
	what         string // "file"
	done, failed int
}

// fail reports one input that did not work.
func (t *tally) fail(err error) {
	t.failed++
	t.env.complain(err)
}

// result is nil when everything worked.
func (t *tally) result() error {
	switch {
	case t.failed == 0:
		return nil
	case t.done == 0:
		return &exit{code: exitNothing}
	}
	return &exit{code: exitSome}
}

// stopped is the result where the work ended early: by err, or on the user's wish.
func (t *tally) stopped(err error, hint string) error {
	code := exitSome
	if t.done == 0 {
		code = exitNothing
	}
	text := "stopped after " + count(t.done, t.what)
	if err != nil {
		text = fmt.Sprintf("%v (%s)", err, text)
	}
	if hint != "" {
		text += ": " + hint
	}
	return &exit{code: code, err: errors.New(text)}
}

// closing runs what ends a command's output and keeps the first error.
func (e *Env) closing(err error, end func() error) error {
	return errors.Join(err, end())
}

// count is a number with its noun: "1 face", "2 faces".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
