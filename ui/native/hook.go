package native

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// Hook is what Fyne (2.8.0) does not offer of a window on the desktop: its place, and the keys
// from F1 to F12 before any widget gets them.
//
// Fyne gives a key that comes without Ctrl to the widget with the focus alone, and text
// fields and buttons let it fall, so that F1 would help only where nothing has the focus. It
// hands out neither its GLFW window nor a place in front of its own key handler; but it
// paints with that window's context current, and there GLFW says which one it is. To reopen:
// shortcuts of the menu without a modifier, and places of windows, in Fyne. Rejected: widgets
// of our own for each button and text field (95 places, and not those of Fyne's dialogs).
type Hook struct {
	// Object has to be part of what the window shows: a point that nobody sees.
	Object fyne.CanvasObject

	native bool // a test's window is none, and has neither place nor keys
	window *glfw.Window
}

// HookWindow waits for the window to be shown, then brings it to where it was when Place was
// asked for the last time, as far as there is a screen, and makes it no larger than that. take
// is asked for each function key that is pressed with nothing held; true means taken. It runs
// on Fyne's goroutine.
func HookWindow(w fyne.Window, was image.Point, take func(fyne.KeyName) bool) *Hook {
	h := &Hook{}
	_, h.native = w.(driver.NativeWindow)
	point := image.NewAlpha(image.Rect(0, 0, 1, 1))
	r := canvas.NewRaster(func(int, int) image.Image {
		if h.native && h.window == nil {
			if h.window = glfw.GetCurrentContext(); h.window != nil {
				hookKeys(h.window, take)
				fyne.Do(func() { h.fit(was) })
			}
		}
		return point
	})
	r.SetMinSize(fyne.NewSquareSize(1))
	h.Object = r
	return h
}

// functionKeys are those from F1 to F12, by GLFW's numbers, which follow each other.
var functionKeys = []fyne.KeyName{
	fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
	fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12,
}

func hookKeys(w *glfw.Window, take func(fyne.KeyName) bool) {
	var fynes glfw.KeyCallback
	fynes = w.SetKeyCallback(func(w *glfw.Window, k glfw.Key, code int, action glfw.Action, held glfw.ModifierKey) {
		const locks = glfw.ModCapsLock | glfw.ModNumLock
		if i := int(k - glfw.KeyF1); i >= 0 && i < len(functionKeys) && action == glfw.Press && held&^locks == 0 && take(functionKeys[i]) {
			return
		}
		if fynes != nil {
			fynes(w, k, code, action, held)
		}
	})
}

// Place is where the window is on the desktop, in pixels; the zero point where that is not
// known, as under Wayland.
func (h *Hook) Place() image.Point {
	if h.window == nil || glfw.GetPlatform() != glfw.PlatformX11 {
		return image.Point{}
	}
	return image.Pt(h.window.GetPos())
}

// fit brings the window onto a screen.
func (h *Hook) fit(was image.Point) {
	if glfw.GetPlatform() != glfw.PlatformX11 {
		return // the desktop places windows itself, and tells nobody
	}
	var screens []image.Rectangle
	for _, m := range glfw.GetMonitors() {
		x, y, width, height := m.GetWorkarea()
		screens = append(screens, image.Rect(x, y, x+width, y+height))
	}
	now := h.Place()
	if was == (image.Point{}) {
		was = now
	}
	width, height := h.window.GetSize()
	left, top, right, bottom := h.window.GetFrameSize()
	r := onScreen(image.Rect(was.X-left, was.Y-top, was.X+width+right, was.Y+height+bottom), screens)
	r = image.Rect(r.Min.X+left, r.Min.Y+top, r.Max.X-right, r.Max.Y-bottom)
	if r.Dx() != width || r.Dy() != height {
		h.window.SetSize(r.Dx(), r.Dy())
	}
	if r.Min != now {
		h.window.SetPos(r.Min.X, r.Min.Y)
	}
}

// onScreen moves a window, with its frame, wholly onto the screen that has most of it, or
// onto the first one, and makes it no larger than that screen.
func onScreen(window image.Rectangle, screens []image.Rectangle) image.Rectangle {
	if len(screens) == 0 {
		return window
	}
	screen, most := screens[0], 0
	for _, s := range screens {
		if c := s.Intersect(window).Size(); c.X*c.Y > most {
			screen, most = s, c.X*c.Y
		}
	}
	size := image.Pt(min(window.Dx(), screen.Dx()), min(window.Dy(), screen.Dy()))
	at := image.Pt(
		max(screen.Min.X, min(window.Min.X, screen.Max.X-size.X)),
		max(screen.Min.Y, min(window.Min.Y, screen.Max.Y-size.Y)))
	return image.Rectangle{at, at.Add(size)}
}
