package dataset

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// column names a column.
type column struct{ table, name string }

// cellProject is a closed project with a few rows in each table, and its columns.
func cellProject(t testing.TB) (data []byte, columns []column) {
	t.Helper()
	path, _ := closedProject(t)
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`
		INSERT INTO settings VALUES ('detect.fresh', '[1,2]');
		INSERT INTO prints SELECT id, id, zeroblob(256) FROM samples;
		INSERT INTO twins VALUES (1, 2);
		INSERT INTO judgements SELECT id, 'model', 0.25 * id, 0.5, 0, x'7f01' FROM samples;
		UPDATE samples SET checked = 1, class = id % 2 WHERE id > 1`); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query("SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.table, &c.name); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return data, columns
}

// FuzzCells writes into a project what its pages can hold and FrgLab would not write, a
// number or some bytes in two cells, and then does with it what the window does.
func FuzzCells(f *testing.F) {
	project, columns := cellProject(f)
	for i := range columns {
		f.Add(uint16(i), byte(0), int64(-1), []byte("x"), uint16(i), byte(1), int64(1)<<62, []byte(nil))
		f.Add(uint16(i), byte(1), int64(7), []byte("\xff\x00[]"), uint16(i+1), byte(0), int64(3), []byte("{}"))
	}
	dir := memoryDir(f)
	f.Fuzz(func(t *testing.T, at uint16, row byte, number int64, text []byte, at2 uint16, row2 byte, number2 int64, text2 []byte) {
		path := writeFile(t, filepath.Join(dir, "f.frglab"), project)
		overwrite(t, path, columns[int(at)%len(columns)], row, number, text)
		overwrite(t, path, columns[int(at2)%len(columns)], row2, number2, text2)
		p, err := Open(path)
		if err != nil {
			return
		}
		live(t, p, dir, Formats()[int(at^at2)%len(Formats())])
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// memoryDir is a folder for a fuzz target's files: in memory where the system has such
// folders, for there a project opens five times as fast as on a disk that is waited for.
func memoryDir(f *testing.F) string {
	dir, err := os.MkdirTemp("/dev/shm", "frglab-fuzz-")
	if err != nil {
		return f.TempDir()
	}
	f.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// overwrite puts the number into a cell, or the text where it holds no numbers. What
// would break a rule that SQLite keeps is left out.
func overwrite(t *testing.T, path string, c column, row byte, number int64, text []byte) {
	db, err := sql.Open("sqlite3", dsn(path, "mode=rw&_synchronous=OFF"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("PRAGMA ignore_check_constraints=1; PRAGMA foreign_keys=0"); err != nil {
		t.Fatal(err)
	}
	var key string
	if err := db.QueryRow("SELECT group_concat(name) FROM pragma_table_info(?) WHERE pk > 0", c.table).Scan(&key); err != nil {
		t.Fatal(err)
	}
	put := fmt.Sprintf("UPDATE OR IGNORE %s SET %s = ? WHERE (%s) = (SELECT %s FROM %[1]s LIMIT 1 OFFSET ? %% (SELECT count(*) FROM %[1]s))", c.table, c.name, key, key)
	for _, value := range []any{number, string(text), text} { // the tables are strict
		if _, err := db.Exec(put, value, row); err == nil {
			return
		}
	}
}

// live is what a window does with a project, and one export. Errors are fine.
func live(t *testing.T, p *Project, dir string, format Format) {
	ids, _ := p.IDs(Filter{})
	list, _ := p.Samples(ids)
	for _, s := range list {
		p.Crop(s.ID)
		p.Twins(s.ID)
		p.FrameSamples(s.Source, s.Frame)
		p.FrameAt(s.Source, s.Frame)
		p.IDs(Filter{Order: BySimilarity, Like: s.ID})
	}
	for _, order := range []Order{ByPlace, ByScore} {
		p.IDs(Filter{Order: order, FoldTwins: true})
	}
	frames, _ := p.Frames(FrameFilter{})
	for _, id := range frames {
		p.Frame(id)
		p.CheckFrame(id, true, "check")
	}
	p.Nearest("model", []int8{1, 2}, 5)
	p.Clusters(Filter{})
	p.Facets(Filter{})
	p.Findings()
	p.Counts()
	p.Stats()
	p.Titles()
	p.Episodes(Filter{})
	p.History(10)
	p.Setting("detect.fresh")
	runs, _ := p.Runs()
	for _, r := range runs {
		p.Points(r.ID)
	}
	for _, split := range []Split{Train, Valid} {
		v, err := p.View(split)
		for i := 0; err == nil && i < v.Len(); i++ {
			v.At(i)
		}
	}
	out := filepath.Join(dir, "out")
	p.Export(t.Context(), out, ExportConfig{Format: format, Size: 8}, nil)
	if err := os.RemoveAll(out); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		p.Undo()
	}
	p.Redo()
	if len(ids) > 0 {
		p.Label(map[int64]Class{ids[0]: Other}, "label")
		p.Remove(ids[:1], "remove")
	}
	p.AutoSplit(0.3, 1)
	p.Leak()
}
