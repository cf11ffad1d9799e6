package dataset

import (
	"database/sql"
	"strings"
	"sync"
)

// applicationID marks the file as FrgLab's: "FrgL" (bytes 68 to 71 of the file).
const applicationID = 0x4672674c

// schemaVersion is the user_version (bytes 60 to 63) that this program reads and
// writes.
const schemaVersion = len(steps)

// steps lead to the present schema: the first makes a project of format 1,
// each other one of the format before. A step is never edited once it was released: a
// change of the schema is the next step. New projects take all of them too, so that
// their tables are the very ones of a project that was brought up to date.
var steps = [...]string{format1, format2}

// format1 makes an empty project. Integers hold what the comment beside them says;
// times are Unix milliseconds.
const format1 = `
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

// format2 adds the frames that samples are cut from, and what is derived from crops:
// their prints, which of them are twins, and what a model says of them.
//
// In changes there are two more kinds. 2: of a frame, before and after are its state.
// 3: of a sample's box, before and after are x<<48 | y<<32 | w<<16 | h.
const format2 = `
CREATE TABLE frames (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	source INTEGER NOT NULL REFERENCES sources (id),
	frame  INTEGER NOT NULL,
	at     INTEGER NOT NULL,                     -- nanoseconds into the video
	width INTEGER NOT NULL, height INTEGER NOT NULL,
	print  INTEGER NOT NULL,                     -- Print of the whole frame, 0 where nobody took it
	state  INTEGER NOT NULL,                     -- FrameState
	UNIQUE (source, frame)
) STRICT;
CREATE INDEX frames_state ON frames (state);

DROP INDEX samples_source;
CREATE INDEX samples_place ON samples (source, frame, gone);

CREATE TABLE prints (
	sample INTEGER PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
	dct    INTEGER NOT NULL,                     -- Print of the crop
	gray   BLOB NOT NULL                         -- the crop in 16x16 grey pixels
) STRICT;

CREATE TABLE twins (
	sample INTEGER PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
	leader INTEGER NOT NULL REFERENCES samples (id) ON DELETE CASCADE -- the one that is shown for it
) STRICT;
CREATE INDEX twins_leader ON twins (leader);

CREATE TABLE judgements (
	sample    INTEGER PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
	model     TEXT NOT NULL,
	face      REAL NOT NULL,                     -- probability of a face
	suspect   REAL,                              -- out-of-fold probability of a face; NULL where nobody looked
	confirmed INTEGER NOT NULL DEFAULT 0,        -- 1 + the class that a person gave again when it was suspected
	embedding BLOB NOT NULL                      -- int8 vector of length about 127, may be empty
) STRICT;
`

// The tables that Open checks before it trusts a file. Not among them are the
// crops, most of the file: each carries checksums of its own (PNG), which are
// checked whenever it is read. Prints and judgements can be made again.
var checkedTables = []string{"sources", "samples", "acts", "changes", "runs", "points", "settings", "frames", "twins"}

// schemaText is the schema as db holds it, in one string to compare.
func schemaText(db *sql.DB) (text string, err error) {
	err = db.QueryRow(`SELECT coalesce(group_concat(sql, char(10)), '')
		FROM (SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name)`).Scan(&text)
	return text, err
}

// wantSchema is schemaText of a new project of format v. A file with anything more, such
// as a trigger, is not one that this program wrote.
func wantSchema(v int) (string, error) {
	if text, ok := wantedSchemas.Load(v); ok {
		return text.(string), nil
	}
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return "", err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(strings.Join(steps[:v], "\n")); err != nil {
		return "", err
	}
	text, err := schemaText(db)
	if err == nil {
		wantedSchemas.Store(v, text)
	}
	return text, err
}

// wantedSchemas keeps what wantSchema made: string by int.
var wantedSchemas sync.Map
