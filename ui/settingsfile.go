package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"time"
)

// SetAside moves the settings of the program with that ID out of the way where they cannot
// be read, so that Fyne begins with none, and says where they are now; "" where all is
// well. Call it before the app is made, which reads them.
func SetAside(id string, now time.Time) (moved string, err error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", nil // then there are no settings
	}
	path := filepath.Join(config, "fyne", id, "preferences.json")
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return "", nil
	}
	if err == nil {
		if err = readable(data); err == nil {
			return "", nil
		}
	}
	moved = fmt.Sprintf("%s.%s.bad", path, now.Format("2006-01-02-150405"))
	if e := os.Rename(path, moved); e != nil {
		return "", fmt.Errorf("set the settings aside: %w (they cannot be read: %w)", e, err)
	}
	return moved, nil
}

// readable says why Fyne (2.8) could not go on with these settings: its reader takes any
// JSON, but panics on a list of several kinds, and later where there is no object.
func readable(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil // of a program that was killed before it wrote any
	}
	var settings map[string]any
	if err := json.Unmarshal(data, &settings); err != nil {
		return err
	}
	if settings == nil {
		return errors.New("no object")
	}
	for name, v := range settings {
		list, _ := v.([]any)
		for _, item := range list {
			if reflect.TypeOf(item) != reflect.TypeOf(list[0]) {
				return fmt.Errorf("%q is a list of several kinds", name)
			}
		}
	}
	return nil
}
