package dataset

// Print is a perceptual hash: alike pictures have prints that differ in few bits.
type Print uint64
