package dataset

import (
	"bufio"
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
)

// A -wal file holds changes to whichever file has its name without -wal, says SQLite: put
// another copy of a project in the place of one that crashed, and the pages of both are
// mixed without a word. So each transaction leaves a stamp in the settings, "before now
// now" (random numbers), and with it in the -wal. Where the project's own stamp is not
// found there, the two do not belong together.
const (
	stampKey  = "stamp"
	noStamp   = "----------------" // before the first
	stampSize = len(noStamp)
)

// stamp puts a new stamp into a transaction.
func stamp(tx *sql.Tx) error {
	_, err := tx.Exec(`WITH r AS (SELECT hex(randomblob(8)) AS now)
		INSERT INTO settings (key, value) SELECT ?1, ?2 || ' ' || now || ' ' || now FROM r WHERE true
		ON CONFLICT DO UPDATE SET value = substr(value, 18, 16) || substr(excluded.value, 17)`, stampKey, noStamp)
	return err
}

// stampOf reads the stamp of the last transaction. One that is torn, as by a power cut,
// is false.
func stampOf(path, mode string) (now string, ok bool) {
	db, err := sql.Open("sqlite3", dsn(path, mode))
	if err != nil {
		return "", false
	}
	defer db.Close()
	var value string
	err = db.QueryRow("SELECT value FROM settings WHERE key = ?", stampKey).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return noStamp, true
	}
	if err != nil || len(value) != 3*stampSize+2 || value[stampSize+1:2*stampSize+1] != value[2*stampSize+2:] {
		return "", false
	}
	return value[2*stampSize+2:], true
}

// checkWAL looks whether the -wal beside a project is its own.
func checkWAL(path string) error {
	own, ok := stampOf(path, "immutable=1")
	last, ok2 := stampOf(path, "mode=ro")
	if !ok || !ok2 || own == last {
		return nil // nothing can be said, or it holds nothing new
	}
	f, err := os.Open(path + "-wal")
	if err != nil {
		return err
	}
	defer f.Close()
	found, err := contains(f, []byte(own))
	if err != nil || found {
		return err
	}
	return fmt.Errorf("%w: the changes in %q are of another copy: %s", ErrDamaged, path+"-wal", wayOut)
}

// contains says whether the text is anywhere in r.
func contains(r io.Reader, text []byte) (bool, error) {
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		part, err := in.Peek(1 << 20)
		if bytes.Contains(part, text) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		if _, err := in.Discard(len(part) - len(text) + 1); err != nil {
			return false, err
		}
	}
}
