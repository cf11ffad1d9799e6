package dataset

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
)

// fewRows is up to how many samples are looked up one by one: for more, reading the
// table from end to end is quicker.
const fewRows = 10_000

// embeddings are those of the samples, whose ids ascend, side by side; empty where there
// is none.
func (p *Project) embeddings(ids []int64) ([][]int8, error) {
	query, args := "SELECT sample, embedding FROM judgements ORDER BY sample", []any(nil)
	if len(ids) < fewRows {
		list, err := jsonText(ids)
		if err != nil {
			return nil, err
		}
		query, args = "SELECT sample, embedding FROM json_each(?) c CROSS JOIN judgements ON sample = c.value ORDER BY c.key", []any{list}
	}
	rows, err := p.r.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	vectors, i := make([][]int8, len(ids)), 0
	for rows.Next() {
		var id int64
		var raw sql.RawBytes
		if err := rows.Scan(&id, &raw); err != nil {
			return nil, err
		}
		for i < len(ids) && ids[i] < id {
			i++
		}
		if i < len(ids) && ids[i] == id {
			vectors[i] = vectorOf(raw)
		}
	}
	return vectors, rows.Err()
}

// vectorOf is an embedding as bytesOf stored it.
func vectorOf(b []byte) []int8 {
	v := make([]int8, len(b))
	for i, x := range b {
		v[i] = int8(x)
	}
	return v
}

// direction is an embedding at length 1; nil where there is none.
type direction []float32

// directionOf an embedding of the right size.
func directionOf(v []int8, size int) direction {
	if len(v) == 0 || len(v) != size {
		return nil
	}
	d := make(direction, size)
	for i, x := range v {
		d[i] = float32(x)
	}
	d.shorten()
	return d
}

// shorten brings d to length 1, if it has any.
func (d direction) shorten() {
	if l := d.dot(d); l > 0 {
		k := float32(1 / math.Sqrt(float64(l)))
		for i := range d {
			d[i] *= k
		}
	}
}

// dot is the cosine of the angle between two directions. Four sums at once keep the
// processor busy: it is three times as fast as one.
func (d direction) dot(e direction) float32 {
	var a, b, c, f float32
	i := 0
	for ; i+4 <= len(d); i += 4 {
		x, y := d[i:i+4:i+4], e[i:i+4:i+4]
		a += x[0] * y[0]
		b += x[1] * y[1]
		c += x[2] * y[2]
		f += x[3] * y[3]
	}
	for ; i < len(d); i++ {
		a += d[i] * e[i]
	}
	return a + b + c + f
}

// sortLike brings those samples, whose ids ascend, first that look to the model as one
// does.
func (p *Project) sortLike(ids []int64, like int64) error {
	vectors, err1 := p.embeddings(ids)
	targets, err2 := p.embeddings([]int64{like})
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	target := targets[0]
	if len(target) == 0 {
		return fmt.Errorf("no model has judged sample %d, so nothing is like it: run a review first", like)
	}
	type near struct {
		id  int64
		cos float64
	}
	list := make([]near, len(ids))
	for i, id := range ids {
		list[i] = near{id, cosine(target, vectors[i])}
	}
	slices.SortFunc(list, func(a, b near) int { return cmp.Or(cmp.Compare(b.cos, a.cos), cmp.Compare(a.id, b.id)) })
	for i, n := range list {
		ids[i] = n.id
	}
	return nil
}

// cosine is that of the angle between a and b, times the length of a; -Inf where they
// cannot be compared.
func cosine(a, b []int8) float64 {
	if len(a) != len(b) {
		return math.Inf(-1)
	}
	var ab, bb int32
	for i, x := range b {
		ab += int32(a[i]) * int32(x)
		bb += int32(x) * int32(x)
	}
	return float64(ab) / math.Sqrt(float64(max(bb, 1)))
}

// The sizes of clusters: so many samples on average, which fit on a page, and so many
// clusters at most, which bounds the time.
const (
	clusterSize  = 20
	clusterMost  = 512
	clusterSteps = 4 // after which hardly a sample changes its cluster
)

// Clusters puts the samples that the filter picks into groups of look-alikes, for one
// verdict on each: large groups first, and in each those first that are most like the
// whole. The last group holds what no model has judged, if there is any.
func (p *Project) Clusters(f Filter) ([][]int64, error) {
	f.Order = ByAdded
	ids, err := p.ids(f)
	if err == nil {
		var groups [][]int64
		if groups, err = p.clusters(ids); err == nil {
			return groups, nil
		}
	}
	return nil, fmt.Errorf("find look-alikes: project %q: %w", p.Name(), explain(err))
}

// clusters is k-means on directions, from evenly spaced samples on: the same samples
// give the same groups.
func (p *Project) clusters(ids []int64) ([][]int64, error) {
	vectors, err := p.embeddings(ids)
	if err != nil {
		return nil, err
	}
	var known, unknown []int64
	var ds []direction
	size := 0
	for i, v := range vectors {
		if size == 0 {
			size = len(v)
		}
		if d := directionOf(v, size); d == nil {
			unknown = append(unknown, ids[i])
		} else {
			known, ds = append(known, ids[i]), append(ds, d)
		}
	}
	groups := [][]int64{}
	for _, members := range kMeans(ds) {
		group := make([]int64, len(members))
		for i, k := range members {
			group[i] = known[k]
		}
		groups = append(groups, group)
	}
	if len(unknown) > 0 {
		groups = append(groups, unknown)
	}
	return groups, nil
}

// kMeans groups directions by number.
func kMeans(ds []direction) [][]int {
	if len(ds) == 0 {
		return nil
	}
	k := min((len(ds)+clusterSize-1)/clusterSize, clusterMost)
	centres := make([]direction, k)
	for c := range centres {
		centres[c] = slices.Clone(ds[c*len(ds)/k])
	}
	of, near := make([]int, len(ds)), make([]float32, len(ds))
	for range clusterSteps {
		parallel(runtime.GOMAXPROCS(0), len(ds), func(i int) {
			near[i] = -2
			for c, centre := range centres {
				if cos := centre.dot(ds[i]); cos > near[i] {
					of[i], near[i] = c, cos
				}
			}
		})
		for _, c := range centres {
			clear(c)
		}
		for i, d := range ds {
			for j, x := range d {
				centres[of[i]][j] += x
			}
		}
		for _, c := range centres {
			c.shorten()
		}
	}
	groups := make([][]int, k)
	for i, c := range of {
		groups[c] = append(groups[c], i)
	}
	for _, g := range groups {
		slices.SortFunc(g, func(a, b int) int { return cmp.Or(cmp.Compare(near[b], near[a]), cmp.Compare(a, b)) })
	}
	groups = slices.DeleteFunc(groups, func(g []int) bool { return len(g) == 0 })
	slices.SortFunc(groups, func(a, b []int) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0], b[0])) })
	return groups
}
