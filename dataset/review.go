package dataset

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"runtime"
)

// Judge is what a trained network says of crops.
type Judge interface {
	// Name tells it from judges that answer differently.
	Name() string
	// Judge returns for each crop the probability of a face, 0 to 1, and a vector whose
	// direction is near that of crops which look alike. All vectors have one size.
	Judge(ctx context.Context, crops []image.Image) (faces []float64, embeddings [][]int8, err error)
}

// ReviewStage is a part of a review.
type ReviewStage string

// The stages of a review, in their order.
const (
	StagePrints   ReviewStage = "prints"   // reads crops that are new
	StageTwins    ReviewStage = "twins"    // folds near-duplicates
	StageJudge    ReviewStage = "judge"    // asks the judge about crops that it did not see: the long one
	StageSuspects ReviewStage = "suspects" // looks for wrong labels
)

// ReviewProgress says how far a stage is.
type ReviewProgress struct {
	Stage       ReviewStage
	Done, Total int // samples
}

// The sizes of a review's steps: so many crops are in memory at a time, and so many
// prints are written in one transaction.
const (
	cropBatch  = 64
	printBatch = 1024
)

// Review finds out what the project's crops are to each other and to a judge: which are
// near-duplicates, how sure the judge is of each, and which labels it doubts. The
// filters, orders and marks of samples show what it found. Without a judge, nil, it
// looks for near-duplicates only.
//
// What was found for samples that are as they were is kept, so a review that was
// cancelled goes on where it stopped, and one after a few new samples is quick. What it
// writes is derived: Undo passes it by, and labels, removals and splits need no new
// review to be respected. Labelling goes on meanwhile: transactions are short, but for
// the one that stores the near-duplicates of a first review (some tenths of a second).
// Crops that cannot be read are passed over. progress may be nil; it is called on the caller's
// goroutine.
func (p *Project) Review(ctx context.Context, judge Judge, progress func(ReviewProgress)) (Findings, error) {
	if progress == nil {
		progress = func(ReviewProgress) {}
	}
	r := review{p: p, judge: judge, progress: progress}
	if err := r.run(ctx); err != nil {
		return Findings{}, fmt.Errorf("review project %q: %w", p.Name(), explain(err))
	}
	return p.Findings()
}

type review struct {
	p        *Project
	judge    Judge
	progress func(ReviewProgress)
}

func (r review) run(ctx context.Context) error {
	if r.p.ReadOnly() {
		return ErrReadOnly
	}
	if err := errors.Join(r.prints(ctx), ctx.Err()); err != nil {
		return err
	}
	if err := r.twins(ctx); err != nil || r.judge == nil {
		return err
	}
	if err := r.judgements(ctx); err != nil {
		return err
	}
	return r.suspects(ctx)
}

// prints takes the prints of samples that have none.
func (r review) prints(ctx context.Context) error {
	ids, err := scanIDs(r.p.r.QueryContext(ctx, `SELECT id FROM samples s WHERE gone = 0
		AND NOT EXISTS (SELECT 1 FROM prints WHERE sample = s.id) ORDER BY id`))
	if err != nil {
		return err
	}
	for from := 0; from < len(ids); from += printBatch {
		r.progress(ReviewProgress{StagePrints, from, len(ids)})
		if err := r.printSome(ctx, ids[from:min(from+printBatch, len(ids))]); err != nil {
			return err
		}
	}
	r.progress(ReviewProgress{StagePrints, len(ids), len(ids)})
	return nil
}

