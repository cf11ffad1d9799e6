package dataset

import (
	"database/sql"
	"sync"
)

// applicationID marks the file as FrgLab's: "FrgL" (bytes 68 to 71 of the file).
const applicationID = 0x4672674c

// schemaVersion is the user_version (bytes 60 to 63) that this program reads and
// writes. A change of the schema needs the next number and a migration.
const schemaVersion = 1

// schema makes an empty project. Integers hold what the comment beside them says;
// times are Unix milliseconds.
const schema = `
CREATE TABLE sources (
	id      INTEGER PRIMARY KEY,
	path    TEXT NOT NULL UNIQUE,  -- absolute
	title   TEXT NOT NULL,
	episode TEXT NOT NULL,
	kind    TEXT NOT NULL,
	split   INTEGER NOT NULL CHECK (split BETWEEN 0 AND 1)  -- Split
) STRICT;
CREATE INDEX sources_title ON sources (title, episode, split);

-- AUTOINCREMENT, here and for acts: a number is never given twice, so one that
-- the window or a running import remembers cannot come to mean something else.
CREATE TABLE samples (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	source   INTEGER NOT NULL REFERENCES sources (id),
	class    INTEGER NOT NULL CHECK (class BETWEEN 0 AND 2),    -- Class
	checked  INTEGER NOT NULL CHECK (checked BETWEEN 0 AND 1),
	gone     INTEGER NOT NULL CHECK (gone BETWEEN 0 AND 2),     -- 0 there, 1 removed, 2 its adding was undone
	frame    INTEGER NOT NULL,
	at       INTEGER NOT NULL,                                  -- nanoseconds into the video
	x INTEGER NOT NULL, y INTEGER NOT NULL, w INTEGER NOT NULL, h INTEGER NOT NULL, -- Box
	proposer TEXT NOT NULL,
	score    REAL NOT NULL,
	width INTEGER NOT NULL, height INTEGER NOT NULL,            -- of the crop
	hash     BLOB NOT NULL UNIQUE                               -- of size and pixels
) STRICT;
CREATE INDEX samples_state ON samples (gone, checked, class);
CREATE INDEX samples_source ON samples (source, gone);

CREATE TABLE crops (
	sample INTEGER PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
	png    BLOB NOT NULL
) STRICT;

CREATE TABLE acts (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	what   TEXT NOT NULL,
	at     INTEGER NOT NULL,
	undone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX acts_undone ON acts (id) WHERE undone;

CREATE TABLE changes (
	act    INTEGER NOT NULL REFERENCES acts (id) ON DELETE CASCADE,
	kind   INTEGER NOT NULL,  -- 0: of a sample, before and after are class + 4*checked + 8*gone
	                          -- 1: of a source, before and after are its split
	id     INTEGER NOT NULL,
	before INTEGER NOT NULL,
	after  INTEGER NOT NULL,
	PRIMARY KEY (act, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
	id         INTEGER PRIMARY KEY,
	started    INTEGER NOT NULL,
	ended      INTEGER NOT NULL,  -- 0 while it runs
	status     TEXT NOT NULL,
	note       TEXT NOT NULL,
	checkpoint TEXT NOT NULL,
	settings   TEXT NOT NULL      -- JSON
) STRICT;

CREATE TABLE points (
	id       INTEGER PRIMARY KEY,
	run      INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	split    INTEGER NOT NULL,
	step     INTEGER NOT NULL,
	epoch    INTEGER NOT NULL,
	loss     REAL,                -- NULL is NaN, in these four
	accuracy REAL,
	rate     REAL,
	per_s    REAL
) STRICT;
CREATE INDEX points_run ON points (run);

CREATE TABLE settings (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`

// The tables that Open checks before it trusts a file. Not among them are the
// crops, most of the file: each carries checksums of its own (PNG), which are
// checked whenever it is read.
var checkedTables = []string{"sources", "samples", "acts", "changes", "runs", "points", "settings"}

// schemaText is the schema as db holds it, in one string to compare.
func schemaText(db *sql.DB) (text string, err error) {
	err = db.QueryRow(`SELECT coalesce(group_concat(sql, char(10)), '')
		FROM (SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name)`).Scan(&text)
	return text, err
}

// wantSchema is schemaText of a new project. A file with anything more, such as a
// trigger, is not one that this program wrote.
var wantSchema = sync.OnceValues(func() (string, error) {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return "", err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(schema); err != nil {
		return "", err
	}
	return schemaText(db)
})
