package native

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Clip is what the clipboard holds that can be shown: a picture, or else names of files.
type Clip struct {
	Picture []byte // an encoded picture; nil where there is none
	Files   []string
}

// ErrNoPicture means that the clipboard holds nothing that can be shown.
var ErrNoPicture = errors.New("the clipboard holds no picture and no file")

// ErrWayland is ErrNoPicture under Wayland: an X11 clipboard that is there for old programs may
// be empty, or none, whatever other programs copied. There is no way to ask further: GLFW, which
// Fyne draws with, knows text only.
var ErrWayland = errors.New("pictures in Wayland's clipboard cannot be read")

// The kinds of contents that can be used, the better ones first: a lossless picture, another
// one, files that a file manager copied, text that may be a path.
var (
	clipPictures = []string{"image/png", "image/bmp", "image/webp", "image/jpeg", "image/gif"}
	clipFiles    = []string{"text/uri-list", "x-special/gnome-copied-files", "UTF8_STRING", "text/plain;charset=utf-8", "STRING"}
)

// maxClip bounds what is taken from another program, in bytes: a picture of 100 megapixels,
// hardly compressed.
const maxClip = 512 << 20

// Clipboard reads the X11 clipboard, of which Fyne knows only text. It blocks until the
// program that owns it has answered, or ctx ends; call it beside the window. The name of a
// file need not be one: look at it.
func Clipboard(ctx context.Context) (Clip, error) {
	conn, err := xgb.NewConn()
	if err != nil && os.Getenv("WAYLAND_DISPLAY") != "" {
		return Clip{}, ErrWayland
	}
	if err != nil {
		return Clip{}, fmt.Errorf("read the clipboard: no X11 display (%w): drop the picture on the window, or open it", err)
	}
	c := &clipReader{conn: conn, events: make(chan xgb.Event, 16)}
	done := make(chan struct{})
	defer conn.Close()
	defer close(done)
	go func() {
		defer close(c.events)
		for {
			e, err := conn.WaitForEvent()
			if e == nil && err == nil {
				return // closed
			}
			if e == nil {
				continue // the answer to a request that nobody waits for
			}
			select {
			case c.events <- e:
			case <-done:
				return
			}
		}
	}()
	clip, err := c.read(ctx)
	if errors.Is(err, ErrNoPicture) && os.Getenv("WAYLAND_DISPLAY") != "" {
		return Clip{}, ErrWayland
	}
	if err != nil && !errors.Is(err, ErrNoPicture) {
		err = fmt.Errorf("read the clipboard: %w", err)
	}
	return clip, err
}

type clipReader struct {
	conn   *xgb.Conn
	events chan xgb.Event
	window xproto.Window
}

func (c *clipReader) read(ctx context.Context) (clip Clip, err error) {
	screen := xproto.Setup(c.conn).DefaultScreen(c.conn)
	if c.window, err = xproto.NewWindowId(c.conn); err != nil {
		return clip, err
	}
	err = xproto.CreateWindowChecked(c.conn, 0, c.window, screen.Root, -10, -10, 1, 1, 0,
		xproto.WindowClassInputOnly, screen.RootVisual, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange}).Check()
	if err != nil {
		return clip, err
	}
	offered, err := c.targets(ctx)
	if err != nil {
		return clip, err
	}
	for _, kind := range clipPictures {
		if slices.Contains(offered, kind) {
			clip.Picture, err = c.fetch(ctx, kind)
			return clip, err
		}
	}
	for _, kind := range clipFiles {
		if !slices.Contains(offered, kind) {
			continue
		}
		text, err := c.fetch(ctx, kind)
		if err != nil {
			return clip, err
		}
		if clip.Files = pathsIn(string(text)); len(clip.Files) > 0 {
			return clip, nil
		}
	}
	return clip, ErrNoPicture
}

