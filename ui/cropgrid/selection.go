package cropgrid

// selection is which of n items are selected, where a range begins (anchor)
// and where the keyboard is (cursor); both are -1 where there are no items.
type selection struct {
	on     []bool
	count  int
	anchor int
	cursor int
	base   []bool // what was selected before the range or drag under way
}

func newSelection(n int) selection {
	s := selection{on: make([]bool, n), anchor: -1, cursor: -1}
	if n > 0 {
		s.anchor, s.cursor = 0, 0
	}
	return s
}

func (s *selection) set(i int, on bool) {
	if s.on[i] == on {
		return
	}
	s.on[i] = on
	if on {
		s.count++
	} else {
		s.count--
	}
}

func (s *selection) fill(on bool) {
	for i := range s.on {
		s.on[i] = on
	}
	s.count = 0
	if on {
		s.count = len(s.on)
	}
}

// only selects item i and nothing else; ranges start there.
func (s *selection) only(i int) {
	s.fill(false)
	s.set(i, true)
	s.anchor, s.cursor = i, i
}

// toggle changes item i; ranges start there.
func (s *selection) toggle(i int) {
	s.set(i, !s.on[i])
	s.anchor, s.cursor = i, i
}

// extend selects from the anchor to item i and nothing else.
func (s *selection) extend(i int) {
	s.fill(false)
	for j := min(s.anchor, i); j <= max(s.anchor, i); j++ {
		s.set(j, true)
	}
	s.cursor = i
}

// mark remembers the present selection as the base of a drag.
func (s *selection) mark() { s.base = append(s.base[:0], s.on...) }

// band is how a drag combines what it touches with the base.
type band uint8

const (
	replace band = iota
	add
	invert
)

// drag sets the selection to the base combined with the touched items.
func (s *selection) drag(how band, each func(func(i int))) {
	s.fill(false)
	if how != replace {
		for i, on := range s.base {
			s.set(i, on)
		}
	}
	each(func(i int) { s.set(i, how != invert || !s.base[i]) })
}

// ids returns the selected of ids, in their order.
func (s *selection) ids(ids []int64) []int64 {
	out := make([]int64, 0, s.count)
	for i, on := range s.on {
		if on {
			out = append(out, ids[i])
		}
	}
	return out
}
