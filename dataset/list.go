package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// maxLine is the longest line that a list may have, in bytes.
const maxLine = 1 << 20

// List is a list file of 2015: one crop a line, its path and then its class.
// It is read-only and may be used from several goroutines.
type List struct {
	// Warnings say what is odd about the list, one sentence each: files that come
	// twice or with both classes, a class that is missing.
	Warnings []string

	rows []row
}

// row is a line of a list.
type row struct {
	line  int // from 1
	path  string
	class Class
}

// ReadList reads the list file at path and looks for its files, without opening them.
//
// A line is a path, blanks, and 0 for a face or 1 for anything else. The path may
// hold blanks, and may stand in double quotes. It is relative to the list's folder; an
// absolute one is taken where it lies inside. Paths that leave the folder, by ".." or
// by a symbolic link, are refused, since a list may come from anybody. Empty lines are
// skipped; a byte order mark and CRLF are accepted.
func ReadList(path string) (*List, error) {
	l, err := readList(path)
	if err != nil {
		return nil, fmt.Errorf("read list %q: %w", path, err)
	}
	return l, nil
}

func readList(path string) (*List, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.New("is a folder: name a list file, or import the folder")
	}
	rows, err := parseList(f)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New(`nothing to train on, the list is empty: write a line "path class" for each crop`)
	}
	dir, err := newRoot(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	var wrong, missing faults
	for i, r := range rows {
		file, err := dir.resolve(r.path)
		if errors.Is(err, errMissing) {
			missing.add(r.line, fmt.Errorf("%q", shorten(r.path)))
		} else if err != nil {
			wrong.add(r.line, err)
		}
		rows[i].path = file
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	if missing.n > 0 {
		return nil, fmt.Errorf("%d of %d files are missing in %q: %s: put them there, or take their lines out",
			missing.n, len(rows), dir.dir, missing.first(3))
	}
	return &List{Warnings: oddities(rows), rows: rows}, nil
}

// Len is the number of lines that name a crop.
func (l *List) Len() int { return len(l.rows) }

// Path is the absolute path of crop i.
func (l *List) Path(i int) string { return l.rows[i].path }

// At decodes crop i at the size of its file, and gives its class, 0 or 1. The image is
// the caller's. Errors name the file.
func (l *List) At(i int) (image.Image, int, error) {
	img, err := ReadImage(l.rows[i].path)
	if err != nil {
		return nil, 0, err
	}
	return img, int(l.rows[i].class), nil
}

// parseList reads the lines of a list. The error names the first bad line, and counts
// the others.
func parseList(r io.Reader) ([]row, error) {
	in := bufio.NewReader(r)
	head, _ := in.Peek(512)
	if _, what := sniff(head); strings.HasPrefix(what, "a ") || len(head) > 0 && strings.HasPrefix(what, "an ") {
		return nil, fmt.Errorf(`is %s, not a list of crops: name a text file with lines "path class"`, what)
	}
	head = head[:min(4, len(head))]
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) || bytes.IndexByte(head, 0) >= 0 {
		return nil, errors.New("is UTF-16 text, or no text at all: save it as UTF-8")
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		in.Discard(3)
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine+2) // and CRLF
	var rows []row
	var bad faults
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		path, class, err := parseLine(line)
		if err != nil {
			bad.add(n, err)
			continue
		}
		rows = append(rows, row{line: n, path: path, class: class})
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		bad.add(n+1, fmt.Errorf("is longer than %d bytes: is this a list?", maxLine))
	} else if lines.Err() != nil {
		return nil, lines.Err()
	}
	return rows, bad.err()
}

// parseLine takes a line apart, which has no blanks around it. The last field is the class.
func parseLine(line string) (string, Class, error) {
	cut := strings.LastIndexAny(line, " \t")
	path, label := strings.TrimSpace(line[:max(cut, 0)]), line[cut+1:]
	quoted := len(path) >= 2 && path[0] == '"' && path[len(path)-1] == '"'
	first, _, _ := strings.Cut(line, " ")
	switch {
	case strings.ContainsRune(line, 0):
		return "", 0, errors.New("holds a zero byte: is this a list?")
	case label != "0" && label != "1" && (first == "0" || first == "1"):
		return "", 0, fmt.Errorf("class %q stands before the path: write the path first", first)
	case path == "" && strings.Contains(label, "."):
		return "", 0, fmt.Errorf(`%q has no class: write "path class", 0 for face, 1 for other`, shorten(label))
	case path == "":
		return "", 0, fmt.Errorf(`%q is one word: write "path class", 0 for face, 1 for other`, shorten(label))
	case label != "0" && label != "1":
		return "", 0, fmt.Errorf("unknown class %s: use 0 for face, 1 for other", shorten(label))
	case quoted:
		path = path[1 : len(path)-1]
	case line[cut] == '\t' && !strings.Contains(path, "\t"): // a tab keeps them apart, whatever the path looks like
	case strings.HasSuffix(path, " 0") || strings.HasSuffix(path, " 1") || strings.HasSuffix(path, "\t0") || strings.HasSuffix(path, "\t1"):
		return "", 0, fmt.Errorf(`%q has a column too many: write "path class", and quotes about a path that ends so`, shorten(line))
	}
	if path == "" {
		return "", 0, errors.New("the path is empty: write it before the class")
	}
	return path, Class(label[0] - '0'), nil
}

// shorten makes a long line fit into a message.
func shorten(s string) string {
	const most = 60 // bytes
	if len(s) <= most {
		return s
	}
	end := most
	for end > most-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}

// oddities are the warnings about rows whose files were found.
func oddities(rows []row) []string {
	var twice, both faults
	var classes [2]int
	first := map[string]row{}
	for _, r := range rows {
		classes[r.class]++
		earlier, ok := first[r.path]
		switch {
		case !ok:
			first[r.path] = r
		case earlier.class != r.class:
			both.add(r.line, fmt.Errorf("%q (and line %d)", r.path, earlier.line))
		default:
			twice.add(r.line, fmt.Errorf("%q", r.path))
		}
	}
	var warnings []string
	if both.n > 0 {
		warnings = append(warnings, "a file has another class than on an earlier line: "+both.first(1))
	}
	if twice.n > 0 {
		warnings = append(warnings, "an earlier line is repeated: "+twice.first(1))
	}
	for class, n := range classes {
		if n == 0 {
			warnings = append(warnings, fmt.Sprintf("the list has no crop of class %d (%v): a training needs both", class, Class(class)))
		}
	}
	return warnings
}

// faults gathers what is wrong with a file, and keeps the first few.
type faults struct {
	n    int
	list []string
}

func (f *faults) add(line int, err error) { f.note(fmt.Sprintf("line %d: %v", line, err)) }

func (f *faults) note(text string) { f.join(faults{1, []string{text}}) }

// join takes the faults of g as well.
func (f *faults) join(g faults) {
	f.n += g.n
	f.list = append(f.list, g.list[:min(len(g.list), 3-len(f.list))]...)
}

// first is the first few faults, and how many more there are.
func (f *faults) first(n int) string {
	n = min(n, len(f.list))
	text := strings.Join(f.list[:n], ", ")
	if more := f.n - n; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// err is the first fault as an error, nil without any.
func (f *faults) err() error {
	if f.n == 0 {
		return nil
	}
	return errors.New(f.first(1))
}
