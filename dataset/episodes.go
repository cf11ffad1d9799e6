package dataset

import "fmt"

// Episodes are the episodes of the samples that the filter picks, with their numbers of
// samples.
func (p *Project) Episodes(f Filter) (map[string]int, error) {
	n, err := countBy[string](p, f, "o.episode")
	if err != nil {
		return nil, fmt.Errorf("count episodes: project %q: %w", p.Name(), explain(err))
	}
	return n, nil
}
