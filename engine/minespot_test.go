package engine

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// aFace is a truth box of 40 pixels about (100, 90).
var aFace = Truth{Box: [4]float64{80, 70, 40, 40}}

func TestJudgeSaysWhatAWindowIs(t *testing.T) {
	// The head's middle is at (100, 86).
	for _, c := range []struct {
		what string
		s    spot
		want verdict
	}{
		{"the head", spot{x: 100, y: 86, side: 65}, isFace},
		{"moved a little", spot{x: 110, y: 96, side: 65}, isFace},
		{"moved by a third of the face", spot{x: 114, y: 86, side: 65}, isBetween},
		{"above its hair", spot{x: 100, y: 50, side: 65}, isOther},
		{"half of it", spot{x: 135, y: 86, side: 65}, isOther},
		{"an eye", spot{x: 92, y: 84, side: 20}, isOther},
		{"just the tight face", spot{x: 100, y: 90, side: 42}, isBetween},
		{"a bust", spot{x: 100, y: 86, side: 100}, isBetween},
		{"the whole figure", spot{x: 100, y: 86, side: 140}, isOther},
	} {
		if got := c.s.judge(aFace, 400, 300); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

func TestJudgeOfAFaceThatFillsThePicture(t *testing.T) {
	big := Truth{Box: [4]float64{5, 5, 90, 90}}
	if got := (spot{x: 50, y: 50, side: 100}).judge(big, 100, 100); got != isFace {
		t.Errorf("the whole picture: %v, want a face", got)
	}
	if got := (spot{x: 50, y: 45, side: 100}).judge(big, 400, 300); got != isBetween {
		t.Errorf("as tight in a larger picture: %v, want between", got)
	}
}

func TestIgnoredFacesTeachNothing(t *testing.T) {
	hidden := Truth{Box: aFace.Box, Ignore: true}
	for _, s := range []spot{{x: 100, y: 86, side: 65}, {x: 92, y: 84, side: 20}} {
		if got := s.among([]Truth{hidden}, 400, 300); got != isBetween {
			t.Errorf("%+v on an ignored face: %v, want between", s, got)
		}
	}
	if got := (spot{x: 300, y: 200, side: 65}).among([]Truth{hidden, aFace}, 400, 300); got != isOther {
		t.Errorf("far from both: %v, want other", got)
	}
}

// mineScene is a picture of 400x300 with two faces and one ignored one.
func mineScene() Scene {
	img := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for y := range 300 {
		for x := range 400 {
			img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), uint8(x * y / 500), 255})
		}
	}
	return Scene{Name: "a b/ü.jpg", Image: img, Truth: []Truth{
		aFace, {Box: [4]float64{300, 0, 60, 60}}, {Box: [4]float64{20, 200, 50, 50}, Ignore: true},
	}}
}

func mineRng() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func TestChosenWindowsAreWhatTheyAreCalled(t *testing.T) {
	s := mineScene()
	found := []Detection{
		{image.Rect(68, 54, 132, 118), 3},   // the first face
		{image.Rect(200, 200, 260, 260), 2}, // a mistake
		{image.Rect(202, 202, 262, 262), 5}, // the same one, surer
		{image.Rect(20, 195, 80, 255), 9},   // the ignored face
		{image.Rect(10, 10, 50, 50), 1},     // another mistake
	}
	c := MineConfig{Side: 64, Positives: 10, Beside: 10, Anywhere: 10, Hard: 5, Tilt: 40}
	spots := c.choose(s, found, mineRng())
	var count [2]int
	turned, coarse := 0, 0
	for _, p := range spots {
		count[p.class]++
		if got := p.among(s.Truth, 400, 300); int(got) != p.class {
			t.Errorf("%+v is chosen as %d, but is %v", p, p.class, got)
		}
		if b := p.side / 2; p.x-b < -0.5 || p.y-b < -0.5 || p.x+b > 400.5 || p.y+b > 300.5 {
			t.Errorf("%+v reaches beyond the picture", p)
		}
		if p.tilt != 0 {
			turned++
		}
		if math.Abs(p.tilt) > 40 {
			t.Errorf("turned by %g", p.tilt)
		}
		if p.small > 0 {
			coarse++
			if p.small > 52 || float64(p.small) > p.side {
				t.Errorf("%+v is shrunk to %d pixels", p, p.small)
			}
		}
	}
	if count[0] != 21 { // 10 drawn on each, and the detector's
		t.Errorf("%d faces, want 21", count[0])
	}
	if count[1] != 30+10+2 { // about the two faces and the ignored one, anywhere, mistakes
		t.Errorf("%d others, want 42", count[1])
	}
	if turned < len(spots)/3 || turned > len(spots)*2/3 || coarse == 0 {
		t.Errorf("of %d, %d are turned and %d coarse", len(spots), turned, coarse)
	}
	if again := c.choose(s, found, mineRng()); !slices.Equal(again, spots) {
		t.Error("the same numbers choose other windows")
	}
}

