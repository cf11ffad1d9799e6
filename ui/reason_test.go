package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"frglab/assets"
)

// explainers are the packages whose reasons reach the window, so that all of them need
// Japanese; others may have entries.
var explainers = []string{"../dataset", "../engine", "../engine/vision", ".", "native", "results"}

// TestReasonsAreTranslated finds each format of an error of those packages in the
// Japanese file, and nothing there that nobody says.
func TestReasonsAreTranslated(t *testing.T) {
	japanese := japaneseReasons(t)
	for _, dir := range explainers {
		for format, at := range errorFormats(t, dir) {
			if _, ok := japanese[format]; !ok && strings.ContainsFunc(plain(format), isLetter) {
				t.Errorf("%s: %q has no Japanese in ja.reasons.json", at, format)
			}
		}
	}
	said := map[string]bool{"unexpected EOF": true}
	for _, dir := range append([]string{"../engine/nn", "../engine/nn/onednn", "../engine/nn/cuda/driver", "cli"}, explainers...) {
		for _, s := range literals(t, dir) {
			said[s] = true
			said["%s"+s] = true // added to another text
		}
	}
	for n := range syscall.Errno(134) {
		said[n.Error()] = true
	}
	for _, op := range []string{"open %s", "stat %s", "lstat %s", "read %s", "write %s", "mkdir %s", "remove %s", "rename %s %s"} {
		said[op+": %w"] = true // os.PathError, os.LinkError
	}
	for format := range japanese {
		if !said[format] {
			t.Errorf("ja.reasons.json: nobody says %q", format)
		}
	}
}

// TestReasonsAreUnderstood writes each format with names that are hard to read, and finds
// every one of them again in the Japanese of that format, and of no other one.
func TestReasonsAreUnderstood(t *testing.T) {
	speak(t, "ja")
	for format, there := range japaneseReasons(t) {
		_, verbs, _ := splitFormat(format)
		_, _, used := splitFormat(there)
		slices.Sort(used)
		if want := len(verbs); len(used) != want || len(slices.Compact(slices.Clone(used))) != want || want > 0 && (used[0] != 0 || used[want-1] != want-1) {
			t.Errorf("%q: %q does not say each of its %d arguments once", format, there, want)
			continue
		}
		var here, then []any
		for i, v := range verbs {
			a, b := sampleArg(v, i)
			here, then = append(here, a), append(then, b)
		}
		goFormat := strings.NewReplacer("%w", "%v", "%T", "%v").Replace(format)
		text := fmt.Sprintf(goFormat, here...)
		pieces, _, args := splitFormat(there)
		want := pieces[0]
		for i, a := range args {
			want += fmt.Sprint(then[a]) + pieces[i+1]
		}
		if got := reason(text); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

// sampleArg is something that a verb writes, and how it is said in Japanese.
func sampleArg(verb byte, i int) (here, there any) {
	switch verb {
	case 'q':
		name := "顔 \"a\": b, c; " + strconv.Itoa(i) + ".png"
		return name, strconv.Quote(name)
	case 'd':
		return 3 + i, 3 + i
	case 'g', 'f':
		return float64(i), float64(i)
	case 'w':
		return errors.New("the disk is on fire"), "the disk is on fire"
	case 's', 'v', 'T':
		return "絵" + strconv.Itoa(i), "絵" + strconv.Itoa(i)
	}
	return nil, nil
}

// TestReasonsNest pins whole messages as a person reads them.
func TestReasonsNest(t *testing.T) {
	speak(t, "ja")
	for _, tt := range []struct{ here, there string }{
		{`read picture "/a b/顔: 1.png": is text, not a picture: use a PNG, JPEG, GIF, WebP or BMP file`, `画像 "/a b/顔: 1.png" を読めません：テキスト で、画像ではありません。PNG・JPEG・GIF・WebP・BMP を使ってください`},
		{`open project "/x.frglab": the project was written by a newer FrgLab (its format is 9, this program knows 2): update FrgLab`, `プロジェクト "/x.frglab" を開けません：新しい FrgLab で作られたプロジェクトです（形式は 9、このプログラムが読めるのは 2 まで）。FrgLab を更新してください`},
		{`open /x/y.txt: permission denied`, `/x/y.txt を開けません：許可がありません`},
		{`read list "/l.txt": line 1: unknown class x: use 0 for face, 1 for other, line 2: the path is empty: write it before the class (and 4 more)`, `リスト "/l.txt" を読めません：1行目：クラス x はありません。0（顔）か 1（その他）にしてください、2行目：パスが空です。クラスの前に書いてください（ほか4件）`},
		{`load checkpoint "/m": something nobody translated`, `モデル "/m" を読めません：something nobody translated`},
		{"nothing known: at all", "nothing known: at all"},
	} {
		if got := reason(tt.here); got != tt.there {
			t.Errorf("%s\n got %s\nwant %s", tt.here, got, tt.there)
		}
	}
	if got := tr("The frame cannot be shown: %v", errors.New("permission denied")); !strings.HasSuffix(got, "許可がありません") {
		t.Errorf("an error among the arguments is not translated: %s", got)
	}
}

// speak sets the language for a test, and English afterwards.
func speak(t *testing.T, language string) {
	t.Helper()
	if err := setLanguage(language, assets.Translations()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { texts, reasons = nil, nil })
}

func japaneseReasons(t *testing.T) map[string]string {
	t.Helper()
	data, err := fs.ReadFile(assets.Translations(), "translations/ja.reasons.json")
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]string
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// plain is a format without its verbs.
func plain(format string) string {
	pieces, _, _ := splitFormat(format)
	return strings.Join(pieces, " ")
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// sources parses the files of a package, without its tests.
func sources(t *testing.T, dir string) (*token.FileSet, []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no sources in %s (%v)", dir, err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return set, files
}

// written is the text of an expression, %s for parts that are no literal; ok is false
// where no part is one.
func written(e ast.Expr) (text string, ok bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			s, err := strconv.Unquote(x.Value)
			return s, err == nil
		}
	case *ast.ParenExpr:
		return written(x.X)
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			a, aOK := written(x.X)
			b, bOK := written(x.Y)
			return a + b, aOK || bOK
		}
	}
	return "%s", false
}

// errorFormats are the literals of all calls of errors.New and fmt.Errorf, and where they
// stand. A text that comes from elsewhere was translated there, or is one of those.
func errorFormats(t *testing.T, dir string) map[string]string {
	t.Helper()
	set, files := sources(t, dir)
	found := map[string]string{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || len(c.Args) == 0 || callee(c) != "errors.New" && callee(c) != "fmt.Errorf" {
				return true
			}
			if text, ok := written(c.Args[0]); ok {
				found[text] = set.Position(c.Pos()).String()
			}
			return true
		})
	}
	return found
}

// literals are all texts in the code of a package.
func literals(t *testing.T, dir string) (all []string) {
	t.Helper()
	_, files := sources(t, dir)
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if text, ok := written(e); ok {
					all = append(all, text)
				}
			}
			return true
		})
	}
	return all
}

// callee is the name of what is called, with its package or receiver: "fmt.Errorf".
func callee(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
		return "." + f.Sel.Name
	}
	return ""
}
