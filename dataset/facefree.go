package dataset

import (
	"errors"
	"fmt"
	"io"
)

// faceFreeFrames are those that CollectNegatives takes: checked without a face, or
// without any proposal; and no windows taken yet.
const faceFreeFrames = `SELECT o.path, f.frame FROM frames f JOIN sources o ON o.id = f.source
	WHERE f.state > 0
	AND NOT EXISTS (SELECT 1 FROM samples s WHERE s.source = f.source AND s.frame = f.frame
		AND (s.proposer = 'random' AND s.gone < 2 OR s.gone = 0 AND (s.class <> 1 OR f.state & 4 = 0)))
	ORDER BY o.path, f.frame`

// faceFree reads the frames of the project that have no face.
func (r *reader) faceFree() error {
	rows, err := r.p.r.Query(faceFreeFrames)
	if err != nil {
		return err
	}
	defer rows.Close()
	var paths []string
	frames := map[string][]int{}
	for rows.Next() {
		var path string
		var frame int
		if err := rows.Scan(&path, &frame); err != nil {
			return err
		}
		if frames[path] == nil {
			paths = append(paths, path)
		}
		frames[path] = append(frames[path], frame)
		r.total++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, path := range paths {
		r.size = int64(len(frames[path]))
		if err := r.clip(path, func(map[int]FrameState) error { return r.these(frames[path]) }); err != nil {
			return err
		}
		r.before += r.size
	}
	return nil
}

// these reads the frames with these numbers, which ascend.
func (r *reader) these(frames []int) error {
	if r.file.kind == KindPicture {
		img, err := ReadImage(r.file.path)
		if err != nil {
			return err
		}
		return r.take(&shot{img: img, free: true}, 0, 1)
	}
	v, err := r.video()
	if err != nil {
		return err
	}
	defer v.close()
	for i, frame := range frames {
		err := v.skip(frame - v.pos)
		if err == nil {
			s := &shot{frame: frame, free: true}
			if s.img, s.at, err = v.next(); err == nil {
				err = r.take(s, 0, float64(i+1)/float64(len(frames)))
			}
		}
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("read video %q: it ends before frame %d, which the project has of it: put the file back that was there then", r.file.path, frame)
		} else if err != nil {
			return err
		} else if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
	}
	return nil
}
