package ui

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"

	"frglab/dataset"
	"frglab/ui/native"
)

// readClipboard is native.Clipboard, but for tests.
var readClipboard = native.Clipboard

// openClipboard opens what the clipboard holds: a picture, such as a screenshot, or files.
func (w *window) openClipboard() {
	dir := filepath.Join(w.dir(), "pasted")
	start(w.jobs, &job{name: tr("Paste a picture"), quiet: true}, func(ctx context.Context, _ *job) ([]string, error) {
		return pasted(ctx, dir)
	}, func(paths []string, err error) {
		if err == nil {
			projects, models, media, folders, lists := w.sort(paths)
			w.tabs.SelectIndex(tabDetect)
			w.openSorted(projects, models, media, folders, lists)
		}
	})
}

// pasted are the files that the clipboard means. A picture is kept in dir, since the
// project remembers where its crops come from, under a name that its pixels give.
func pasted(ctx context.Context, dir string) ([]string, error) {
	clip, err := readClipboard(ctx)
	switch {
	case errors.Is(err, native.ErrNoPicture):
		return nil, errors.New(tr("The clipboard holds no picture and no file: copy one, or drop it on the window."))
	case errors.Is(err, native.ErrWayland):
		return nil, errors.New(tr("Under Wayland a picture cannot be pasted: drop it on the window, or save it and open it."))
	case err != nil:
		return nil, err
	case clip.Picture == nil:
		gone := func(p string) bool { _, err := os.Stat(p); return err != nil }
		if slices.ContainsFunc(clip.Files, gone) {
			return nil, errors.New(tr("The clipboard holds no picture and no file: copy one, or drop it on the window."))
		}
		return clip.Files, nil
	}
	img, err := dataset.DecodeImage(tr("clipboard"), bytes.NewReader(clip.Picture))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(img.Pix)
	path := filepath.Join(dir, fmt.Sprintf("%s-%.6x.png", tr("pasted"), sum[:]))
	if _, err := os.Stat(path); err == nil {
		return []string{path}, nil
	}
	var data bytes.Buffer
	if err := errors.Join(png.Encode(&data, img), os.MkdirAll(dir, 0o755)); err != nil {
		return nil, err
	}
	return []string{path}, writeWhole(path, data.Bytes())
}
