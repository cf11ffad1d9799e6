package engine

import (
	"cmp"
	"slices"
)

// At is the confusion matrix at a threshold: rows are the truth, columns what a
// score of at least that makes of it (class 0) or not (class 1).
func (v Verdicts) At(threshold float64) [2][2]int {
	var m [2][2]int
	for i, c := range v.Truth {
		m[c][v.taken(i, threshold)]++
	}
	return m
}

// taken is the class that crop i gets at a threshold.
func (v Verdicts) taken(i int, threshold float64) int {
	if v.Scores[i] >= threshold {
		return 0
	}
	return 1
}

// Cell lists the crops of one cell of At, those furthest on the wrong side first
// where the cell is a mistake, and the least sure first where it is not.
func (v Verdicts) Cell(truth, taken int, threshold float64) []int {
	var cell []int
	for i, c := range v.Truth {
		if c == truth && v.taken(i, threshold) == taken {
			cell = append(cell, i)
		}
	}
	v.worstFirst(cell)
	return cell
}

// Mistakes lists the crops that are taken for the other class, the worst first.
func (v Verdicts) Mistakes(threshold float64) []int {
	wrong := append(v.Cell(0, 1, threshold), v.Cell(1, 0, threshold)...)
	v.worstFirst(wrong)
	return wrong
}

func (v Verdicts) worstFirst(crops []int) {
	r := Report{Truth: v.Truth, Scores: v.Scores}
	slices.SortStableFunc(crops, func(a, b int) int { return cmp.Compare(r.wrong(b), r.wrong(a)) })
}

// Operating is one point of a precision and recall curve.
type Operating struct {
	Threshold         float64 // scores from here on count as class 0
	Precision, Recall float64 // 0 to 1
}

// Curve is precision over recall, for every score that occurs, from the highest
// threshold to the lowest. It is empty where there is no crop of class 0.
func (v Verdicts) Curve() []Operating {
	order := make([]int, len(v.Scores))
	faces := 0
	for i, c := range v.Truth {
		order[i] = i
		if c == 0 {
			faces++
		}
	}
	if faces == 0 {
		return nil
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(v.Scores[b], v.Scores[a]) })
	var curve []Operating
	hits := 0
	for k, i := range order {
		if v.Truth[i] == 0 {
			hits++
		}
		if k+1 < len(order) && v.Scores[order[k+1]] == v.Scores[i] {
			continue // equal scores fall on one side together
		}
		curve = append(curve, Operating{v.Scores[i], float64(hits) / float64(k+1), float64(hits) / float64(faces)})
	}
	return curve
}

// AveragePrecision is the area under a Curve, each precision counted as the best one
// at that recall or a higher one.
func AveragePrecision(curve []Operating) float64 {
	return averagePrecision(len(curve), func(i int) (float64, float64) { return curve[i].Precision, curve[i].Recall })
}
