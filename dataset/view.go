package dataset

import (
	"fmt"
	"image"
)

// View is one side of the split as it was when it was made: its checked samples of
// class Face and Other, in the order of their ids. It may be used from several
// goroutines.
type View struct {
	p       *Project
	ids     []int64
	classes []Class
}

// View takes a view of a split. Later labels do not change it.
func (p *Project) View(split Split) (*View, error) {
	v := &View{p: p}
	rows, err := p.r.Query(`SELECT s.id, s.class FROM samples s JOIN sources o ON o.id = s.source
		WHERE s.gone = 0 AND s.checked = 1 AND s.class IN (?, ?) AND o.split = ? ORDER BY s.id`, Face, Other, split)
	if err != nil {
		return nil, fmt.Errorf("view %v: project %q: %w", split, p.Name(), explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var class Class
		if err := rows.Scan(&id, &class); err != nil {
			return nil, fmt.Errorf("view %v: project %q: %w", split, p.Name(), explain(err))
		}
		v.ids, v.classes = append(v.ids, id), append(v.classes, class)
	}
	return v, rows.Err()
}

// Len is the number of samples.
func (v *View) Len() int { return len(v.ids) }

// ID is the number of sample i in the project.
func (v *View) ID(i int) int64 { return v.ids[i] }

// Class is that of sample i, Face or Other.
func (v *View) Class(i int) Class { return v.classes[i] }

// At decodes crop i, at the size at which it was stored, and gives its class, 0 or 1.
// The image is the caller's.
func (v *View) At(i int) (image.Image, int, error) {
	img, err := v.p.Crop(v.ids[i])
	if err != nil {
		return nil, 0, err
	}
	return img, int(v.classes[i]), nil
}
