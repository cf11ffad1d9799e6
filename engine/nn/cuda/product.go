package cuda

import "fmt"

// product is one use of gemm: C is (rows, cols), sums are over deep numbers.
type product struct {
	kernel           string // plan adds precision and tile
	y                *block // where C goes
	last             *block // where the last column of C goes; nil: to y as the others
	bias             *block // nil: none
	slope            uint64
	rows, cols, deep int
	plane            int // pixels of a picture where rows are pixels, else 1

	side   int // of a tile
	splits int // blocks that share a tile's sum
}

// slice is how far a block of gemm goes along k at once: DEEP of gemm.h.
const slice = 16

// plan chooses tile and splits, and reserves the workspace.
func (p *product) plan(b *Backend) error {
	tiles := func(side int) int { return (p.rows + side - 1) / side * ((p.cols + side - 1) / side) }
	p.side = 128
	if tiles(128) < b.m.Processors() {
		p.side = 64
	}
	p.kernel = fmt.Sprintf("%s_%s_%d", p.kernel, b.kernels, p.side)
	// Each block should have some slices to go through, or it only costs its start.
	const fewest = 8
	wanted := (2*b.m.Processors() + tiles(p.side) - 1) / tiles(p.side)
	slices := (p.deep + slice - 1) / slice
	p.splits = max(1, min(wanted, slices/fewest, 64))
	if p.splits == 1 || tiles(p.side) >= b.m.Processors() {
		p.splits = 1
		return nil
	}
	return b.reserve(&b.work, 4*p.splits*p.rows*p.cols)
}

// run launches the product; operands are the parameters behind those of the store.
func (p *product) run(b *Backend, operands ...uint64) error {
	store := []uint64{
		at(b.work), p.y.at, at(p.last), at(p.bias), p.slope,
		whole(p.rows), whole(p.cols), whole(p.plane), whole(p.splits), whole(p.deep),
	}
	grid := [3]int{(p.rows + p.side - 1) / p.side, (p.cols + p.side - 1) / p.side, p.splits}
	if err := b.launch(p.kernel, grid, append(store, operands...)...); err != nil || p.splits == 1 {
		return err
	}
	return b.launch("reduce", each(p.rows*p.cols), store...)
}
