package vision

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"gocv.io/x/gocv"
)

// maxVideoPixels bounds one picture of a video, as pictures are bounded: 100 MP.
var maxVideoPixels = 100_000_000

// maxRate is the highest frame rate that is believed.
const maxRate = 1e6

// LimitPixels sets the size from which videos are refused, width times height. Call it
// before the first one is opened.
func LimitPixels(n int) { maxVideoPixels = n }

// decoder reads the pictures of a video file in order, in a worker.
type decoder struct {
	path    string // as given, for messages
	info    VideoInfo
	alive   func() // called for each frame that is passed
	capture *gocv.VideoCapture
	clock   clock
	pos     int      // number of the frame that next returns
	ready   bool     // that frame has been decoded already
	bgr     gocv.Mat // its picture; made with capture and closed with it
	readyAt time.Duration
}

// noisy says that the user wants to read what FFmpeg has to say.
var noisy bool

// FFmpeg reads these when the first video is opened. What the user set stays.
func init() {
	for name, value := range map[string]string{
		"OPENCV_FFMPEG_LOGLEVEL":        "-8", // AV_LOG_QUIET
		"OPENCV_FFMPEG_CAPTURE_OPTIONS": "protocol_whitelist;file",
	} {
		if _, set := os.LookupEnv(name); !set {
			os.Setenv(name, value)
		} else if name == "OPENCV_FFMPEG_LOGLEVEL" {
			noisy = true
		}
	}
}

// openDecoder opens a video file and decodes its first frame.
func openDecoder(path string, alive func()) (*decoder, error) {
	v := &decoder{path: path, alive: alive}
	return v, v.restart()
}

// close frees the decoder; calling it again does nothing.
func (v *decoder) close() error {
	if v.capture == nil {
		return nil
	}
	capture := v.capture
	v.capture, v.ready = nil, false
	return errors.Join(v.bgr.Close(), capture.Close())
}

// next puts the next picture into the room that it is given for so many bytes, as RGBA.
func (v *decoder) next(room func(int) ([]byte, error)) (width, height int, at time.Duration, err error) {
	if err := v.decode(); err != nil {
		return 0, 0, 0, err
	}
	width, height = v.bgr.Cols(), v.bgr.Rows()
	if width*height > maxVideoPixels { // a stream may change its size
		return 0, 0, 0, fmt.Errorf("read video %q, frame %d: a picture of %dx%d pixels, want at most %d megapixels",
			v.path, v.pos, width, height, maxVideoPixels/1_000_000)
	}
	pixels, err := room(4 * width * height)
	if err == nil {
		err = fromBGR(v.bgr, pixels)
	}
	if err != nil {
		return 0, 0, 0, fmt.Errorf("read video %q, frame %d: %w", v.path, v.pos, err)
	}
	v.ready = false
	v.pos++
	return width, height, v.readyAt, nil
}

// peek puts the picture that next would into the room, without passing over it, as so
// many pixels of it.
func (v *decoder) peek(width, height int, room func(int) ([]byte, error)) (time.Duration, error) {
	if err := v.decode(); err != nil {
		return 0, err
	}
	pixels, err := room(4 * width * height)
	if err == nil {
		err = sampleBGR(v.bgr, width, height, pixels)
	}
	if err != nil {
		return 0, fmt.Errorf("read video %q, frame %d: %w", v.path, v.pos, err)
	}
	return v.readyAt, nil
}

// restart opens the file anew and decodes frame 0.
func (v *decoder) restart() error {
	if err := v.close(); err != nil {
		return fmt.Errorf("open video %q: %w", v.path, err)
	}
	name, err := filepath.Abs(v.path) // FFmpeg takes "name:..." for a protocol
	if err != nil {
		return fmt.Errorf("open video %q: %w", v.path, err)
	}
	if v.capture, err = gocv.VideoCaptureFileWithAPI(name, gocv.VideoCaptureFFmpeg); err != nil {
		v.capture = nil
		return v.unreadable()
	}
	v.pos, v.bgr = 0, gocv.NewMat()
	if v.info, err = v.announced(); err == nil {
		v.clock.fps = v.info.FPS
		err = v.decode()
	}
	if err == nil {
		v.info.Width, v.info.Height = v.bgr.Cols(), v.bgr.Rows()
		return nil
	}
	v.close()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = v.unreadable()
	}
	return err
}

func (v *decoder) unreadable() error {
	return fmt.Errorf("open video %q: no picture can be decoded, the file is damaged or of an unknown kind; "+
		"play it to see whether it is whole, or convert it to mp4, for example with ffmpeg", v.path)
}

// announced returns what the file says about itself.
func (v *decoder) announced() (VideoInfo, error) {
	width, height := v.capture.Get(gocv.VideoCaptureFrameWidth), v.capture.Get(gocv.VideoCaptureFrameHeight)
	if !(width >= 1 && height >= 1 && width*height <= float64(maxVideoPixels)) {
		return VideoInfo{}, fmt.Errorf("open video %q: pictures of %vx%v pixels, want at most %d megapixels",
			v.path, width, height, maxVideoPixels/1_000_000)
	}
	info := VideoInfo{Width: int(width), Height: int(height), FPS: v.capture.Get(gocv.VideoCaptureFPS)}
	if !(info.FPS > 0.001 && info.FPS <= maxRate) { // also NaN: a file without a rate, shown like a slide show
		info.FPS = 1
	}
	if frames := v.capture.Get(gocv.VideoCaptureFrameCount); frames > 0 && frames < 1e9 {
		info.Frames = int(frames)
	}
	return info, nil
}

// decode reads frame pos, so that it is ready.
func (v *decoder) decode() error {
	v.alive()
	switch {
	case v.ready:
		return nil
	case !v.capture.Read(&v.bgr) || v.bgr.Empty():
		return v.end()
	}
	v.ready, v.readyAt = true, v.clock.tick(v.pos, v.capture.Get(gocv.VideoCapturePosMsec))
	return nil
}

// end tells the end of the video from a file that breaks off. Announced
// numbers of frames may be too large by a good deal, so half is missing before
// this complains.
func (v *decoder) end() error {
	announced := time.Duration(float64(v.info.Frames) / v.info.FPS * float64(time.Second))
	if v.pos < v.info.Frames/2 && v.clock.last < announced/2 {
		return fmt.Errorf("read video %q: it breaks off after %d of %d frames; what was read so far is good, "+
			"get a whole copy of the file for the rest: %w", v.path, v.pos, v.info.Frames, io.ErrUnexpectedEOF)
	}
	return io.EOF
}
