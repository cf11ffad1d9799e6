package dataset

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image"
	"math"
	"strings"
	"testing"
)

// fuzzBoxes checks what every reader of boxes promises: each box is either a fault, or
// inside its picture and not empty.
func fuzzBoxes(t *testing.T, a annotated) {
	t.Helper()
	for _, size := range []image.Point{{1, 1}, {640, 360}, {a.width, a.height}} {
		if size.X <= 0 || size.Y <= 0 || size.X > MaxPixels/size.Y || a.check(size) != nil {
			continue
		}
		b := a
		b.faults = faults{}
		boxes, _ := b.place(size)
		if len(boxes)+b.faults.n > len(a.boxes) {
			t.Errorf("%d boxes and %d faults of %d", len(boxes), b.faults.n, len(a.boxes))
		}
		for _, r := range boxes {
			if r.Empty() || !r.In(image.Rectangle{Max: size}) || r.class < Face || r.class > Unsure {
				t.Errorf("box %v of class %d in %v", r, r.class, size)
			}
			if c := CutBounds(image.Rectangle{Max: size}, r.Rectangle, Margin); c.Empty() || !c.In(image.Rectangle{Max: size}) {
				t.Errorf("crop %v of %v in %v", c, r, size)
			}
		}
	}
	if len(a.faults.list) > 3 {
		t.Errorf("%d faults are kept", len(a.faults.list))
	}
}

func FuzzVOC(f *testing.F) {
	f.Add([]byte(vocXML(object("face", "1 1 40 30") + object("Other", "3.5 4 3 NaN"))))
	f.Add([]byte(`<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE a [<!ENTITY b "c">]><annotation><filename>a&amp;.png</filename><source><title>=&#10;</title></source></annotation>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := parseVOC(data)
		if err != nil {
			return
		}
		im := &importing{}
		fuzzBoxes(t, im.vocBoxes(v))
	})
}

func FuzzYOLO(f *testing.F) {
	f.Add("0 0.5 0.5 1 1\n1 0.0625 0.116666667 0.025 0.033333333\r\n", "names: [face, other]\n")
	f.Add("0 NaN 1e308 -1 0x1p-2", "names:\n  0: face\n  1: 'other'\n")
	f.Add("", "face\nother\n")
	f.Fuzz(func(t *testing.T, labels, names string) {
		im := &importing{}
		for _, parse := range []func(string) (map[int]string, error){parseNames, parseYAMLNames} {
			found, err := parse(names)
			if err != nil {
				continue
			}
			if len(found) == 0 || len(found) > maxNames {
				t.Errorf("%d names", len(found))
			}
			fuzzBoxes(t, im.parseYOLO(labels, func(n int) (Class, bool) { return im.classNamed(found[n]) }))
		}
		fuzzBoxes(t, im.parseYOLO(labels, func(n int) (Class, bool) { return Class(n % 3), true }))
	})
}

func FuzzCOCO(f *testing.F) {
	f.Add([]byte(cocoOK))
	f.Add([]byte(cocoWith(`{"id":5,"image_id":1,"category_id":1,"bbox":[1e308,1e-300,1e308,5]}`)))
	f.Add([]byte(`{"images":[{"id":1,"file_name":"..","ignore":[[]],"split":"valid"}],"annotations":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		im := (&Project{}).newImport("", nil, nil)
		list, err := im.parseCOCO(data)
		if err != nil {
			return
		}
		for _, a := range list {
			fuzzBoxes(t, a)
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("file,width,height,title,episode,split,class,x,y,w,h\na.png,40,30,'=T,,valid,face,0,0,40,30\na.png,,,,,,,,,,\n"))
	f.Add([]byte("\ufefffile;class\r\na.png;other\r\n\"b\n.png\";face\r\n"))
	f.Add([]byte("file\tclass\tx\ty\tw\th\na\tface\t1\t2\tNaN\t1e400\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		im := (&Project{}).newImport("", nil, nil)
		list, err := im.parseCSV("a.csv", data)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, a := range list {
			if a.path == "" || seen[a.path] {
				t.Errorf("picture %q", a.path)
			}
			seen[a.path] = true
			fuzzBoxes(t, a)
		}
	})
}

// FuzzCell: any cell is safe once written, and comes back.
func FuzzCell(f *testing.F) {
	for _, c := range oddTitles {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		safe := SafeCell(cell)
		if safe != "" && (safe[0] == '=' || safe[0] == '+' || safe[0] == '-' || safe[0] == '@' || safe[0] == '\t' || safe[0] == '\r') {
			t.Errorf("%q is written as %q", cell, safe)
		}
		var buf bytes.Buffer
		out := csv.NewWriter(&buf)
		if err := out.WriteAll([][]string{{"file", "title"}, {"a.png", safe}}); err != nil {
			t.Fatal(err)
		}
		table, err := newTable(buf.Bytes())
		if err == nil {
			err = table.next()
		}
		if err != nil {
			t.Fatalf("%q: %v", buf.String(), err)
		}
		got := table.cell("title")
		if want := strings.ToValidUTF8(lineBreaks.ReplaceAllString(cell, "\n"), "\uFFFD"); got != want || SafeCell(got) != safe {
			t.Errorf("%q comes back as %q, want %q", cell, got, want)
		}
	})
}

// FuzzShares: every box of whole pixels comes back from a line of YOLO.
func FuzzShares(f *testing.F) {
	f.Add(uint32(40), uint32(30), uint32(0), uint32(0), uint32(1), uint32(1))
	f.Add(uint32(20000), uint32(5000), uint32(19999), uint32(4999), uint32(1), uint32(1))
	f.Add(uint32(100_000_000), uint32(1), uint32(99_999_998), uint32(0), uint32(1), uint32(1))
	f.Fuzz(func(t *testing.T, w, h, x, y, bw, bh uint32) {
		if w == 0 || h == 0 || math.MaxInt32 < w || MaxPixels/h < w || x >= w || y >= h || bw == 0 || bh == 0 || bw > w-x || bh > h-y {
			return
		}
		want := image.Rect(int(x), int(y), int(x+bw), int(y+bh))
		m := marked(want, Face)
		line := fmt.Sprintf("0 %s\n", yoloBox(m, int(w), int(h)))
		im := &importing{}
		a := im.parseYOLO(line, func(int) (Class, bool) { return Face, true })
		boxes, clipped := a.place(image.Pt(int(w), int(h)))
		if len(boxes) != 1 || boxes[0].Rectangle != want || clipped > 0 {
			t.Errorf("%s is %v, want %v, %v", line, boxes, want, a.faults.list)
		}
	})
}
