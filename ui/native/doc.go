// Package native asks the user for files and folders with the system's own
// dialogs, and with Fyne's where the system has none; and it reads pictures and names of
// files from the clipboard (clipboard.go), of which Fyne knows only text.
//
//	native.System.OpenFile(w, "Open project", []native.Filter{{Name: "Projects", Extensions: []string{"frglab"}}},
//		func(path string) {
//			if path != "" {
//				open(path)
//			}
//		})
//
// All methods are called on the UI goroutine, return at once, and answer on the UI
// goroutine. One dialog is open at a time: a call while another dialog is open is
// answered with "" at once, as if the user had cancelled it. A test hands in Dialogs
// of its own, which answer as it likes.
//
// The system's dialogs run on one goroutine of their own that keeps its
// thread, because GTK wants to be used from one thread, and never on the UI
// goroutine, which they would stop. Where GTK has no display its panic is
// caught, and Fyne's dialogs are used from then on.
//
// GTK on Linux writes its own window title and shows no translated buttons;
// see sqweek/dialog. Rejected: Fyne's dialogs alone (no bookmarks, no typed
// paths, slow in large folders). To reopen: Fyne's dialogs by xdg-desktop-portal.
package native
