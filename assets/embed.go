// Package assets holds everything that travels inside the program, so that
// every tab works in the first minute with nothing downloaded: the icon, the
// OpenCV cascade, sample pictures and a video, a sample project, the bundled
// model and its scout, a Japanese font, the translations, the pages of the manual, and the
// licences of all of these.
//
// The functions return the files as they are; nothing is parsed here, and the
// package imports nothing but the standard library. Each call returns a fresh
// copy of a []byte, which the caller owns.
//
// Model, Scout and SampleProject return nil in a tree where those files have not been
// made yet: a missing file is no compile error, because whole folders are
// embedded. What is bundled, by whom and under which licence is in NOTICE; a
// test holds that list against the files.
//
// To redraw the icon: go run ./.make/icon assets/icon.png
package assets

import (
	"embed"
	"io/fs"
)

//go:embed icon.png NOTICE cascade font model sample samples
var files embed.FS

//go:embed translations
var translations embed.FS

//go:embed manual
var manual embed.FS

// Cascade returns OpenCV's description of nagadomi's lbpcascade_animeface,
// XML with its MIT licence in the header.
func Cascade() []byte { return mustRead("cascade/lbpcascade_animeface.xml") }

// Icon returns the program's icon, a PNG of 512x512 pixels.
func Icon() []byte { return mustRead("icon.png") }

// Font returns a font (OpenType, CFF) of the kana and the 2,965 commonest Chinese characters
// of Japanese, for systems without one; it has no Latin letters. .make/font made it.
func Font() []byte { return mustRead("font/NotoSansCJKjp-subset.otf") }

// Notice returns the licences of everything bundled, as plain text.
func Notice() string { return string(mustRead("NOTICE")) }

// Samples returns the sample files, all at the root of the file system: nine
// pictures (*.jpg, *.png), their tight face boxes (annotations.json, COCO),
// sample.mp4 with its boxes per frame (sample_truth.json), and the copyright
// file that must stay beside them.
func Samples() fs.FS {
	sub, err := fs.Sub(files, "samples")
	if err != nil {
		panic(err) // only for an invalid name
	}
	return sub
}

// SampleProject returns the bundled project file (.frglab), nil where the tree
// has none. Write it to a folder of the user's before opening it.
func SampleProject() []byte { return read("sample/sample.frglab") }

// Model returns the bundled checkpoint (safetensors), nil where the tree has
// none.
func Model() []byte { return read("model/model.safetensors") }

// Scout returns the bundled checkpoint of the small network that says where to look
// (safetensors), nil where the tree has none.
func Scout() []byte { return read("model/scout.safetensors") }

// Translations returns the texts of the window: in the folder "translations" two
// JSON objects per language, from the English text to the translated one: ja.json
// has the texts of the window, ja.reasons.json why something failed, as the packages
// beneath it say that. English itself needs none.
func Translations() embed.FS { return translations }

// Manual returns the pages of the manual: <language>/<page>.md, where {name} stands for the
// key of the action that package ui calls so.
func Manual() fs.FS {
	sub, err := fs.Sub(manual, "manual")
	if err != nil {
		panic(err) // only for an invalid name
	}
	return sub
}

// read returns nil for a file that the tree does not have.
func read(name string) []byte {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil
	}
	return data
}

// mustRead is for files that the embed line names or that a test demands.
func mustRead(name string) []byte {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return data
}
