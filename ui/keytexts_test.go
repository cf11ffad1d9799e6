package ui

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// isKeyName reports whether texts may name an action or a gesture so.
func isKeyName(name string) bool {
	return slices.ContainsFunc(actions, func(a actionInfo) bool { return a.name == name }) ||
		slices.ContainsFunc(gestures, func(g gesture) bool { return g.name == name })
}

// inBraces is how texts name a key.
var inBraces = regexp.MustCompile(`\{([^{}]*)\}`)

// literalKey finds the name of a key: a word that stands on one, or a capital letter that
// stands as a word of its own would.
var literalKey = regexp.MustCompile(`\b(Ctrl|Shift|Alt|Enter|Return|Space|Backspace|Escape|Esc|Tab|PgUp|PgDn|F\d+)\b|スペース|\([A-Z0-9/?.,]\)|(?:^|[^\pL\pN&])[B-HJ-Z](?:[^\pL\pN&]|$)|Aキー`)

// keyless are texts in which what looks like a key is none.
var keyless = map[string]string{
	"Space": "the sign of that key itself",
	"Only the menu has keys with Ctrl: choose another key than %s.":  "of no key in particular",
	"The menu needs a key with Ctrl, or one from F1 on: %s is none.": "of no key in particular",
	"Best F1": "a measure",
}

// TestNoTextNamesAKey finds keys in texts, which would be wrong when they are chosen anew:
// a text names the action in braces, see bindings.fill. Only gestures.go says what stays.
func TestNoTextNamesAKey(t *testing.T) {
	speak(t, "ja")
	for text, at := range texted(t) {
		for _, s := range []string{text, texts[text]} {
			for _, m := range inBraces.FindAllStringSubmatch(s, -1) {
				if !isKeyName(m[1]) {
					t.Errorf("%s: %q: no action or gesture is called %q", at, s, m[1])
				}
			}
			if found := literalKey.FindString(s); found != "" && keyless[text] == "" && !strings.HasPrefix(at, "gestures.go:") {
				t.Errorf("%s: %q names the key %q: name its action", at, s, strings.TrimSpace(found))
			}
		}
		here, there := inBraces.FindAllString(text, -1), inBraces.FindAllString(texts[text], -1)
		slices.Sort(here)
		slices.Sort(there)
		if !slices.Equal(here, there) {
			t.Errorf("%s: %q names %q, in Japanese %q", at, text, here, there)
		}
	}
	for _, language := range []string{"en", "ja"} {
		for _, page := range manualPages {
			if found := literalKey.FindString(manualPage(language, page)); found != "" {
				t.Errorf("%s/%s.md names the key %q: name its action", language, page, found)
			}
		}
	}
}

// TestTextsFollowTheKeys chooses other keys for what texts name, and finds those on screen.
func TestTextsFollowTheKeys(t *testing.T) {
	w, _, _ := open(t, 9)
	detectSamples(t, w)
	for a, k := range map[action]key{actFalse: "j", actRight: "k", actSnap: "w", actDraw: "é", actSquare: "j", actProposals: "k", actNoMore: "Insert", actOpenFrame: "w"} {
		if err := w.keys.set(a, k); err != nil {
			t.Fatal(infoOf(a).name, err)
		}
	}
	w.detect.right.OnBoxPicked(0)
	w.detect.side.SelectIndex(sideBox)
	on := func(what string, want ...string) {
		t.Helper()
		text := strings.Join(shownTexts(w), "\n")
		for _, s := range want {
			if !strings.Contains(text, s) {
				t.Errorf("%s does not say %q", what, s)
			}
		}
	}
	on("Detect", "Not a face (J)", "A face (K)", "then J: not a face. K: a face")
	w.detect.side.SelectIndex(sideLearn)
	on("Learn", "press J")
	w.tabs.SelectIndex(tabLabel)
	w.label.turnTo(modeFrame)
	on("Frame", "box (W)", "boxes (É)", "boxes (J)", "Proposals (K)")
	w.label.turnTo(modeMissed)
	on("Missed faces", "No more faces (Insert)")
	if err := w.keys.set(actFalse, "w"); err != nil {
		t.Fatal(err)
	}
	w.tabs.SelectIndex(tabDetect)
	on("Learn after another choice", "press W")
	w.detect.side.SelectIndex(sideBox)
	on("Box after another choice", "Not a face (W)")
}

// TestKeysWithoutABoxSayWhatToDo presses what needs a box, or examples, where there are none.
func TestKeysWithoutABoxSayWhatToDo(t *testing.T) {
	w, _, _ := open(t, 3)
	detectSamples(t, w)
	setTinyModel(w)
	for a, want := range map[action]string{actFalse: "press B", actRight: "press B", actTune: "press N or F"} {
		w.notice = ""
		typeKey(w.detect.left, w.keys.keys[a])
		settle(w)
		if !strings.Contains(w.notice, want) {
			t.Errorf("%s: the status bar says %q, not %q", infoOf(a).name, w.notice, want)
		}
	}
}