// pathsIn are the absolute paths and file URLs that a text consists of, one a line. A text
// that has other lines, but for comments and the verb of a file manager, holds none.
func pathsIn(text string) []string {
	var paths []string
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == 0 }) {
		line = strings.TrimSpace(line)
		u, err := url.Parse(line)
		switch {
		case line == "" || line[0] == '#' || line == "copy" || line == "cut":
		case err == nil && u.Scheme == "file":
			paths = append(paths, u.Path)
		case line[0] == '/':
			paths = append(paths, line)
		default:
			return nil
		}
	}
	return paths
}

// targets are the kinds that the owner offers; none where nobody owns the clipboard.
func (c *clipReader) targets(ctx context.Context) ([]string, error) {
	selection, err := c.atom("CLIPBOARD")
	if err != nil {
		return nil, err
	}
	owner, err := xproto.GetSelectionOwner(c.conn, selection).Reply()
	if err != nil || owner.Owner == 0 {
		return nil, err
	}
	data, err := c.fetch(ctx, "TARGETS")
	if err != nil {
		return nil, err
	}
	var names []string
	for ; len(data) >= 4; data = data[4:] {
		name, err := xproto.GetAtomName(c.conn, xproto.Atom(xgb.Get32(data))).Reply()
		if err != nil {
			return nil, err
		}
		names = append(names, name.Name)
	}
	return names, nil
}

func (c *clipReader) atom(name string) (xproto.Atom, error) {
	r, err := xproto.InternAtom(c.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	return r.Atom, nil
}

// fetch asks the owner for one kind and reads its answer: at once, or piece by piece
// (INCR of the ICCCM) where it is long.
func (c *clipReader) fetch(ctx context.Context, kind string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second) // an owner that hangs must not hang us
	defer cancel()
	var atoms [4]xproto.Atom
	for i, name := range []string{"CLIPBOARD", kind, "FRGLAB_CLIP", "INCR"} {
		a, err := c.atom(name)
		if err != nil {
			return nil, err
		}
		atoms[i] = a
	}
	target, property, incr := atoms[1], atoms[2], atoms[3]
	xproto.DeleteProperty(c.conn, c.window, property)
	xproto.ConvertSelection(c.conn, c.window, atoms[0], target, property, xproto.TimeCurrentTime)
	for {
		e, err := c.next(ctx)
		if err != nil {
			return nil, err
		}
		if n, ok := e.(xproto.SelectionNotifyEvent); ok && n.Target == target {
			if n.Property == 0 {
				return nil, fmt.Errorf("its owner has no %s after all", kind)
			}
			break
		}
	}
	data, of, err := c.take(property)
	if err != nil || of != incr {
		return data, err
	}
	return c.pieces(ctx, property)
}

// pieces reads an answer that comes in parts, of which the last is empty.
func (c *clipReader) pieces(ctx context.Context, property xproto.Atom) ([]byte, error) {
	var all bytes.Buffer
	for {
		e, err := c.next(ctx)
		if err != nil {
			return nil, err
		}
		n, ok := e.(xproto.PropertyNotifyEvent)
		if !ok || n.Atom != property || n.State != xproto.PropertyNewValue {
			continue
		}
		part, _, err := c.take(property)
		if err != nil || len(part) == 0 {
			return all.Bytes(), err
		}
		if all.Len()+len(part) > maxClip {
			return nil, fmt.Errorf("it holds more than %d MB", maxClip>>20)
		}
		all.Write(part)
	}
}

// take reads a property and deletes it, which asks for the next piece.
func (c *clipReader) take(property xproto.Atom) (data []byte, kind xproto.Atom, err error) {
	r, err := xproto.GetProperty(c.conn, true, c.window, property, xproto.GetPropertyTypeAny, 0, maxClip/4).Reply()
	if err != nil {
		return nil, 0, err
	}
	return r.Value, r.Type, nil
}

func (c *clipReader) next(ctx context.Context) (xgb.Event, error) {
	select {
	case e, ok := <-c.events:
		if !ok {
			return nil, errors.New("the display went away")
		}
		return e, nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, errors.New("the program that owns it does not answer")
		}
		return nil, ctx.Err()
	}
}
