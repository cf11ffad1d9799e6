package dataset

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The columns of a CSV file of boxes. There is one row for each box, and one with an
// empty class for a picture without any.
//
//	file           picture, relative to the CSV file's folder
//	width, height  of the picture in pixels; may be empty or missing, and so may the next three
//	title, episode of the picture
//	split          train or valid
//	class          face, other or unsure
//	x, y, w, h     the box: left, top, width and height in pixels
//
// Columns may come in any order, and others are passed over. Where x, y, w and h are
// missing each row is a crop, as in the samples.csv of the format "crops".
//
// A cell that a spreadsheet could take for a formula, since it begins with = + - @, a
// tab or CR, gets an apostrophe in front. Reading takes it off again.
var csvColumns = []string{"file", "width", "height", "title", "episode", "split", "class", "x", "y", "w", "h"}

// csvBox are the columns that a box takes.
var csvBox = csvColumns[7:]

// readCSV reads a CSV file, and finds its pictures.
func readCSV(im *importing, path string) ([]annotated, error) {
	data, err := readSmall(path, maxTable)
	if err != nil {
		return nil, err
	}
	list, err := im.parseCSV(path, data)
	if err != nil {
		return nil, err
	}
	return im.findPictures(list, path)
}

// table is a CSV file with a line of names on top.
type table struct {
	in      *csv.Reader
	columns map[string]int
	row     []string
	line    int
}

func newTable(data []byte) (*table, error) {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.IndexByte(first, 0) >= 0 {
		return nil, errors.New("is no text: save it as CSV in UTF-8")
	}
	t := &table{in: csv.NewReader(bytes.NewReader(data)), columns: map[string]int{}}
	t.in.ReuseRecord = true
	for _, comma := range ",;\t" { // spreadsheets write what the country is used to
		if t.in.Comma = comma; bytes.ContainsRune(first, comma) {
			break
		}
	}
	names, err := t.in.Read()
	if err == io.EOF {
		return nil, errors.New("is empty: the first line has to name the columns")
	} else if err != nil {
		return nil, err
	}
	for i, name := range names {
		t.columns[strings.ToLower(strings.TrimSpace(name))] = i
	}
	return t, nil
}

func (t *table) has(name string) bool { _, ok := t.columns[name]; return ok }

// cell is what stands in a column, "" where that is missing.
func (t *table) cell(name string) string {
	i, ok := t.columns[name]
	if !ok || i >= len(t.row) {
		return ""
	}
	return plainCell(t.row[i])
}

// next reads a row; io.EOF ends them.
func (t *table) next() (err error) {
	t.row, err = t.in.Read()
	if len(t.row) > 0 {
		t.line, _ = t.in.FieldPos(0) // which panics without a row
	}
	return err
}

// parseCSV is what a CSV file says of its pictures. Their paths are its own words.
func (im *importing) parseCSV(path string, data []byte) ([]annotated, error) {
	t, err := newTable(data)
	if err != nil {
		return nil, err
	}
	crops := !slices.ContainsFunc(csvBox, t.has)
	for _, name := range append([]string{"file", "class"}, csvBox...) {
		if !t.has(name) && !(crops && slices.Contains(csvBox, name)) {
			return nil, fmt.Errorf("it has no column %q: name the columns in the first line: %s", name, strings.Join(csvColumns, ","))
		}
	}
	var list []annotated
	var lost faults
	index := map[string]int{}
	for boxes := 0; ; boxes++ {
		err := t.next()
		if err == io.EOF && lost.n > 0 {
			im.fail(path, fmt.Errorf("%q: %s", path, lost.first(3)))
		}
		if err == io.EOF {
			return list, nil
		}
		if boxes > maxMarks || len(list) > maxImages {
			return nil, fmt.Errorf("has more than %d rows or %d pictures: split it", maxMarks, maxImages)
		}
		file := ""
		if err == nil {
			file = t.cell("file")
		}
		if errors.Is(err, csv.ErrFieldCount) || err == nil && file == "" {
			lost.add(t.line, fmt.Errorf("has %d cells for %d columns, or names no file: mend it", len(t.row), len(t.columns)))
			continue
		} else if err != nil {
			return nil, err
		}
		i, known := index[file]
		if !known {
			i = len(list)
			index[strings.Clone(file)] = i
			list = append(list, t.picture())
		}
		if crops {
			im.csvCrop(t, &list[i], known)
		} else {
			im.csvBox(t, &list[i])
		}
	}
}

