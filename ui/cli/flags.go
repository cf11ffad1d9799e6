package cli

import (
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// parse reads flags that stand before, between and after the other arguments, and
// returns those. After "--" nothing is a flag.
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		left := fs.Args()
		read := args[:len(args)-len(left)]
		if len(left) == 0 || len(read) > 0 && read[len(read)-1] == "--" {
			return append(rest, left...), nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// given says whether a flag stands on the command line.
func given(fs *flag.FlagSet, name string) bool {
	found := false
	fs.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// help prints all commands, or the usage of one.
func help(w io.Writer, args []string) error {
	if len(args) > 0 {
		c, err := find(args[0])
		if err == nil {
			c.print(w)
		}
		return err
	}
	fmt.Fprint(w, "FrgLab makes an anime-face detector out of your own pictures.\n\n"+
		"usage: frglab                       opens the window\n"+
		"       frglab FILE...               opens projects, pictures or videos there\n"+
		"       frglab COMMAND [OPTIONS]     works without a window\n\ncommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\nfrglab COMMAND -h says more about a command.\n"+
		"exit codes: 0 all done, 1 some inputs failed (the rest was done), 2 wrong usage, 3 nothing could be done\n")
	return nil
}

// print writes the usage of a command: form, options, examples.
func (c command) print(w io.Writer) {
	fmt.Fprintf(w, "%s\n\nusage: frglab %s %s\n", c.short, c.name, c.usage)
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	c.setup(fs)
	fs.VisitAll(func(f *flag.Flag) {
		value, text := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  %-22s %s\n", strings.TrimSpace("--"+f.Name+" "+value), text)
	})
	if len(c.examples) > 0 {
		fmt.Fprint(w, "\nexamples:\n")
	}
	for _, e := range c.examples {
		fmt.Fprintf(w, "  %s\n", e)
	}
	if c.more != "" {
		fmt.Fprintf(w, "\n%s", c.more)
	}
}

// oneLine shows characters that would break a line or steer a terminal as escapes.
func oneLine(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		q := strconv.QuoteRune(r)
		b.WriteString(q[1 : len(q)-1])
	}
	return b.String()
}

// seconds is a flag for a span of time: a number of seconds or a Go duration.
type seconds time.Duration

func (s *seconds) String() string { return time.Duration(*s).String() }

func (s *seconds) Set(text string) error {
	d, err := time.ParseDuration(text)
	if v, err1 := strconv.ParseFloat(text, 64); err1 == nil {
		d, err = time.Duration(v*float64(time.Second)), nil
	}
	if err != nil || d <= 0 || d > 24*time.Hour {
		return fmt.Errorf("use seconds such as 0.5, or 250ms, 2m")
	}
	*s = seconds(d)
	return nil
}

// shard is a flag for one of several equal shares of the work.
type shard struct{ i, n int } // i of 1..n; zero: all of it

func (s *shard) String() string {
	if s.n == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.i, s.n)
}

func (s *shard) Set(text string) error {
	i, n, _ := strings.Cut(text, "/")
	var err1, err2 error
	s.i, err1 = strconv.Atoi(i)
	s.n, err2 = strconv.Atoi(n)
	if err1 != nil || err2 != nil || s.i < 1 || s.i > s.n {
		return fmt.Errorf("use 1/4, 2/4, 3/4 or 4/4 for a quarter each")
	}
	return nil
}

// has says whether piece of work k, from 0, is in the share.
func (s *shard) has(k int) bool { return s.n == 0 || k%s.n == s.i-1 }
