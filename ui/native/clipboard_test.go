package native

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestPathsInAText(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"a list of URLs", "file:///a/b%20c.png\r\nfile:///d.jpg\r\n", []string{"/a/b c.png", "/d.jpg"}},
		{"a file manager's copy", "copy\nfile:///x/%E9%A1%94.png", []string{"/x/顔.png"}},
		{"a path", " /home/u/100%.png\n", []string{"/home/u/100%.png"}},
		{"a text", "look at /home/u/a.png", nil},
		{"a path and a text", "/home/u/a.png\nand more", nil},
		{"an address", "https://example.org/a.png", nil},
		{"nothing", "", nil},
	} {
		if got := pathsIn(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Without an X11 display the clipboard cannot be read, and under Wayland that is no failure of
// the display.
func TestClipboardWithoutX11(t *testing.T) {
	t.Setenv("DISPLAY", ":no")
	t.Setenv("WAYLAND_DISPLAY", "")
	if _, err := Clipboard(t.Context()); err == nil || errors.Is(err, ErrWayland) || !strings.Contains(err.Error(), "drop the picture") {
		t.Errorf("without any display: %v", err)
	}
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	if _, err := Clipboard(t.Context()); !errors.Is(err, ErrWayland) {
		t.Errorf("under Wayland: %v", err)
	}
}
