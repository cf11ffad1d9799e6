package cli

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"frglab/engine"
)

// fieldFlags is a flag, to be given any number of times, for single fields of an
// engine.Config under the names of its JSON form.
type fieldFlags []string

func (f *fieldFlags) String() string { return strings.Join(*f, " ") }

func (f *fieldFlags) Set(text string) error {
	if name, value, ok := strings.Cut(text, "="); !ok || name == "" || value == "" {
		return errors.New("use field=value, such as shift=0.1")
	}
	*f = append(*f, text)
	return nil
}

// apply changes a configuration, without a look at whether the values make sense.
func (f fieldFlags) apply(c *engine.Config) error {
	for _, text := range f {
		name, value, _ := strings.Cut(text, "=")
		if !slices.Contains(fieldNames(), name) {
			return usagef("--set %s: there is no setting %q: use one of %s", text, name, strings.Join(fieldNames(), ", "))
		}
		raw := json.RawMessage(value)
		if !json.Valid(raw) || value == "null" { // a word
			raw, _ = json.Marshal(value)
		}
		now := fieldsOf(*c)[name]
		change, err := json.Marshal(map[string]json.RawMessage{name: raw})
		if err == nil {
			err = json.Unmarshal(change, c)
		}
		if err != nil {
			return usagef("--set %s: %q is no value of this setting, which is %s now", text, value, now)
		}
	}
	return nil
}

// fieldNames are the settings that --set knows, by name. The network and where the
// settings came from have flags of their own.
func fieldNames() []string {
	all := fieldsOf(engine.Config{})
	delete(all, "arch")
	delete(all, "preset")
	return slices.Sorted(maps.Keys(all))
}

func fieldsOf(c engine.Config) map[string]json.RawMessage {
	var all map[string]json.RawMessage
	text, err := json.Marshal(c)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		panic(err) // a Config of finite numbers always is JSON
	}
	return all
}
