package vision

import (
	"cmp"
	"image"
	"math"
	"slices"

	"frglab/engine"
)

// groupEps is how far the edges of two raw boxes may differ, as a share of
// their size, to count as neighbours: GROUP_EPS of OpenCV's detectMultiScale.
const groupEps = 0.2

// group makes one box of each cluster of neighbouring raw boxes, as OpenCV's
// groupRectangles does: clusters of at most minNeighbors boxes are dropped, the
// others averaged, and weak boxes inside stronger larger ones left out. Score is
// the number of raw boxes. Best first; equal scores from top to bottom.
func group(raw []image.Rectangle, minNeighbors int) []engine.Detection {
	clusters := slices.DeleteFunc(average(raw), func(c cluster) bool { return c.n <= minNeighbors })
	var found []engine.Detection
	for i, c := range clusters {
		if !slices.ContainsFunc(clusters[:i], c.hiddenBy) && !slices.ContainsFunc(clusters[i+1:], c.hiddenBy) {
			found = append(found, engine.Detection{Box: c.box, Score: float64(c.n)})
		}
	}
	slices.SortFunc(found, func(a, b engine.Detection) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score),
			cmp.Compare(a.Box.Min.Y, b.Box.Min.Y), cmp.Compare(a.Box.Min.X, b.Box.Min.X),
			cmp.Compare(a.Box.Dx(), b.Box.Dx()), cmp.Compare(a.Box.Dy(), b.Box.Dy()))
	})
	return found
}

type cluster struct {
	box image.Rectangle
	n   int // raw boxes
}

// average returns the mean box of each cluster. Neighbours of neighbours
// belong together. Quadratic in the number of raw boxes, as in OpenCV.
func average(raw []image.Rectangle) []cluster {
	parent := make([]int, len(raw))
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
	for i, a := range raw {
		for j, b := range raw[:i] {
			if neighbours(a, b) {
				parent[root(j)] = root(i)
			}
		}
	}
	sums := map[int][5]int{} // x, y, width, height, number
	for i, b := range raw {
		s := sums[root(i)]
		sums[root(i)] = [5]int{s[0] + b.Min.X, s[1] + b.Min.Y, s[2] + b.Dx(), s[3] + b.Dy(), s[4] + 1}
	}
	var out []cluster
	for _, s := range sums {
		share := 1 / float32(s[4])
		mean := func(sum int) int { return int(math.RoundToEven(float64(float32(sum) * share))) }
		x, y := mean(s[0]), mean(s[1])
		out = append(out, cluster{image.Rect(x, y, x+mean(s[2]), y+mean(s[3])), s[4]})
	}
	return out
}

// neighbours is OpenCV's SimilarRects.
func neighbours(a, b image.Rectangle) bool {
	delta := groupEps * float64(min(a.Dx(), b.Dx())+min(a.Dy(), b.Dy())) * 0.5
	near := func(p, q int) bool { return math.Abs(float64(p-q)) <= delta }
	return near(a.Min.X, b.Min.X) && near(a.Min.Y, b.Min.Y) && near(a.Max.X, b.Max.X) && near(a.Max.Y, b.Max.Y)
}

// hiddenBy says that c lies inside the larger box of other and is the weaker
// of the two; the margin and the 3 are OpenCV's.
func (c cluster) hiddenBy(other cluster) bool {
	margin := image.Pt(
		int(math.RoundToEven(float64(other.box.Dx())*groupEps)),
		int(math.RoundToEven(float64(other.box.Dy())*groupEps)))
	room := image.Rectangle{other.box.Min.Sub(margin), other.box.Max.Add(margin)}
	return c.box.In(room) && (other.n > max(3, c.n) || c.n < 3)
}
