// Package results writes what detectors found in pictures to files: copies of the
// pictures with the boxes drawn in, the faces cut out, and lists as JSON lines, CSV or
// COCO. The command line and the window write the same files through it.
//
//	p := results.Picture{Out: "scene", Img: img, Records: records}
//	err := p.Annotate("marked")
//	err = p.Crops("faces", results.Crop{Margin: 1.2, Square: true, Size: 256})
//
// Files appear whole or not at all. Folders are the caller's to make, and the caller's
// to choose: what has the name of a file that is to be written is replaced.
package results

import (
	"fmt"
	"hash/fnv"
	"path/filepath"
	"strings"

	"frglab/engine"
)

// The names of the detectors.
const (
	CNN     = "cnn"
	Cascade = "cascade"
)

// Record is what one detector found in one picture: a line of detect --json.
type Record struct {
	File       string             `json:"file"`
	Width      int                `json:"width"`
	Height     int                `json:"height"`
	Detector   string             `json:"detector"` // CNN or Cascade
	Mode       string             `json:"mode"`     // "" for the cascade
	MS         float64            `json:"ms"`       // detection alone, without reading the file
	Detections []engine.Detection `json:"detections"`
}

// Summary is "cnn 2 faces 812 ms".
func (r Record) Summary() string {
	faces := "faces"
	if len(r.Detections) == 1 {
		faces = "face"
	}
	return fmt.Sprintf("%s %d %s %.0f ms", r.Detector, len(r.Detections), faces, r.MS)
}

// Names gives each file a name for what is made from it: its own, without folder and
// ending. Where several would share one (also on a disk that does not tell A from a), each
// gets a hash of its path behind it.
func Names(paths []string) []string {
	stem := func(path string) string {
		base := filepath.Base(path)
		if s := strings.TrimSuffix(base, filepath.Ext(base)); s != "" {
			return s
		}
		return base
	}
	count := map[string]int{}
	for _, p := range paths {
		count[strings.ToLower(stem(p))]++
	}
	var names []string
	for _, p := range paths {
		name := stem(p)
		if count[strings.ToLower(name)] > 1 {
			h := fnv.New32a()
			h.Write([]byte(p))
			name = fmt.Sprintf("%s~%08x", name, h.Sum32())
		}
		names = append(names, name)
	}
	return names
}

// IsJPEG says by a file's name whether copies of it may lose something, as it did.
func IsJPEG(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".jpg" || ext == ".jpeg"
}
