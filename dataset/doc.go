// Package dataset keeps labelled crops: in a project file, in the list files of 2015, and
// in class folders. It also reads pictures of all common formats, safely.
//
// # Use
//
//	p, err := dataset.Create("show.frglab") // or Open, or OpenReadOnly
//	defer p.Close()
//	report, err := p.ImportFolders(ctx, "crops", nil)       // crops/face, crops/other
//	found, err := p.Collect(ctx, []string{"01.mkv"}, dataset.CollectConfig{Cascade: detectors, ...})
//	ids, err := p.IDs(dataset.Filter{Checked: new(false)})  // what is to be labelled
//	err = p.Label(map[int64]dataset.Class{ids[0]: dataset.Other}, "label")
//	act, err := p.Undo() // and Redo, History
//	err = p.AutoSplit(0.2, 1)
//	train, err := p.View(dataset.Train)                     // Len, At: for the engine
//	found, err := p.Review(ctx, judge, nil)                 // near-duplicates, leaks, doubtful labels
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
//     gives it to whole titles (with one title only, to whole episodes, then to files, of
//     which near-duplicates stay together).
//   - A file that is not a project, is damaged, or is newer than the program is refused
//     and left as it is, byte for byte, with nothing beside it. Create never overwrites.
//   - A project of an older format is copied first, and then brought up to date as a whole
//     or not at all, however often the program is killed on the way.
//   - On a full disk an act says so and is not there; what was there stays, and the same
//     Project goes on when there is room.
//   - Of a damaged project [Rescue] brings all that can be read into a new one.
//   - Sources are opened for reading only.
//   - Sizes of pictures are checked before they are decoded; lists and folders cannot name
//     files outside of themselves.
//
// # The project file
//
// One SQLite database, application_id "FrgL", user_version 2. While it is open there
// are three more files beside it: -wal and -shm (SQLite's, which also stay after a crash
// and then belong to it: move them along) and -lock. A project that was brought up to date
// has the old one beside it, as .format1.
//
//	sources    files that samples come from: path, title, episode, kind, split
//	samples    one row a crop: source, class, checked, gone, frame, at, box, proposer, score, size, hash
//	crops      its pixels, PNG, apart so that lists of samples need not pass over them
//	frames     pictures, and frames of videos, that somebody looked at: place, size, print, who did
//	acts       the history: what, when, undone or not
//	changes    what an act changed, with the states before and after: of a sample (kind 0: class,
//	           checked, gone), a source (1: split), a frame (2: state), a sample's box (3)
//	runs       trainings: when, status, note, checkpoint, settings as JSON
//	points     their curves
//	settings   key and value; "stamp" is of the last transaction
//	prints     perceptual hashes of crops          } derived: they can be made again
//	twins      samples that are shown as another   } from crops and a model, and are
//	judgements what a model says of crops          } not part of the history
//
// Format 1 had no frames, prints, twins and judgements, and no changes of kinds 2 and 3.
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
// A schema is the steps that lead to it, each the statements that make the next format of
// the one before; new projects take all of them. Rejected: a schema and migrations beside
// it, which drift apart. A step is pinned by a golden file once it is released. One
// transaction does them all, after VACUUM INTO made a copy: that holds what is still in
// the -wal, is as small as it can be, and fails where a page is damaged, so that damage is
// never carried on. Rejected: copying the file (without its -wal it is half a project).
// The copy gets its name after the transaction, so a kill leaves one copy, or none.
// Reopen if projects become so large that people cannot spare the room.
//
// Each transaction stamps the settings, and thereby the -wal, with a random number, and
// with that of the transaction before. SQLite would apply the -wal of a crashed project to
// any file of its name, such as a copy that was put in its place, and mix the pages of
// both; Open finds by the stamps that they do not belong together. It costs a page of
// the -wal a transaction. Reopen if SQLite learns to tell.
//
// OpenReadOnly shows what SQLite can read; Rescue makes a new project of it, which can be
// worked on, trained from and exported like any other. Rejected: methods that step over
// damaged pages one by one, each caller with holes of its own. Rescue reads tables, not
// pages: it loses what hangs below a damaged inner page. Reopen if that loses much: the
// leaves could be found by reading all pages, at the price of telling old ones from new.
//
// Near-duplicates are folded under a leader that is alike to each of them (twins.go), and
// stay where they are. Rejected: deleting them, which nobody can check; groups by chains
// of likeness, in which the first and the last have nothing in common. The print keeps
// signs of waves, so that turns and mirrors are exact on 64 bits, and thumbs of 16x16
// decide: prints alone take every sky for every other. Reopen if crops cut 6 % tighter are
// to be folded as well.
//
// Of a doubtful label the probability of a face is stored, not that the label is wrong:
// so a label that is mended, or an Undo, needs no new review. It comes from a regression
// on embeddings that saw neither the sample nor its kin. Rejected: the model's own opinion,
// which may have learned the very label; the losses of a training, which only some have.
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
//
// A collection has goroutines of its own, where else callers bring theirs: one reads, one a
// core looks at frames, and the caller's writes, in the order of the frames. Reading and
// writing beside the detectors cost nothing while a core is free; frames beside each other,
// each on one core, come a fifth quicker than one after another on all. Reopen if detectors
// come that look at several frames at once.
//
// The boxes of all proposers mean the same: the crop is Margin times the box, about its
// centre. So a network's boxes, which are windows, are stored smaller than it says.
package dataset
