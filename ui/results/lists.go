package results

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"path/filepath"
	"strconv"

	"frglab/dataset"
	"frglab/engine"
)

// WriteLines writes records as detect --json does, one a line.
func WriteLines(w io.Writer, rs []Record) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, r := range rs {
		if r.Detections == nil {
			r.Detections = []engine.Detection{}
		}
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// csvColumns are those of a project's CSV, so that a project can import the file, and what
// a detector adds.
var csvColumns = []string{"file", "width", "height", "class", "x", "y", "w", "h", "score", "detector"}

// WriteCSV writes a row for each box, and for each picture without any of a detector one
// with an empty class.
func WriteCSV(w io.Writer, rs []Record) error {
	out := csv.NewWriter(w)
	rows := [][]string{csvColumns}
	for _, r := range rs {
		about := []string{dataset.SafeCell(r.File), strconv.Itoa(r.Width), strconv.Itoa(r.Height)}
		for _, d := range r.Detections {
			row := append(about[:3:3], "face")
			for _, v := range []int{d.Box.Min.X, d.Box.Min.Y, d.Box.Dx(), d.Box.Dy()} {
				row = append(row, strconv.Itoa(v))
			}
			rows = append(rows, append(row, strconv.FormatFloat(d.Score, 'g', 6, 64), r.Detector))
		}
		if len(r.Detections) == 0 {
			rows = append(rows, append(about[:3:3], "", "", "", "", "", "", r.Detector))
		}
	}
	return out.WriteAll(rows)
}

// WriteCOCO writes the records of one detector as a COCO file, with scores.
func WriteCOCO(w io.Writer, rs []Record) error {
	var images []dataset.TruthImage
	for _, r := range rs {
		t := dataset.TruthImage{File: filepath.ToSlash(r.File), Width: r.Width, Height: r.Height}
		for _, d := range r.Detections {
			b := d.Box
			box := [4]float64{float64(b.Min.X), float64(b.Min.Y), float64(b.Dx()), float64(b.Dy())}
			t.Faces = append(t.Faces, dataset.TruthFace{Box: box, Score: d.Score})
		}
		images = append(images, t)
	}
	return dataset.WriteTruth(w, images)
}
