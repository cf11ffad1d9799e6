package plot

import (
	"bytes"
	"testing"

	"golang.org/x/image/font/sfnt"
)

// titled draws a figure with nothing but a title.
func titled(t *testing.T, l *Letters, title string) []byte {
	t.Helper()
	img, err := Picture(&Figure{Title: title}, Light, l, 200, 60, 2)
	if err != nil {
		t.Fatal(err)
	}
	return img.Pix
}

// TestJapaneseIsNoBoxes draws two names of as many letters: boxes would look the same.
func TestJapaneseIsNoBoxes(t *testing.T) {
	l, err := NewLetters()
	if err != nil {
		t.Fatal(err)
	}
	if l.installed('学') == nil {
		t.Skip("no font with Japanese is installed")
	}
	if bytes.Equal(titled(t, l, "学習ログ"), titled(t, l, "顔検出器")) || l.Missing() != "" {
		t.Errorf("two names look the same, missing %q", l.Missing())
	}
}

// TestLettersThatNoFontHas are boxes, and told once each; what Go's font has comes from it.
func TestLettersThatNoFontHas(t *testing.T) {
	l, err := NewLetters()
	if err != nil {
		t.Fatal(err)
	}
	looked := ""
	l.look = func(r rune) *sfnt.Font {
		looked += string(r)
		return l.own[0] // which lacks it
	}
	a, b := titled(t, l, "Loss 学習 Ä"), titled(t, l, "Loss 習学 Ä")
	if !bytes.Equal(a, b) {
		t.Error("boxes differ")
	}
	if l.Missing() != "学習" || looked != "学習" {
		t.Errorf("missing %q, looked for %q", l.Missing(), looked)
	}
}
