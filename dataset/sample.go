package dataset

import (
	"image"
	"time"
)

// Class is what a sample shows. The numbers of Face and Other are those of the
// 2015 list files.
type Class int8

// The classes. Unsure is a verdict as well ("seen, cannot tell"): such a sample is
// checked, and no training sees it.
const (
	Face   Class = 0
	Other  Class = 1
	Unsure Class = 2
)

// String is the word that statistics and messages use: face, other or unsure.
func (c Class) String() string {
	switch c {
	case Face:
		return "face"
	case Other:
		return "other"
	case Unsure:
		return "unsure"
	}
	return "no class"
}

// Split is the side of a training that a sample is on. It belongs to the sample's
// source, so the crops of one file are never on both sides.
type Split int8

// The splits.
const (
	Train Split = 0
	Valid Split = 1
)

// String is train or valid.
func (s Split) String() string {
	switch s {
	case Train:
		return "train"
	case Valid:
		return "valid"
	}
	return "no split"
}

// Sample is a crop with its history. The pixels are apart: see Project.Crop.
type Sample struct {
	ID      int64
	Class   Class
	Checked bool // a person said so; else Class is a proposal
	Split   Split

	Source               int64
	Title, Episode, Path string // of the source

	Frame         int             // index of the frame in a video, 0 in a picture
	At            time.Duration   // time of the frame in a video
	Box           image.Rectangle // in pixels of the source frame; empty where unknown
	Proposer      string          // who cut it: "cascade", "cnn", "hand", "import"
	Score         float64         // as the proposer counts; 0 where it gives none
	Width, Height int             // of the crop, in pixels

	// What reviews found (see Project.Review).
	Judged    bool    // by a model; then FaceP is its probability of a face
	FaceP     float64 // 0 to 1
	Suspicion float64 // that Class is wrong, 0 to 1; 0 where nobody looked, or it is not checked
	Leader    int64   // the near-duplicate that is shown for it; 0 for none
	Twins     int     // samples that it is shown for
}

// NewSample is a crop to be stored. Either Source names a source of the project,
// or Path does, and Add finds or makes it (see Project.AddSource).
type NewSample struct {
	Class   Class
	Checked bool

	Source               int64
	Title, Episode, Path string // used where Source is 0

	Frame    int
	At       time.Duration
	Box      image.Rectangle
	Proposer string
	Score    float64     // NaN is refused
	Crop     image.Image // stored at its own size, transparency over white
}

// SourceInfo describes a file that samples come from. FrgLab never writes to it.
type SourceInfo struct {
	Path string // made absolute by AddSource; one source per path

	// Title and Episode decide the split. Where Title is empty, GuessTitle fills
	// both.
	Title, Episode string

	Kind string // one of the Kind constants
}

// The kinds of source.
const (
	KindVideo   = "video"
	KindPicture = "picture"
	KindCrop    = "crop" // a picture that was a crop already when it was imported
)
