package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// variantTheme is Fyne's theme held at dark or light.
type variantTheme struct {
	fyne.Theme
	variant fyne.ThemeVariant
}

// Color ignores the system's variant.
func (t variantTheme) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return t.Theme.Color(n, t.variant)
}

func (s *session) applyTheme() {
	base := theme.DefaultTheme()
	switch s.app.Preferences().String(prefTheme) {
	case "dark":
		base = variantTheme{base, theme.VariantDark}
	case "light":
		base = variantTheme{base, theme.VariantLight}
	}
	s.app.Settings().SetTheme(base)
}
