package vision

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Bounds for a cascade that is worth loading; lbpcascade_animeface has a window
// of 24x24, 20 stages, 141 features.
const (
	maxCascadeBytes  = 32 << 20
	maxCascadeWindow = 512 // pixels
	subsetWords      = 8   // 256 LBP codes, 32 to a word
)

// cascadeXML is the part of OpenCV's cascade format that its reader uses.
type cascadeXML struct {
	StageType   string `xml:"stageType"`
	FeatureType string `xml:"featureType"`
	Width       int    `xml:"width"`
	Height      int    `xml:"height"`
	Categories  int    `xml:"featureParams>maxCatCount"`
	Stages      []struct {
		Threshold numbers `xml:"stageThreshold"`
		Trees     []struct {
			Nodes  numbers `xml:"internalNodes"`
			Leaves numbers `xml:"leafValues"`
		} `xml:"weakClassifiers>_"`
	} `xml:"stages>_"`
	Features []struct {
		Rect numbers `xml:"rect"`
	} `xml:"features>_"`
}

// numbers is a text of numbers between white space.
type numbers []float64

// UnmarshalText refuses what is no finite number.
func (n *numbers) UnmarshalText(text []byte) error {
	for word := range strings.FieldsSeq(string(text)) {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return fmt.Errorf("%.40q is not a number", word)
		}
		*n = append(*n, v)
	}
	return nil
}

// integers reports whether each number is whole and fits OpenCV's int.
func (n numbers) integers() bool {
	for _, v := range n {
		if v != math.Trunc(v) || math.Abs(v) > math.MaxInt32 {
			return false
		}
	}
	return true
}

// parseCascade reads a cascade and checks everything that OpenCV takes on
// trust: it would read beyond its memory or raise an exception.
func parseCascade(data []byte) (*cascadeXML, error) {
	if len(data) > maxCascadeBytes {
		return nil, fmt.Errorf("%d bytes, want at most %d", len(data), maxCascadeBytes)
	}
	var root struct {
		XMLName xml.Name    `xml:"opencv_storage"`
		Cascade *cascadeXML `xml:"cascade"`
	}
	if err := xml.NewDecoder(bytes.NewReader(data)).Decode(&root); err != nil {
		return nil, fmt.Errorf("not a cascade in OpenCV's XML format: %w", err)
	}
	c := root.Cascade
	if c == nil {
		return nil, errors.New("not a cascade in OpenCV's XML format: no <cascade> in it")
	}
	return c, c.check()
}

func (c *cascadeXML) check() error {
	if stage, feature := strings.TrimSpace(c.StageType), strings.TrimSpace(c.FeatureType); stage != "BOOST" || feature != "LBP" {
		return fmt.Errorf("a cascade of %.20q stages and %.20q features, want BOOST and LBP", stage, feature)
	}
	if min(c.Width, c.Height) < 3 || max(c.Width, c.Height) > maxCascadeWindow || c.Categories != 32*subsetWords {
		return fmt.Errorf("window %dx%d, %d categories: want 3 to %d pixels and %d categories",
			c.Width, c.Height, c.Categories, maxCascadeWindow, 32*subsetWords)
	}
	if len(c.Features) == 0 || len(c.Stages) == 0 {
		return errors.New("it has no features or no stages")
	}
	for i, f := range c.Features {
		if !c.fits(f.Rect) {
			return fmt.Errorf("feature %d: rectangle %v is not inside the window", i, f.Rect)
		}
	}
	return c.checkStages()
}

// fits says that r is x, y, width and height of the first of 3x3 cells, and
// that all nine are inside the window.
func (c *cascadeXML) fits(r numbers) bool {
	return len(r) == 4 && r.integers() && r[0] >= 0 && r[1] >= 0 && r[2] >= 1 && r[3] >= 1 &&
		r[0]+3*r[2] <= float64(c.Width) && r[1]+3*r[3] <= float64(c.Height)
}

func (c *cascadeXML) checkStages() error {
	for i, s := range c.Stages {
		if len(s.Threshold) != 1 || len(s.Trees) == 0 {
			return fmt.Errorf("stage %d: %d thresholds, %d trees; want 1 and at least 1", i, len(s.Threshold), len(s.Trees))
		}
		for j, t := range s.Trees {
			n := t.Nodes // left leaf, right leaf, feature, then the subset
			if len(n) != 3+subsetWords || !n.integers() || len(t.Leaves) != 2 || n[0] != 0 || n[1] != -1 ||
				n[2] < 0 || n[2] >= float64(len(c.Features)) {
				return fmt.Errorf("stage %d: tree %d is not one node of a known feature with two leaves", i, j)
			}
		}
	}
	return nil
}

// opencvXML writes the cascade anew: OpenCV sees nothing that was not checked,
// and its XML parser nothing unusual.
func (c *cascadeXML) opencvXML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<?xml version=\"1.0\"?>\n<opencv_storage>\n<cascade>\n<stageType>BOOST</stageType>\n"+
		"<featureType>LBP</featureType>\n<height>%d</height>\n<width>%d</width>\n"+
		"<featureParams><maxCatCount>%d</maxCatCount></featureParams>\n<stageNum>%d</stageNum>\n<stages>\n",
		c.Height, c.Width, c.Categories, len(c.Stages))
	for _, s := range c.Stages {
		fmt.Fprintf(&b, "<_>\n<maxWeakCount>%d</maxWeakCount>\n<stageThreshold>%s</stageThreshold>\n<weakClassifiers>\n",
			len(s.Trees), s.Threshold.reals())
		for _, t := range s.Trees {
			fmt.Fprintf(&b, "<_><internalNodes>\n%s</internalNodes>\n<leafValues>\n%s</leafValues></_>\n",
				t.Nodes.ints(), t.Leaves.reals())
		}
		b.WriteString("</weakClassifiers></_>\n")
	}
	b.WriteString("</stages>\n<features>\n")
	for _, f := range c.Features {
		fmt.Fprintf(&b, "<_><rect>\n%s</rect></_>\n", f.Rect.ints())
	}
	b.WriteString("</features></cascade>\n</opencv_storage>\n")
	return b.Bytes()
}

func (n numbers) ints() string {
	words := make([]string, len(n))
	for i, v := range n {
		words[i] = strconv.Itoa(int(v))
	}
	return strings.Join(words, " ")
}

func (n numbers) reals() string {
	words := make([]string, len(n))
	for i, v := range n {
		words[i] = strconv.FormatFloat(v, 'e', 17, 64)
	}
	return strings.Join(words, " ")
}
