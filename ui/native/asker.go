package native

import (
	"errors"
	"fmt"
	"runtime"

	"fyne.io/fyne/v2"
	"github.com/sqweek/dialog"
)

// asker puts one question at a time. Its fields belong to the UI goroutine,
// except jobs.
type asker struct {
	show     func(Question) (path string, err error)                 // blocks; "" when cancelled; an error or panic: not available
	fallback func(w fyne.Window, q Question, done func(path string)) // on the UI goroutine
	post     func(f func())                                          // runs f on the UI goroutine
	jobs     chan func()
	busy     bool
	broken   bool // show does not work here
}

var system = &asker{show: showNative, fallback: showFyne, post: fyne.Do}

func (a *asker) ask(w fyne.Window, q Question, done func(path string)) {
	if a.busy {
		done("")
		return
	}
	a.busy = true
	finish := func(path string) {
		a.busy = false
		done(path)
	}
	if a.broken {
		a.fallback(w, q, finish)
		return
	}
	if a.jobs == nil {
		a.jobs = make(chan func(), 1) // never more than one: see busy
		go work(a.jobs)
	}
	a.jobs <- func() {
		path, err := guard(a.show, q)
		a.post(func() {
			if err == nil {
				finish(path)
				return
			}
			fyne.LogError("the system's file dialog cannot be used, using Fyne's", err)
			a.broken = true
			a.fallback(w, q, finish)
		})
	}
}

// work runs the dialogs on one thread for the life of the program.
func work(jobs <-chan func()) {
	runtime.LockOSThread()
	for f := range jobs {
		f()
	}
}

// guard turns a panic into an error.
func guard(show func(Question) (string, error), q Question) (path string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("show file dialog: %v", p)
		}
	}()
	return show(q)
}

// showNative puts a question with the system's dialog and waits for the answer.
func showNative(q Question) (path string, err error) {
	if q.Kind == Folder {
		path, err = dialog.Directory().Title(q.Title).Browse()
	} else {
		b := dialog.File().Title(q.Title)
		for _, f := range q.Filters {
			b = b.Filter(f.Name, bothCases(f.Extensions)...)
		}
		if q.Kind == NewFile {
			path, err = b.SetStartFile(q.Name).Save()
		} else {
			path, err = b.Load()
		}
	}
	if errors.Is(err, dialog.ErrCancelled) {
		return "", nil
	}
	return path, err
}
