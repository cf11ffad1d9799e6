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

// plan chooses tile and splits, and reserves the workspace. A tile of 128 asks half as much of memory for
// each product as one of 64, so it is taken where it fills the machine, if need be by sharing sums, and
// hangs over the edges by little.
func (p *product) plan(b *Backend) error {
	all := b.m.Processors()
	p.side, p.splits = 128, p.share(128, all)
	if p.tiles(128)*p.splits < all || 4*p.tiles(128)*128*128 > 5*p.tiles(64)*64*64 {
		p.side, p.splits = 64, p.share(64, all)
	}
	p.kernel = fmt.Sprintf("%s_%s_%d", p.kernel, b.kernels, p.side)
	if p.splits == 1 {
		return nil
	}
	return b.reserve(&b.work, 4*p.splits*p.rows*p.cols)
}

func (p *product) tiles(side int) int {
	return (p.rows + side - 1) / side * ((p.cols + side - 1) / side)
}

// share is how many blocks share a tile's sum where the tiles alone do not fill the machine: so many that all
// run at once, two on each processor, because one more would take as long as all the others. Each should
// have some slices to go through, or it only costs its start.
func (p *product) share(side, processors int) int {
	const fewest = 8
	tiles := p.tiles(side)
	if tiles >= processors {
		return 1
	}
	slices := (p.deep + slice - 1) / slice
	return max(1, min(2*processors/tiles, slices/fewest, 64))
}

// run launches the product; operands are the parameters behind those of the store.
func (p *product) run(b *Backend, operands ...uint64) error {
	store := []uint64{
		at(b.work), p.y.at, at(p.last), at(p.bias), p.slope,
		whole(p.rows), whole(p.cols), whole(p.plane), over(p.plane), whole(p.splits), whole(p.deep),
	}
	grid := [3]int{(p.rows + p.side - 1) / p.side, (p.cols + p.side - 1) / p.side, p.splits}
	if err := b.launch(p.kernel, grid, append(store, operands...)...); err != nil || p.splits == 1 {
		return err
	}
	return b.launch("reduce", each(p.rows*p.cols), append(store, over(p.cols))...)
}
