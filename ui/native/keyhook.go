package native

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// functionKeys are those from F1 to F12, by GLFW's numbers, which follow each other.
var functionKeys = []fyne.KeyName{
	fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6,
	fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12,
}

// HookFunctionKeys has take asked for each key from F1 to F12 that is pressed in a window
// with nothing held, before any widget sees it; true means that it is taken. take runs on
// Fyne's goroutine. The object returned has to be part of what the window shows: it is a
// point that nobody sees. A window that is no window of the desktop, as in tests, has no
// such keys.
//
// Fyne (2.8.0) gives a key that comes without Ctrl to the widget with the focus alone, and
// text fields and buttons let it fall, so that F1 helped only where nothing had the focus.
// It hands out neither its GLFW window nor a place in front of its own key handler; but it
// paints with that window's context current, and there GLFW says which one it is. To
// reopen: shortcuts of the menu without a modifier, or any hook for keys in Fyne.
// Rejected: widgets of our own for each button and text field (95 places, and not those of
// Fyne's dialogs).
func HookFunctionKeys(w fyne.Window, take func(fyne.KeyName) bool) fyne.CanvasObject {
	_, real := w.(driver.NativeWindow)
	hooked := false
	point := image.NewAlpha(image.Rect(0, 0, 1, 1))
	r := canvas.NewRaster(func(int, int) image.Image {
		if real && !hooked {
			hooked = hook(glfw.GetCurrentContext(), take)
		}
		return point
	})
	r.SetMinSize(fyne.NewSquareSize(1))
	return r
}

func hook(w *glfw.Window, take func(fyne.KeyName) bool) bool {
	if w == nil {
		return false
	}
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
	return true
}
