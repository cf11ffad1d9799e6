package ui

import (
	"cmp"
	"context"
	"math"
	"slices"

	"frglab/dataset"
)

// typical is how many of a cluster's most typical crops tell what the model takes it for.
const typical = 8

// readGroups asks the project for the clusters of what the filter picks: the biggest
// first, or those that the model is least sure of.
func readGroups(ctx context.Context, p *dataset.Project, f labelFilter, uncertain bool) ([]group, error) {
	clusters, err := p.Clusters(f.query())
	if err != nil {
		return nil, err
	}
	unchecked, err := p.IDs(dataset.Filter{Checked: new(false)})
	if err != nil {
		return nil, err
	}
	open := make(map[int64]bool, len(unchecked))
	for _, id := range unchecked {
		open[id] = true
	}
	groups := make([]group, 0, len(clusters))
	for _, ids := range clusters {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		g := group{ids: ids, face: math.NaN()}
		for _, id := range ids {
			if open[id] {
				g.left++
			}
		}
		samples, err := p.Samples(ids[:min(typical, len(ids))])
		if err != nil {
			return nil, err
		}
		sum, n := 0.0, 0
		for _, s := range samples {
			if s.Judged {
				sum += s.FaceP
				n++
			}
		}
		if n > 0 {
			g.face = sum / float64(n)
		}
		groups = append(groups, g)
	}
	if uncertain {
		slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(a.doubt(), b.doubt()) })
	}
	return groups, nil
}

// doubt is small where the model is not sure; that of a cluster that no model has seen
// is greatest of all.
func (g group) doubt() float64 {
	if math.IsNaN(g.face) {
		return 1
	}
	return math.Abs(g.face - 0.5)
}
