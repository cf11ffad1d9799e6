package dataset

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"path/filepath"
	"strings"
	"sync"
)

// AddSource makes the file known as a source and returns its number. One that is
// known by its path keeps its number, and takes a title and episode that are given.
// It takes the split of its episode, else of its title, where those have one, also when
// it gets another title: a title is on one side.
func (p *Project) AddSource(info SourceInfo) (int64, error) {
	var id int64
	err := p.write(context.Background(), func(tx *sql.Tx) (err error) {
		id, err = addSource(tx, info, nil)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("add source %q: project %q: %w", info.Path, p.Name(), err)
	}
	return id, nil
}

// addSource puts a new source on the split that is asked for, nil for that of its kin.
func addSource(tx *sql.Tx, info SourceInfo, split *Split) (int64, error) {
	if info.Path == "" {
		return 0, errors.New("a source needs the path of its file")
	}
	path, err := filepath.Abs(info.Path)
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.QueryRow("SELECT id FROM sources WHERE path = ?", path).Scan(&id)
	if err == nil && info.Title != "" {
		err = retitle(tx, id, info)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	if info.Title == "" {
		info.Title, info.Episode = GuessTitle(path)
	}
	if split == nil {
		if split, err = splitOfKin(tx, info, 0); err != nil {
			return 0, err
		}
	}
	if split == nil {
		split = new(Train)
	}
	err = tx.QueryRow("INSERT INTO sources (path, title, episode, kind, split) VALUES (?, ?, ?, ?, ?) RETURNING id",
		path, info.Title, info.Episode, info.Kind, *split).Scan(&id)
	return id, err
}

// retitle gives a source a title and an episode. With another one it goes to the side of its
// new kin.
func retitle(tx *sql.Tx, id int64, info SourceInfo) error {
	res, err := tx.Exec("UPDATE sources SET title = ?1, episode = ?2 WHERE id = ?3 AND (title, episode) <> (?1, ?2)", info.Title, info.Episode, id)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	kin, err := splitOfKin(tx, info, id)
	if err != nil || kin == nil {
		return err
	}
	_, err = tx.Exec("UPDATE sources SET split = ? WHERE id = ?", *kin, id)
	return err
}

// splitOfKin is the one split on which all other sources of the episode are, else all of
// the title, else nil: a title that was decided as a whole stays whole.
func splitOfKin(tx *sql.Tx, info SourceInfo, but int64) (*Split, error) {
	const has = "EXISTS (SELECT 1 FROM sources WHERE title = ?1 AND episode = ?2 AND split = ?3 AND id <> ?4)"
	const hasTitle = "EXISTS (SELECT 1 FROM sources WHERE title = ?1 AND split = ?3 AND id <> ?4)"
	for _, query := range []string{has, hasTitle} {
		var on [2]bool
		for _, s := range []Split{Train, Valid} {
			if err := tx.QueryRow("SELECT "+query, info.Title, info.Episode, s, but).Scan(&on[s]); err != nil {
				return nil, err
			}
		}
		if on[Train] != on[Valid] {
			if on[Valid] {
				return new(Valid), nil
			}
			return new(Train), nil
		}
	}
	return nil, nil
}

// crop is a NewSample made ready outside of the transaction.
type crop struct {
	NewSample
	png           []byte
	hash          [16]byte
	width, height int
}

// cropPNG writes crops. At 64x64 the default level saves little and costs more; most
// of the time went into making a new compressor for each, which the pool saves.
var cropPNG = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &pngBuffers{}}

// pngBuffers is a pool as package png wants it.
type pngBuffers struct{ pool sync.Pool }

// Get implements png.EncoderBufferPool.
func (b *pngBuffers) Get() *png.EncoderBuffer {
	buf, _ := b.pool.Get().(*png.EncoderBuffer) // nil makes the encoder start a new one
	return buf
}

// Put implements png.EncoderBufferPool.
func (b *pngBuffers) Put(buf *png.EncoderBuffer) { b.pool.Put(buf) }

// prepare checks s, and encodes and hashes its crop.
func prepare(s NewSample) (crop, error) {
	switch {
	case s.Crop == nil || s.Crop.Bounds().Empty():
		return crop{}, errors.New("the crop is empty")
	case s.Class < Face || s.Class > Unsure:
		return crop{}, fmt.Errorf("class %d does not exist", s.Class)
	case math.IsNaN(s.Score):
		return crop{}, errors.New("the score is not a number")
	}
	img := flatten(s.Crop)
	var buf bytes.Buffer
	if err := cropPNG.Encode(&buf, img); err != nil {
		return crop{}, err
	}
	return crop{NewSample: s, png: buf.Bytes(), hash: hashOf(img), width: img.Rect.Dx(), height: img.Rect.Dy()}, nil
}

// hashOf tells crops apart by size and pixels, whatever file they came from.
func hashOf(img *image.RGBA) (h [16]byte) {
	sum := sha256.New()
	var size [16]byte
	binary.LittleEndian.PutUint64(size[:], uint64(img.Rect.Dx()))
	binary.LittleEndian.PutUint64(size[8:], uint64(img.Rect.Dy()))
	sum.Write(size[:])
	sum.Write(img.Pix)
	copy(h[:], sum.Sum(nil))
	return h
}

// Add stores samples as one act that Undo takes back, and returns their ids in the
// same order. Crops with the same size and pixels are one sample: where the project
// has it already its id is returned, and a new sample that is Checked gives it its
// class, and brings it back where it was removed.
func (p *Project) Add(ctx context.Context, samples []NewSample) ([]int64, error) {
	crops := make([]crop, len(samples))
	for i, s := range samples {
		var err error
		if crops[i], err = prepare(s); err != nil {
			return nil, fmt.Errorf("add sample %d of %d: project %q: %w", i+1, len(samples), p.Name(), err)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	ids := make([]int64, len(crops))
	_, err := p.act(ctx, 0, addedWhat(len(crops)), func(tx *sql.Tx, act int64) error {
		a, err := newAdder(tx, act)
		if err != nil {
			return err
		}
		for i, c := range crops {
			if ids[i], err = a.add(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("add samples: project %q: %w", p.Name(), err)
	}
	return ids, nil
}

// addedWhat names the act.
func addedWhat(n int) string {
	if n == 1 {
		return "add 1 sample"
	}
	return fmt.Sprintf("add %d samples", n)
}

// adder puts crops into one transaction.
type adder struct {
	tx                           *sql.Tx
	act                          int64
	find, sample, png, note, set *sql.Stmt

	split *Split // for sources that are new, nil: as their kin
	known map[string]int64
	keep  bool // samples that are there keep their class, removed ones stay removed

	added    int
	present  int
	conflict []string // paths whose class is not that of the sample that is there
	buried   int      // were removed
	astray   int      // are there on another split than asked for
}

func newAdder(tx *sql.Tx, act int64) (*adder, error) {
	a := &adder{tx: tx, act: act, known: map[string]int64{}}
	for _, s := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&a.find, `SELECT s.id, s.class, s.checked, s.gone, o.split FROM samples s JOIN sources o ON o.id = s.source WHERE s.hash = ?`},
		{&a.sample, `INSERT INTO samples (source, class, checked, gone, frame, at, x, y, w, h, proposer, score, width, height, hash)
			VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`},
		{&a.png, `INSERT INTO crops (sample, png) VALUES (?, ?)`},
		{&a.note, `INSERT INTO changes (act, kind, id, before, after) VALUES (?, 0, ?, ?, ?)
			ON CONFLICT DO UPDATE SET after = excluded.after`},
		{&a.set, `UPDATE samples SET class = ?, checked = 1, gone = 0 WHERE id = ?`},
	} {
		var err error
		if *s.stmt, err = tx.Prepare(s.text); err != nil { // closed with the transaction
			return nil, err
		}
	}
	return a, nil
}

// add stores one crop, or finds the sample that has it.
func (a *adder) add(c crop) (int64, error) {
	var id int64
	var class Class
	var checked bool
	var gone int
	var split Split
	err := a.find.QueryRow(c.hash[:]).Scan(&id, &class, &checked, &gone, &split)
	if errors.Is(err, sql.ErrNoRows) {
		return a.insert(c)
	} else if err != nil {
		return 0, err
	}
	a.present++
	switch {
	case gone == removed && a.keep:
		a.buried++
	case checked && class != c.Class && a.keep:
		a.conflict = append(a.conflict, c.Path)
	case a.split != nil && split != *a.split:
		a.astray++
	}
	if !c.Checked || (a.keep && (checked || gone == removed)) || (checked && class == c.Class && gone == there) {
		return id, nil
	}
	if _, err := a.set.Exec(c.Class, id); err != nil {
		return 0, err
	}
	_, err = a.note.Exec(a.act, id, stateOf(class, checked, gone), stateOf(c.Class, true, there))
	return id, err
}

func (a *adder) insert(c crop) (id int64, err error) {
	source := c.Source
	if source == 0 {
		if source, err = a.source(c.NewSample); err != nil {
			return 0, err
		}
	}
	size := c.Box.Size()
	err = a.sample.QueryRow(source, c.Class, c.Checked, c.Frame, c.At.Nanoseconds(), c.Box.Min.X, c.Box.Min.Y, size.X, size.Y,
		c.Proposer, c.Score, c.width, c.height, c.hash[:]).Scan(&id)
	if err != nil && strings.Contains(err.Error(), "FOREIGN KEY") {
		return 0, fmt.Errorf("source %d does not exist: add it first", source)
	} else if err != nil {
		return 0, err
	}
	if _, err := a.png.Exec(id, c.png); err != nil {
		return 0, err
	}
	a.added++
	_, err = a.note.Exec(a.act, id, stateOf(c.Class, c.Checked, unadded), stateOf(c.Class, c.Checked, there))
	return id, err
}

// source is the number of the sample's file.
func (a *adder) source(s NewSample) (int64, error) {
	if id, ok := a.known[s.Path]; ok {
		return id, nil
	}
	kind := KindPicture
	switch {
	case s.Proposer == proposerImport:
		kind = KindCrop
	case s.At > 0 || s.Frame > 0:
		kind = KindVideo
	}
	id, err := addSource(a.tx, SourceInfo{Path: s.Path, Title: s.Title, Episode: s.Episode, Kind: kind}, a.split)
	if err == nil {
		a.known[s.Path] = id
	}
	return id, err
}
