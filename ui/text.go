package ui

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// texts holds the translations of the language in use: English text → text; reasons those
// of what other packages say. English needs none. They belong to the UI goroutine while no
// job runs, and nobody changes them while one does.
var (
	texts   map[string]string
	reasons []reasonFormat
)

// setLanguage chooses "en", "ja", or "" for the system's. Files are translations/<language>.json.
func setLanguage(language string, files fs.FS) error {
	if language == "" {
		language = languageOf(localeOf(os.Getenv))
	}
	texts, reasons = nil, nil
	defer func() { speakFyne(manualLanguage()) }()
	if language == "en" {
		return nil
	}
	var foreign map[string]string
	for name, into := range map[string]*map[string]string{language + ".json": &texts, language + ".reasons.json": &foreign} {
		data, err := fs.ReadFile(files, "translations/"+name)
		if err != nil {
			return nil // a language we do not speak: English
		}
		if err := json.Unmarshal(data, into); err != nil {
			return fmt.Errorf("read translations %s: %w", name, err)
		}
	}
	reasons = parseReasons(foreign)
	return nil
}

// speakFyne sets the language of Fyne's own words, such as the buttons of its dialogs, of
// the system's file dialogs, and of the forms of Chinese characters. All of them follow
// $LANGUAGE where the locale is not plain C.
func speakFyne(language string) {
	os.Setenv("LANGUAGE", language)
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := os.Getenv(name)
		if v == "C" || v == "POSIX" || v == "" && name == "LANG" {
			os.Setenv(name, "C.UTF-8")
		}
		if v != "" {
			break
		}
	}
	own, err := json.Marshal(map[string]string{"Overwrite?": tr("Overwrite?")}) // that package native asks by
	if err == nil {
		err = lang.AddTranslationsForLocale(own, fyne.Locale(language))
	}
	if err != nil {
		slog.Error("translate Fyne", "err", err)
	}
}

// localeOf is the locale by the environment, in the order that POSIX gives the variables.
func localeOf(getenv func(string) string) string {
	return cmp.Or(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"))
}

// languageOf is the language of a locale: its letters before the country and the encoding.
// What names none, such as "C" or nonsense, is English.
func languageOf(locale string) string {
	if i := strings.IndexAny(locale, "_-.@:"); i >= 0 {
		locale = locale[:i]
	}
	locale = strings.ToLower(locale)
	if len(locale) < 2 || len(locale) > 3 || strings.Trim(locale, "abcdefghijklmnopqrstuvwxyz") != "" {
		return "en"
	}
	return locale
}

// tr translates a text that is a fmt format when args are given. An argument that is an
// error is told by its reason.
func tr(text string, args ...any) string {
	if t := texts[text]; t != "" {
		text = t
	}
	if len(args) == 0 {
		return text
	}
	for i, a := range args {
		if err, ok := a.(error); ok && err != nil {
			args[i] = because(err)
		}
	}
	return fmt.Sprintf(text, args...)
}

// oneLined is a name from outside on one line: with signs in place of line breaks and of
// what turns the direction of writing about, so that it can neither hide nor tear apart
// what stands beside it.
func oneLined(name string) string {
	return strings.Map(func(r rune) rune { // which makes '�' of what is no UTF-8
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == 0x2028 || r == 0x2029:
			return '␤'
		case r < ' ' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c:
			return '�'
		}
		return r
	}, name)
}
