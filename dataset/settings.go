package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Setting is what SetSetting stored under key, "" where nothing is.
func (p *Project) Setting(key string) (string, error) {
	var value string
	err := p.r.QueryRow("SELECT value FROM settings WHERE key = ?", key).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read setting %q: project %q: %w", key, p.Name(), explain(err))
	}
	return value, nil
}

// SetSetting stores something that belongs to the project and not to the machine,
// such as the order of its Label tab.
func (p *Project) SetSetting(key, value string) error {
	err := p.write(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value)
		return err
	})
	if err != nil {
		return fmt.Errorf("store setting %q: project %q: %w", key, p.Name(), err)
	}
	return nil
}
