package dataset

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"math"
	"reflect"
	"testing"
	"time"
)

func TestSampleRoundTrip(t *testing.T) {
	p := newProject(t)
	source, err := p.AddSource(SourceInfo{Path: "/anime/Show/Show - 03.mkv", Kind: KindVideo})
	if err != nil {
		t.Fatal(err)
	}
	crop := numbered(0x123456)
	in := NewSample{
		Class: Other, Checked: true, Source: source, Frame: 1234, At: 51*time.Second + 417*time.Millisecond,
		Box: image.Rect(-3, 20, 61, 84), Proposer: "cascade", Score: 7.25, Crop: crop,
	}
	ids, err := p.Add(context.Background(), []NewSample{in})
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	want := Sample{
		ID: ids[0], Class: Other, Checked: true, Split: Train,
		Source: source, Title: "Show", Episode: "03", Path: "/anime/Show/Show - 03.mkv",
		Frame: 1234, At: in.At, Box: in.Box, Proposer: "cascade", Score: 7.25, Width: 8, Height: 8,
	}
	if !reflect.DeepEqual(got[0], want) {
		t.Errorf("got  %+v\nwant %+v", got[0], want)
	}
	img, err := p.Crop(ids[0])
	if err != nil || !reflect.DeepEqual(img, crop) {
		t.Errorf("the crop came back otherwise, %v", err)
	}
}

func TestCropsAreStoredUprightAndOpaque(t *testing.T) {
	p := newProject(t)
	big := image.NewRGBA(image.Rect(0, 0, 40, 40))
	for i := range big.Pix {
		big.Pix[i] = 255
	}
	big.SetRGBA(10, 12, color.RGBA{200, 100, 50, 255})
	clear := image.NewNRGBA(image.Rect(5, 5, 9, 9)) // all transparent
	ids, err := p.Add(context.Background(), []NewSample{
		{Path: "a.png", Crop: big.SubImage(image.Rect(10, 12, 17, 15))},
		{Path: "a.png", Crop: clear},
	})
	if err != nil {
		t.Fatal(err)
	}
	img, err := p.Crop(ids[0])
	if err != nil || img.Rect != image.Rect(0, 0, 7, 3) || img.RGBAAt(0, 0) != (color.RGBA{200, 100, 50, 255}) {
		t.Errorf("got %v with %v, %v", img.Rect, img.RGBAAt(0, 0), err)
	}
	img, err = p.Crop(ids[1])
	if err != nil || img.RGBAAt(2, 2) != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("transparent became %v, %v, want white", img.RGBAAt(2, 2), err)
	}
}

func TestSameCropIsOneSample(t *testing.T) {
	p := newProject(t)
	first := addTo(t, p, "a.png", 1, 1)[0]
	add := func(class Class, checked bool) int64 {
		ids, err := p.Add(context.Background(), []NewSample{{Path: "b.png", Class: class, Checked: checked, Crop: numbered(1)}})
		if err != nil {
			t.Fatal(err)
		}
		return ids[0]
	}
	check := func(when, want string) {
		t.Helper()
		if got := stateText(t, p); got != want {
			t.Errorf("%s: got %q, want %q", when, got, want)
		}
	}
	if id := add(Other, false); id != first {
		t.Errorf("got sample %d, want %d", id, first)
	}
	check("another proposal", "1 face false train\n")
	add(Other, true)
	check("a verdict", "1 other true train\n")
	add(Face, false)
	check("a proposal after the verdict", "1 other true train\n")
	if err := p.Remove([]int64{first}, "remove"); err != nil {
		t.Fatal(err)
	}
	add(Face, false)
	check("a proposal after it was removed", "")
	add(Face, true)
	check("a verdict after it was removed", "1 face true train\n")
	p.Undo()
	check("undone", "")
	p.Undo()
	check("undone twice", "1 other true train\n")
}

// What differs in one pixel, or in shape only, are two crops.
func TestLikeCropsAreTwoSamples(t *testing.T) {
	p := newProject(t)
	last := numbered(1)
	last.Pix[len(last.Pix)-2] ^= 1
	wide := &image.RGBA{Pix: numbered(1).Pix, Stride: 64, Rect: image.Rect(0, 0, 16, 4)}
	ids, err := p.Add(context.Background(), []NewSample{
		{Path: "a.png", Crop: numbered(1)}, {Path: "a.png", Crop: last}, {Path: "a.png", Crop: wide},
	})
	if err != nil || !reflect.DeepEqual(ids, []int64{1, 2, 3}) {
		t.Errorf("got %v, %v", ids, err)
	}
}

func TestAddRefusesNonsense(t *testing.T) {
	p := newProject(t)
	for name, s := range map[string]NewSample{
		"empty":    {Path: "a.png"},
		"class":    {Path: "a.png", Class: 7},
		"score":    {Path: "a.png", Score: math.NaN()},
		"source 9": {Source: 9},
		"path":     {},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "empty" {
				s.Crop = numbered(2)
			}
			_, err := p.Add(context.Background(), []NewSample{{Path: "a.png", Crop: numbered(1)}, s})
			wantError(t, err, nil, name)
			if got := stateText(t, p); got != "" {
				t.Errorf("half of it was stored: %s", got)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := p.Add(ctx, []NewSample{{Path: "a.png", Crop: numbered(1)}})
	wantError(t, err, context.Canceled)
}

func TestSources(t *testing.T) {
	p := newProject(t)
	add := func(info SourceInfo) int64 {
		id, err := p.AddSource(info)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	one := add(SourceInfo{Path: "/anime/Show/Show - 01.mkv"})
	if again := add(SourceInfo{Path: "/anime/./Show/Show - 01.mkv", Title: "Edited", Episode: "1b"}); again != one {
		t.Errorf("the same file is source %d and %d", one, again)
	}
	add(SourceInfo{Path: "/anime/Show/Show - 01.mkv"}) // a later guess does not undo the edit
	ids, err := p.Add(context.Background(), []NewSample{{Source: one, Crop: numbered(1)}})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := p.Samples(ids); err != nil || s[0].Title != "Edited" || s[0].Episode != "1b" {
		t.Errorf("got %+v, %v", s, err)
	}
	_, err = p.AddSource(SourceInfo{})
	wantError(t, err, nil, "path")
	if titles, err := p.Titles(); err != nil || !reflect.DeepEqual(titles, []string{"Edited"}) {
		t.Errorf("Titles = %q, %v", titles, err)
	}
}

// Crops are read while labels are written: run it with -race.
func TestReadWhileWriting(t *testing.T) {
	p := newProject(t)
	ids := addTo(t, p, "a.png", 1, 20)
	done := make(chan error)
	go func() {
		for i := range 100 {
			img, err := p.Crop(ids[i%20])
			if err == nil && !bytes.Equal(img.Pix, numbered(1+i%20).Pix) {
				t.Errorf("crop %d is another", i)
			}
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for i := range 100 {
		label(t, p, ids[i%20], Class(i%3))
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
