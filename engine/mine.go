package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// Scene is a picture whose faces are known: what Mine draws windows from.
type Scene struct {
	Name  string      // its file, for people
	Image *image.RGBA // opaque; only read
	Truth []Truth
	Valid bool // its windows are for validation, not for training
	// Near says that only about its faces it is known what is no face, because nobody
	// looked at the rest.
	Near bool
}

// MineConfig says how many windows Mine draws. Its JSON form is stable.
type MineConfig struct {
	Seed uint64 `json:"seed"`
	Side int    `json:"side"` // of the crops, in pixels: the input of the network that is to learn from them

	Positives int     `json:"positives"` // windows drawn on each face, and as many at most of those that the detector looked at
	Beside    int     `json:"beside"`    // windows about each face that do not hold it
	Anywhere  int     `json:"anywhere"`  // windows of each picture without a face, wherever
	Hard      int     `json:"hard"`      // windows of each picture that the detector takes for faces, wrongly; the surest ones
	Tilt      float64 `json:"tilt"`      // degrees up to which every second window is turned, each way
}

// DefaultMineConfig is what a round of mining takes for a network with this input.
func DefaultMineConfig(side int) MineConfig {
	// With 16 windows a face, 358 illustrations give as many faces as half of the crops
	// that the bundled networks learned from. A scout's candidates are at most 32.
	return MineConfig{Seed: 1, Side: side, Positives: 24, Beside: 16, Anywhere: 16, Hard: 64, Tilt: 40}
}

// MineRun is one round of mining.
type MineRun struct {
	Scenes iter.Seq2[Scene, error] // their order, with the seed, decides what is drawn; an error ends the round
	Config MineConfig
	Round  int    // counts from 0: each round draws other windows
	Dir    string // is made if need be
	// Look gives the windows that the present detector looks at, with scores to sort by;
	// nil: there is no detector yet. A Scout's Look, or a Detector's Detect without
	// suppression.
	Look func(ctx context.Context, img *image.RGBA) ([]Detection, error)
	// Report is told after each scene, and may be nil.
	Report func(Mined)
}

// Mined counts what a round of mining has drawn.
type Mined struct {
	Scenes int `json:"pictures"`
	Faces  int `json:"faces"`  // windows of class 0, for training
	Others int `json:"others"` // windows of class 1, for training
	Valid  int `json:"valid"`  // windows for validation
}

// What Mine leaves in its folder, beside the folder "crops". A list has a line "path
// class" for each crop, as every list of crops.
const (
	MinedTrain = "train.txt"
	MinedValid = "valid.txt"
	MinedFile  = "mined.json" // Mined; written last
)

// Mine draws windows from pictures whose faces are known, and keeps them as crops with
// two lists: windows as they fall on faces and beside them, and what the present
// detector takes for faces, wrongly. A folder that holds a whole round is left as it
// is; one that was broken off is begun anew. The same scenes, Config and detector give
// the same crops.
func Mine(ctx context.Context, r MineRun) (Mined, error) {
	if m, err := readMined(r.Dir); err == nil {
		return m, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("go on with the mining in %q: %w: delete the folder", r.Dir, err)
	}
	crops := filepath.Join(r.Dir, "crops")
	if err := errors.Join(os.RemoveAll(crops), os.MkdirAll(crops, 0o777)); err != nil {
		return Mined{}, fmt.Errorf("make the folder of mined crops: %w", err)
	}
	m := &mining{MineRun: r, crops: crops}
	for s, err := range r.Scenes {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = m.scene(ctx, s)
		}
		if err != nil {
			return m.done, err
		}
		if r.Report != nil {
			r.Report(m.done)
		}
	}
	return m.done, m.finish()
}

// mining is a round under way.
type mining struct {
	MineRun
	crops        string // folder
	train, valid strings.Builder
	done         Mined
}

func (m *mining) scene(ctx context.Context, s Scene) error {
	var found []Detection
	var err error
	if m.Look != nil {
		if found, err = m.Look(ctx, s.Image); err != nil {
			return fmt.Errorf("mine %s: %w", s.Name, err)
		}
	}
	n := m.done.Scenes
	spots := m.Config.choose(s, found, random(m.Config.Seed, mix(streamMine, uint64(m.Round)), n))
	name := func(i int) string {
		return fmt.Sprintf("%06d-%s-%s-%04d.png", n, plainName(s.Name), []string{"face", "other"}[spots[i].class], i)
	}
	for i, err := range ordered(ctx, workers(), len(spots), func(i int) (int, error) {
		return i, writeCrop(filepath.Join(m.crops, name(i)), spots[i].cut(s.Image, m.Config.Side))
	}) {
		if err != nil {
			return fmt.Errorf("keep a crop of %s: %w", s.Name, err)
		}
		m.count(s.Valid, spots[i].class, "crops/"+name(i))
	}
	m.done.Scenes++
	return nil
}

func (m *mining) count(valid bool, class int, path string) {
	list := &m.train
	switch {
	case valid:
		m.done.Valid++
		list = &m.valid
	case class == 0:
		m.done.Faces++
	default:
		m.done.Others++
	}
	fmt.Fprintf(list, "%s %d\n", path, class)
}

// finish writes the lists, and then what says that the round is whole.
func (m *mining) finish() error {
	text, err := json.Marshal(m.done)
	if err != nil {
		return err
	}
	for _, f := range []struct{ name, text string }{{MinedTrain, m.train.String()}, {MinedValid, m.valid.String()}, {MinedFile, string(text) + "\n"}} {
		err := replaceFile(filepath.Join(m.Dir, f.name), func(w io.Writer) error {
			_, err := io.WriteString(w, f.text)
			return err
		})
		if err != nil {
			return fmt.Errorf("write %q: %w", filepath.Join(m.Dir, f.name), err)
		}
	}
	return nil
}

func readMined(dir string) (m Mined, err error) {
	data, err := os.ReadFile(filepath.Join(dir, MinedFile))
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	return m, err
}

// plainName is the start of a file's name, in letters that every system and list takes.
func plainName(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '_'
	}, name)
	return name[:min(len(name), 40)]
}

func writeCrop(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img)
	return errors.Join(err, w.Flush(), f.Close())
}
