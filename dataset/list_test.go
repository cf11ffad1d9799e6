package dataset

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseList(t *testing.T) {
	long := strings.Repeat("x", maxLine-6) + ".png 0" // 1 MiB
	for _, c := range []struct {
		name, text string
		want       []row
		words      string // of the error
	}{
		{"plain", "a.png 0\nb.png 1\n", []row{{1, "a.png", Face}, {2, "b.png", Other}}, ""},
		{"no newline at the end", "a.png 0\nb.png 1", []row{{1, "a.png", Face}, {2, "b.png", Other}}, ""},
		{"CRLF", "a.png 0\r\nb.png 1\r\n", []row{{1, "a.png", Face}, {2, "b.png", Other}}, ""},
		{"byte order mark", "\ufeffa.png 0\n", []row{{1, "a.png", Face}}, ""},
		{"tabs and blanks", " a.png\t 0 \n\tb.png  1\n", []row{{1, "a.png", Face}, {2, "b.png", Other}}, ""},
		{"empty lines", "\n\n  \na.png 0\n", []row{{4, "a.png", Face}}, ""},
		{"blanks in the path", "my face 1.png 0\n", []row{{1, "my face 1.png", Face}}, ""},
		{"quotes", `"my face.png" 0`, []row{{1, "my face.png", Face}}, ""},
		{"a tab protects", "my frame 1\t0", []row{{1, "my frame 1", Face}}, ""},
		{"quotes protect", `"frame 1" 0`, []row{{1, "frame 1", Face}}, ""},
		{"any letters", "日本語/顔 😀.png 1\n", []row{{1, "日本語/顔 😀.png", Other}}, ""},
		{"empty", "", nil, ""},
		{"longest line", long, []row{{1, long[:maxLine-2], Face}}, ""},
		{"no class", "a.png 0\nb.png\n", nil, `line 2: "b.png" has no class`},
		{"one word", "hello\n", nil, `line 1: "hello" is one word`},
		{"three columns", "a.png 0 1\n", nil, `line 1: "a.png 0 1" has a column too many`},
		{"three columns, tabs", "a.png\t0\t1\n", nil, "has a column too many"},
		{"swapped", "0 a.png\n", nil, `line 1: class "0" stands before the path`},
		{"only a class", "0\n", nil, `"0" is one word`},
		{"unknown class", "a.png 7\n", nil, "line 1: unknown class 7: use 0 for face, 1 for other"},
		{"word for a class", "a.png face\n", nil, "unknown class face: use 0"},
		{"negative", "a.png -1\n", nil, "unknown class -1"},
		{"fraction", "a.png 0.5\n", nil, "unknown class 0.5"},
		{"overflow", "a.png 99999999999999999999\n", nil, "unknown class 99999999999999999999"},
		{"padded", "a.png 00\n", nil, "unknown class 00"},
		{"several", "a.png 7\nb.png 0\nc.png 8\nd.png\n", nil, "line 1: unknown class 7: use 0 for face, 1 for other (and 2 more)"},
		{"empty path", `"" 0`, nil, "the path is empty"},
		{"zero byte", "a.png 0\nb\x00.png 0\n", nil, "line 2: holds a zero byte"},
		{"UTF-16", "\xff\xfea\x00.\x00p\x00", nil, "is UTF-16 text"},
		{"UTF-16 without mark", "a\x00.\x00p\x00", nil, "is UTF-16 text"},
		{"too long", "a.png 0\n" + strings.Repeat("x", maxLine+3), nil, "line 2: is longer than 1048576 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseList(strings.NewReader(c.text))
			if c.words != "" {
				wantError(t, err, nil, c.words)
			} else if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

// listIn writes a list into a folder with some crops, beside which is another picture.
func listIn(t *testing.T, text string) (dir, list string) {
	t.Helper()
	top := t.TempDir()
	dir = filepath.Join(top, "crops")
	writeFile(t, filepath.Join(dir, "a.png"), pngOf(t, numbered(1)))
	writeFile(t, filepath.Join(dir, "deep", "b.png"), pngOf(t, numbered(2)))
	writeFile(t, filepath.Join(dir, "broken.png"), []byte("text"))
	writeFile(t, filepath.Join(top, "secret.png"), pngOf(t, numbered(3)))
	for link, to := range map[string]string{
		"out.png": "../secret.png", "outside": "..", "in.png": "deep/b.png", "inside": "deep", "nowhere.png": "gone.png",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, writeFile(t, filepath.Join(dir, "list.txt"), []byte(text))
}

func TestReadList(t *testing.T) {
	dir, path := listIn(t, "")
	writeFile(t, path, []byte("a.png 0\ndeep/b.png 1\n"+`deep\b.png 1`+"\n./../crops/a.png 0\n"+dir+"/a.png 0\nin.png 1\ninside/b.png 1\nbroken.png 1\n"))
	l, err := ReadList(path)
	if err != nil {
		t.Fatal(err)
	}
	if l.Len() != 8 || l.Path(2) != filepath.Join(dir, "deep", "b.png") {
		t.Errorf("%d crops, the third is %s", l.Len(), l.Path(2))
	}
	for i, want := range []int{1, 2, 2, 1, 1, 2, 2} {
		img, class, err := l.At(i)
		if err != nil || !bytes.Equal(img.(*image.RGBA).Pix, numbered(want).Pix) || class != want-1 {
			t.Errorf("crop %d: class %d, %v", i, class, err)
		}
	}
	_, _, err = l.At(7)
	wantError(t, err, nil, filepath.Join(dir, "broken.png"), "is text, not a picture")
}

func TestReadListRefuses(t *testing.T) {
	for _, c := range []struct {
		name, text string
		words      []string
	}{
		{"empty", "", []string{"nothing to train on"}},
		{"bad line", "a.png 0\na.png 3\n", []string{"line 2", "unknown class 3"}},
		{"missing", "a.png 0\nx.png 1\ny.png 0\nz.png 0\nw.png 1\n", []string{
			"4 of 5 files are missing", `line 2: "x.png", line 3: "y.png", line 4: "z.png" (and 1 more)`,
		}},
		{"dots", "a.png 0\n../secret.png 1\n", []string{"line 2", `"../secret.png" lies outside of the folder`}},
		{"backslashes", `..\secret.png 1`, []string{"line 1", "lies outside of the folder"}},
		{"dots in the middle", "deep/../../secret.png 1\n", []string{"lies outside"}},
		{"absolute", "/etc/passwd 1\n", []string{`"/etc/passwd" lies outside`}},
		{"link to a file", "out.png 1\n", []string{"leads outside of the folder", "symbolic link"}},
		{"link to a folder", "outside/secret.png 1\n", []string{"leads outside of the folder", "symbolic link"}},
		{"link to nothing", "nowhere.png 1\n", []string{"1 of 1 files are missing"}},
		{"name too long", strings.Repeat("x", 1<<17) + " 1\n", []string{"1 of 1 files are missing", "xxx..."}},
		{"folder", "deep 1\n", []string{`"deep" is not a file`}},
		{"file as folder", "a.png/b.png 1\n", []string{"line 1", "a.png/b.png"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, path := listIn(t, c.text)
			_, err := ReadList(path)
			wantError(t, err, nil, append(c.words, path)...)
		})
	}
	_, err := ReadList("none.txt")
	wantError(t, err, os.ErrNotExist, "none.txt")
	dir := t.TempDir()
	_, err = ReadList(dir)
	wantError(t, err, nil, dir, "is a folder")
}

func TestListWarnings(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"none", "a.png 0\ndeep/b.png 1\n", "[]"},
		{"one class", "a.png 0\ndeep/b.png 0\n", "[the list has no crop of class 1 (other): a training needs both]"},
		{"twice", "a.png 0\n./a.png 0\ndeep/b.png 1\na.png 0\n", `[an earlier line is repeated: line 2: "DIR/a.png" (and 1 more)]`},
		{"both classes", "a.png 0\na.png 1\n", `[a file has another class than on an earlier line: line 2: "DIR/a.png" (and line 1)]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, path := listIn(t, c.text)
			l, err := ReadList(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.ReplaceAll(fmt.Sprint(l.Warnings), dir, "DIR"); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func FuzzParseList(f *testing.F) {
	for _, seed := range []string{
		"a.png 0\nb.png 1\n", "\ufeffmy a.png\t0\r\n", `"q" 1`, "0 a.png", "a 0 1", "\xff\xfea\x00", "a\x00b 0", "\xff 1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := parseList(bytes.NewReader(data))
		if err != nil {
			return
		}
		last := 0
		for _, r := range rows {
			if r.path == "" || r.class < Face || r.class > Other || r.line <= last || strings.ContainsAny(r.path, "\n\x00") {
				t.Errorf("row %+v after line %d", r, last)
			}
			last = r.line
		}
	})
}

// TestShortenKeepsLetters: a long name in any script is cut between letters, and quoted as it is.
func TestShortenKeepsLetters(t *testing.T) {
	for _, s := range []string{"short", strings.Repeat("a", 60), strings.Repeat("a", 61), "a" + strings.Repeat("顔", 40), strings.Repeat("é", 40), "ab" + strings.Repeat("😀", 30)} {
		got := shorten(s)
		head := strings.TrimSuffix(got, "...")
		if !utf8.ValidString(got) || !strings.HasPrefix(s, head) || len(head) > 60 || len(head) < min(len(s), 57) || (got == s) != (len(s) <= 60) {
			t.Errorf("%q is %q", s, got)
		}
	}
}
