package nn

// Keep says whether a dropout with share drop (0 ≤ drop < 1) keeps element i of
// its input, counted in row-major order over the whole batch whatever a
// backend's layout. It is a pure function, so that every backend drops the same elements:
// the first step of splitmix64 (Steele, Lea, Flood 2014) at counter i+1, of which the
// top 24 bits are compared with drop. In arithmetic modulo 2^64:
//
//	z = seed + (i+1)·0x9e3779b97f4a7c15
//	z = (z xor z>>30)·0xbf58476d1ce4e5b9
//	z = (z xor z>>27)·0x94d049bb133111eb
//	z =  z xor z>>31
//	keep if z>>40 ≥ floor(drop·2^24)
//
// What is kept is multiplied by DropoutScale(drop), the rest becomes 0.
func Keep(seed uint64, i int, drop float32) bool {
	return mix(seed, uint64(i))>>40 >= uint64(drop*(1<<24))
}

// DropoutScale is what a dropout multiplies the elements it keeps by, so that the
// expected sum stays: 1/(1-drop), rounded once to float32.
func DropoutScale(drop float32) float32 { return 1 / (1 - drop) }