// picture is what a row says of the picture itself.
func (t *table) picture() annotated {
	a := annotated{
		path: strings.Clone(t.cell("file")), title: strings.Clone(t.cell("title")), episode: strings.Clone(t.cell("episode")),
		split: splitNamed(t.cell("split")),
	}
	a.width, _ = strconv.Atoi(t.cell("width")) // 0 where there is none
	a.height, _ = strconv.Atoi(t.cell("height"))
	return a
}

func (im *importing) csvCrop(t *table, a *annotated, twice bool) {
	class, ok := im.classNamed(t.cell("class"))
	switch {
	case twice:
		a.faults.add(t.line, errors.New("the crop occurs twice: keep one line"))
	case !ok:
		a.faults.add(t.line, fmt.Errorf("unknown class %q: use face, other or unsure", shorten(t.cell("class"))))
	}
	a.crop, a.class, a.width, a.height = true, class, 0, 0
}

func (im *importing) csvBox(t *table, a *annotated) {
	name := t.cell("class")
	if name == "" && t.cell("x") == "" { // looked at, and nothing found
		return
	}
	class, ok := im.classNamed(name)
	if !ok {
		im.stranger(name)
		return
	}
	var v [4]float64
	for k, column := range csvBox {
		var err error
		if v[k], err = strconv.ParseFloat(strings.TrimSpace(t.cell(column)), 64); err != nil {
			a.faults.add(t.line, fmt.Errorf("%s %q is no number: write pixels", column, shorten(t.cell(column))))
			return
		}
	}
	a.addBBox(v[:], class, fmt.Sprintf("line %d", t.line))
}

func writeCSV(x *exporting, list []annotated) error {
	rows := [][]string{slices.Clone(csvColumns)}
	for _, a := range list {
		about := []string{a.path, strconv.Itoa(a.width), strconv.Itoa(a.height), a.title, a.episode, a.split.String()}
		for _, m := range a.boxes {
			row := append(slices.Clone(about), m.class.String())
			for _, v := range []float64{m.x0, m.y0, m.x1 - m.x0, m.y1 - m.y0} {
				row = append(row, strconv.Itoa(int(v)))
			}
			rows = append(rows, row)
		}
		if len(a.boxes) == 0 {
			rows = append(rows, append(about, "", "", "", "", ""))
		}
	}
	return x.writeTable("annotations.csv", rows)
}

// writeTable writes rows as CSV (RFC 4180), with LF.
func (x *exporting) writeTable(name string, rows [][]string) error {
	var buf bytes.Buffer
	if x.BOM {
		buf.WriteString("\ufeff")
	}
	out := csv.NewWriter(&buf)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = SafeCell(cell)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return x.write(name, buf.Bytes())
}

// formula says whether a spreadsheet could take a cell for one. Apostrophes in front
// count as ours, so that a cell that has some of its own comes back as well.
func formula(cell string) bool {
	cell = strings.TrimLeft(cell, "'")
	return cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0
}

// lineBreaks are those that readers of CSV do not tell from a plain one.
var lineBreaks = regexp.MustCompile(`\r+\n`)

// SafeCell is a cell that no spreadsheet runs; plainCell takes it back.
func SafeCell(cell string) string {
	cell = strings.ToValidUTF8(lineBreaks.ReplaceAllString(cell, "\n"), "\uFFFD")
	if formula(cell) {
		return "'" + cell
	}
	return cell
}

func plainCell(cell string) string {
	if formula(cell) {
		return strings.TrimPrefix(cell, "'")
	}
	return cell
}
