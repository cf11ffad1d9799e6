package cuda

import "slices"

// knob is numbers that kernels read from memory, because they are different from one step to
// the next: what a launch is given as parameters stays the same.
type knob struct {
	b       *Backend
	m       *block
	values  []uint64
	changed bool // since they were sent
	wanted  bool // by a launch that waits
}

// knob makes one of n numbers, all 0. Its memory is the caller's to free.
func (b *Backend) knob(n int) (*knob, error) {
	m, err := b.alloc(8 * n)
	return &knob{b: b, m: m, values: make([]uint64, n)}, err
}

// set turns it, for launches from now on.
func (k *knob) set(values ...uint64) error {
	if slices.Equal(k.values, values) {
		return nil
	}
	if k.wanted {
		if err := k.b.flush(); err != nil {
			return err
		}
	}
	copy(k.values, values)
	k.changed = true
	return nil
}

// at is the address for a launch that follows at once.
func (k *knob) at() uint64 {
	if !k.wanted {
		k.wanted = true
		k.b.knobs = append(k.b.knobs, k)
	}
	return k.m.at
}

// flush gives the machine all launches that wait, and the numbers that they read.
func (b *Backend) flush() error {
	if b.closed {
		return errClosed
	}
	knobs := b.knobs
	b.knobs = b.knobs[:0]
	for _, k := range knobs {
		k.wanted = false
		if !k.changed {
			continue
		}
		if err := b.m.Upload(k.m.at, bytesOf(k.values)); err != nil {
			b.queue.waiting = nil
			return err
		}
		k.changed = false
	}
	return b.queue.run()
}
