package vision

import (
	"io"
	"reflect"
	"testing"
)

// Passing over pictures and looking at small ones leads to the same pictures.
func TestSkipAndPeek(t *testing.T) {
	whole, err := readAll(open(t, sampleVideo(t)))
	if err != io.EOF {
		t.Fatal(err)
	}
	v := open(t, sampleVideo(t))
	if v.Len() != len(whole) {
		t.Errorf("length %d, want %d", v.Len(), len(whole))
	}
	for n := 0; n < len(whole); {
		small, at, err := v.Peek(64, 36)
		if err != nil || at != whole[n].at {
			t.Fatalf("look at frame %d: time %v, %v; want %v", n, at, err, whole[n].at)
		}
		if n%3 == 0 { // look only
			if err := v.Skip(1); err != nil && n+1 < len(whole) {
				t.Fatal(err)
			}
			n++
			continue
		}
		img, at, err := v.Next()
		if err != nil || at != whole[n].at || sum(img) != whole[n].sum {
			t.Fatalf("frame %d is another one: time %v, %v", n, at, err)
		}
		for y := range 36 {
			for x := range 64 {
				if got, want := small.RGBAAt(x, y), img.RGBAAt(10*x+5, 10*y+5); got != want {
					t.Fatalf("frame %d: small pixel %d,%d is %v, want %v", n, x, y, got, want)
				}
			}
		}
		n++
		if n+7 < len(whole) {
			if err := v.Skip(7); err != nil {
				t.Fatal(err)
			}
			n += 7
		}
	}
	if err := v.Skip(5); err != io.EOF {
		t.Errorf("beyond the end: %v, want io.EOF", err)
	}
	if _, _, err := v.Peek(8, 8); err != io.EOF {
		t.Errorf("look beyond the end: %v, want io.EOF", err)
	}
	v.Close()
	_, _, peek := v.Peek(8, 8)
	for _, err := range []error{peek, v.Skip(1)} {
		if err == nil || err == io.EOF {
			t.Errorf("closed: %v, want an error that says so", err)
		}
	}
}

func TestOneThreadEach(t *testing.T) {
	usual := opencvThreads()
	c, img := bundled(t), picture(t, "club_three.jpg")
	want := detect(t, c, img, DefaultCascadeParams())
	first, second := OneThreadEach(), OneThreadEach()
	if n := opencvThreads(); n != 1 {
		t.Errorf("%d threads, want 1", n)
	}
	if got := detect(t, c, img, DefaultCascadeParams()); !reflect.DeepEqual(got, want) {
		t.Errorf("on one thread: %v, on several: %v", got, want)
	}
	first()
	first()
	if n := opencvThreads(); n != 1 {
		t.Errorf("%d threads while one caller is left, want 1", n)
	}
	second()
	if n := opencvThreads(); n != usual {
		t.Errorf("%d threads in the end, %d before", n, usual)
	}
}
