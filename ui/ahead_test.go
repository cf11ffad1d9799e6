package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestAhead(t *testing.T) {
	items := []int{1, 2, 3, 4}
	same := func(_ context.Context, n int) int { return n }

	began, last := make(chan int, len(items)), 0
	var used []int
	err := ahead(t.Context(), items, func(_ context.Context, n int) int { began <- n; return 10 * n }, func(n, made int) error {
		for last < min(n+1, len(items)) { // or this waits for ever
			last = <-began
		}
		if len(began) > 0 {
			t.Errorf("beside item %d more than the next one is made", n)
		}
		used = append(used, made)
		return nil
	})
	if err != nil || !slices.Equal(used, []int{10, 20, 30, 40}) {
		t.Errorf("used %v, %v", used, err)
	}

	enough := errors.New("enough")
	if err := ahead(t.Context(), items, same, func(int, int) error { return enough }); err != enough {
		t.Errorf("use failed, and ahead says %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err = ahead(ctx, items, same, func(int, int) error { n++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("cancelled: %v after %d", err, n)
	}
	err = ahead(t.Context(), items, func(_ context.Context, n int) int { return items[n] }, func(int, int) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("get failed, and ahead says %v", err)
	}
}
