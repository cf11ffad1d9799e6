package engine

import "math"

// maxHalf is the largest finite number of 16 bits.
const maxHalf = 65504

// toHalf rounds to the nearest IEEE 754 number of 16 bits, ties to even. Beyond
// maxHalf it is infinite: the caller checks.
func toHalf(f float32) uint16 {
	bits := math.Float32bits(f)
	sign := uint16(bits >> 16 & 0x8000)
	exp := int(bits>>23&0xff) - 127 + 15
	frac := bits & 0x7fffff
	if exp >= 31 {
		return sign | 0x7c00
	}
	shift := 13
	if exp <= 0 { // below the normal numbers: the leading 1 becomes visible
		if exp < -10 {
			return sign
		}
		frac |= 0x800000
		shift += 1 - exp
		exp = 0
	}
	half := uint32(exp)<<10 + frac>>shift
	rest, tie := frac&(1<<shift-1), uint32(1)<<(shift-1)
	if rest > tie || rest == tie && half&1 == 1 {
		half++ // may carry into the exponent, which is right
	}
	return sign | uint16(half)
}

// fromHalf widens a number of 16 bits; every one has its exact float32.
func fromHalf(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exp, frac := uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch exp {
	case 0: // frac * 2^-24
		f := float32(frac) / (1 << 24)
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}
