package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"frglab/engine"
	"frglab/ui/results"
)

// Exit codes of every command.
const (
	exitDone    = 0 // all done
	exitSome    = 1 // some inputs failed, the rest was done
	exitUsage   = 2 // the command line makes no sense
	exitNothing = 3 // nothing could be done
)

// Env is what a command works with. Main's caller fills it; everything that needs
// OpenCV comes in through it.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Devices        []engine.Device // in the order in which "auto" tries them
	Cards          []string        // graphics cards of this machine, for people; the first is the one that is used
	Version        string          // of the program: "0.1.0"
	Scout          []byte          // checkpoint of the network that mode scout asks; nil: there is no such mode

	// OpenCascades makes n of the bundled cascade detector, for as many goroutines, whose
	// window grows by scaleFactor from size to size, and which reports what more than so
	// many neighbouring hits agree on; the command closes them. nil: there is no OpenCV.
	OpenCascades func(n int, scaleFactor float64, minNeighbors int) ([]Cascade, error)
	// IsVideo says whether a file is a video, by its content.
	IsVideo func(path string) bool
	// OpenVideo opens one; the command closes it.
	OpenVideo func(path string) (Video, error)
	// OneThreadEach makes OpenCV use one thread a call until restore is called, for several
	// cascades at once. nil: there is no OpenCV.
	OneThreadEach func() (restore func())
	// Libraries names the libraries in use with their versions, for people: "OpenCV 4.6.0".
	Libraries []string
	// Peak measures the fastest matrix product of the processor, in GFLOP/s on that
	// many threads; nil where nothing can measure it.
	Peak func(threads int) (float64, error)
}

// Cascade is the detector that the network is compared with. It is used from one
// goroutine at a time.
type Cascade interface {
	Detect(ctx context.Context, img *image.RGBA) ([]engine.Detection, error)
	Close() error
}

// Video gives frames in their order; io.EOF ends them. A frame is the caller's.
type Video interface {
	Next() (img *image.RGBA, at time.Duration, err error)
	Close() error
}

// command is one word after the program's name.
type command struct {
	name, short string
	usage       string // how to call it, after "frglab NAME "
	examples    []string
	more        string                     // what its help says last; ends in a line break
	setup       func(fs *flag.FlagSet) run // declares the flags
}

// run does a command's work on what the flags left over.
type run func(ctx context.Context, env *Env, args []string) error

// commands in the order of the help text.
func commands() []command {
	return []command{
		detectCommand(), collectCommand(), trainCommand(), plotCommand(), evalCommand(), importCommand(), exportCommand(), convertCommand(),
		statsCommand(), reviewCommand(), rescueCommand(), benchCommand(), doctorCommand(), versionCommand(),
	}
}

// output is standard output that remembers its first failure, so that what most commands
// write without looking is not lost in silence. A pipe that nobody reads any more is none:
// who closed it has what they wanted, or is gone.
type output struct {
	io.Writer
	err error
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	o.err = cmp.Or(o.err, err)
	return n, err
}

// IsCommand says whether arguments are for Main rather than for the window, which
// takes files: they begin with a command or an option, or with a word that is
// neither that nor a file.
func IsCommand(args []string) bool {
	if len(args) == 0 || args[0] == "--" {
		return false
	}
	if strings.HasPrefix(args[0], "-") || args[0] == "help" || slices.ContainsFunc(commands(), func(c command) bool { return c.name == args[0] }) {
		return true
	}
	_, err := os.Stat(args[0])
	return err != nil
}

// Main runs one command and returns the program's exit code. Cancelling ctx stops
// a command between two pictures or two batches; what is done stays done.
func Main(ctx context.Context, args []string, env Env) int {
	out := &output{Writer: env.Stdout}
	env.Stdout = out
	err := dispatch(ctx, args, &env)
	if lost := out.err; lost != nil && !errors.Is(lost, syscall.EPIPE) && !errors.Is(err, results.Cause(lost)) { // nobody looked whether it was written
		env.complain(fmt.Errorf("write to standard output: %w: what it should say is lost", results.Cause(lost)))
		return exitNothing
	}
	if err == nil {
		return exitDone
	}
	var x *exit
	switch {
	case errors.As(err, &x):
	case errors.Is(err, context.Canceled):
		x = &exit{code: exitNothing, err: errors.New("stopped before anything was done")}
	default:
		x = &exit{code: exitNothing, err: err}
	}
	if x.err != nil {
		env.complain(x.err)
	}
	return x.code
}

func dispatch(ctx context.Context, args []string, env *Env) error {
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "help", "-h", "-help", "--help":
		return help(env.Stdout, args)
	case "-v", "-version", "--version":
		name = "version"
	}
	c, err := find(name)
	if err != nil {
		return err
	}
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	do := c.setup(fs)
	rest, err := parse(fs, args)
	if errors.Is(err, flag.ErrHelp) {
		c.print(env.Stdout)
		return nil
	}
	if err != nil {
		return usagef("%s: %w: see frglab %s -h", c.name, err, c.name)
	}
	return do(ctx, env, rest)
}

func find(name string) (command, error) {
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
	}
	for _, c := range commands() {
		if near(c.name, name) {
			return command{}, usagef("%q is no command and no file: do you mean %s? See frglab help", name, c.name)
		}
	}
	return command{}, usagef("%q is no command and no file: see frglab help", name)
}

// near says whether a word is another one with a letter too many, too few, or wrong, or
// two changed about.
func near(a, b string) bool {
	i, j := 0, 0 // letters that both begin and end with
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	for j < min(len(a), len(b))-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	x, y := a[i:len(a)-j], b[i:len(b)-j]
	return len(x) <= 1 && len(y) <= 1 || len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0]
}

// exit is an error with the exit code that it leads to.
type exit struct {
	code int
	err  error // nil: everything was said already
}

func (x *exit) Error() string {
	if x.err == nil {
		return fmt.Sprintf("exit %d", x.code)
	}
	return x.err.Error()
}

func (x *exit) Unwrap() error { return x.err }

// usagef is a mistake on the command line.
func usagef(format string, args ...any) error {
	return &exit{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// complain writes one line about a failure, and about nothing else: a name that
// holds line breaks or terminal codes is shown with escapes.
func (e *Env) complain(err error) {
	fmt.Fprintf(e.Stderr, "frglab: %s\n", oneLine(strings.Join(reasons(err), "; ")))
}

// reasons are the errors that errors.Join has made one of.
func reasons(err error) (texts []string) {
	all, ok := err.(interface{ Unwrap() []error })
	if !ok || err.Error() != errors.Join(all.Unwrap()...).Error() { // or a sentence with several in it
		return []string{err.Error()}
	}
	for _, e := range all.Unwrap() {
		texts = append(texts, reasons(e)...)
	}
	return texts
}

// warn is complain for what does not stop the work.
func (e *Env) warn(format string, args ...any) {
	fmt.Fprintf(e.Stderr, "frglab: warning: %s\n", oneLine(fmt.Sprintf(format, args...)))
}
