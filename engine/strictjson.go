package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxDepth is how deep JSON of ours nests at most; a hostile file could nest without end.
const maxDepth = 8

// strictJSON decodes one JSON value and nothing else: no unknown fields, no key
// twice, no broken text, nothing behind it but spaces.
func strictJSON(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errors.New("not valid UTF-8")
	}
	if err := noDuplicates(json.NewDecoder(bytes.NewReader(data)), maxDepth); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if rest := bytes.TrimLeft(data[d.InputOffset():], " "); len(rest) > 0 {
		return fmt.Errorf("%d bytes too many", len(rest))
	}
	return nil
}

// noDuplicates reads one value and fails on an object that has a key twice.
func noDuplicates(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	open, ok := t.(json.Delim)
	if err != nil || !ok {
		return err
	}
	if depth == 0 {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	keys := map[string]bool{}
	for d.More() {
		if open == '{' {
			t, err := d.Token()
			if err != nil {
				return err
			}
			key, _ := t.(string)
			if keys[key] {
				return fmt.Errorf("key %q twice", key)
			}
			keys[key] = true
		}
		if err := noDuplicates(d, depth-1); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
