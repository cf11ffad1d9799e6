package assets

import (
	"io/fs"
	"slices"
	"testing"
)

// That the texts are those of the window, with the same verbs, is tested there.
func TestTranslations(t *testing.T) {
	names, err := fs.Glob(Translations(), "translations/*")
	if err != nil || !slices.Equal(names, []string{"translations/ja.json", "translations/ja.reasons.json"}) {
		t.Errorf("translations are %v (%v), want Japanese alone: English is in the code", names, err)
	}
	for _, name := range names {
		var texts map[string]string
		readJSON(t, Translations(), name, &texts)
		for english, text := range texts {
			if english == "" || text == "" {
				t.Errorf("%s: %q is translated as %q", name, english, text)
			}
		}
	}
}
