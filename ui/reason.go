package ui

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The reasons of failures come from packages that speak English: dataset, engine and the
// system. They are translated where they reach the screen, by the formats that they were
// made with, which translations/<language>.reasons.json lists.

// because is the reason of a failure in the language of the window.
func because(err error) string { return reason(err.Error()) }

// reason translates a message of another package. Names, numbers and whatever no format
// is known for stay as they are.
func reason(text string) string {
	if len(reasons) == 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = reasonLine(l)
	}
	return strings.Join(lines, "\n")
}

func reasonLine(text string) string {
	for _, f := range reasons {
		if captured, ok := f.match(text); ok {
			return f.say(captured)
		}
	}
	for _, cut := range []struct{ between, then string }{{", line ", "、"}, {": ", "："}} {
		at := outsideQuotes(text, cut.between)
		if at < 0 {
			continue
		}
		head, tail := text[:at], strings.TrimPrefix(text[at+1:], " ")
		if h, t := reasonLine(head), reasonLine(tail); h != head || t != tail {
			return h + cut.then + t
		}
	}
	return text
}

// outsideQuotes is where sep stands first in text outside of double quotes, or -1.
func outsideQuotes(text, sep string) int {
	for i := 0; i < len(text); {
		if q, err := strconv.QuotedPrefix(text[i:]); err == nil && text[i] == '"' {
			i += len(q)
			continue
		}
		if strings.HasPrefix(text[i:], sep) {
			return i
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		i += n
	}
	return -1
}

// reasonFormat is a format of another package: pieces[0] verbs[0] pieces[1] … and what it
// says in another language.
type reasonFormat struct {
	pieces []string
	verbs  []byte
	there  string // with verbs in the same order, or numbered: %[2]d
}

// parseReasons reads formats so that the most particular one comes first.
func parseReasons(texts map[string]string) []reasonFormat {
	formats := make([]reasonFormat, 0, len(texts))
	for text, there := range texts {
		f := reasonFormat{there: there}
		f.pieces, f.verbs, _ = splitFormat(text)
		formats = append(formats, f)
	}
	slices.SortFunc(formats, func(a, b reasonFormat) int {
		if d := b.weight() - a.weight(); d != 0 {
			return d
		}
		return strings.Compare(a.there, b.there)
	})
	return formats
}

// weight is how much of a message the format itself says: a text that it begins with
// tells more than one that may stand anywhere.
func (f reasonFormat) weight() int {
	return 2*len(strings.Join(f.pieces, "")) + min(len(f.pieces[0]), 1)
}

// splitFormat takes a format apart: the text around its verbs, their letters, and the
// number of the argument of each, from 0.
func splitFormat(format string) (pieces []string, verbs []byte, args []int) {
	piece := ""
	for {
		before, after, found := strings.Cut(format, "%")
		piece += before
		if !found {
			return append(pieces, piece), verbs, args
		}
		if strings.HasPrefix(after, "%") {
			piece, format = piece+"%", after[1:]
			continue
		}
		arg := len(args)
		if strings.HasPrefix(after, "[") {
			number, rest, _ := strings.Cut(after[1:], "]")
			n, _ := strconv.Atoi(number) // 0 fails the test of the translations
			arg, after = n-1, rest
		}
		letter := strings.IndexFunc(after, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
		if letter < 0 {
			return append(pieces, piece+after), verbs, args
		}
		pieces, verbs, args = append(pieces, piece), append(verbs, after[letter]), append(args, arg)
		piece, format = "", after[letter+1:]
	}
}

// match takes out of a message what the verbs of the format were given.
func (f reasonFormat) match(text string) (captured []string, ok bool) {
	rest, ok := strings.CutPrefix(text, f.pieces[0])
	if !ok {
		return nil, false
	}
	for i, verb := range f.verbs {
		next := f.pieces[i+1]
		end := len(rest)
		switch last := i == len(f.verbs)-1; {
		case verb == 'q' && strings.HasPrefix(rest, `"`):
			q, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return nil, false
			}
			end = len(q)
		case last:
			end = len(strings.TrimSuffix(rest, next))
		case next != "":
			end = outsideQuotes(rest, next)
		}
		if end < 0 || !strings.HasPrefix(rest[end:], next) || !fits(verb, rest[:end]) {
			return nil, false
		}
		captured, rest = append(captured, rest[:end]), rest[end+len(next):]
	}
	return captured, rest == ""
}

// fits says whether a verb can have written a text.
func fits(verb byte, text string) bool {
	switch verb {
	case 'd':
		_, err := strconv.ParseInt(text, 10, 64)
		return err == nil
	case 'g', 'f':
		_, err := strconv.ParseFloat(text, 64)
		return err == nil
	case 'q':
		return strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "[")
	}
	return text != ""
}

// say writes the format in the other language.
func (f reasonFormat) say(captured []string) string {
	pieces, _, args := splitFormat(f.there)
	text := pieces[0]
	for i, arg := range args {
		if arg < 0 || arg >= len(captured) {
			continue
		}
		word := captured[arg]
		if v := f.verbs[arg]; v == 'w' || v == 'v' || v == 's' {
			word = reasonLine(word)
		}
		text += word + pieces[i+1]
	}
	return text
}
