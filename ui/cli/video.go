package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// video shows the detectors the frame at 0 and then one every d.every. Frames are
// called FILE#NUMBER, counted from 0 through all frames of the file.
func (d *detection) video(ctx context.Context, in input) (err error) {
	v, err := d.env.OpenVideo(in.name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	var next time.Duration
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		img, at, err := v.Next()
		if err == io.EOF && n == 0 {
			return fmt.Errorf("%s: no frame can be read: play it in another program to see whether it is whole", show(in.name))
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%s#%d", in.name, n)
		if at < next {
			continue
		}
		next += time.Duration(d.every) * ((at-next)/time.Duration(d.every) + 1)
		if d.finished(name) {
			continue
		}
		if err := d.picture(ctx, picture{name: name, out: fmt.Sprintf("%s_f%06d", in.out, n), jpeg: true, img: img}); err != nil {
			return err
		}
	}
}
