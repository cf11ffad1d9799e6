package cli

import (
	"errors"
	"flag"
	"io"

	"frglab/ui/results"
)

// lists are the files of detect that are written at its end, as a whole.
type lists struct {
	csv, coco string
	records   []record // of this call
}

func (l *lists) declare(fs *flag.FlagSet) {
	fs.StringVar(&l.csv, "csv", "", "`file` for a table of all boxes, such as frglab import reads")
	fs.StringVar(&l.coco, "coco", "", "`file` for the boxes of one detector as COCO, with scores")
}

// check finds mistakes before the work.
func (l *lists) check(detector string, resume bool) error {
	switch {
	case l.csv == "" && l.coco == "":
		return nil
	case resume:
		return usagef("--resume: --csv and --coco hold what this call finds alone: leave them out, or --resume")
	case l.coco != "" && detector == "both":
		return usagef("--coco holds the boxes of one detector: use --detector cnn or cascade")
	}
	for path, opens := range map[string]string{l.csv: "file,width,height,", l.coco: `{"images":[`} {
		if path == "" {
			continue
		}
		if err := writable(path, []byte(opens)); err != nil {
			return err
		}
	}
	return nil
}

// add notes what was found in a picture.
func (l *lists) add(rs []record) {
	if l.csv != "" || l.coco != "" {
		l.records = append(l.records, rs...)
	}
}

func (l *lists) write() error {
	write := func(path string, list func(io.Writer, []record) error) error {
		if path == "" {
			return nil
		}
		return results.WriteFile(path, func(w io.Writer) error { return list(w, l.records) })
	}
	return errors.Join(write(l.csv, results.WriteCSV), write(l.coco, results.WriteCOCO))
}
