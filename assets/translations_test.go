package assets

import (
	"io/fs"
	"slices"
	"testing"
)

// That the texts are those of the window, with the same verbs, is tested there.
func TestTranslations(t *testing.T) {
	names, err := fs.Glob(Translations(), "translations/*")
	if err != nil || !slices.Equal(names, []string{"translations/ja.json"}) {
		t.Errorf("translations are %v (%v), want ja.json alone: English is in the code", names, err)
	}
	var texts map[string]string
	readJSON(t, Translations(), "translations/ja.json", &texts)
	for english, text := range texts {
		if english == "" || text == "" {
			t.Errorf("%q is translated as %q", english, text)
		}
	}
}
