package ui

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// texts holds the translations of the language in use: English text → text.
// English needs none. It is set before the first window is built.
var texts map[string]string

// setLanguage chooses "en", "ja", or "" for the system's. Files are translations/<language>.json.
func setLanguage(language string, files fs.FS) error {
	if language == "" {
		language = systemLanguage(os.Getenv)
	}
	texts = nil
	if language == "en" {
		return nil
	}
	data, err := fs.ReadFile(files, "translations/"+language+".json")
	if err != nil {
		return nil // a language we do not speak: English
	}
	if err := json.Unmarshal(data, &texts); err != nil {
		return fmt.Errorf("read translations %s: %w", language, err)
	}
	return nil
}

// systemLanguage is the two letters of the locale, in the order that POSIX gives
// the variables.
func systemLanguage(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			language, _, _ := strings.Cut(v, "_")
			return strings.ToLower(language)
		}
	}
	return "en"
}

// tr translates a text that is a fmt format when args are given.
func tr(text string, args ...any) string {
	if t := texts[text]; t != "" {
		text = t
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}
