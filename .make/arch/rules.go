package main

import (
	"fmt"
	"slices"
	"strings"
)

// only says which package alone may import a library, so that the library can
// be exchanged there.
var only = []struct{ library, owner, why string }{
	{"gorgonia.org/gorgonia", "frglab/engine/nn", "the rest of the program knows networks, not graphs"},
	{"gorgonia.org/tensor", "frglab/engine/nn", "the rest of the program knows networks, not graphs"},
	{"gorgonia.org/cu", "frglab/engine/nn/cuda/driver", "everything else works without a GPU"},
	{"gocv.io/x/gocv", "frglab/engine/vision", "no OpenCV matrix may escape"},
	{"github.com/sqweek/dialog", "frglab/ui/native", "its dialogs need a goroutine of their own"},
	{"github.com/go-gl/glfw", "frglab/ui/native", "windows are Fyne's; it only looks over Fyne's shoulder"},
	{"fyne.io/fyne/v2/app", "frglab", "a package that starts windows cannot be tested without one"},
}

// never says what a package must not reach, neither itself nor through others
// nor in its tests.
var never = []struct {
	pkg  string // and the packages below it, where it ends in "/..."
	not  []string
	why  string
	save []string // packages below it with other rules
}{
	{pkg: "frglab/assets", not: []string{"frglab/"}, why: "it only hands out files"},
	{
		pkg: "frglab/dataset",
		not: []string{"frglab/engine", "frglab/ui", "fyne.io/", "gocv.io/", "gorgonia.org/"},
		why: "dataset and engine meet through standard types",
	},
	{
		pkg:  "frglab/engine/...",
		not:  []string{"frglab/dataset", "frglab/ui", "fyne.io/", "gocv.io/"},
		why:  "it trains and detects without a window, a project or OpenCV",
		save: []string{"frglab/engine/vision"},
	},
	{
		pkg: "frglab/engine/vision",
		not: []string{"frglab/dataset", "frglab/ui", "fyne.io/"},
		why: "it is OpenCV and nothing else",
	},
	{pkg: "frglab/ui/cli", not: []string{"fyne.io/", "gocv.io/"}, why: "the command line works without a window"},
	{pkg: "frglab/ui/results", not: []string{"fyne.io/", "gocv.io/"}, why: "the command line writes files through it"},
	{pkg: "frglab/ui/chart", not: widgetNot, why: widgetWhy},
	{pkg: "frglab/ui/cropgrid", not: widgetNot, why: widgetWhy},
	{pkg: "frglab/ui/imageview", not: widgetNot, why: widgetWhy},
	{pkg: "frglab/ui/native", not: widgetNot, why: widgetWhy},
}

var widgetNot = []string{"frglab/dataset", "frglab/engine", "gocv.io/", "gorgonia.org/"}

const widgetWhy = "a widget has fields and callbacks, no rules of the business"

// tops are the only names at the top level, besides those that start with a dot
// and what the build leaves there.
var (
	tops  = []string{"go.mod", "go.sum", "main.go", "ui", "engine", "dataset", "assets", "FyneApp.toml", "Makefile", "README.md"}
	built = []string{"frglab", "dist", "out"}
)

// imports returns one line for each import that breaks a rule.
func imports(pkgs []pkg) []string {
	known := map[string]pkg{}
	for _, p := range pkgs {
		known[p.ImportPath] = p
	}
	var breaches []string
	for _, p := range pkgs {
		for _, i := range p.Imports {
			if below(i, "net") && i != "net/url" {
				breaches = append(breaches, fmt.Sprintf("%s imports %s: nothing leaves the machine, as README.md promises", p.ImportPath, i))
			}
		}
		direct := slices.Concat(p.Imports, p.TestImports, p.XTestImports)
		for _, rule := range only {
			if p.ImportPath != rule.owner && slices.ContainsFunc(direct, func(i string) bool { return below(i, rule.library) }) {
				breaches = append(breaches, fmt.Sprintf("%s imports %s, which only %s may: %s",
					p.ImportPath, rule.library, rule.owner, rule.why))
			}
		}
		for _, rule := range never {
			if !covers(rule.pkg, p.ImportPath) || slices.Contains(rule.save, p.ImportPath) {
				continue
			}
			for _, not := range rule.not {
				if via, ok := reach(p, known, not); ok {
					breaches = append(breaches, fmt.Sprintf("%s must not reach %s, but does (%s): %s",
						p.ImportPath, strings.TrimSuffix(not, "/"), via, rule.why))
				}
			}
		}
	}
	slices.Sort(breaches)
	return slices.Compact(breaches)
}

// reach reports whether p or its tests lead to a package whose path starts with
// prefix, and through which import.
func reach(p pkg, known map[string]pkg, prefix string) (via string, ok bool) {
	hit := func(path string) bool { return path != p.ImportPath && below(path, prefix) }
	for _, direct := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
		if hit(direct) {
			return "imports " + direct, true
		}
		if slices.ContainsFunc(known[direct].Deps, hit) && direct != p.ImportPath {
			return "through " + direct, true
		}
	}
	if i := slices.IndexFunc(p.Deps, hit); i >= 0 {
		return "imports, far down, " + p.Deps[i], true
	}
	return "", false
}

// below reports whether path is root or lies below it; root may end in a slash.
func below(path, root string) bool {
	root = strings.TrimSuffix(root, "/")
	return path == root || strings.HasPrefix(path, root+"/")
}

func covers(pattern, path string) bool {
	if root, all := strings.CutSuffix(pattern, "/..."); all {
		return below(path, root)
	}
	return path == pattern
}

// topLevel returns one line for each name that does not belong there.
func topLevel(names []string) []string {
	var breaches []string
	for _, name := range names {
		if !strings.HasPrefix(name, ".") && !slices.Contains(tops, name) && !slices.Contains(built, name) {
			breaches = append(breaches, fmt.Sprintf("%s does not belong at the top level; there are only %s",
				name, strings.Join(tops, " ")))
		}
	}
	return breaches
}