func (r review) printSome(ctx context.Context, ids []int64) error {
	grids := make([]*squeezed, len(ids))
	for from := 0; from < len(ids); from += cropBatch {
		to := min(from+cropBatch, len(ids))
		err := r.p.crops(ctx, ids[from:to], func(i int, img *image.RGBA) { grids[from+i] = squeeze(img) })
		if err != nil {
			return err
		}
	}
	return r.p.write(ctx, func(tx *sql.Tx) error {
		add, err := tx.Prepare(`INSERT OR IGNORE INTO prints (sample, dct, gray) SELECT id, ?, ? FROM samples WHERE id = ?`)
		if err != nil {
			return err
		}
		for i, g := range grids {
			if g == nil {
				continue
			}
			if _, err := add.Exec(int64(g.print()), g.thumb()[:], ids[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// crops reads and decodes the crops of a few samples, and gives each to f, which is
// called from several goroutines. It leaves out those that cannot be read. Decoding
// takes nearly all of the time of a print: on four processors it is three times as fast.
func (p *Project) crops(ctx context.Context, ids []int64, f func(i int, img *image.RGBA)) error {
	list, err := jsonText(ids)
	if err != nil {
		return err
	}
	rows, err := p.r.QueryContext(ctx, "SELECT c.key, png FROM json_each(?) c CROSS JOIN crops ON sample = c.value", list)
	if err != nil {
		return err
	}
	defer rows.Close()
	var at []int
	var files [][]byte
	for rows.Next() {
		var i int
		var data []byte
		if err := rows.Scan(&i, &data); err != nil {
			return err
		}
		at, files = append(at, i), append(files, data)
	}
	parallel(runtime.GOMAXPROCS(0), len(files), func(k int) {
		if img, err := DecodeImage("stored crop", bytes.NewReader(files[k])); err == nil {
			f(at[k], img)
		}
	})
	return rows.Err()
}

// twins folds all samples anew: it takes seconds, and is the same whatever came in which
// order.
func (r review) twins(ctx context.Context) error {
	ids, sketches, err := r.p.sketches(ctx)
	if err != nil {
		return err
	}
	leaders, err := fold(ctx, sketches, func(done int) { r.progress(ReviewProgress{StageTwins, done, len(ids)}) })
	if err != nil {
		return err
	}
	want := map[int64]int64{}
	for i, l := range leaders {
		if int(l) != i {
			want[ids[i]] = ids[l]
		}
	}
	return r.p.write(ctx, func(tx *sql.Tx) error { return putTwins(tx, want) })
}

// sketches are those of all samples that have a print, in the order in which they are
// preferred as leaders: checked ones first, then larger ones, then older ones.
func (p *Project) sketches(ctx context.Context) (ids []int64, sketches []sketch, err error) {
	rows, err := p.r.QueryContext(ctx, `SELECT s.id, dct, gray FROM prints JOIN samples s ON s.id = sample
		WHERE gone = 0 AND length(gray) = ? ORDER BY checked DESC, width * height DESC, s.id`, len(thumb{}))
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	var thumbs []thumb
	for rows.Next() {
		var id, dct int64
		var gray sql.RawBytes
		if err := rows.Scan(&id, &dct, &gray); err != nil {
			return nil, nil, err
		}
		ids, sketches = append(ids, id), append(sketches, sketch{print: Print(dct)})
		thumbs = append(thumbs, thumb(gray))
	}
	parallel(runtime.GOMAXPROCS(0), len(ids), func(i int) { sketches[i] = newSketch(sketches[i].print, &thumbs[i]) })
	return ids, sketches, rows.Err()
}

// putTwins changes what is stored, the leader by sample, to what is wanted.
func putTwins(tx *sql.Tx, want map[int64]int64) error {
	rows, err := tx.Query("SELECT sample, leader FROM twins")
	if err != nil {
		return err
	}
	defer rows.Close()
	var wrong []int64
	for rows.Next() {
		var sample, leader int64
		if err := rows.Scan(&sample, &leader); err != nil {
			return err
		}
		if want[sample] == leader {
			delete(want, sample)
		} else {
			wrong = append(wrong, sample)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	list, err := jsonText(wrong)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM twins WHERE sample IN (SELECT value FROM json_each(?))", list); err != nil {
		return err
	}
	add, err := tx.Prepare("INSERT INTO twins (sample, leader) SELECT s.id, l.id FROM samples s, samples l WHERE s.id = ? AND l.id = ?")
	if err != nil {
		return err
	}
	for sample, leader := range want {
		if _, err := add.Exec(sample, leader); err != nil {
			return err
		}
	}
	return nil
}

// judgements asks the judge about the samples that it has not judged: those first that
// nobody checked, newest first.
func (r review) judgements(ctx context.Context) error {
	ids, err := scanIDs(r.p.r.QueryContext(ctx, `SELECT s.id FROM samples s LEFT JOIN judgements j ON j.sample = s.id
		WHERE s.gone = 0 AND j.model IS NOT ? ORDER BY s.checked, s.id DESC`, r.judge.Name()))
	if err != nil {
		return err
	}
	for from := 0; from < len(ids); from += cropBatch {
		r.progress(ReviewProgress{StageJudge, from, len(ids)})
		if err := r.judgeSome(ctx, ids[from:min(from+cropBatch, len(ids))]); err != nil {
			return err
		}
	}
	r.progress(ReviewProgress{StageJudge, len(ids), len(ids)})
	return nil
}

func (r review) judgeSome(ctx context.Context, ids []int64) error {
	read := make([]image.Image, len(ids))
	if err := r.p.crops(ctx, ids, func(i int, img *image.RGBA) { read[i] = img }); err != nil {
		return err
	}
	var crops []image.Image
	var of []int64
	for i, img := range read {
		if img != nil {
			crops, of = append(crops, img), append(of, ids[i])
		}
	}
	if len(crops) == 0 {
		return nil
	}
	faces, embeddings, err := r.judge.Judge(ctx, crops)
	if err != nil {
		return err
	}
	if len(faces) != len(crops) || len(embeddings) != len(crops) {
		return fmt.Errorf("%s judged %d of %d crops", r.judge.Name(), min(len(faces), len(embeddings)), len(crops))
	}
	return r.p.write(ctx, func(tx *sql.Tx) error {
		put, err := tx.Prepare(`INSERT INTO judgements (sample, model, face, embedding) SELECT id, ?, ?, ? FROM samples WHERE id = ?
			ON CONFLICT DO UPDATE SET model = excluded.model, face = excluded.face, embedding = excluded.embedding`)
		if err != nil {
			return err
		}
		for i, id := range of {
			if _, err := put.Exec(r.judge.Name(), faces[i], bytesOf(embeddings[i]), id); err != nil {
				return err
			}
		}
		return nil
	})
}

// bytesOf is an embedding as it is stored.
func bytesOf(v []int8) []byte {
	b := make([]byte, len(v))
	for i, x := range v {
		b[i] = byte(x)
	}
	return b
}
