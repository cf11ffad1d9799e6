package cli

import (
	"errors"
	"image"
	"strconv"
	"strings"

	"frglab/dataset"
	"frglab/engine"
)

// The make-up of what a quick fine-tuning learns from.
const (
	// freshShare is the share of the new examples among the crops of their class: enough
	// to learn them within some dozen iterations, and not so much that the rest is forgotten.
	freshShare = 0.25
	// freshMost is how often one new crop is repeated at most: beyond that the network
	// learns its pixels.
	freshMost = 60
)

// numbers is a flag that lists numbers and ranges of them, 7,12-15.
type numbers map[int64]bool

// maxNumbers bounds what a range may ask for.
const maxNumbers = 1 << 20

func (n *numbers) String() string { return "" }

// Set implements flag.Value.
func (n *numbers) Set(text string) error {
	*n = numbers{}
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, err := strconv.ParseInt(first, 10, 64)
		to := from
		if isRange && err == nil {
			to, err = strconv.ParseInt(last, 10, 64)
		}
		if err != nil || from < 1 || to < from || to-from > maxNumbers {
			return errors.New("use numbers of crops, such as 7,12-15")
		}
		for i := from; i <= to; i++ {
			(*n)[i] = true
		}
	}
	return nil
}

// freshened are crops of a project of which new ones come often, and the others as far as a
// quick fine-tuning can look at them, evenly picked.
type freshened struct {
	*dataset.View
	index []int // into the view
}

func freshen(v *dataset.View, isFresh numbers) freshened {
	var old, fresh [2][]int // by class
	for i := range v.Len() {
		c := v.Class(i)
		if isFresh[v.ID(i)] {
			fresh[c] = append(fresh[c], i)
		} else {
			old[c] = append(old[c], i)
		}
	}
	f := freshened{View: v}
	for c := range old {
		kept := thin(old[c], engine.QuickCrops/2)
		f.index = append(f.index, kept...)
		times := 1
		if n := len(fresh[c]); n > 0 {
			times = min(max(1, int(float64(len(kept))*freshShare/(1-freshShare))/n), freshMost)
		}
		for range times {
			f.index = append(f.index, fresh[c]...)
		}
	}
	return f
}

// thin keeps at most n, evenly spread.
func thin(list []int, n int) []int {
	if len(list) <= n {
		return list
	}
	out := make([]int, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}

func (f freshened) Len() int                           { return len(f.index) }
func (f freshened) ID(i int) int64                     { return f.View.ID(f.index[i]) }
func (f freshened) At(i int) (image.Image, int, error) { return f.View.At(f.index[i]) }
