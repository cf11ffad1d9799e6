CREATE INDEX acts_undone ON acts (id) WHERE undone
CREATE INDEX frames_state ON frames (state)
CREATE INDEX points_run ON points (run)
CREATE INDEX samples_place ON samples (source, frame, gone)
CREATE INDEX samples_state ON samples (gone, checked, class)
CREATE INDEX sources_title ON sources (title, episode, split)
CREATE INDEX twins_leader ON twins (leader)
CREATE TABLE acts (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	what   TEXT NOT NULL,
	at     INTEGER NOT NULL,
	undone INTEGER NOT NULL DEFAULT 0
) STRICT
CREATE TABLE changes (
	act    INTEGER NOT NULL REFERENCES acts (id) ON DELETE CASCADE,
	kind   INTEGER NOT NULL,  -- 0: of a sample, before and after are class + 4*checked + 8*gone
	                          -- 1: of a source, before and after are its split
	id     INTEGER NOT NULL,
	before INTEGER NOT NULL,
	after  INTEGER NOT NULL,
	PRIMARY KEY (act, kind, id)
) STRICT, WITHOUT ROWID
CREATE TABLE crops (
	sample INTEGER PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
	png    BLOB NOT NULL
) STRICT
CREATE TABLE frames (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	source INTEGER NOT NULL REFERENCES sources (id),
	frame  INTEGER NOT NULL,
	at     INTEGER NOT NULL,                     -- nanoseconds into the video
	width INTEGER NOT NULL, height INTEGER NOT NULL,
	print  INTEGER NOT NULL,                     -- Print of the whole frame, 0 where nobody took it
	state  INTEGER NOT NULL,                     -- FrameState
	UNIQUE (source, frame)
) STRICT
CREATE TABLE judgements (
	sample    INTEGER PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
	model     TEXT NOT NULL,
	face      REAL NOT NULL,                     -- probability of a face
	suspect   REAL,                              -- out-of-fold probability of a face; NULL where nobody looked
	confirmed INTEGER NOT NULL DEFAULT 0,        -- 1 + the class that a person gave again when it was suspected
	embedding BLOB NOT NULL                      -- int8 vector of length about 127, may be empty
) STRICT
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
) STRICT
CREATE TABLE prints (
	sample INTEGER PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
	dct    INTEGER NOT NULL,                     -- Print of the crop
	gray   BLOB NOT NULL                         -- the crop in 16x16 grey pixels
) STRICT
CREATE TABLE runs (
	id         INTEGER PRIMARY KEY,
	started    INTEGER NOT NULL,
	ended      INTEGER NOT NULL,  -- 0 while it runs
	status     TEXT NOT NULL,
	note       TEXT NOT NULL,
	checkpoint TEXT NOT NULL,
	settings   TEXT NOT NULL      -- JSON
) STRICT
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
) STRICT
CREATE TABLE settings (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID
CREATE TABLE sources (
	id      INTEGER PRIMARY KEY,
	path    TEXT NOT NULL UNIQUE,  -- absolute
	title   TEXT NOT NULL,
	episode TEXT NOT NULL,
	kind    TEXT NOT NULL,
	split   INTEGER NOT NULL CHECK (split BETWEEN 0 AND 1)  -- Split
) STRICT
CREATE TABLE twins (
	sample INTEGER PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
	leader INTEGER NOT NULL REFERENCES samples (id) ON DELETE CASCADE -- the one that is shown for it
) STRICT