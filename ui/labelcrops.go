package ui

import (
	"context"
	"image"
	"sync"

	"frglab/dataset"
)

// cropQueue decodes the next few crops before they are asked for.
type cropQueue struct {
	js      *jobs
	project *dataset.Project
	running bool

	mu   sync.Mutex
	want []int64 // the latest wish
	have map[int64]image.Image
}

// use takes another project.
func (q *cropQueue) use(p *dataset.Project) {
	if q.project != p {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.project, q.want, q.have = p, nil, map[int64]image.Image{}
	}
}

// get is a crop: at once where it was decoded before.
func (q *cropQueue) get(id int64) image.Image {
	q.mu.Lock()
	img, ok := q.have[id]
	q.mu.Unlock()
	if !ok {
		img = thumb(q.project, id)
		q.mu.Lock()
		defer q.mu.Unlock()
		q.have[id] = img
	}
	return img
}

// ahead decodes crops beside the window, and forgets those that are not among them.
func (q *cropQueue) ahead(ids []int64) {
	q.mu.Lock()
	q.want = ids
	missing := false
	for _, id := range ids {
		if _, ok := q.have[id]; !ok {
			missing = true
		}
	}
	if len(q.have) > 64 {
		clear(q.have)
	}
	q.mu.Unlock()
	if !missing || q.running {
		return
	}
	q.running = true
	p := q.project
	start(q.js, &job{name: tr("Show crops"), quiet: true, of: p}, func(ctx context.Context, _ *job) (struct{}, error) {
		for id, ok := q.next(p); ok && ctx.Err() == nil; id, ok = q.next(p) {
			img := thumb(p, id)
			q.mu.Lock()
			if q.project == p {
				q.have[id] = img
			}
			q.mu.Unlock()
		}
		return struct{}{}, nil
	}, func(struct{}, error) {
		q.running = false
		if q.project != p {
			q.mu.Lock()
			ids := q.want
			q.mu.Unlock()
			q.ahead(ids)
		}
	})
}

// next is the first wish that is not decoded, as long as the crops are those of p.
func (q *cropQueue) next(p *dataset.Project) (int64, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.project != p {
		return 0, false
	}
	for _, id := range q.want {
		if _, ok := q.have[id]; !ok {
			return id, true
		}
	}
	return 0, false
}
