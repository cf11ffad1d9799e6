// Command arch checks who may import whom: make arch.
//
// It asks `go list` for the imports of every package, tests included, holds them
// against the rules in rules.go, and prints one line per breach. Nothing is
// compiled, so it needs neither OpenCV nor a display.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	breaches, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "arch:", err)
		os.Exit(2)
	}
	for _, b := range breaches {
		fmt.Fprintln(os.Stderr, "arch:", b)
	}
	if len(breaches) > 0 {
		fmt.Fprintln(os.Stderr, "arch: the rules and their reasons are in .make/arch/rules.go")
		os.Exit(1)
	}
}

func run() ([]string, error) {
	pkgs, err := list("migrated_fynedo,gles")
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return append(imports(pkgs), topLevel(names)...), nil
}

// pkg is what `go list` says about a package.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
	Deps                               []string // of the package without its tests, all the way down
	Error                              *struct{ Err string }
}

// list returns the packages below the working folder.
func list(tags string) ([]pkg, error) {
	cmd := exec.Command("go", "list", "-e", "-tags", tags,
		"-json=ImportPath,Imports,TestImports,XTestImports,Deps,Error", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var pkgs []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Error != nil {
			return nil, fmt.Errorf("go list: %s: %s", p.ImportPath, p.Error.Err)
		}
		pkgs = append(pkgs, p)
	}
}
