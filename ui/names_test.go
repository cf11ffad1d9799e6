package ui

import (
	"bytes"
	"context"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"frglab/dataset"
	"frglab/ui/cli"
)

// hardNames are names of files and folders that programs stumble over.
var hardNames = []string{
	"日本語 顔",
	" two  spaces ",
	`it's "quoted" \back`,
	"emoji 🌸👩‍🎨✨",
	"line\nbreak\tand tab",
	"שלום مرحبا",
	"a\u202egnp.exe",
	"100%20&#;?$(x)`*[a]",
	"-dash",
	"ｆｕｌｌ　ｗｉｄｔｈ",
	"dakuten か\u3099",
	"bad \xff bytes",
	strings.Repeat("長", 35),
}

// TestHardNames takes a project, pictures and folders of each of these names through the
// window, and again through the command line.
func TestHardNames(t *testing.T) {
	crop := pngData(halvedCrop())
	for _, name := range hardNames {
		t.Run(strings.ToValidUTF8(oneLined(name), "?"), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			picture := filepath.Join(dir, "in", name+".png")
			classes := filepath.Join(dir, "classes", name)
			for path, data := range map[string][]byte{
				picture: pngData(halvedPicture()),
				filepath.Join(classes, "face", name+".png"):  crop,
				filepath.Join(classes, "other", name+".png"): pngData(halvedPicture()),
			} {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			project := filepath.Join(dir, name+projectExt)

			t.Run("window", func(t *testing.T) { nameInWindow(t, dir, name, project, picture, classes) })
			t.Run("command line", func(t *testing.T) { nameInCommands(t, dir, name, project, picture, classes) })
		})
	}
}

func nameInWindow(t *testing.T, dir, name, project, picture, classes string) {
	w, failures := openWindow(t)
	w.createProject(project)
	settle(w)
	if len(*failures) > 0 || w.project == nil {
		t.Fatalf("no project: %v", *failures)
	}
	w.label.importFrom(classes)
	settle(w)
	if n := w.counts(t); n.Face != 1 || n.Other != 1 {
		t.Errorf("imported %+v", n)
	}
	w.tabs.SelectIndex(tabDetect)
	w.detect.openPaths([]string{picture})
	settle(w)
	if w.detect.img == nil || w.detect.showing() != name+".png" {
		t.Errorf("shows %q", w.detect.showing())
	}
	w.detect.left.OnBoxDrawn(w.detect.img.Rect.Inset(8))
	settle(w)
	ids, err := w.project.IDs(dataset.Filter{Proposer: byHand})
	if err != nil || len(ids) != 1 {
		t.Fatalf("%d boxes by hand, %v", len(ids), err)
	}
	if s, err := w.project.Samples(ids); err != nil || s[0].Path != picture {
		t.Errorf("the box is of %q, %v", s[0].Path, err)
	}
	w.export(filepath.Join(dir, "out "+name), dataset.ExportConfig{Format: dataset.FormatFolders})
	settle(w)
	if found, _ := filepath.Glob(globbed(dir) + "/out *"); len(found) != 1 {
		t.Errorf("exported to %q", found)
	}
	for _, text := range append([]string{w.win.Title(), w.detect.list.names[0], w.status.project.Text}, recentLabels(w)...) {
		if strings.ContainsAny(text, "\n\t\u202e") || !utf8.ValidString(text) {
			t.Errorf("%q is on screen as it is", text)
		}
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func nameInCommands(t *testing.T, dir, name, project, picture, classes string) {
	run := func(want int, args ...string) string {
		var out, errs bytes.Buffer
		code := cli.Main(context.Background(), args, cli.Env{
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
			OpenCascades: func(n int, _ float64, _ int) (list []cli.Cascade, _ error) {
				for range n {
					list = append(list, &onlooker{})
				}
				return list, nil
			},
			IsVideo: func(string) bool { return false },
		})
		if code != want {
			t.Errorf("%q: exit %d, want %d: %s", args[0], code, want, errs.String())
		}
		return out.String()
	}
	run(0, "detect", "--detector", "cascade", "--json", filepath.Join(dir, name+".jsonl"), picture)
	run(0, "collect", "--project", project, "--detector", "cascade", picture)
	run(0, "import", "--project", project, classes)
	run(0, "export", "--project", project, "--format", "coco", filepath.Join(dir, "coco "+name))
	if said := run(0, "stats", "--project", project); !strings.Contains(said, "3") {
		t.Errorf("stats: %s", said)
	}
}

// recentLabels are the recent projects as the menu has them.
func recentLabels(w *window) (all []string) {
	for _, i := range w.win.MainMenu().Items[0].Items {
		if i.ChildMenu != nil {
			for _, r := range i.ChildMenu.Items {
				all = append(all, r.Label)
			}
		}
	}
	return all
}

// globbed is a path without the signs that Glob reads as patterns.
func globbed(path string) string {
	return strings.NewReplacer("*", `\*`, "[", `\[`, "?", `\?`, `\`, `\\`).Replace(path)
}

func halvedCrop() image.Image    { return halved(image.NewRGBA(image.Rect(0, 0, 32, 32)), 255) }
func halvedPicture() image.Image { return halved(image.NewRGBA(image.Rect(0, 0, 64, 48)), 255) }
