package main

import (
	"strings"
	"testing"
)

// Each rule must be able to fail.
func TestImports(t *testing.T) {
	engine := pkg{ImportPath: "frglab/engine", Imports: []string{"frglab/engine/nn"}, Deps: []string{"frglab/engine/nn", "gorgonia.org/gorgonia"}}
	vision := pkg{ImportPath: "frglab/engine/vision", Imports: []string{"gocv.io/x/gocv"}, Deps: []string{"gocv.io/x/gocv"}}
	for _, test := range []struct {
		name string
		pkg  pkg
		want string // in the message; "" where the import is right
	}{
		{"nn is made of gorgonia", pkg{ImportPath: "frglab/engine/nn", Imports: []string{"gorgonia.org/gorgonia"}}, ""},
		{"gorgonia elsewhere", pkg{ImportPath: "frglab/engine/train", Imports: []string{"gorgonia.org/gorgonia"}}, "only frglab/engine/nn may"},
		{"part of gorgonia", pkg{ImportPath: "frglab/ui", Imports: []string{"gorgonia.org/gorgonia/encoding/dot"}}, "only frglab/engine/nn may"},
		{"gocv in a test", pkg{ImportPath: "frglab/ui", TestImports: []string{"gocv.io/x/gocv"}}, "only frglab/engine/vision may"},
		{"cu outside cuda", pkg{ImportPath: "frglab/engine/nn", Imports: []string{"gorgonia.org/cu"}}, "only frglab/engine/nn/cuda/driver may"},
		{"dialog outside native", pkg{ImportPath: "frglab/ui", Imports: []string{"github.com/sqweek/dialog"}}, "only frglab/ui/native may"},
		{"app outside main", pkg{ImportPath: "frglab/ui", Imports: []string{"fyne.io/fyne/v2/app"}}, "only frglab may"},
		{"app in main", pkg{ImportPath: "frglab", Imports: []string{"fyne.io/fyne/v2/app"}}, ""},
		{"dataset and engine", pkg{ImportPath: "frglab/dataset", Imports: []string{"frglab/engine"}}, "frglab/dataset must not reach frglab/engine"},
		{"dataset and engine in a test", pkg{ImportPath: "frglab/dataset", XTestImports: []string{"frglab/engine"}}, "must not reach frglab/engine"},
		{"engine and dataset", pkg{ImportPath: "frglab/engine/nn/ref", Imports: []string{"frglab/dataset"}}, "must not reach frglab/dataset"},
		{"engine and gocv through vision", pkg{ImportPath: "frglab/engine", Imports: []string{"frglab/engine/vision"}, Deps: []string{"frglab/engine/vision", "gocv.io/x/gocv"}}, "(through frglab/engine/vision)"},
		{"gocv through a test of the command line", pkg{ImportPath: "frglab/ui/cli", TestImports: []string{"frglab/engine/vision"}}, "frglab/ui/cli must not reach gocv.io, but does (through frglab/engine/vision)"},
		{"Fyne far down", pkg{ImportPath: "frglab/ui/cli", Imports: []string{"example.org/x"}, Deps: []string{"example.org/x", "fyne.io/fyne/v2"}}, "must not reach fyne.io"},
		{"a widget with business", pkg{ImportPath: "frglab/ui/chart", Imports: []string{"frglab/engine"}}, "frglab/ui/chart must not reach frglab/engine"},
		{"the window may do all that", pkg{ImportPath: "frglab/ui", Imports: []string{"frglab/engine", "frglab/dataset", "fyne.io/fyne/v2"}}, ""},
		{"the network", pkg{ImportPath: "frglab/ui", Imports: []string{"net/http"}}, "nothing leaves the machine"},
		{"addresses of files", pkg{ImportPath: "frglab/ui", Imports: []string{"net/url"}}, ""},
		{"a name that only looks alike", pkg{ImportPath: "frglab/dataset", Imports: []string{"frglab/enginex", "gocv.iox/y"}}, ""},
	} {
		got := strings.Join(imports([]pkg{test.pkg, engine, vision}), "\n")
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q in it", test.name, got, test.want)
		}
	}
}

func TestTopLevel(t *testing.T) {
	if got := topLevel([]string{".git", ".make", "go.mod", "ui", "frglab", "dist"}); len(got) != 0 {
		t.Errorf("the usual names: %q", got)
	}
	if got := topLevel([]string{"ui", "docs"}); len(got) != 1 || !strings.HasPrefix(got[0], "docs does not belong") {
		t.Errorf("docs: %q, want one line about it", got)
	}
}
