package smoke

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frglab/assets"
)

// TestFolder drops two folders, one right after the other, and exports what is found in
// the pictures of the second.
func TestFolder(t *testing.T) {
	p := launch(t)
	p.key("ctrl+3")
	first, second := sampleFolder(t, "first", 9), sampleFolder(t, "second", 3)
	for _, dir := range []string{first, second} {
		if err := drop(p.window, 300, 300, dir); err != nil {
			t.Fatal(err)
		}
	}
	p.until("the pictures of the second drop", func() bool { return strings.Contains(p.title(), "second-0") })
	p.photo("folder")
	p.key("ctrl+b")
	p.photo("folder-sheet")
	p.key("Return") // in the field with the folder
	list := second + "-faces/found.jsonl"
	p.until("the export", func() bool { _, err := os.Stat(list); return err == nil })
	data, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(data), filepath.Join(second, "second-0")); n != 6 || strings.Contains(string(data), first) {
		t.Errorf("%d lines of 3 pictures and 2 detectors:\n%s", n, data)
	}
	p.photo("folder-exported")
	p.quit()
}

// sampleFolder is a folder with copies of so many bundled pictures: NAME-0NAME.jpg.
func sampleFolder(t *testing.T, name string, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	pictures, err := fs.Glob(assets.Samples(), "*.[jp][pn]g")
	if err != nil {
		t.Fatal(err)
	}
	for _, picture := range pictures[:n] {
		data, err := fs.ReadFile(assets.Samples(), picture)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+"-0"+picture), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
