package imageview

import (
	"image"
	"math"
	"testing"
)

var hd = image.Rect(0, 0, 1920, 1080)

func close2(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

func TestFit(t *testing.T) {
	for _, c := range []struct {
		name string
		w, h float64
		b    image.Rectangle
		want area // of the picture in the pane
	}{
		{"wide picture", 960, 1000, hd, area{0, 230, 960, 770}},
		{"high picture", 1000, 500, image.Rect(0, 0, 100, 200), area{375, 0, 625, 500}},
		{"small picture grows", 640, 640, image.Rect(0, 0, 64, 64), area{0, 0, 640, 640}},
		{"picture off the origin", 200, 100, image.Rect(50, 60, 150, 110), area{0, 0, 200, 100}},
	} {
		got := fit(c.w, c.h, c.b).area(c.b)
		if !close2(got.x0, c.want.x0) || !close2(got.y0, c.want.y0) || !close2(got.x1, c.want.x1) || !close2(got.y1, c.want.y1) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestZoomAboutKeepsThePoint(t *testing.T) {
	s := fit(960, 540, hd)
	for _, unit := range []float64{0.1, 0.5, 1, 7} {
		for _, p := range [][2]float64{{0, 0}, {100, 500}, {959, 1}} {
			x, y := s.toImage(p[0], p[1])
			if gx, gy := s.zoomAbout(unit, p[0], p[1]).toPane(x, y); !close2(gx, p[0]) || !close2(gy, p[1]) {
				t.Errorf("zoom to %v about %v: the point went to %v, %v", unit, p, gx, gy)
			}
		}
	}
}

func TestToImageIsInverse(t *testing.T) {
	s := sight{w: 300, h: 200, unit: 2.5, cx: 17, cy: -4}
	for _, p := range [][2]float64{{0, 0}, {3.25, 99}, {-50, 1000}} {
		x, y := s.toImage(s.toPane(p[0], p[1]))
		if !close2(x, p[0]) || !close2(y, p[1]) {
			t.Errorf("%v came back as %v, %v", p, x, y)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		name         string
		s            sight
		wantX, wantY float64
	}{
		{"inside stays", sight{w: 100, h: 100, unit: 1, cx: 900, cy: 500}, 900, 500},
		{"left edge", sight{w: 100, h: 100, unit: 1, cx: -500, cy: 500}, 50, 500},
		{"lower right edge", sight{w: 100, h: 100, unit: 2, cx: 9999, cy: 9999}, 1895, 1055},
		{"smaller than the pane lies in the middle", sight{w: 100, h: 100, unit: 0.01, cx: 3, cy: 3}, 960, 540},
		{"one side smaller", sight{w: 192, h: 1000, unit: 0.2, cx: 0, cy: 0}, 480, 540},
	} {
		if got := c.s.within(hd); !close2(got.cx, c.wantX) || !close2(got.cy, c.wantY) {
			t.Errorf("%s: got %v, %v, want %v, %v", c.name, got.cx, got.cy, c.wantX, c.wantY)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name     string
		w, h     float64
		scale    float64
		b        image.Rectangle
		low, top float64
	}{
		{"large picture", 960, 540, 1, hd, 0.25, 32},
		{"small picture", 960, 960, 1, image.Rect(0, 0, 20, 20), 0.5, 48},
		{"dense screen", 960, 540, 2, hd, 0.25, 16},
	} {
		if lo, hi := limits(c.w, c.h, c.scale, c.b); lo != c.low || hi != c.top {
			t.Errorf("%s: got %v to %v, want %v to %v", c.name, lo, hi, c.low, c.top)
		}
	}
}

func TestCenter(t *testing.T) {
	s := sight{w: 100, h: 100, unit: 4, cx: 0, cy: 0}
	for _, c := range []struct {
		name string
		r    image.Rectangle
		unit float64
	}{
		{"small box keeps the zoom", image.Rect(10, 20, 20, 30), 4},
		{"large box zooms out", image.Rect(0, 0, 100, 50), 100 / 130.0},
	} {
		got := s.center(c.r)
		if x, y := middle(c.r); got.cx != x || got.cy != y || !close2(got.unit, c.unit) {
			t.Errorf("%s: got %+v, want unit %v", c.name, got, c.unit)
		}
	}
}

func TestPick(t *testing.T) {
	boxes := []Box{
		{Rect: image.Rect(0, 0, 100, 100)},
		{Rect: image.Rect(10, 10, 30, 30)},
		{Rect: image.Rect(20, 20, 90, 90)},
		{Rect: image.Rect(20, 20, 90, 90)},
		{Rect: image.Rect(200, 200, 202, 202)},
	}
	for _, c := range []struct {
		name        string
		x, y, slack float64
		want        int
	}{
		{"only the large one", 5, 5, 0, 0},
		{"smallest of several", 25, 25, 0, 1},
		{"the later of equals", 50, 50, 0, 3},
		{"right edge is outside", 100, 50, 0, -1},
		{"left edge is inside", 0, 50, 0, 0},
		{"beside, within reach", 198.5, 201, 2, 4},
		{"beside, out of reach", 198.5, 201, 1, -1},
		{"nothing there", 150, 150, 3, -1},
	} {
		if got := pick(boxes, c.x, c.y, c.slack); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestDrawn(t *testing.T) {
	b := image.Rect(0, 0, 100, 60)
	for _, c := range []struct {
		name           string
		x0, y0, x1, y1 float64
		square         bool
		want           image.Rectangle
	}{
		{"down right", 10, 10, 30, 25, false, image.Rect(10, 10, 30, 25)},
		{"up left", 30, 25, 10, 10, false, image.Rect(10, 10, 30, 25)},
		{"rounded to pixels", 9.6, 10.4, 30.4, 24.6, false, image.Rect(10, 10, 30, 25)},
		{"cut at the picture's edge", 50, 30, 999, -50, false, image.Rect(50, 0, 100, 30)},
		{"begun outside", -20, -20, 10, 10, false, image.Rect(0, 0, 10, 10)},
		{"square takes the longer side", 10, 10, 40, 15, true, image.Rect(10, 10, 40, 40)},
		{"square up left", 40, 40, 20, 35, true, image.Rect(20, 20, 40, 40)},
		{"square stays in the picture", 10, 40, 90, 45, true, image.Rect(10, 40, 30, 60)},
		{"nothing", 10, 10, 10, 10, true, image.Rectangle{Min: image.Pt(10, 10), Max: image.Pt(10, 10)}},
	} {
		if got := drawn(c.x0, c.y0, c.x1, c.y1, b, c.square); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPlaceLabel(t *testing.T) {
	taken := []area{{100, 80, 140, 98}}
	for _, c := range []struct {
		name  string
		box   area
		taken []area
		want  area
		clear bool
	}{
		{"above", area{100, 100, 200, 200}, nil, area{99, 82, 139, 97}, true},
		{"no room above: pushed in", area{100, 5, 200, 60}, nil, area{99, 0, 139, 15}, true},
		{"right edge", area{380, 100, 450, 200}, nil, area{360, 82, 400, 97}, true},
		{"left edge", area{-50, 100, 50, 200}, nil, area{0, 82, 40, 97}, true},
		{"above is taken: below", area{100, 100, 200, 200}, taken, area{99, 203, 139, 218}, true},
		{"both taken: inside", area{100, 100, 200, 200}, append(taken, area{100, 200, 140, 220}), area{99, 103, 139, 118}, true},
		{"all taken", area{100, 100, 200, 200}, []area{{0, 0, 400, 300}}, area{99, 82, 139, 97}, false},
		{"larger than the pane", area{-500, -500, 900, 900}, nil, area{0, 0, 40, 15}, true},
	} {
		got, clear := placeLabel(c.box, 40, 15, 400, 300, c.taken)
		if got != c.want || clear != c.clear {
			t.Errorf("%s: got %v %v, want %v %v", c.name, got, clear, c.want, c.clear)
		}
	}
}
