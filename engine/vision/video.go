package vision

import (
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"time"

	"gocv.io/x/gocv"
)

// maxVideoPixels bounds one picture of a video, as pictures are bounded: 100 MP.
const maxVideoPixels = 100_000_000

// VideoInfo describes a video.
type VideoInfo struct {
	// Width and Height are those of the pictures, in pixels, turned upright.
	Width, Height int
	// Frames is how many frames the file announces, 0 if it does not say. Some
	// containers only estimate it: the end is where Next returns io.EOF.
	Frames int
	// FPS is the frame rate, the mean one of a file with a variable rate.
	FPS float64
}

// Video reads the pictures of a video file in order. One goroutine at a time.
type Video struct {
	path    string // as given, for messages
	info    VideoInfo
	capture *gocv.VideoCapture
	clock   clock
	pos     int      // number of the frame that Next returns
	ready   bool     // that frame has been decoded already
	bgr     gocv.Mat // its picture; made with capture and closed with it
	readyAt time.Duration
}

// FFmpeg reads these when the first video is opened. What the user set stays.
func init() {
	for name, value := range map[string]string{
		"OPENCV_FFMPEG_LOGLEVEL":        "-8", // AV_LOG_QUIET
		"OPENCV_FFMPEG_CAPTURE_OPTIONS": "protocol_whitelist;file",
	} {
		if _, set := os.LookupEnv(name); !set {
			os.Setenv(name, value)
		}
	}
}

// OpenVideo opens a video file and decodes its first frame. The file is only
// read. Close the result.
func OpenVideo(path string) (*Video, error) {
	head, err := readHead(path)
	if err != nil {
		return nil, fmt.Errorf("open video %q: %w", path, err)
	}
	if !videoMagic(head) {
		return nil, fmt.Errorf("open video %q: this is no video file that FrgLab knows; "+
			"convert it to mp4, for example with ffmpeg", path)
	}
	v := &Video{path: path}
	if err := v.restart(); err != nil {
		return nil, err
	}
	return v, nil
}

// Info describes the video.
func (v *Video) Info() VideoInfo { return v.info }

// Close frees the decoder; calling it again does nothing.
func (v *Video) Close() error {
	if v.capture == nil {
		return nil
	}
	capture := v.capture
	v.capture, v.ready = nil, false
	return errors.Join(v.bgr.Close(), capture.Close())
}

// Next returns the next picture, which the caller owns, and its time from the
// start of the video. At the end the error is io.EOF; it wraps
// io.ErrUnexpectedEOF where the file ends long before it should, because it was
// cut off or damaged: the pictures so far are good.
func (v *Video) Next() (*image.RGBA, time.Duration, error) {
	if err := v.decode(); err != nil {
		return nil, 0, err
	}
	img, err := fromBGR(v.bgr)
	if err != nil {
		return nil, 0, fmt.Errorf("read video %q, frame %d: %w", v.path, v.pos, err)
	}
	v.ready = false
	v.pos++
	return img, v.readyAt, nil
}

// Peek returns the picture that Next would, without passing over it, as so many pixels
// of it: a fourth of the work.
func (v *Video) Peek(width, height int) (*image.RGBA, time.Duration, error) {
	if err := v.decode(); err != nil {
		return nil, 0, err
	}
	img, err := sampleBGR(v.bgr, width, height)
	if err != nil {
		return nil, 0, fmt.Errorf("read video %q, frame %d: %w", v.path, v.pos, err)
	}
	return img, v.readyAt, nil
}

// Skip passes over the next n pictures in half the time that Next takes for them.
// Its error is as that of Next, where the video ends before the picture behind them.
func (v *Video) Skip(n int) error {
	if v.capture == nil {
		return fmt.Errorf("read video %q: it is closed", v.path)
	}
	return v.skipTo(v.pos + n)
}

// Len is how many frames the file announces, 0 if it does not say: see VideoInfo.
func (v *Video) Len() int { return v.info.Frames }

// restart opens the file anew and decodes frame 0.
func (v *Video) restart() error {
	if err := v.Close(); err != nil {
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
	v.Close()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = v.unreadable()
	}
	return err
}

func (v *Video) unreadable() error {
	return fmt.Errorf("open video %q: no picture can be decoded, the file is damaged or of an unknown kind; "+
		"play it to see whether it is whole, or convert it to mp4, for example with ffmpeg", v.path)
}

// announced returns what the file says about itself.
func (v *Video) announced() (VideoInfo, error) {
	width, height := v.capture.Get(gocv.VideoCaptureFrameWidth), v.capture.Get(gocv.VideoCaptureFrameHeight)
	if !(width >= 1 && height >= 1 && width*height <= maxVideoPixels) {
		return VideoInfo{}, fmt.Errorf("open video %q: pictures of %vx%v pixels, want at most %d megapixels",
			v.path, width, height, maxVideoPixels/1_000_000)
	}
	info := VideoInfo{Width: int(width), Height: int(height), FPS: v.capture.Get(gocv.VideoCaptureFPS)}
	if !(info.FPS > 0.001 && info.FPS < 1e6) { // also NaN: a file without a rate, shown like a slide show
		info.FPS = 1
	}
	if frames := v.capture.Get(gocv.VideoCaptureFrameCount); frames > 0 && frames < 1e9 {
		info.Frames = int(frames)
	}
	return info, nil
}

// decode reads frame pos, so that it is ready.
func (v *Video) decode() error {
	switch {
	case v.capture == nil:
		return fmt.Errorf("read video %q: it is closed", v.path)
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
func (v *Video) end() error {
	announced := time.Duration(float64(v.info.Frames) / v.info.FPS * float64(time.Second))
	if v.pos < v.info.Frames/2 && v.clock.last < announced/2 {
		return fmt.Errorf("read video %q: it breaks off after %d of %d frames; what was read so far is good, "+
			"get a whole copy of the file for the rest: %w", v.path, v.pos, v.info.Frames, io.ErrUnexpectedEOF)
	}
	return io.EOF
}
