// Package dataset keeps labelled crops: in a project file, in the list files of 2015, and
// in class folders. It also reads pictures of all common formats, safely.
//
// # Use
//
//	p, err := dataset.Create("show.frglab") // or Open, or OpenReadOnly
//	defer p.Close()
//	report, err := p.ImportFolders(ctx, "crops", nil)       // crops/face, crops/other
//	ids, err := p.IDs(dataset.Filter{Checked: new(false)})  // what is to be labelled
//	err = p.Label(map[int64]dataset.Class{ids[0]: dataset.Other}, "label")
//	act, err := p.Undo()
//	err = p.AutoSplit(0.2, 1)
//	train, err := p.View(dataset.Train)                     // Len, At: for the engine
//
// A [Sample] is a crop with its history: its [Class], whether a person checked that,
// and where it came from. A [View] is what a training sees of a project, a [List] what
// it sees of a list file; both have Len and At.
//
// # Promises
//
//   - What Label, Add and the like return without an error is on the disk. A kill at any
//     moment loses at most what had not returned; a power cut too, as far as the disk
//     keeps its word.
//   - Each of these is one transaction: all of it happens, or nothing.
//   - Undo and Redo go through all labels, additions, removals and splits since the
//     project was made, also after a restart. An act after an Undo drops what could be
//     redone. Runs, settings and edits of titles are outside of this history.
//   - A title is never on both sides of a split: the side belongs to sources, and AutoSplit
//     gives it to whole titles (with one title only, to whole episodes, then to files).
//   - A file that is not a project, is damaged, or is newer than the program is refused
//     and left as it is, byte for byte. Create never overwrites.
//   - Sources are opened for reading only.
//   - Sizes of pictures are checked before they are decoded; lists and folders cannot name
//     files outside of themselves.
//
// # The project file
//
// One SQLite database, application_id "FrgL", user_version 1. While it is open there
// are three more files beside it: -wal and -shm (SQLite's, which also stay after a crash
// and then belong to it: move them along) and -lock.
//
//	sources   files that samples come from: path, title, episode, kind, split
//	samples   one row a crop: source, class, checked, gone, frame, at, box, proposer, score, size, hash
//	crops     its pixels, PNG, apart so that lists of samples need not pass over them
//	acts      the history: what, when, undone or not
//	changes   what of which sample (class, checked, gone) or source (split) an act changed,
//	          with the states before and after
//	runs      trainings: when, status, note, checkpoint, settings as JSON
//	points    their curves
//	settings  key and value
//
// A crop is there once: a hash of its size and pixels is unique. So an import or a
// collection that is run again adds nothing, and a verdict on a crop that the project
// has goes to the sample that is there.
//
// # Decisions
//
// SQLite through mattn/go-sqlite3, WAL, synchronous=FULL. Rejected: a folder of files
// (100,000 of them are slow to copy, and a rename is no transaction), a log of our own.
// It costs cgo, which the program needs anyway. Reopen if that goes away.
//
// One writing connection, four reading ones, in one process, and readers in others. A
// file beside the project, held by flock, keeps a second writer out: SQLite alone would
// let two windows take turns, each with an old picture of the other's work. Reopen for
// systems without flock.
//
// The journal keeps states, not deltas: an Undo sets what was there, whatever happened,
// and needs one SQL statement for any number of samples. An act of an import goes on only
// while it is the newest, so that the history is a line.
//
// The split belongs to the source, not to the sample: so no code can put two crops of one
// file on two sides. New sources go where their episode or title is.
//
// Removed samples stay as tombstones, so that removing can be undone and a later import
// does not bring them back. Reopen if files grow too large: a "compact" could drop them.
//
// Open checks the tables but not the crops (most of the bytes, with checksums of their
// own): 100,000 samples open in a few hundredths of a second. A broken crop is an
// error of that crop only.
//
// Lists: the last field of a line is the class, so paths may hold blanks, as they may in
// quotes. Strict about everything else, since a list that is read wrongly trains wrongly
// and nobody sees it. A path that leads out of the list's folder is refused, even by a
// symbolic link: lists come from others. Reopen if people keep crops behind links.
//
// Lossy WebP is converted here from its planes: x/image takes them for JPEG's, which
// have another range, and the picture comes out pale.
package dataset
