package cli

import (
	"image"
	"io"

	"frglab/engine"
)

// joined is several sources one after the other.
type joined []engine.Source

// join is the crops of those sources that are there.
func join(sources ...engine.Source) engine.Source {
	var j joined
	for _, s := range sources {
		if s != nil {
			j = append(j, s)
		}
	}
	if len(j) == 1 {
		return j[0]
	}
	return j
}

func (j joined) Len() (n int) {
	for _, s := range j {
		n += s.Len()
	}
	return n
}

func (j joined) At(i int) (image.Image, int, error) {
	for _, s := range j {
		if i < s.Len() {
			return s.At(i)
		}
		i -= s.Len()
	}
	return nil, 0, io.EOF
}
