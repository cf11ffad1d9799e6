package vision

import (
	"encoding/gob"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A worker is this same program again, as a process that decodes one video or searches
// with cascades: see serve.go for its side. What native code does there to a file that is
// damaged, or made to do harm, ends that process alone. Messages go through pipes, pixels
// through memory that both have.

// workerName is what a worker finds as its own name, by which it knows what it is.
const workerName = "frglab-native-worker"

// The files of a lane, which a worker finds after the usual three.
const (
	requestsFile = iota
	repliesFile
	memoryFile
	laneFiles // how many
)

// patience is how long a worker may keep silent. While it works its way through many
// frames it sends a sign of life for each that takes it on, so this is the time for a
// single one, or for opening a file, on a computer that does much else.
const patience = 30 * time.Second

// request is what a worker is to do: one of its words, with what that word needs.
type request struct {
	Word          string
	Path          string // open
	MaxPixels     int    // open: of a picture
	Frame         int    // skip: how many; seek: which
	Width, Height int    // peek, search: of the picture
	XML           []byte // load
	Params        CascadeParams
	OneThread     bool // search
}

// reply is what came of it.
type reply struct {
	Busy          bool // no answer yet, only a sign of life
	Err           string
	End, Cut      bool // the error is io.EOF, or wraps io.ErrUnexpectedEOF
	Info          VideoInfo
	Width, Height int // of the picture in the shared memory
	At            time.Duration
	Boxes         []image.Rectangle
}

// err is the error of a reply as the worker had it.
func (r *reply) err() error {
	switch {
	case r.End:
		return io.EOF
	case r.Cut:
		return cutShort(r.Err)
	case r.Err != "":
		return errors.New(r.Err)
	}
	return nil
}

// cutShort is the text of an error that wraps io.ErrUnexpectedEOF.
type cutShort string

func (c cutShort) Error() string { return string(c) }
func (c cutShort) Unwrap() error { return io.ErrUnexpectedEOF }

// sensible says whether that can be an answer to what was asked: a worker that a file has
// taken over may say anything.
func (r *reply) sensible(asked request) bool {
	picture := func(width, height int) bool { return width >= 1 && height >= 1 && width <= maxVideoPixels/height }
	switch {
	case r.err() != nil:
		return true
	case asked.Word == "open":
		i := r.Info
		return picture(i.Width, i.Height) && i.Frames >= 0 && i.FPS > 0 && i.FPS <= maxRate
	case asked.Word == "next":
		return picture(r.Width, r.Height)
	case asked.Word == "peek":
		return r.Width == asked.Width && r.Height == asked.Height
	case asked.Word == "search":
		near := image.Rect(-asked.Width, -asked.Height, 2*asked.Width, 2*asked.Height) // rounded, a box may reach over an edge
		return !slices.ContainsFunc(r.Boxes, func(b image.Rectangle) bool { return b.Empty() || !b.In(near) })
	}
	return true
}

// maxReply is how many bytes an answer may have: a million boxes.
const maxReply = 32 << 20

// errNonsense is what a reply is that is not sensible.
var errNonsense = errors.New("no answer to what was asked")

// process is a worker as a whole.
type process struct {
	cmd   *exec.Cmd
	words firstWords // what it wrote to its standard error
	lanes atomic.Int32
	once  sync.Once
}

// end ends a process and waits for it. It holds nothing that should be put in order.
func (p *process) end() {
	p.once.Do(func() {
		if p.cmd.Process == nil { // it never began
			return
		}
		p.cmd.Process.Kill()
		p.cmd.Wait() // an error, mostly: it was killed
	})
}

// worker is one lane to a process: what is asked for in several of them is done at the
// same time, what is asked for in one of them in order. One goroutine at a time.
type worker struct {
	process *process
	out, in *os.File // requests, replies
	send    *gob.Encoder
	receive *gob.Decoder
	answer  *io.LimitedReader // what receive reads
	memory  shared
	closed  bool
}

// startWorker starts a process with so many lanes, and nothing to do yet.
func startWorker(lanes int) (workers []*worker, err error) {
	p := &process{cmd: exec.Command("/proc/self/exe")} // also where an update has replaced the file meanwhile
	var theirs []*os.File
	defer func() {
		for _, f := range theirs {
			f.Close()
		}
		if err == nil {
			return
		}
		for _, w := range workers {
			w.close()
		}
		workers, err = nil, fmt.Errorf("start a process for OpenCV: %w", err)
	}()
	for range lanes {
		requests, out, err := os.Pipe()
		if err != nil {
			return workers, err
		}
		theirs = append(theirs, requests)
		in, replies, err := os.Pipe()
		if err != nil {
			return workers, errors.Join(err, out.Close())
		}
		theirs = append(theirs, replies)
		memory, err := newShared()
		if err != nil {
			return workers, errors.Join(err, out.Close(), in.Close())
		}
		p.cmd.ExtraFiles = append(p.cmd.ExtraFiles, requests, replies, memory.file)
		workers = append(workers, newWorker(p, out, in, memory))
	}
	p.cmd.Args = []string{workerName, strconv.Itoa(lanes)}
	p.cmd.Stdout, p.cmd.Stderr = os.Stdout, &p.words
	if noisy {
		p.cmd.Stderr = io.MultiWriter(&p.words, os.Stderr)
	}
	p.lanes.Store(int32(lanes))
	return workers, p.cmd.Start()
}

func newWorker(p *process, out, in *os.File, memory shared) *worker {
	answer := &io.LimitedReader{R: in}
	return &worker{process: p, out: out, in: in, send: gob.NewEncoder(out), receive: gob.NewDecoder(answer), answer: answer, memory: memory}
}

// ask hands over a request and waits for the answer, for as long as signs of life come
// within silence. An error of that other process comes in the reply; one of ask's own
// means that it is gone, and is an ended: "crashed (killed)".
func (w *worker) ask(r request, silence time.Duration) (*reply, error) {
	if err := w.send.Encode(r); err != nil {
		return nil, w.gone(err)
	}
	for {
		if err := w.in.SetReadDeadline(time.Now().Add(silence)); err != nil {
			return nil, w.gone(err)
		}
		a := new(reply)
		w.answer.N = maxReply
		if err := w.receive.Decode(a); err != nil {
			return nil, w.gone(err)
		}
		if a.Busy {
			continue
		}
		if !a.sensible(r) {
			return nil, w.gone(errNonsense)
		}
		return a, nil
	}
}

// gone says how a worker ended, which it does here at the latest.
func (w *worker) gone(err error) error {
	hung := errors.Is(err, os.ErrDeadlineExceeded)
	w.process.end()
	w.close()
	said, state := w.process.words.String(), w.process.cmd.ProcessState
	status, _ := state.Sys().(syscall.WaitStatus)
	switch {
	case hung:
		return ended{error: errors.New("came to no end")}
	case err == errNonsense || anyOf(err.Error(), "gob: "):
		return ended{error: errors.New("gave a senseless answer")}
	case anyOf(said, "out of memory", "cannot allocate memory", "Insufficient memory", "bad_alloc"):
		return ended{fmt.Errorf("wanted more than its limit of %d MB", memoryLimit(1)>>20), true}
	}
	cause := state.String()
	for line := range strings.Lines(said) { // other libraries may have said something, too
		if anyOf(line, "SIG", "panic: ", "fatal error: ", "terminate called") {
			cause = strings.TrimSpace(line)
			break
		}
	}
	if status.Signaled() && cause == state.String() {
		cause = status.Signal().String()
	}
	return ended{error: fmt.Errorf("crashed (%s)", cause[:min(len(cause), 200)])}
}

// ended is how a worker ended before its time.
type ended struct {
	error
	memory bool // for want of that
}

func anyOf(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// close ends the lane, and with the last one the process; calling it again does nothing.
func (w *worker) close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	if w.process.lanes.Add(-1) == 0 {
		w.process.end()
	}
	return errors.Join(w.out.Close(), w.in.Close(), w.memory.close())
}

// firstWords keeps the start of what a process says, where a crash tells its cause. It
// may be read once the process has been waited for.
type firstWords struct{ kept []byte }

func (f *firstWords) Write(p []byte) (int, error) {
	f.kept = append(f.kept, p[:min(len(p), 8<<10-len(f.kept))]...)
	return len(p), nil
}

func (f *firstWords) String() string { return string(f.kept) }

// shared is memory of two processes. Either may enlarge it, neither make it smaller, for
// then the other one would crash when it looks.
type shared struct {
	file *os.File
	data []byte
}

func newShared() (shared, error) {
	fd, err := unix.MemfdCreate("frglab-pixels", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return shared{}, err
	}
	s := shared{file: os.NewFile(uintptr(fd), "frglab-pixels")}
	if _, err := unix.FcntlInt(s.file.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK); err != nil {
		return s, errors.Join(err, s.file.Close())
	}
	return s, nil
}

// room returns the first n bytes, and makes them where they are not there yet.
func (s *shared) room(n int) ([]byte, error) {
	if n <= len(s.data) {
		return s.data[:n], nil
	}
	info, err := s.file.Stat()
	if err == nil && info.Size() < int64(n) {
		err = s.file.Truncate(int64(n))
	}
	if err == nil {
		err = s.unmap()
	}
	if err == nil {
		s.data, err = unix.Mmap(int(s.file.Fd()), 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	}
	if err != nil {
		return nil, fmt.Errorf("share %d MB with another process: %w", n>>20, err)
	}
	return s.data, nil
}

func (s *shared) unmap() error {
	if s.data == nil {
		return nil
	}
	data := s.data
	s.data = nil
	return unix.Munmap(data)
}

func (s *shared) close() error { return errors.Join(s.unmap(), s.file.Close()) }
