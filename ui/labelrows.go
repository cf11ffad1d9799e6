package ui

import "frglab/dataset"

// sampleRows reads the chosen samples as they are needed, a stretch at a time: a
// project may hold very many, and a screen shows few. It belongs to the UI goroutine;
// a stretch takes a millisecond or two.
type sampleRows struct {
	s    *session
	l    loaded
	have map[int64]dataset.Sample
	gone map[int64]bool // cannot be read
}

const (
	stretch  = 256
	keepRows = 20_000 // about 6 MB
)

func newSampleRows(s *session) *sampleRows {
	return &sampleRows{s: s, have: map[int64]dataset.Sample{}, gone: map[int64]bool{}}
}

// choose takes another list of samples. What is known of them stays.
func (r *sampleRows) choose(l loaded) {
	r.l = l
	clear(r.gone)
}

// forget drops all that is known, or what is known of these samples.
func (r *sampleRows) forget(ids ...int64) {
	if len(ids) == 0 {
		clear(r.have)
	}
	for _, id := range ids {
		delete(r.have, id)
	}
	clear(r.gone)
}

func (r *sampleRows) put(samples []dataset.Sample) {
	if len(r.have) > keepRows {
		clear(r.have)
	}
	for _, s := range samples {
		r.have[s.ID] = s
	}
}

// get is a sample, with its neighbours read along; false for one that is not in the
// project any more.
func (r *sampleRows) get(id int64) (dataset.Sample, bool) {
	s, ok := r.have[id]
	if ok || id == 0 || r.s.project == nil || r.gone[id] {
		return s, ok
	}
	r.read(r.around(id))
	if s, ok = r.have[id]; !ok { // one of the others may be gone
		r.read([]int64{id})
		s, ok = r.have[id]
	}
	r.gone[id] = !ok
	return s, ok
}

func (r *sampleRows) read(ids []int64) {
	if samples, err := r.s.project.Samples(ids); err == nil {
		r.put(samples)
	}
}

// around is the stretch of the list that holds the sample, as far as it is unknown.
func (r *sampleRows) around(id int64) []int64 {
	i, ok := r.l.index[id]
	if !ok {
		return []int64{id}
	}
	from := i / stretch * stretch
	var ids []int64
	for _, id := range r.l.ids[from:min(from+stretch, len(r.l.ids))] {
		if _, known := r.have[id]; !known && !r.gone[id] {
			ids = append(ids, id)
		}
	}
	return ids
}
