package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/vision"
	"frglab/ui/native"
	"frglab/ui/results"
)

// session is what the tabs share: the open project, the model that detects, and
// the devices. It belongs to the UI goroutine.
type session struct {
	app     fyne.App
	win     fyne.Window
	devices []engine.Device
	dialogs native.Dialogs
	version string
	jobs    *jobs
	keys    *bindings // of the keyboard
	tips    *tips
	collect *collector
	finder  *finder    // the detectors
	frames  frameStore // pixels of source frames, see framePixels

	project   *dataset.Project // nil where none is open
	model     *engine.Checkpoint
	modelOf   string   // what the model is called on screen
	modelPath string   // its file; "" for the bundled one
	notice    string   // what was just done, for the status bar
	help      func()   // shows the manual of the tab on screen
	showKeys  func()   // shows the sheet of keys
	opening   int      // projects that are being opened
	then      []func() // what waits for that, see onceOpen

	lacksJapanese bool // the system has no font for it

	// Each tab adds what it does when something changed.
	onProject []func() // another project, or none
	onSamples []func() // samples came, went, or were labelled
	onModel   []func()
	onCreated []func() // a new project, which is empty
}

func call(fs []func()) {
	for _, f := range fs {
		f()
	}
}

// onceOpen does something with the project that is being opened, or at once.
func (s *session) onceOpen(do func()) {
	if s.opening > 0 {
		s.then = append(s.then, do)
		return
	}
	do()
}

// noProject says why there is nothing of a project on screen.
func (s *session) noProject() string {
	if s.opening > 0 {
		return tr("Opening the project…")
	}
	return tr("No project is open: File › New project.")
}

// createProject makes an empty project, never over another file.
func (s *session) createProject(path string) {
	if filepath.Ext(path) != projectExt {
		path += projectExt
	}
	start(s.jobs, &job{name: tr("New project"), quiet: true}, func(context.Context, *job) (*dataset.Project, error) {
		return dataset.Create(path)
	}, func(p *dataset.Project, err error) {
		if err == nil {
			s.setProject(p)
			call(s.onCreated)
		}
	})
}

const projectExt = ".frglab"

func (s *session) setProject(p *dataset.Project) {
	if old := s.project; old != nil {
		s.jobs.leave(old, func() { s.show(old.Close()) })
	}
	s.project = p
	s.remember(p.Path())
	call(s.onProject)
	call(s.onSamples)
}

// samplePath unpacks the sample project, once, to where the user may write.
func (s *session) samplePath() (string, error) {
	path := filepath.Join(s.dir(), "sample"+projectExt)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	data := assets.SampleProject()
	if data == nil {
		return "", errors.New(tr("this build holds no sample project"))
	}
	if err := os.MkdirAll(s.dir(), 0o755); err != nil {
		return "", err
	}
	return path, writeWhole(path, data)
}

// writeWhole writes a file that is whole or not there.
func writeWhole(path string, data []byte) error {
	return results.WriteFile(path, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// dir is the program's own folder in the user's home.
func (s *session) dir() string { return s.app.Storage().RootURI().Path() }

// loadModel reads a checkpoint and makes it the one that detects.
func (s *session) loadModel(path string) {
	start(s.jobs, &job{name: tr("Open model"), quiet: true}, func(context.Context, *job) (*engine.Checkpoint, error) {
		return engine.LoadCheckpoint(path)
	}, func(c *engine.Checkpoint, err error) {
		if err == nil {
			s.keepModel(c, filepath.Base(path), path)
		}
	})
}

// setModel makes a model the one that detects, for now.
func (s *session) setModel(c *engine.Checkpoint, name string) {
	s.model, s.modelOf, s.modelPath = c, name, ""
	call(s.onModel)
}

// keepModel makes the model of a file the one that detects, also after a restart.
func (s *session) keepModel(c *engine.Checkpoint, name, path string) {
	s.app.Preferences().SetString(prefModel, path)
	s.setModel(c, name)
	s.modelPath = path
}

// loadLast loads the model that was kept last, or else the bundled one.
func (s *session) loadLast() {
	path := s.app.Preferences().String(prefModel)
	if _, err := os.Stat(path); path == "" || err != nil {
		s.loadBundled()
		return
	}
	start(s.jobs, &job{name: tr("Open model"), quiet: true}, func(context.Context, *job) (*engine.Checkpoint, error) {
		return engine.LoadCheckpoint(path)
	}, func(c *engine.Checkpoint, err error) {
		switch {
		case err != nil:
			s.loadBundled()
		case s.model == nil:
			s.keepModel(c, filepath.Base(path), path)
		}
	})
}

// useBundled goes back to the bundled model.
func (s *session) useBundled() {
	s.model = nil
	s.app.Preferences().SetString(prefModel, "")
	s.loadBundled()
}

// loadBundled makes the bundled model the one that detects, where there is one.
func (s *session) loadBundled() {
	data := assets.Model()
	if data == nil {
		return
	}
	start(s.jobs, &job{name: tr("Open model"), quiet: true}, func(context.Context, *job) (*engine.Checkpoint, error) {
		return engine.ParseCheckpoint(data)
	}, func(c *engine.Checkpoint, err error) {
		if err == nil && s.model == nil {
			s.setModel(c, tr("bundled model"))
		}
	})
}

// openDevice makes a backend of its own for one job, which closes it, on the device of the
// preferences.
func (s *session) openDevice() (nn.Backend, error) {
	return engine.OpenDevice(s.devices, cmp.Or(s.app.Preferences().String(prefDevice), "auto"))
}

// deviceName is the device that the preferences name, else the first one.
func (s *session) deviceName() string {
	want := s.app.Preferences().String(prefDevice)
	for _, d := range s.devices {
		if d.Name == want {
			return want
		}
	}
	return s.devices[0].Name
}

// listExtensions are those of files that say what is on other pictures.
var listExtensions = []string{"txt", "json", "csv", "tsv", "yaml", "yml"}

// sort tells by name what dropped or given paths are. What looks like nothing else
// is taken for a picture or video; opening it looks at the content.
func (s *session) sort(paths []string) (projects, models, media, folders, lists []string) {
	for _, p := range paths {
		info, err := os.Stat(p)
		switch ext := filepath.Ext(p); {
		case err == nil && info.IsDir():
			folders = append(folders, p)
		case ext == projectExt:
			projects = append(projects, p)
		case ext == ".safetensors":
			models = append(models, p)
		case slices.Contains(listExtensions, strings.TrimPrefix(strings.ToLower(ext), ".")):
			lists = append(lists, p)
		default:
			media = append(media, p)
		}
	}
	return
}

// show tells the user about a failure, if there is one, and what to do next.
func (s *session) show(err error) {
	if err == nil {
		return
	}
	s.jobs.failed("", err)
}

// newCascades makes n of the bundled cascade, for as many goroutines.
func newCascades(n int) ([]*vision.Cascade, error) {
	c, err := vision.NewCascades(assets.Cascade(), n)
	if err != nil {
		return nil, fmt.Errorf("start OpenCV's cascade: %w", err)
	}
	return c, nil
}