func TestTheWorstMistakesComeFirstAndOnce(t *testing.T) {
	found := []Detection{
		{image.Rect(200, 200, 260, 260), 2},
		{image.Rect(202, 202, 262, 262), 5},
		{image.Rect(10, 10, 50, 50), 1},
		{image.Rect(300, 200, 340, 240), 3},
	}
	spots := MineConfig{Side: 64, Hard: 2}.choose(mineScene(), found, mineRng())
	var at []image.Point
	for _, p := range spots {
		at = append(at, image.Pt(int(p.x), int(p.y)))
	}
	if want := []image.Point{{232, 232}, {320, 220}}; !slices.Equal(at, want) {
		t.Errorf("mistakes at %v, want %v", at, want)
	}
}

func TestNearLooksOnlyAboutFaces(t *testing.T) {
	s := mineScene()
	s.Near = true
	found := []Detection{{image.Rect(200, 200, 260, 260), 2}, {image.Rect(60, 110, 90, 140), 1}}
	spots := MineConfig{Side: 64, Anywhere: 10, Hard: 5}.choose(s, found, mineRng())
	if len(spots) != 1 || spots[0].x != 75 {
		t.Errorf("chosen %+v, want only the mistake beside the face", spots)
	}
}

// arrow is a picture that is red above, green on the right, blue below and black on the left.
func arrow(n int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, n, n))
	for y := range n {
		for x := range n {
			u, v := 2*x-n+1, 2*y-n+1
			c := color.RGBA{A: 255}
			switch {
			case v < 0 && -v > max(u, -u):
				c.R = 255
			case u > 0 && u >= max(v, -v):
				c.G = 255
			case v > 0 && v > max(u, -u):
				c.B = 255
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func TestCutTurnsAndShrinks(t *testing.T) {
	img := arrow(200)
	for _, c := range []struct {
		what       string
		s          spot
		top, right color.RGBA
	}{
		{"straight", spot{x: 100, y: 100, side: 100}, color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}},
		{"coarse", spot{x: 100, y: 100, side: 100, small: 16}, color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}},
		{"turned to the left", spot{x: 100, y: 100, side: 100, tilt: 90}, color.RGBA{0, 255, 0, 255}, color.RGBA{0, 0, 255, 255}},
		{"turned to the right", spot{x: 100, y: 100, side: 100, tilt: -90}, color.RGBA{0, 0, 0, 255}, color.RGBA{255, 0, 0, 255}},
	} {
		out := c.s.cut(img, 32)
		if out.Rect != image.Rect(0, 0, 32, 32) {
			t.Fatalf("%s: %v", c.what, out.Rect)
		}
		if top, right := out.RGBAAt(16, 3), out.RGBAAt(28, 16); top != c.top || right != c.right {
			t.Errorf("%s: above %v, right %v; want %v and %v", c.what, top, right, c.top, c.right)
		}
	}
	if whole := (spot{x: 100, y: 100, side: 100}).cut(img, 32); !slices.Equal(whole.Pix, resize(img.SubImage(image.Rect(50, 50, 150, 150)).(*image.RGBA), 32, 32).Pix) {
		t.Error("a straight window is not cut as the detector cuts it")
	}
}
