package ui

import (
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"frglab/assets"
)

// showFailure is where every failure ends: a dialog with what happened and what to
// do; the rest of the message, such as a stack, goes to the log.
func (w *window) showFailure(name string, err error) {
	text, rest, _ := strings.Cut(err.Error(), "\n")
	slog.Error("failed", "job", name, "err", text, "detail", rest)
	title := name
	if title == "" {
		title = tr("That did not work")
	}
	label := widget.NewLabel(reason(text))
	label.Wrapping = fyne.TextWrapWord
	label.Selectable = true
	d := dialog.NewCustom(title, tr("Close"), label, w.win)
	d.Resize(fyne.NewSize(480, 0))
	d.Show()
}

// showAbout says what this program is, of which parts it is made, and under which licences.
func (w *window) showAbout() {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	icon := canvas.NewImageFromResource(fyne.NewStaticResource("icon.png", assets.Icon()))
	icon.SetMinSize(fyne.NewSize(64, 64))
	about := wrapped(tr("FrgLab makes an anime-face detector out of your own pictures and videos. Nothing leaves this machine: the program has no network code."))
	info, _ := debug.ReadBuildInfo()
	parts := widget.NewLabel(strings.Join(versions(w.version, info), "\n"))
	parts.Selectable = true
	notice := widget.NewLabel(assets.Notice())
	notice.TextStyle.Monospace = true
	notice.Selectable = true
	tabs := container.NewAppTabs(
		container.NewTabItem(tr("Versions"), container.NewVScroll(parts)),
		container.NewTabItem(tr("Licences"), container.NewScroll(notice)),
	)
	head := container.NewBorder(nil, nil, icon, nil, about)
	d := dialog.NewCustom(fmt.Sprintf("FrgLab %s", w.version), tr("Close"), container.NewBorder(head, nil, nil, nil, tabs), w.win)
	d.SetOnClosed(w.focusTab)
	size := w.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(720, size.Width-40), min(560, size.Height-40)))
	d.Show()
}

// versions are those of the program and of what it was built from, a line each.
func versions(own string, info *debug.BuildInfo) []string {
	lines := []string{"FrgLab " + own, fmt.Sprintf("%s, %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)}
	if info == nil {
		return lines
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			lines[0] += " (" + s.Value[:min(12, len(s.Value))] + ")"
		}
	}
	var modules []string
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		modules = append(modules, m.Path+" "+m.Version)
	}
	slices.Sort(modules)
	return append(lines, modules...)
}
