package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"frglab/assets"
	"frglab/dataset"
	"frglab/ui/results"
)

// input is a picture or a video to work on.
type input struct {
	name string // as it is shown and written to JSON
	out  string // what files made from it are called, without ending; unique among the inputs
	fsys fs.FS  // where bundled pictures lie; nil: the disk
	err  error  // why there is nothing to work on
}

// read decodes the picture. Its error names the file.
func (in input) read() (*image.RGBA, error) {
	if in.fsys == nil {
		return dataset.ReadImage(in.name)
	}
	f, err := in.fsys.Open(in.name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return dataset.DecodeImage(in.name, f)
}

// inputs lists what arguments mean: pictures and videos as they are, of a folder
// all in it and below in the order of their names, for "-" what standard input names.
// skip are folders that are left out below others: the command writes there.
func (e *Env) inputs(args []string, null bool, skip ...string) ([]input, error) {
	if i := slices.Index(args, "-"); i >= 0 {
		names, err := readNames(e.Stdin, null)
		if err != nil {
			return nil, fmt.Errorf("read names from standard input: %w", err)
		}
		args = slices.Concat(args[:i], names, args[i+1:])
	}
	var avoid []fs.FileInfo
	for _, dir := range skip {
		if info, err := os.Stat(dir); dir != "" && err == nil {
			avoid = append(avoid, info)
		}
	}
	var list []input
	for _, name := range args {
		info, err := os.Stat(name)
		switch {
		case err != nil:
			list = append(list, unusable(name, "%w: check the name", results.Cause(err)))
		case info.IsDir():
			list = append(list, e.walk(name, avoid)...)
		case !info.Mode().IsRegular():
			list = append(list, unusable(name, "is not a file: name a picture, a video or a folder"))
		default:
			list = append(list, input{name: name})
		}
	}
	return list, nil
}

func unusable(name, format string, args ...any) input {
	return input{name: name, err: fmt.Errorf("%s: %w", show(name), fmt.Errorf(format, args...))}
}

// walk finds the pictures and videos in a folder. Hidden files and links to folders
// are left alone.
func (e *Env) walk(dir string, avoid []fs.FileInfo) (found []input) {
	// The separator makes a link to a folder, given as an argument, be followed.
	_ = filepath.WalkDir(dir+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			found = append(found, unusable(path, "%w: give yourself the right to read it", results.Cause(err)))
			return nil
		}
		inside := filepath.Clean(path) != filepath.Clean(dir)
		switch hidden := strings.HasPrefix(d.Name(), "."); {
		case inside && d.IsDir() && (hidden || isOneOf(d, avoid)):
			return fs.SkipDir
		case inside && !hidden && e.looksRight(path):
			found = append(found, input{name: path})
		}
		return nil
	})
	if len(found) == 0 {
		return []input{unusable(dir, "no pictures or videos in this folder: name one that has some")}
	}
	return found
}

func isOneOf(d fs.DirEntry, dirs []fs.FileInfo) bool {
	info, err := d.Info()
	return err == nil && slices.ContainsFunc(dirs, func(o fs.FileInfo) bool { return os.SameFile(info, o) })
}

// pictureEndings make a file in a folder count whatever it holds, so that a broken
// picture is told about rather than passed over.
var pictureEndings = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"}

// looksRight says whether something in a folder is a file for us.
func (e *Env) looksRight(path string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	return slices.Contains(pictureEndings, strings.ToLower(filepath.Ext(path))) || isPicture(path) || e.isVideo(path)
}

func (e *Env) isVideo(path string) bool { return e.IsVideo != nil && e.IsVideo(path) }

// isPicture says whether a file begins like a picture.
func isPicture(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 12)
	n, _ := io.ReadFull(f, head)
	head = head[:n]
	for _, magic := range []string{"\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF8", "BM"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return n == 12 && string(head[:4]) == "RIFF" && string(head[8:]) == "WEBP"
}

// readNames reads one name a line, or with null one before each NUL.
func readNames(r io.Reader, null bool) ([]string, error) {
	end := byte('\n')
	if null {
		end = 0
	}
	var names []string
	for in := bufio.NewReader(r); ; {
		line, err := in.ReadString(end)
		name := strings.TrimSuffix(line, string(end))
		if !null {
			name = strings.TrimSuffix(name, "\r") // lists made on Windows
		}
		if name != "" {
			names = append(names, name)
		}
		if err == io.EOF {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// bundled lists the sample pictures that travel in the program.
func bundled() ([]input, error) {
	fsys := assets.Samples()
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read the bundled samples: %w", err)
	}
	var list []input
	for _, e := range entries {
		if slices.Contains(pictureEndings, strings.ToLower(filepath.Ext(e.Name()))) {
			list = append(list, input{name: e.Name(), fsys: fsys})
		}
	}
	return list, nil
}

// nameOutputs gives every input a name for the files made from it.
func nameOutputs(list []input) {
	var paths []string
	for _, in := range list {
		paths = append(paths, in.name)
	}
	for i, name := range results.Names(paths) {
		list[i].out = name
	}
}

// show is a name as it stands in messages and lists: with quotes and escapes where
// it would break the line.
func show(name string) string {
	if name == oneLine(name) {
		return name
	}
	return fmt.Sprintf("%q", name)
}
