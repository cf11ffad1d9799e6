package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"frglab/dataset"
)

func rescueCommand() command {
	return command{
		name:     "rescue",
		short:    "copies what can still be read of a damaged project into a new one",
		usage:    "DAMAGED.frglab NEW.frglab",
		examples: []string{"frglab rescue faces.frglab rescued.frglab"},
		setup: func(*flag.FlagSet) run {
			return func(ctx context.Context, env *Env, args []string) error {
				if len(args) != 2 {
					return usagef("rescue: name the damaged project and the file for the new one")
				}
				return rescue(ctx, env, args[0], args[1])
			}
		},
	}
}

func rescue(ctx context.Context, env *Env, damaged, out string) error {
	r, err := dataset.Rescue(ctx, damaged, out)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "%s: %s, %d of them labelled\n", show(out), count(r.Samples, "sample"), r.Checked)
	t := tally{env: env, what: "sample", done: r.Samples}
	if len(r.Unread) > 0 {
		env.warn("some of these could not be read: %s", strings.Join(r.Unread, ", "))
	}
	if r.Unlabelled > 0 {
		env.warn("%s lost their labels: they have the title \"rescued\"", count(r.Unlabelled, "crop"))
	}
	if r.Lost > 0 {
		env.warn("%s lost their pictures, and are not in %s", count(r.Lost, "sample"), show(out))
	}
	if !r.History {
		env.warn("what was done before cannot be undone in %s", show(out))
	}
	if len(r.Unread)+r.Lost+r.Unlabelled > 0 {
		t.fail(errors.New("not all of it was rescued: see above"))
	}
	return t.result()
}
