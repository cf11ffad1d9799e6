package dataset

import (
	"image"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMarkRect(t *testing.T) {
	size := image.Pt(100, 50)
	for _, c := range []struct {
		name           string
		x0, y0, x1, y1 float64
		want           image.Rectangle
		over           bool // by more than rounding
	}{
		{"whole pixels", 10, 20, 30, 40, image.Rect(10, 20, 30, 40), false},
		{"one pixel", 99, 49, 100, 50, image.Rect(99, 49, 100, 50), false},
		{"all", 0, 0, 100, 50, image.Rect(0, 0, 100, 50), false},
		{"fractions", 9.6, 20.4, 30.4, 39.6, image.Rect(10, 20, 30, 40), false},
		{"a little over", -0.5, 0, 100.4, 50, image.Rect(0, 0, 100, 50), false},
		{"far over", -20, -20, 400, 20, image.Rect(0, 0, 100, 20), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, shares := range []bool{false, true} {
				m := mark{x0: c.x0, y0: c.y0, x1: c.x1, y1: c.y1, shares: shares}
				if shares {
					m.x0, m.y0, m.x1, m.y1 = m.x0/100, m.y0/50, m.x1/100, m.y1/50
				}
				got, over, err := m.rect(size)
				if err != nil || got != c.want || over > 1 != c.over {
					t.Errorf("got %v, %g over, %v, want %v", got, over, err, c.want)
				}
			}
		})
	}
	for _, c := range []struct {
		name           string
		x0, y0, x1, y1 float64
	}{
		{"empty", 10, 10, 10, 20},
		{"upside down", 10, 20, 30, 10},
		{"less than a pixel", 10.1, 10.1, 10.4, 10.4},
		{"left of it", -30, 0, -10, 20},
		{"below it", 10, 50, 20, 60},
		{"not a number", math.NaN(), 0, 10, 10},
		{"infinite", 0, 0, math.Inf(1), 10},
		{"huge", 0, 0, 1e300, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _, err := (mark{x0: c.x0, y0: c.y0, x1: c.x1, y1: c.y1, what: "line 7"}).rect(size); err == nil || !strings.HasPrefix(err.Error(), "line 7: ") {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// vocXML is an annotation of a.png, 40x30, with these objects.
func vocXML(objects string) string {
	return `<annotation><filename>a.png</filename><size><width>40</width><height>30</height></size>` + objects + `</annotation>`
}

func object(name, box string) string {
	f := strings.Fields(box)
	return "<object><name>" + name + "</name><bndbox><xmin>" + f[0] + "</xmin><ymin>" + f[1] + "</ymin><xmax>" + f[2] + "</xmax><ymax>" + f[3] + "</ymax></bndbox></object>"
}

// A set of one picture, a.png of 40x30, in each format of boxes: its boxes are the
// ones that were meant, and what is wrong is said.
func TestImportBoxes(t *testing.T) {
	const cocoHead = `{"images":[{"id":3,"file_name":"a.png","width":40,"height":30,"ignore":[[0,0,5,5]],"title":"T","split":"valid"}],"categories":[{"id":1,"name":"face"},{"id":2,"name":"other"},{"id":9,"name":"person"}],"annotations":[`
	const csvHead = "file,width,height,title,episode,split,class,x,y,w,h\n"
	names := map[string]string{"data.yaml": "train: images/train\nnc: 2\nnames: ['Face', other, \"person\"]\n"}
	for _, c := range []struct {
		name   string
		format Format
		files  map[string]string
		opts   []ImportOption
		want   string // boxes and classes, and whether the frame is checked
		words  []string
	}{
		{"voc", FormatVOC, map[string]string{"Annotations/a.xml": vocXML(object("face", "1 1 40 30") + object(" Other ", "3 4 3 4"))}, nil, "(0,0)-(40,30) face, (2,3)-(3,4) other, checked", nil},
		{"voc without boxes", FormatVOC, map[string]string{"Annotations/a.xml": vocXML("")}, nil, "checked", nil},
		{"voc beside the pictures", FormatVOC, map[string]string{"a.xml": vocXML(object("face", "1 1 2 2"))}, nil, "(0,0)-(2,2) face, checked", nil},
		{"voc, other classes", FormatVOC, map[string]string{"Annotations/a.xml": vocXML(object("person", "1 1 9 9") + object("head", "1 1 4 4"))}, []ImportOption{FaceClass("head")}, "(0,0)-(4,4) face, checked", []string{`boxes of other classes, left out: 1, such as "person"`}},
		{"voc, boxes that are none", FormatVOC, map[string]string{"Annotations/a.xml": vocXML(object("face", "9 9 8 20") + object("face", "NaN 1 2 2") + object("face", "a 1 2 2") + object("face", "1 1 4 4"))}, nil, "(0,0)-(4,4) face, not checked", []string{"a.xml", "object 1: the box from 8,8 to 8,20 holds no pixel of the 40x30 picture: mend or delete it", "object 2: the box is nowhere", "object 3"}},
		{"voc, over the edge", FormatVOC, map[string]string{"Annotations/a.xml": vocXML(object("face", "-9 1 99 99"))}, nil, "(0,0)-(40,30) face, checked", []string{"reached over the edge, cut off there: 1, such as"}},
		{"voc, of another size", FormatVOC, map[string]string{"Annotations/a.xml": strings.Replace(vocXML(object("face", "1 1 4 4")), "40", "80", 1)}, nil, "", []string{"a.png", "is 40x30 pixels, but its boxes are for 80x30"}},
		{"voc, picture missing", FormatVOC, map[string]string{"Annotations/a.xml": strings.Replace(vocXML(""), "a.png", "b.png", 1)}, nil, "", []string{"a.xml", `its picture "b.png" is not in`, "put it there"}},
		{"voc, leaves the folder", FormatVOC, map[string]string{"Annotations/a.xml": strings.Replace(vocXML(""), "a.png", "../../../etc/passwd", 1)}, nil, "", []string{"lies outside"}},
		{"voc, absolute", FormatVOC, map[string]string{"Annotations/a.xml": strings.Replace(vocXML(""), "a.png", "/etc/passwd", 1)}, nil, "", []string{`its picture "/etc/passwd" is not in`}},
		{"voc, link", FormatVOC, map[string]string{"Annotations/a.xml": strings.Replace(vocXML(""), "a.png", "link.png", 1)}, nil, "", []string{"leads outside of the folder", "symbolic link"}},
		{"voc, damaged", FormatVOC, map[string]string{"Annotations/a.xml": "<annotation><filename>a.png</fil"}, nil, "", []string{"a.xml", "is no VOC annotation, or damaged"}},
		{"voc, other XML", FormatVOC, map[string]string{"Annotations/a.xml": "<svg/>"}, nil, "", []string{"is no VOC annotation"}},
		{"voc, entities", FormatVOC, map[string]string{"Annotations/a.xml": `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>` + vocXML("<folder>&b;</folder>")}, nil, "", []string{"invalid character entity &b;"}},
		{"voc, deep", FormatVOC, map[string]string{"Annotations/a.xml": strings.Repeat("<annotation>", 200_000)}, nil, "", []string{"is no VOC annotation"}},
		{"voc, too large", FormatVOC, map[string]string{"Annotations/a.xml": vocXML(strings.Repeat(" ", maxAnnotation))}, nil, "", []string{"larger than 4 MB"}},
		{"voc, too many boxes", FormatVOC, map[string]string{"Annotations/a.xml": vocXML(strings.Repeat("<object><name>face</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>1</xmax><ymax>1</ymax></bndbox></object>", maxBoxes+1))}, nil, "", []string{"has 5001 boxes, the limit is 5000"}},
		{"voc, split", FormatVOC, map[string]string{"Annotations/a.xml": vocXML(""), "ImageSets/Main/val.txt": "a\n"}, nil, "checked, valid", nil},

		{"yolo", FormatYOLO, both(names, map[string]string{"labels/val/a.txt": "0 0.5 0.5 1 1\n\n1 0.0625 0.116666667 0.025 0.033333333\r\n"}), nil, "(0,0)-(40,30) face, (2,3)-(3,4) other, checked, valid", nil},
		{"yolo, empty", FormatYOLO, both(names, map[string]string{"labels/val/a.txt": ""}), nil, "checked, valid", nil},
		{"yolo, no names", FormatYOLO, map[string]string{"labels/val/a.txt": "0 0.5 0.5 1 1"}, nil, "", []string{"there is no names file", "--face-class 0"}},
		{"yolo, told", FormatYOLO, map[string]string{"labels/val/a.txt": "7 0.5 0.5 1 1\n0 0.5 0.5 0.1 0.1"}, []ImportOption{FaceClass("7")}, "(0,0)-(40,30) face, checked, valid", []string{"boxes of other classes, left out: 1"}},
		{"yolo, told wrongly", FormatYOLO, both(names, map[string]string{"labels/val/a.txt": ""}), []ImportOption{FaceClass("7")}, "", []string{`are called "7"`, "--face-class"}},
		{"yolo, told a number of the names", FormatYOLO, both(names, map[string]string{"labels/val/a.txt": "2 0.5 0.5 1 1"}), []ImportOption{FaceClass("2")}, "(0,0)-(40,30) face, checked, valid", nil},
		{"yolo, no face among the names", FormatYOLO, map[string]string{"labels/val/a.txt": "", "classes.txt": "cat\ndog\n"}, nil, "", []string{`classes.txt`, `["cat" "dog"]`, `are called "face"`}},
		{"yolo, names that differ", FormatYOLO, both(names, map[string]string{"labels/val/a.txt": "", "classes.txt": "other\nface\n"}), nil, "", []string{"data.yaml and classes.txt name the classes differently"}},
		{"yolo, obj.names", FormatYOLO, map[string]string{"labels/val/a.txt": "1 0.5 0.5 1 1", "obj.names": "other\nface\n"}, nil, "(0,0)-(40,30) face, checked, valid", nil},
		{"yolo, what is no box", FormatYOLO, both(names, map[string]string{"labels/val/a.txt": "0 0.5 0.5 1\n0 NaN 0.5 1 1\n0 0.5 0.5 -1 1\n-1 0 0 1 1\n0 1e308 1e308 1e308 1e308\n0 0.5 0.5 1 1"}), nil, "(0,0)-(40,30) face, not checked, valid", []string{"val/a.txt", `line 1: "0 0.5 0.5 1" is no box`, "line 3", "line 4", "(and 2 more)"}},
		{"yolo, no picture", FormatYOLO, both(names, map[string]string{"labels/val/b.txt": ""}), nil, "", []string{"b.txt", "there is no picture of this name"}},
		{"yolo, no labels", FormatYOLO, names, nil, "", []string{`no folder "labels"`}},

		{"coco", FormatCOCO, map[string]string{"a.json": cocoHead + `{"image_id":3,"category_id":1,"bbox":[0,0,40,30]},{"image_id":3,"category_id":2,"bbox":[2,3,1,1]}]}`}, nil, "(0,0)-(5,5) unsure, (0,0)-(40,30) face, (2,3)-(3,4) other, checked, valid, title T", nil},
		{"coco, other classes and images", FormatCOCO, map[string]string{"a.json": cocoHead + `{"image_id":3,"category_id":9,"bbox":[0,0,40,30]},{"image_id":4,"category_id":1}]}`}, nil, "(0,0)-(5,5) unsure, checked, valid, title T", []string{`left out: 1, such as "person"`, "annotations of images that are not in the file, left out: 1"}},
		{"coco, boxes that are none", FormatCOCO, map[string]string{"a.json": cocoHead + `{"id":5,"image_id":3,"category_id":1,"bbox":[0,0,40]},{"id":6,"image_id":3,"category_id":1,"bbox":[0,0,-1,5]}]}`}, nil, "(0,0)-(5,5) unsure, not checked, valid, title T", []string{"annotation 5: 3 numbers are no box", "annotation 6: the box from 0,0 to -1,5 holds no pixel"}},
		{"coco, no face", FormatCOCO, map[string]string{"a.json": cocoHead + `{"image_id":3,"category_id":9,"bbox":[0,0,40,30]}]}`}, []ImportOption{FaceClass("head")}, "", []string{`["face" "other" "person"] is called "head"`, "--face-class"}},
		{"coco, pictures elsewhere", FormatCOCO, map[string]string{"sub/a.json": cocoHead + `]}`}, nil, "", []string{"none of its 1 pictures", "--images DIR"}},
		{"coco, leaves the folder", FormatCOCO, map[string]string{"a.json": strings.Replace(cocoHead, "a.png", "../x.png", 1) + `]}`}, nil, "", []string{"../x.png", "none of its 1 pictures"}},

		{"csv", FormatCSV, map[string]string{"a.csv": csvHead + "a.png,40,30,T,,valid,face,0,0,40,30\na.png,40,30,T,,valid,other,2,3,1,1\n"}, nil, "(0,0)-(40,30) face, (2,3)-(3,4) other, checked, valid, title T", nil},
		{"csv, semicolons and few columns", FormatCSV, map[string]string{"a.csv": "\ufeffH;W;Y;X;Class;File\r\n1;2;3;4;face;a.png\r\n"}, nil, "(4,3)-(6,4) face, checked", nil},
		{"csv, formula", FormatCSV, map[string]string{"a.csv": csvHead + `a.png,,,"'=HYPERLINK(""x"")",,valid,,,,,` + "\n"}, nil, `checked, valid, title =HYPERLINK("x")`, nil},
		{"csv, what is no box", FormatCSV, map[string]string{"a.csv": csvHead + "a.png,40,30,T,,valid,face,0,NaN,40,30\na.png,40,30,T,,valid,face,0,zero,40,30\na.png\na.png,40,30,T,,valid,face,0,0,4,4\n"}, nil, "(0,0)-(4,4) face, not checked, valid, title T", []string{"line 2: the box is nowhere", `line 3: y "zero" is no number`, "line 4: has 1 cells for 11 columns"}},
		{"csv, no column", FormatCSV, map[string]string{"a.csv": "file,x,y,w,h\n"}, nil, "", []string{`no column "class"`}},
		{"csv, open quote", FormatCSV, map[string]string{"a.csv": csvHead + "\"a.png,1\n"}, nil, "", []string{"a.csv", "line 2"}},
		{"csv, empty", FormatCSV, map[string]string{"a.csv": ""}, nil, "", []string{"is empty"}},
		{"csv, UTF-16", FormatCSV, map[string]string{"a.csv": "\xff\xfef\x00i\x00"}, nil, "", []string{"UTF-16"}},
		{"csv, crops", FormatCSV, map[string]string{"a.csv": "file,class,title\na.png,other,T\n"}, nil, "(0,0)-(40,30) other, title T", nil},
		{"csv, crop of no class", FormatCSV, map[string]string{"a.csv": "file,class\na.png,cat\n"}, nil, "", []string{"a.png", `unknown class "cat"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			picture := map[Format]string{FormatVOC: "JPEGImages/a.png", FormatYOLO: "images/val/a.png"}[c.format]
			if picture == "" || c.files["a.xml"] != "" {
				picture = "a.png"
			}
			writeFile(t, filepath.Join(dir, picture), pngOf(t, noise(40, 30, newRand(1))))
			if c.format == FormatVOC {
				symlink(t, writeFile(t, filepath.Join(t.TempDir(), "secret.png"), pngOf(t, numbered(1))), filepath.Join(dir, filepath.Dir(picture), "link.png"))
			}
			path := dir
			for name, text := range c.files {
				file := writeFile(t, filepath.Join(dir, name), []byte(text))
				if c.format == FormatCOCO || c.format == FormatCSV {
					path = file
				}
			}
			p := newProject(t)
			report, err := p.Import(t.Context(), path, c.format, nil, c.opts...)
			said := report.Warnings
			for _, f := range report.Failed {
				said = append(said, f.Reason)
			}
			if err != nil {
				said = append(said, err.Error())
				wantError(t, err, nil, path)
			}
			for _, w := range c.words {
				if !strings.Contains(strings.Join(said, "\n"), w) {
					t.Errorf("said %q, want %q in it", said, w)
				}
			}
			if len(c.words) == 0 && len(said) > 0 {
				t.Errorf("said %q, want nothing", said)
			}
			if got := contentText(t, p); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func both(a, b map[string]string) map[string]string {
	m := map[string]string{}
	for _, from := range []map[string]string{a, b} {
		for k, v := range from {
			m[k] = v
		}
	}
	return m
}

func TestParseYAMLNames(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"one line", "nc: 2\nnames: [face, 'other', \"x y\"] # comment\n", "face|other|x y"},
		{"a list", "names:\n  - face\n  # no\n- 'other'\ntrain: x\n", "face|other"},
		{"numbers", "path: x\nnames:\n  0: face\n  1: \"other\"\n\nval: y\n", "face|other"},
		{"numbers in one line", "names: {1: other, 0: face}\n", "face|other"},
		{"several lines", "names: [face,\n  other\n  ]\n", "face|other"},
		{"CRLF", "names:\r\n- face\r\n- other\r\n", "face|other"},
		{"none", "nc: 2\n", ""},
		{"empty", "names:\n", ""},
		{"never closed", "names: [face,\n", ""},
		{"a word", "names: face\n", ""},
		{"a file", "names: data/obj.names\n", ""},
		{"anchors", "names: &a [face]\n", ""},
		{"twice", "names: {0: face, 0: other}\n", ""},
		{"no number", "names: {a: face}\n", ""},
		{"a comma in quotes", "names: ['a, b', c]\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			names, err := parseYAMLNames(c.text)
			if got := strings.Join(sortedNames(names), "|"); c.want != "" && (err != nil || got != c.want) {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
			if c.want == "" {
				wantError(t, err, errNames)
			}
		})
	}
}

func TestCells(t *testing.T) {
	for _, cell := range append(slices.Clone(oddTitles), "", "'", "''", "'a", "=", "'=", "''=", "a=b", "\t", "-1") {
		if strings.Contains(cell, "\r\n") || !utf8.ValidString(cell) { // those come back mended
			continue
		}
		safe := SafeCell(cell)
		if got := plainCell(safe); got != cell {
			t.Errorf("%q comes back as %q", cell, got)
		}
		if safe != "" && strings.ContainsAny(safe[:1], "=+-@\t\r") {
			t.Errorf("%q is a formula", safe)
		}
	}
}
