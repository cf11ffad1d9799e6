package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"frglab/assets"
)

// TestTranslations finds every tr("…") of this package in the Japanese file, with
// the same verbs in the same order, and nothing there that no code asks for.
func TestTranslations(t *testing.T) {
	data, err := fs.ReadFile(assets.Translations(), "translations/ja.json")
	if err != nil {
		t.Fatal(err)
	}
	var japanese map[string]string
	if err := json.Unmarshal(data, &japanese); err != nil {
		t.Fatal(err)
	}
	verbs := regexp.MustCompile(`%[^a-zA-Z%]*[a-zA-Z%]`)
	used := map[string]bool{}
	for text, at := range texted(t) {
		used[text] = true
		switch there, ok := japanese[text]; {
		case !ok:
			t.Errorf("%s: %q has no Japanese", at, text)
		case !slices.Equal(verbs.FindAllString(there, -1), verbs.FindAllString(text, -1)):
			t.Errorf("%s: %q and %q have other verbs", at, text, there)
		}
	}
	for text := range japanese {
		if !used[text] {
			t.Errorf("ja.json: nothing asks for %q", text)
		}
	}
}

// texted lists the arguments of all calls of tr, and where they stand. An argument
// that is no literal cannot be checked, so it fails.
func texted(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	files := token.NewFileSet()
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if name, ok := c.Fun.(*ast.Ident); !ok || name.Name != "tr" {
				return true
			}
			at := files.Position(c.Pos()).String()
			lit, ok := c.Args[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: tr of something that is no literal", at)
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[text] = at
			return true
		})
	}
	return found
}

func TestSystemLanguage(t *testing.T) {
	for _, tt := range []struct{ all, lang, want string }{
		{"", "", "en"},
		{"", "ja_JP.UTF-8", "ja"},
		{"", "C", "c"},
		{"en_GB", "ja_JP", "en"},
	} {
		env := map[string]string{"LC_ALL": tt.all, "LANG": tt.lang}
		if got := systemLanguage(func(k string) string { return env[k] }); got != tt.want {
			t.Errorf("LC_ALL=%s LANG=%s: got %s, want %s", tt.all, tt.lang, got, tt.want)
		}
	}
}
