package ui

import (
	"sync"

	"frglab/engine/vision"
)

// frameStore keeps the frames that were read last and the video that is open. The zero
// value is empty. See session.framePicture, which takes turns.
type frameStore struct {
	mu   sync.Mutex
	kept []keptFrame // oldest use first

	once  sync.Once
	turn  chan struct{} // held while the video is used; unlike a mutex, one can stop waiting for it
	video *vision.Video
	path  string // of the video
}

type keptFrame struct {
	path  string
	frame int
	framePicture
}

// What is kept: the frame on screen, those beside it and the one after, at 1920x1080
// 8 MB each; of larger pictures fewer.
const (
	maxKeptFrames = 8
	maxKeptBytes  = 96 << 20
)

func (f *frameStore) get(path string, frame int) (framePicture, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, k := range f.kept {
		if k.path == path && k.frame == frame {
			f.kept = append(append(f.kept[:i:i], f.kept[i+1:]...), k)
			return k.framePicture, true
		}
	}
	return framePicture{}, false
}

// put keeps a frame and drops the oldest ones that are too many. The newest two stay
// whatever their size.
func (f *frameStore) put(k keptFrame) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept = append(f.kept, k)
	size := 0
	for i := len(f.kept) - 1; i >= 0; i-- {
		size += len(f.kept[i].img.Pix)
		if n := len(f.kept) - i; n > maxKeptFrames || (n > 2 && size > maxKeptBytes) {
			f.kept = append([]keptFrame(nil), f.kept[i+1:]...)
			return
		}
	}
}
