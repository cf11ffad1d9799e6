package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2/lang"

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
	if n := strings.Count(string(data), "\n  \""); n != len(japanese) {
		t.Errorf("ja.json has %d lines for %d texts: a text stands there twice", n, len(japanese))
	}
}

// texted lists the arguments of all calls of tr, and where they stand. An argument
// that is no literal cannot be checked, so it fails.
func texted(t *testing.T) map[string]string {
	t.Helper()
	set, files := sources(t, ".")
	found := map[string]string{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || callee(c) != "tr" {
				return true
			}
			at := set.Position(c.Pos()).String()
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

// untranslated are the texts that are the same in every language, or that nobody reads.
var untranslated = map[string]string{
	"FrgLab":           "the name",
	"FrgLab %s":        "the name",
	"English":          "a language by its own name",
	"PNG":              "a format",
	"CSV":              "a format",
	"-faces":           "of a folder's name",
	"PgUp / PgDn":      "keys",
	"Esc":              "a key",
	"Tab":              "a key",
	"Space":            "a key, as Fyne calls it",
	fixedKeys:          "keys, as Fyne calls them",
	"Enter":            "a key",
	"Backspace":        "a key",
	"Delete":           "a key, as Fyne calls it",
	"Return":           "a key, as Fyne calls it",
	whatRemove:         "of the project file; actName says it",
	whatSnap:           "of the project file; actName says it",
	whatChecked:        "of the project file; actName says it",
	"dark":             "a setting",
	"light":            "a setting",
	"en":               "a setting",
	"ja":               "a setting",
	"frglab: ":         "of standard error",
	"warning: ":        "of standard error",
	"stopped ":         "of standard error",
	"fatal error: ":    "of standard error",
	"terminate called": "of standard error",
}

// silent are calls whose texts no user of the window reads: logs, names of files and
// settings, comparisons.
var silent = regexp.MustCompile(`^(tr|lang\.L|slog\..*|fmt\.Fprint.*|.*\.note|fyne\.LogError|panic|errors\.New|fmt\.Errorf|strings\.(HasPrefix|HasSuffix|Contains|CutPrefix|CutSuffix|TrimPrefix|TrimSuffix|Fields|Split|Cut|Count|Index|NewReplacer|ReplaceAll)|fyne\.NewStaticResource|os\..*|filepath\..*|exec\..*|regexp\..*|flag\..*|time\..*|.*\.Setting|.*\.SetSetting|.*\.(String|SetString|StringList|SetStringList|Float|FloatWithFallback|SetFloat|Bool|SetBool|RemoveValue|Int|SetInt|IntWithFallback|BoolWithFallback|StringWithFallback))$`)

// shown are calls and fields whose texts are read on screen, so that a single word there
// is a text as well.
var shown = regexp.MustCompile(`^(widget\.New(Label|LabelWithStyle|Button|ButtonWithIcon|Check|RadioGroup|Select|Hyperlink|Card|FormItem|AccordionItem|RichTextFromMarkdown|RichTextWithText|CheckGroup|SelectEntry)|canvas\.NewText|dialog\..*|fyne\.New(MenuItem|Menu|MenuItemWithIcon)|container\.NewTabItem(WithIcon)?|boldLabel|wrapped|statsHeading|.*\.(SetText|SetTitle|SetPlaceHolder|NewWindow|notify|showLines|tell|tellNow|choose|SetOptions|NewTabItem))$`)

var shownFields = regexp.MustCompile(`^(Text|Label|PlaceHolder|Title|XLabel|YLabel|Empty|Subtitle|name|title|text)$`)

// TestNoTextIsLeftUntranslated finds texts that reach the screen without tr: any literal
// of two words or more, and any word in a place that is shown.
func TestNoTextIsLeftUntranslated(t *testing.T) {
	words := regexp.MustCompile(`[A-Za-z]{2,}[,;:]? [A-Za-z]{2,}|^[A-Z][a-z]{2,}[.…:]?$`)
	word := regexp.MustCompile(`[A-Za-z]{2,}`)
	used := map[string]bool{}
	for _, dir := range []string{".", "chart", "chart/plot", "cropgrid", "imageview", "results", "native"} {
		set, files := sources(t, dir)
		for _, f := range files {
			var above []ast.Node
			ast.Inspect(f, func(n ast.Node) bool {
				if n == nil {
					above = above[:len(above)-1]
					return true
				}
				above = append(above, n)
				lit, ok := n.(*ast.BasicLit)
				if !ok {
					return true
				}
				text, ok := written(lit)
				if !ok || !word.MatchString(plain(text)) {
					return true
				}
				if _, ok := untranslated[text]; ok {
					used[text] = true
					return true
				}
				if strings.HasPrefix(text, "<svg ") {
					return true
				}
				seen, hidden := readers(above[:len(above)-1])
				if !hidden && (seen || words.MatchString(plain(text))) {
					t.Errorf("%s: %q is shown without tr", set.Position(lit.Pos()), text)
				}
				return true
			})
		}
	}
	for text := range untranslated {
		if !used[text] {
			t.Errorf("no code says %q, which needs no translation", text)
		}
	}
}

// readers says of the nodes above a literal whether it is shown, and whether nobody reads it.
func readers(above []ast.Node) (seen, hidden bool) {
	for i := len(above) - 1; i >= 0; i-- {
		switch n := above[i].(type) {
		case *ast.ImportSpec, *ast.IndexExpr, *ast.CaseClause, *ast.Field:
			return false, true
		case *ast.FuncLit, *ast.BlockStmt:
			return false, false
		case *ast.CallExpr:
			if name := callee(n); silent.MatchString(name) {
				return false, true
			} else if shown.MatchString(name) {
				return true, false
			}
		case *ast.KeyValueExpr:
			if k, ok := n.Key.(*ast.Ident); ok && shownFields.MatchString(k.Name) {
				return true, false
			}
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if s, ok := l.(*ast.SelectorExpr); ok && shownFields.MatchString(s.Sel.Name) {
					return true, false
				}
			}
		}
	}
	return false, false
}

// TestFyneSpeaksAlike finds Fyne's own words in the language of the window, whatever the
// locale is.
func TestFyneSpeaksAlike(t *testing.T) {
	for _, locale := range []string{"", "C", "C.UTF-8", "en_GB.UTF-8", "ja_JP.UTF-8"} {
		t.Setenv("LC_ALL", locale)
		t.Setenv("LANG", "")
		for language, want := range map[string]string{"ja": "はい", "en": "Yes"} {
			speak(t, language)
			if got := lang.L("Yes"); got != want {
				t.Errorf("locale %q, language %s: Fyne says %q, want %q", locale, language, got, want)
			}
			if got := lang.L("Overwrite?"); got != tr("Overwrite?") {
				t.Errorf("locale %q, language %s: Fyne says %q, want %q", locale, language, got, tr("Overwrite?"))
			}
		}
	}
}

func TestSystemLanguage(t *testing.T) {
	for _, tt := range []struct{ all, lang, want string }{
		{"", "", "en"},
		{"", "ja_JP.UTF-8", "ja"},
		{"", "ja", "ja"},
		{"", "C", "en"},
		{"", "C.UTF-8", "en"},
		{"POSIX", "ja_JP.UTF-8", "en"},
		{"", "%%garbage", "en"},
		{"", "あ", "en"},
		{"", "_", "en"},
		{"en_GB", "ja_JP", "en"},
	} {
		env := map[string]string{"LC_ALL": tt.all, "LANG": tt.lang}
		if got := languageOf(localeOf(func(k string) string { return env[k] })); got != tt.want {
			t.Errorf("LC_ALL=%s LANG=%s: got %s, want %s", tt.all, tt.lang, got, tt.want)
		}
	}
}

// TestLiteralsThatAreShown gives the check above what it is there for.
func TestLiteralsThatAreShown(t *testing.T) {
	for _, tt := range []struct {
		code         string
		seen, hidden bool
	}{
		{`widget.NewLabel("Word")`, true, false},
		{`widget.NewLabel("a" + "Word")`, true, false},
		{`fyne.NewMenuItem("Word", nil)`, true, false},
		{`s.notify("Word")`, true, false},
		{`f(struct{Text string}{Text: "Word"})`, true, false},
		{`tr("Word")`, false, true},
		{`widget.NewLabel(tr("Word"))`, false, true},
		{`slog.Error("Word")`, false, true},
		{`f("Word")`, false, false},
	} {
		if seen, hidden := placeOf(t, tt.code); seen != tt.seen || hidden != tt.hidden {
			t.Errorf("%s: shown %v, hidden %v, want %v, %v", tt.code, seen, hidden, tt.seen, tt.hidden)
		}
	}
}

func placeOf(t *testing.T, code string) (seen, hidden bool) {
	t.Helper()
	e := expression(t, code)
	var above []ast.Node
	ast.Inspect(e, func(n ast.Node) bool {
		if n == nil {
			above = above[:len(above)-1]
			return true
		}
		if lit, ok := n.(*ast.BasicLit); ok && lit.Value == `"Word"` {
			seen, hidden = readers(above)
		}
		above = append(above, n)
		return true
	})
	return seen, hidden
}

func expression(t *testing.T, code string) ast.Expr {
	t.Helper()
	e, err := parser.ParseExpr(code)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
