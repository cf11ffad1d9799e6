package ui

import (
	"strings"

	"frglab/dataset"
)

// Acts are stored under English names and shown in the language of the window, so
// that a history stays readable when the language changes.
const whatRemove = "take out of the project"

func whatLabel(c dataset.Class) string   { return "label: " + c.String() }
func whatPage(c dataset.Class) string    { return "page: " + c.String() }
func whatCluster(c dataset.Class) string { return "cluster: " + c.String() }

// actName is what an act is called on screen. Names that are not ours, such as those
// of imports, stay as they are but for their first word.
func actName(what string) string {
	for c := dataset.Face; c <= dataset.Unsure; c++ {
		switch what {
		case whatLabel(c):
			return tr("label: %s", className(c))
		case whatPage(c):
			return tr("page: %s", className(c))
		case whatCluster(c):
			return tr("cluster: %s", className(c))
		}
	}
	if name := frameActName(what); name != "" {
		return name
	}
	switch {
	case what == whatRemove:
		return tr("take out of the project")
	case what == "collect random negatives":
		return tr("collect random negatives")
	case what == "split":
		return tr("split anew")
	case strings.HasPrefix(what, "add ") && (strings.HasSuffix(what, " samples") || strings.HasSuffix(what, " sample")):
		return tr("add crops")
	}
	if name, ok := strings.CutPrefix(what, "import "); ok {
		return tr("import %s", name)
	}
	if name, ok := strings.CutPrefix(what, "collect from "); ok {
		return tr("collect from %s", name)
	}
	if t := texts[what]; t != "" {
		return t
	}
	return what
}

// actText is actName with the number of crops, where there are several.
func actText(what string, n int) string {
	if n < 2 {
		return actName(what)
	}
	return tr("%s, %d crops", actName(what), n)
}
