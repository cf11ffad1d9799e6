package dataset

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"runtime"
	"slices"
)

// The numbers of the search for wrong labels.
const (
	suspectFolds = 5
	suspectLeast = 50     // checked samples of each class: below that nobody knows
	suspectTrain = 20_000 // samples that a fold learns from: 129 weights need no more
)

// labelled is a checked sample in the search for wrong labels.
type labelled struct {
	id, source, leader int64
	frame              int
	class              Class
	vector             []int8
	had                sql.NullFloat64 // what is stored of it
}

// suspects gives each label a second opinion from samples that have nothing to do with
// it (confident learning: Northcutt et al. 2021): the samples are dealt into five parts,
// and a regression on the embeddings of four says what the fifth is.
func (r review) suspects(ctx context.Context) error {
	list, err := r.p.labelled(ctx, r.judge.Name())
	if err != nil {
		return err
	}
	r.progress(ReviewProgress{StageSuspects, 0, len(list)})
	found := map[int64]float64{}
	if ps := outOfFold(list); ps != nil {
		for i, p := range ps {
			found[list[i].id] = p
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := r.p.putSuspects(ctx, list, found); err != nil {
		return err
	}
	r.progress(ReviewProgress{StageSuspects, len(list), len(list)})
	return nil
}

// labelled are the samples that take part.
func (p *Project) labelled(ctx context.Context, model string) ([]labelled, error) {
	rows, err := p.r.QueryContext(ctx, `SELECT s.id, s.source, coalesce(t.leader, s.id), s.frame, s.class, j.embedding, j.suspect
		FROM judgements j JOIN samples s ON s.id = j.sample LEFT JOIN twins t ON t.sample = s.id
		WHERE s.gone = 0 AND s.checked = 1 AND s.class < 2 AND j.model = ? AND length(j.embedding) > 0 ORDER BY s.id`, model)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []labelled
	for rows.Next() {
		var l labelled
		var raw sql.RawBytes
		if err := rows.Scan(&l.id, &l.source, &l.leader, &l.frame, &l.class, &raw, &l.had); err != nil {
			return nil, err
		}
		l.vector = vectorOf(raw)
		if len(list) == 0 || len(l.vector) == len(list[0].vector) {
			list = append(list, l)
		}
	}
	return list, rows.Err()
}

// outOfFold is the probability of a face for each sample, by a regression that saw
// neither the sample nor its kin; nil where there are too few samples.
func outOfFold(list []labelled) []float64 {
	var count [2]int
	for _, l := range list {
		count[l.class]++
	}
	if min(count[Face], count[Other]) < suspectLeast {
		return nil
	}
	part := deal(list)
	ps := make([]float64, len(list))
	parallel(runtime.GOMAXPROCS(0), suspectFolds, func(k int) {
		var vectors [][]int8
		var faces []float64
		stride := (len(list) + suspectTrain - 1) / suspectTrain
		n := 0
		for i, l := range list {
			if part[i] == k {
				continue
			}
			if n++; n%stride == 0 {
				vectors, faces = append(vectors, l.vector), append(faces, float64(1-l.class))
			}
		}
		if len(vectors) == 0 {
			for i := range list {
				ps[i] = 0.5
			}
			return
		}
		m := fitLogistic(vectors, faces)
		for i, l := range list {
			if part[i] == k {
				ps[i] = m.probability(l.vector)
			}
		}
	})
	return ps
}

// deal gives each sample its part, 0 to suspectFolds-1. Twins go to one part, and so do
// the samples of one source; of one frame, where a source would be too large a part.
func deal(list []labelled) []int {
	kin := kinship(list, func(l labelled) [2]int64 { return [2]int64{l.source} })
	if largest(kin) > len(list)/3 {
		kin = kinship(list, func(l labelled) [2]int64 { return [2]int64{l.source, int64(l.frame) + 1} })
	}
	members := map[int][]int{}
	for i, k := range kin {
		members[k] = append(members[k], i)
	}
	groups := make([][]int, 0, len(members))
	for _, g := range members {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b []int) int { // large ones first, then classes apart: the parts come out alike
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(list[a[0]].class, list[b[0]].class), cmp.Compare(a[0], b[0]))
	})
	part := make([]int, len(list))
	var size [suspectFolds]int
	for _, g := range groups {
		k := slices.Index(size[:], slices.Min(size[:]))
		size[k] += len(g)
		for _, i := range g {
			part[i] = k
		}
	}
	return part
}

// kinship numbers groups of samples that share a key or a leader, also by way of others.
func kinship(list []labelled, key func(labelled) [2]int64) []int {
	parent := make([]int, len(list))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	byKey, byLeader := map[[2]int64]int{}, map[int64]int{}
	for i, l := range list {
		if k, ok := byKey[key(l)]; ok {
			parent[root(i)] = root(k)
		}
		if k, ok := byLeader[l.leader]; ok {
			parent[root(i)] = root(k)
		}
		byKey[key(l)], byLeader[l.leader] = i, i
	}
	for i := range parent {
		parent[i] = root(i)
	}
	return parent
}

// largest is the size of the largest group.
func largest(group []int) int {
	size := map[int]int{}
	most := 0
	for _, g := range group {
		size[g]++
		most = max(most, size[g])
	}
	return most
}

// suspectBatch is how many rows one transaction changes, so that labels need not wait.
const suspectBatch = 5000

// putSuspects stores what was found, and takes back what is stored of other samples.
func (p *Project) putSuspects(ctx context.Context, list []labelled, found map[int64]float64) error {
	type change struct {
		id int64
		p  any
	}
	var changes []change
	seen := make(map[int64]bool, len(list))
	for _, l := range list {
		seen[l.id] = true
		now, ok := found[l.id]
		switch {
		case ok && (!l.had.Valid || math.Abs(l.had.Float64-now) > 1e-3):
			changes = append(changes, change{l.id, now})
		case !ok && l.had.Valid:
			changes = append(changes, change{l.id, nil})
		}
	}
	stored, err := scanIDs(p.r.QueryContext(ctx, "SELECT sample FROM judgements WHERE suspect IS NOT NULL"))
	if err != nil {
		return err
	}
	for _, id := range stored {
		if !seen[id] {
			changes = append(changes, change{id, nil})
		}
	}
	for some := range slices.Chunk(changes, suspectBatch) {
		err := p.write(ctx, func(tx *sql.Tx) error {
			put, err := tx.Prepare("UPDATE judgements SET suspect = ? WHERE sample = ?")
			if err != nil {
				return err
			}
			for _, c := range some {
				if _, err := put.Exec(c.p, c.id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
