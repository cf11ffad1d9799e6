package vision

import (
	"encoding/gob"
	"errors"
	"io"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// defaultMemory is what a worker may have of its own, in bytes: enough for the frames
// that H.264 lets a decoder keep (16, and one for each core) at 8K.
const defaultMemory = 4 << 30

// memoryLimit is what a worker of so many lanes may have: FRGLAB_NATIVE_MB, or the default
// for each, but not more than three quarters of the computer's.
func memoryLimit(lanes int) uint64 {
	if mb, err := strconv.ParseUint(os.Getenv("FRGLAB_NATIVE_MB"), 10, 32); err == nil && mb > 0 {
		return uint64(lanes) * mb << 20
	}
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return uint64(lanes) * defaultMemory
	}
	return min(uint64(lanes)*defaultMemory, uint64(info.Totalram)*uint64(info.Unit)/4*3)
}

// This makes a program a worker before it does anything else, tests of any package too:
// whoever opens a video needs no word of it in main.
func init() {
	if os.Args[0] == workerName {
		os.Exit(serve())
	}
}

// server is a worker's own end of a lane.
type server struct {
	replies  *gob.Encoder
	requests chan request
	memory   shared
	spoke    time.Time // when the last message went out
	video    *decoder
	cascade  *searcher
	inOrder  int // so many frames were read one after another
}

// fault is what a test lets happen in a worker before it answers.
var fault func(*server, request)

// serve does what is asked for until nobody is left who could ask.
func serve() (code int) {
	lanes, err := strconv.Atoi(os.Args[1])
	limit := memoryLimit(lanes)
	err = errors.Join(err, unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: limit, Max: limit}), unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}))
	if err != nil {
		os.Stderr.WriteString("limit the memory: " + err.Error() + "\n")
		return 1
	}
	var open sync.WaitGroup
	for i := range lanes {
		file := func(which int) *os.File { return os.NewFile(uintptr(3+i*laneFiles+which), "lane") }
		s := &server{replies: gob.NewEncoder(file(repliesFile)), requests: make(chan request, 1), memory: shared{file: file(memoryFile)}}
		open.Go(func() { s.listen(file(requestsFile)) })
		go s.work()
	}
	open.Wait() // whatever hangs, the end of all lanes is the end
	return 0
}

// listen takes requests until the other end of the lane is gone.
func (s *server) listen(f *os.File) {
	defer close(s.requests)
	in := gob.NewDecoder(f)
	for {
		var r request
		if in.Decode(&r) != nil {
			return
		}
		s.requests <- r
	}
}

func (s *server) work() {
	for r := range s.requests {
		a, err := s.answer(r)
		if err != nil {
			a.Err, a.End, a.Cut = err.Error(), err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF)
		}
		s.say(a) // where nobody listens, nobody asks again
		s.readAhead()
	}
}

func (s *server) say(a reply) {
	s.spoke = time.Now()
	s.replies.Encode(a)
}

// alive is called whenever something was achieved, and tells of it now and then.
func (s *server) alive() {
	if time.Since(s.spoke) > time.Second {
		s.say(reply{Busy: true})
	}
}

func (s *server) answer(r request) (a reply, err error) {
	if r.Word == "next" || r.Word == "peek" {
		s.inOrder++
	} else {
		s.inOrder = 0
	}
	if fault != nil {
		fault(s, r)
	}
	switch r.Word {
	case "open":
		LimitPixels(r.MaxPixels)
		if s.video, err = openDecoder(r.Path, s.alive); err == nil {
			a.Info = s.video.info
		}
	case "next":
		a.Width, a.Height, a.At, err = s.video.next(s.memory.room)
	case "peek":
		a.Width, a.Height = r.Width, r.Height
		a.At, err = s.video.peek(r.Width, r.Height, s.memory.room)
	case "skip":
		err = s.video.skipTo(s.video.pos + r.Frame)
	case "seek":
		err = s.video.seek(r.Frame)
	case "load":
		s.cascade, err = newSearcher(r.XML)
	case "search":
		if r.OneThread {
			defer OneThreadEach()()
		}
		var pixels []byte
		if pixels, err = s.memory.room(r.Width * r.Height); err == nil {
			a.Boxes, err = s.cascade.search(pixels, r.Width, r.Height, r.Params)
		}
	default:
		panic("a worker does not know the word " + r.Word)
	}
	return a, err
}

// readAhead decodes the next frame while the last one is looked at, where frames are read
// in order: one that is passed over is cheaper not made into a picture.
func (s *server) readAhead() {
	if s.inOrder > 2 && len(s.requests) == 0 {
		s.video.decode() // its error comes again with the next request
	}
}
