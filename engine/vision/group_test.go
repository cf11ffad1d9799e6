package vision

import (
	"image"
	"reflect"
	"testing"

	"frglab/engine"
)

func TestGroup(t *testing.T) {
	box := func(x, y, side int) image.Rectangle { return image.Rect(x, y, x+side, y+side) }
	times := func(n int, b image.Rectangle) []image.Rectangle {
		var out []image.Rectangle
		for range n {
			out = append(out, b)
		}
		return out
	}
	join := func(parts ...[]image.Rectangle) []image.Rectangle {
		var out []image.Rectangle
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	for _, test := range []struct {
		name         string
		raw          []image.Rectangle
		minNeighbors int
		want         []engine.Detection
	}{
		{"nothing", nil, 0, nil},
		{"one box alone", times(1, box(5, 5, 30)), 0, []engine.Detection{{Box: box(5, 5, 30), Score: 1}}},
		{"one box has no neighbour", times(1, box(5, 5, 30)), 1, nil},
		{"five boxes are not more than 5", times(5, box(5, 5, 30)), 5, nil},
		{"six boxes are", times(6, box(5, 5, 30)), 5, []engine.Detection{{Box: box(5, 5, 30), Score: 6}}},
		{"the mean of two", []image.Rectangle{box(0, 0, 20), box(2, 2, 20)}, 1, []engine.Detection{{Box: box(1, 1, 20), Score: 2}}},
		{"a half rounds to even", []image.Rectangle{box(0, 0, 20), box(1, 3, 20)}, 1, []engine.Detection{{Box: box(0, 2, 20), Score: 2}}},
		{"neighbours of neighbours", []image.Rectangle{box(0, 0, 20), box(4, 0, 20), box(8, 0, 20)}, 2, []engine.Detection{{Box: box(4, 0, 20), Score: 3}}},
		{"too far apart", []image.Rectangle{box(0, 0, 20), box(5, 0, 20)}, 1, nil},
		{"best first", join(times(4, box(0, 0, 20)), times(6, box(100, 0, 20))), 3, []engine.Detection{{Box: box(100, 0, 20), Score: 6}, {Box: box(0, 0, 20), Score: 4}}},
		{"the weaker inside is left out", join(times(5, box(0, 0, 60)), times(4, box(10, 10, 20))), 3, []engine.Detection{{Box: box(0, 0, 60), Score: 5}}},
		{"the stronger inside stays", join(times(5, box(0, 0, 60)), times(6, box(10, 10, 20))), 3, []engine.Detection{{Box: box(10, 10, 20), Score: 6}, {Box: box(0, 0, 60), Score: 5}}},
	} {
		if got := group(test.raw, test.minNeighbors); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
