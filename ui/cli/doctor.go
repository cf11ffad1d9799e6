package cli

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func doctorCommand() command {
	return command{
		name:  "doctor",
		short: "says what works here, what is missing, and how to get it",
		setup: func(*flag.FlagSet) run { return doctor },
	}
}

// doctor looks at everything that may be missing. It fails only where no device
// computes: then nothing but the cascade works.
func doctor(_ context.Context, env *Env, args []string) error {
	if len(args) > 0 {
		return usagef("doctor: %q is no option", args[0])
	}
	say := func(what, format string, a ...any) {
		fmt.Fprintf(env.Stdout, "%-14s %s\n", what, oneLine(fmt.Sprintf(format, a...)))
	}
	say("frglab", "%s, %s, %s/%s, %s", env.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, count(runtime.GOMAXPROCS(0), "core"))
	say("processor", "%s", cpuName())
	for _, l := range env.Libraries {
		say("library", "%s", l)
	}
	for _, c := range env.Cards {
		say("card", "%s", c)
	}
	works := false
	for _, d := range env.Devices {
		dev, err := d.Open()
		if err != nil {
			say("device "+d.Name, "does not work: %v", err)
			continue
		}
		works = true
		say("device "+d.Name, "works: %s (%s)", dev.Name(), d.About)
		_ = dev.Close() // nothing was done with it
	}
	if c, err := openCascade(env, scaleFactor, sure); err != nil {
		say("cascade", "does not work: %v", err)
	} else {
		say("cascade", "works: lbpcascade_animeface, bundled")
		_ = c.close()
	}
	if m, err := openModel(""); err != nil {
		say("model", "%v", err)
	} else {
		say("model", "bundled: %s, threshold %.2f", m, m.Threshold)
	}
	say("fonts", "%s", fonts())
	say("display", "%s", display())
	if !works {
		return fmt.Errorf("no device works: install this program's libraries again (README, Install)")
	}
	return nil
}

// display says whether a window can open.
func display() string {
	switch {
	case runtime.GOOS != "linux":
		return "the system's own"
	case os.Getenv("WAYLAND_DISPLAY") != "":
		return "Wayland " + os.Getenv("WAYLAND_DISPLAY")
	case os.Getenv("DISPLAY") != "":
		return "X11 " + os.Getenv("DISPLAY")
	}
	return "none: the window cannot open, the commands work (start frglab on a desktop, or through ssh -X)"
}

// japanese are parts of the names of fonts with Japanese characters, in lower case.
var japanese = []string{"cjk", "gothic", "mincho", "ipaex", "takao", "notosansjp", "mplus", "droidsansfallback"}

// fonts says whether Japanese text can be shown.
func fonts() string {
	if runtime.GOOS != "linux" {
		return "the system's own"
	}
	home, _ := os.UserHomeDir()
	for _, dir := range []string{"/usr/share/fonts", "/usr/local/share/fonts", filepath.Join(home, ".local/share/fonts"), filepath.Join(home, ".fonts")} {
		found := ""
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			name := strings.ToLower(filepath.Base(path))
			if err == nil && !d.IsDir() && slices.ContainsFunc(japanese, func(part string) bool { return strings.Contains(name, part) }) {
				found = path
				return fs.SkipAll
			}
			return nil
		})
		if found != "" {
			return "Japanese: " + found
		}
	}
	return "none with Japanese characters: install one, on Debian and Ubuntu with apt install fonts-noto-cjk"
}

func versionCommand() command {
	return command{
		name:  "version",
		short: "prints the version",
		setup: func(*flag.FlagSet) run {
			return func(_ context.Context, env *Env, args []string) error {
				if len(args) > 0 {
					return usagef("version: %q is no option", args[0])
				}
				fmt.Fprintf(env.Stdout, "frglab %s %s %s/%s\n", env.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
				return nil
			}
		},
	}
}
