package ui

import (
	"image/color"
	"log/slog"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"frglab/assets"
)

// windowTheme is Fyne's theme as the preferences want it: held at dark or light, with larger
// or smaller text, and with letters for Japanese where the system has none.
type windowTheme struct {
	fyne.Theme
	held    bool // at variant
	variant fyne.ThemeVariant
	scale   float32       // of the text
	font    fyne.Resource // nil: the system has one
}

// Color ignores the system's variant where one is held.
func (t windowTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if t.held {
		v = t.variant
	}
	return t.Theme.Color(n, v)
}

// Size makes the text larger, and the icons beside it.
func (t windowTheme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText, theme.SizeNameCaptionText, theme.SizeNameHeadingText, theme.SizeNameSubHeadingText, theme.SizeNameInlineIcon:
		return t.Theme.Size(n) * t.scale
	}
	return t.Theme.Size(n)
}

// Font is the bundled one where it is needed: it has nothing but what Fyne's own lacks, so
// Fyne takes all other letters from there.
func (t windowTheme) Font(s fyne.TextStyle) fyne.Resource {
	if t.font != nil && !s.Symbol {
		return t.font
	}
	return t.Theme.Font(s)
}

// textScales are the sizes of text to choose from, by the name of the preference. With the
// largest one all tabs still fit a window of 900 units (TestLargestTextFits).
var textScales = map[string]float32{"small": 0.9, "": 1, "large": 1.1, "largest": 1.2}

func (s *session) applyTheme() {
	prefs := s.app.Preferences()
	t := windowTheme{Theme: theme.DefaultTheme(), scale: textScales[prefs.String(prefTextSize)]}
	if t.scale == 0 {
		t.scale = 1
	}
	switch prefs.String(prefTheme) {
	case "dark":
		t.held, t.variant = true, theme.VariantDark
	case "light":
		t.held, t.variant = true, theme.VariantLight
	}
	if s.lacksJapanese {
		t.font = fyne.NewStaticResource("NotoSansCJK-subset.otf", assets.Font())
	}
	s.app.Settings().SetTheme(t)
}

// lacksJapanese says whether Fyne finds no font for Japanese on this system: then it draws
// such letters as one that no font has.
func lacksJapanese() bool {
	// Asked for with a font of its own, or Fyne would keep what it finds for all text.
	width := func(letter string) float32 {
		size, _ := fyne.CurrentApp().Driver().RenderedTextSize(letter, 100, fyne.TextStyle{}, theme.DefaultTextFont())
		return size.Width
	}
	nobodys := width("\U0010fffd")
	for _, letter := range []string{"あ", "ア", "漢"} {
		if width(letter) == nobodys {
			slog.Warn("no Japanese font is installed, so a small bundled one is used: install fonts-noto-cjk for all characters")
			return true
		}
	}
	return false
}

// grown is a length beside text of the usual size, at the present size of the text.
func grown(v float32) float32 { return v * theme.Size(theme.SizeNameText) / usualText }

// usualText is the size of the text where nobody changed it (Fyne 2.8).
const usualText = 14
