package ui

import (
	"context"
	"fmt"
	"runtime/debug"
)

// ahead gives what get makes of each item to use, in their order, and has the next one made
// while use is at work. It ends with the first error of use, or that of ctx; a panic of get
// is an error. get runs on a goroutine of its own, which has ended when ahead does.
func ahead[T, R any](ctx context.Context, items []T, get func(context.Context, T) R, use func(T, R) error) error {
	ctx, stop := context.WithCancel(ctx)
	made := make(chan R)
	var broken error // set before made is closed
	go func() {
		defer close(made)
		defer func() {
			if r := recover(); r != nil {
				broken = fmt.Errorf("%v\n%s", r, debug.Stack())
			}
		}()
		for _, item := range items {
			select {
			case made <- get(ctx, item):
			case <-ctx.Done():
				return
			}
		}
	}()
	defer func() {
		stop()
		for range made { // until get has ended
		}
	}()
	for _, item := range items {
		r, ok := <-made
		switch {
		case !ok && broken != nil:
			return broken
		case !ok || ctx.Err() != nil:
			return ctx.Err()
		}
		if err := use(item, r); err != nil {
			return err
		}
	}
	return nil
}
