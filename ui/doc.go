// Package ui is the FrgLab window: what a user sees and touches.
//
// Run opens it. One file holds one thing: window.go the frame (menu, tabs, status
// bar), windowopen.go what it opens, session.go what the tabs share (project, model, devices), job.go
// the work beside the window, and label.go, train.go, detect.go one tab each.
// The Label tab is a shell (label.go, its filter, acts and keys in label*.go) around
// modes, see labelmode.go: labelgrid.go, labelcard.go, labelcluster.go, frameview.go.
// Below the panes of the Detect tab lie strips (detectstrip.go), such as that of many
// pictures: folder.go, its runs, its exports and its film in folder*.go; and that of a
// video: videostrip.go, with the ribbon, the running video and its export in video*.go.
// The widgets are packages of their own below this one and know nothing of
// samples or models.
//
// Around the tabs: menu.go, actions.go and bindings.go (every key has an action, and can be
// given another one), keysheet.go, preferences.go, manual.go (pages in assets/manual),
// language.go (the window is built anew in another language or size of text),
// crash.go and settingsfile.go (what a crash and unreadable settings leave behind).
//
// # Rules
//
// Everything here runs on Fyne's UI goroutine, except the work functions given to
// start in job.go: they may touch only what they were handed, report by job.tell,
// and return what the window shall show. A failure always reaches the user with the
// file's name and the next step; jobs.failed shows it.
//
// Work on a project says so (job.of): when the window turns to another project, that work is
// cancelled, the project stays open until it has ended, and how it ended is told to nobody.
//
// Every text goes through tr: the key is the English text, the translations lie
// in assets/translations. Reasons of failures, which other packages say in English, are
// translated by their formats where they reach the screen: reason.go.
package ui
