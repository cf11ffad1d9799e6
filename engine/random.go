package engine

import (
	"math/bits"
	"math/rand/v2"
)

// The streams of random numbers that a training takes from its one seed.
const (
	streamDraw uint64 = iota + 1
	streamOrder
	streamAugment
	streamDropout
	streamMine
)

// mix turns several numbers into one that looks random (the finaliser of
// splitmix64, by Steele, Lea and Flood, over each in turn).
func mix(vs ...uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, v := range vs {
		h ^= v
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h = h ^ h>>31 + 0x9e3779b97f4a7c15
	}
	return h
}

// random returns the numbers that belong to one draw of a stream.
func random(seed, stream uint64, draw int) *rand.Rand {
	return rand.New(rand.NewPCG(mix(seed, stream, uint64(draw)), mix(uint64(draw), stream, seed)))
}

// permute says where i, from 0 to n-1, goes in the shuffle of n that the key names.
// It needs no list: a Feistel network permutes the next power of four, and values
// beyond n walk on until they fall below it.
func permute(i, n int, key uint64) int {
	half := (bits.Len(uint(n-1)) + 1) / 2
	mask := uint64(1)<<half - 1
	v := uint64(i)
	for {
		left, right := v>>half, v&mask
		for round := range uint64(6) {
			left, right = right, left^mix(key, round, right)&mask
		}
		if v = left<<half | right; v < uint64(n) {
			return int(v)
		}
	}
}
