package ui

import (
	"context"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"frglab/assets"
	"frglab/ui/native"
)

// picture is a file that can be shown, from disk or bundled.
type picture struct {
	name   string  // on screen
	path   string  // on disk, or in files
	files  fs.FS   // nil: on disk
	frames int     // of a video, once it was read; 0 of a picture
	rate   float64 // of a video, once it was read: frames a second
	origin string  // path that a project keeps for it; "" is path
}

// source is the path that a project keeps for a file.
func (p picture) source() string {
	switch {
	case p.origin != "":
		return p.origin
	case p.files != nil:
		return samplesDir + p.path
	}
	return p.path
}

func (t *detectTab) ask() {
	t.s.dialogs.OpenFile(t.s.win, tr("Open picture or video"), []native.Filter{
		{Name: tr("Pictures and videos"), Extensions: []string{"png", "jpg", "jpeg", "gif", "webp", "bmp", "mp4", "mkv", "webm", "avi", "mov"}},
	}, func(path string) {
		if path != "" {
			t.openPaths([]string{path})
		}
	})
}

// askFolder lets the user choose a folder, of which all pictures and videos are opened.
func (t *detectTab) askFolder() {
	t.s.dialogs.OpenFolder(t.s.win, tr("Open a folder of pictures"), func(path string) {
		if path != "" {
			t.openPaths([]string{path})
		}
	})
}

// openSamples shows the bundled pictures.
func (t *detectTab) openSamples() {
	var files []picture
	names, err := fs.Glob(assets.Samples(), "*.[jp][pn]g")
	t.s.show(err)
	for _, n := range names {
		files = append(files, picture{name: n, path: n, files: assets.Samples()})
	}
	t.setFiles(files)
}

// openPaths shows pictures and videos from disk, and what is in folders. The newest wish
// wins, however long an older one takes.
func (t *detectTab) openPaths(paths []string) {
	t.dropOpening()
	var mine *job
	mine = start(t.s.jobs, &job{name: tr("Open"), quiet: true}, func(ctx context.Context, _ *job) ([]picture, error) {
		return expand(ctx, paths)
	}, func(files []picture, err error) {
		if err == nil && t.opening == mine {
			t.setFiles(files)
		}
	})
	t.opening = mine
}

// dropOpening forgets what is being looked through to be opened.
func (t *detectTab) dropOpening() {
	if t.opening != nil {
		t.opening.cancel()
		t.opening = nil
	}
}

// expand replaces folders by the pictures and videos in them.
func expand(ctx context.Context, paths []string) ([]picture, error) {
	var files []picture
	for _, root := range paths {
		info, err := os.Stat(root)
		if err != nil || !info.IsDir() {
			files = append(files, picture{name: filepath.Base(root), path: root})
			continue // a missing file says so when it is shown
		}
		err = filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && slices.Contains(mediaExtensions, strings.ToLower(filepath.Ext(p))) {
				name, _ := filepath.Rel(root, p)
				files = append(files, picture{name: name, path: p})
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, errNoPictures(paths)
	}
	return files, nil
}

// mediaExtensions choose among the files of a folder; a file that was named or
// dropped is looked at whatever its name.
var mediaExtensions = append([]string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"}, videoExtensions...)

var videoExtensions = []string{".mp4", ".mkv", ".webm", ".avi", ".mov"}

// setFiles opens these files in place of others and shows the first one.
func (t *detectTab) setFiles(files []picture) {
	t.takeFiles(files)
	t.show(0)
}

func (t *detectTab) takeFiles(files []picture) {
	t.dropOpening()
	t.files, t.at = files, -1
	t.listFiles()
	t.tellStrips()
}

func (t *detectTab) listFiles() {
	names := make([]string, len(t.files))
	for i, f := range t.files {
		names[i] = oneLined(f.name)
	}
	t.list.show(names, t.at)
}

// reorder puts the open files into another order. What is on screen stays there.
func (t *detectTab) reorder(files []picture) {
	shown := t.files[t.at].source()
	copy(t.files, files)
	t.at = slices.IndexFunc(t.files, func(f picture) bool { return f.source() == shown })
	t.listFiles()
	t.counter.SetText(tr("%d of %d", t.at+1, len(t.files)))
}

func (t *detectTab) step(by int) {
	if i := t.at + by; i >= 0 && i < len(t.files) {
		t.show(i)
	}
}

// show shows the file of that number.
func (t *detectTab) show(i int) {
	if i >= 0 && i < len(t.files) && i != t.at {
		t.showAt(i, 0, image.Rectangle{})
	}
}

func (t *detectTab) showAt(i, frame int, goal image.Rectangle) {
	t.at, t.frame, t.goal = i, frame, goal
	t.list.show(t.list.names, i)
	t.counter.SetText(tr("%d of %d", i+1, len(t.files)))
	t.load()
}

// showing is the name of the picture shown.
func (t *detectTab) showing() string {
	if t.at < 0 {
		return ""
	}
	return t.files[t.at].name
}

// showFile shows a file at a frame, 0 for a picture, and brings a place of it, which may
// be empty, to the middle. Where the file is among those that are open they stay, else
// it takes their place. It does not turn to the tab.
func (t *detectTab) showFile(path string, frame int, goal image.Rectangle) {
	file, err := t.s.sampleFile(path)
	if err != nil {
		t.s.show(err)
		return
	}
	t.dropOpening()
	same := func(f picture) bool { return f.files == nil && (f.path == path || f.path == file) }
	i := slices.IndexFunc(t.files, same)
	if i < 0 {
		t.takeFiles([]picture{{name: filepath.Base(path), path: file, origin: path}})
		i = 0
	}
	t.showAt(i, frame, goal)
}

// showFrame shows another frame of the video on screen.
func (t *detectTab) showFrame(frame int) {
	if t.at < 0 || frame < 0 || frame >= t.files[t.at].frames || frame == t.frame {
		return
	}
	t.frame = frame
	t.load()
}
