package ref

import (
	"sync/atomic"
	"testing"
)

func TestTeamDoesEachPieceOnce(t *testing.T) {
	for _, size := range []int{1, 2, 5} {
		team := newTeam(size)
		for _, n := range []int{0, 1, 2, 7, 1000} {
			done, busy := make([]atomic.Int32, n), make([]atomic.Int32, size)
			team.run(n, func(worker, i int) {
				if busy[worker].Add(1) > 1 {
					t.Errorf("worker %d of %d does two pieces at a time", worker, size)
				}
				done[i].Add(1)
				busy[worker].Add(-1)
			})
			for i := range done {
				if times := done[i].Load(); times != 1 {
					t.Errorf("%d workers: piece %d of %d was done %d times", size, i, n, times)
				}
			}
		}
		team.close()
	}
}
