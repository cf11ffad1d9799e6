package dataset

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// maxNames is how many classes a names file may have; the largest sets have thousands.
const maxNames = 100_000

// errNames is a names file in a form that we cannot read.
var errNames = errors.New(`cannot find the class names: write "names: [face, other]"`)

// parseNames reads a names file with one name a line.
func parseNames(text string) (map[int]string, error) {
	names := map[int]string{}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		names[len(names)] = strings.TrimSpace(line)
	}
	return names, checkNames(names)
}

// parseYAMLNames reads the key "names" of a data.yaml: a list or numbered names, in
// one line or in lines of their own. That is the little of YAML that such files use;
// anything else is refused rather than guessed.
func parseYAMLNames(text string) (map[int]string, error) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "names:") })
	if at < 0 {
		return nil, errNames
	}
	value := strings.TrimSpace(uncomment(strings.TrimPrefix(lines[at], "names:")))
	var items []string
	if value == "" {
		items = blockItems(lines[at+1:])
	} else {
		var err error
		if items, err = flowItems(value, lines[at+1:]); err != nil {
			return nil, err
		}
	}
	names := map[int]string{}
	for i, item := range items {
		if rest, ok := strings.CutPrefix(item, "- "); ok {
			item = rest
		} else if key, rest, ok := strings.Cut(item, ":"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(unquote(key)))
			if err != nil || n < 0 || names[n] != "" {
				return nil, fmt.Errorf("%w: %q is no number and name", errNames, shorten(item))
			}
			i, item = n, rest
		} else if value == "" {
			return nil, fmt.Errorf("%w: %q is neither", errNames, shorten(item))
		}
		if names[i] = unquote(item); strings.ContainsAny(names[i], `"'[]{}`) {
			return nil, fmt.Errorf("%w: %q holds quotes or brackets", errNames, shorten(item))
		}
	}
	return names, checkNames(names)
}

// blockItems are the lines of a list or map below its key.
func blockItems(lines []string) (items []string) {
	for _, line := range lines {
		text := strings.TrimSpace(uncomment(line))
		switch {
		case text == "":
		case line[0] != ' ' && line[0] != '\t' && line[0] != '-':
			return items
		default:
			items = append(items, text)
		}
	}
	return items
}

// flowItems are the items of [a, b] or {0: a, 1: b}, which may go on for some lines.
func flowItems(value string, more []string) ([]string, error) {
	open, end := value[0], map[byte]string{'[': "]", '{': "}"}[value[0]]
	if end == "" {
		return nil, errNames
	}
	var all strings.Builder
	all.WriteString(value[1:])
	for !strings.HasSuffix(value, end) {
		if len(more) == 0 {
			return nil, fmt.Errorf("%w: a %q is never closed", errNames, open)
		}
		value, more = strings.TrimSpace(uncomment(more[0])), more[1:]
		all.WriteString(" " + value)
	}
	var items []string
	for item := range strings.SplitSeq(strings.TrimSuffix(all.String(), end), ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items, nil
}

// uncomment drops what stands behind " #", or a whole line of it.
func uncomment(line string) string {
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return ""
	}
	line, _, _ = strings.Cut(line, " #")
	return line
}

func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

func checkNames(names map[int]string) error {
	if len(names) == 0 {
		return errNames
	}
	if len(names) > maxNames {
		return fmt.Errorf("has %d class names, the limit is %d: is this a names file?", len(names), maxNames)
	}
	return nil
}

// sortedNames are the names by their numbers.
func sortedNames(names map[int]string) (list []string) {
	for _, n := range slices.Sorted(maps.Keys(names)) {
		list = append(list, names[n])
	}
	return list
}
