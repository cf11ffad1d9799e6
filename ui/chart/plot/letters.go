package plot

import (
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/go-text/typesetting/fontscan"
	"github.com/go-text/typesetting/language"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// Letters are the fonts that pictures are written with: Go's own for Latin, Greek and
// Cyrillic, and for what that lacks the system's, found as the window finds them. It is
// used from one goroutine.
type Letters struct {
	own     [2]*sfnt.Font // plain, bold
	faces   map[faceKey]font.Face
	others  map[rune]*sfnt.Font // of the system, for what own lacks; nil: no font has it
	files   map[fontscan.Location]*sfnt.Font
	look    func(rune) *sfnt.Font // in the system's fonts, but for tests
	system  *fontscan.FontMap     // nil until it is needed
	missing string
	buf     sfnt.Buffer
}

type faceKey struct {
	font *sfnt.Font
	size float64
}

// NewLetters reads Go's own fonts. The system's are read when they are needed first.
func NewLetters() (*Letters, error) {
	l := &Letters{faces: map[faceKey]font.Face{}, others: map[rune]*sfnt.Font{}, files: map[fontscan.Location]*sfnt.Font{}}
	l.look = l.installed
	for i, data := range [][]byte{goregular.TTF, gobold.TTF} {
		f, err := opentype.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("read the font: %w", err)
		}
		l.own[i] = f
	}
	return l, nil
}

// Missing are the letters, each once, that no installed font has. They were drawn as boxes.
func (l *Letters) Missing() string { return l.missing }

// run is a piece of a text in one font.
type run struct {
	text string
	face font.Face
}

// runs are a text's pieces at a size in pixels.
func (l *Letters) runs(text string, size float64, bold bool) ([]run, error) {
	var out []run
	own := l.own[0]
	if bold {
		own = l.own[1]
	}
	for _, r := range text {
		f := own
		if !l.has(own, r) {
			if other := l.other(r); other != nil {
				f = other
			}
		}
		face, err := l.face(f, size)
		if err != nil {
			return nil, err
		}
		if n := len(out); n > 0 && out[n-1].face == face {
			out[n-1].text += string(r)
			continue
		}
		out = append(out, run{string(r), face})
	}
	return out, nil
}

func (l *Letters) has(f *sfnt.Font, r rune) bool {
	i, err := f.GlyphIndex(&l.buf, r)
	return err == nil && i != 0
}

func (l *Letters) face(f *sfnt.Font, size float64) (font.Face, error) {
	key := faceKey{f, size}
	if l.faces[key] == nil {
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return nil, err
		}
		l.faces[key] = face
	}
	return l.faces[key], nil
}

// other is a font of the system with a letter; nil: there is none.
func (l *Letters) other(r rune) *sfnt.Font {
	f, known := l.others[r]
	if !known {
		if f = l.look(r); f != nil && !l.has(f, r) {
			f = nil
		}
		if l.others[r] = f; f == nil && !strings.ContainsRune(l.missing, r) {
			l.missing += string(r)
		}
	}
	return f
}

// installed looks in the system's fonts: in that of Japanese first, whose forms of the
// characters that several languages share our users expect.
func (l *Letters) installed(r rune) *sfnt.Font {
	if l.system == nil {
		l.system = fontscan.NewFontMap(log.New(io.Discard, "", 0))
		l.system.UseSystemFonts("") // without fonts it finds none
		l.system.SetQuery(fontscan.Query{Families: []string{fontscan.SansSerif}})
	}
	if ja, ok := language.NewLangID("ja"); ok {
		if face := l.system.ResolveFaceForLang(ja); face != nil {
			if f := l.open(l.system.FontLocation(face.Font)); f != nil && l.has(f, r) {
				return f
			}
		}
	}
	l.system.SetScript(language.LookupScript(r))
	face := l.system.ResolveFace(r)
	if face == nil {
		return nil
	}
	return l.open(l.system.FontLocation(face.Font))
}

// open reads a font file; nil where it cannot be read.
func (l *Letters) open(at fontscan.Location) *sfnt.Font {
	f, known := l.files[at]
	if known {
		return f
	}
	if data, err := os.ReadFile(at.File); err == nil {
		if c, err := opentype.ParseCollection(data); err == nil { // also of one font alone
			f, _ = c.Font(int(at.Index))
		}
	}
	l.files[at] = f
	return f
}
