package smoke

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// TestPaste owns the clipboard with a screenshot too long for one answer, and pastes it.
func TestPaste(t *testing.T) {
	p := launch(t)
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(rng.Uint32()) | 0x80
	}
	var data bytes.Buffer
	if err := png.Encode(&data, img); err != nil {
		t.Fatal(err)
	}
	if err := ownClipboard(t, data.Bytes()); err != nil {
		t.Fatal(err)
	}
	p.key("ctrl+3")
	p.key("ctrl+v")
	p.until("the pasted picture", func() bool { return strings.Contains(p.title(), "pasted") })
	p.photo("pasted")
	p.quit()
}

// ownClipboard offers a PNG file, in pieces of 64 KB, until the test ends.
func ownClipboard(t *testing.T, data []byte) error {
	conn, err := xgb.NewConn()
	if err != nil {
		return err
	}
	t.Cleanup(conn.Close)
	screen := xproto.Setup(conn).DefaultScreen(conn)
	s := &dragSource{conn: conn, atoms: map[string]xproto.Atom{}}
	if s.self, err = xproto.NewWindowId(conn); err != nil {
		return err
	}
	err = xproto.CreateWindowChecked(conn, 0, s.self, screen.Root, -10, -10, 1, 1, 0,
		xproto.WindowClassInputOnly, screen.RootVisual, 0, nil).Check()
	if err != nil {
		return err
	}
	if err := xproto.SetSelectionOwnerChecked(conn, s.self, s.atom("CLIPBOARD"), xproto.TimeCurrentTime).Check(); err != nil {
		return err
	}
	c := &clipOwner{dragSource: s, data: data, left: map[xproto.Window][]byte{}}
	png := s.atom("image/png")
	c.targets, c.incr = s.atom("TARGETS"), s.atom("INCR")
	go func() {
		for {
			e, _ := conn.WaitForEvent()
			if e == nil {
				return
			}
			c.answer(e, png)
		}
	}()
	return nil
}

type clipOwner struct {
	*dragSource
	data          []byte
	left          map[xproto.Window][]byte // still to be sent
	at            xproto.Atom              // property that takes the pieces
	targets, incr xproto.Atom
}

func (c *clipOwner) answer(e xgb.Event, png xproto.Atom) {
	switch e := e.(type) {
	case xproto.SelectionRequestEvent:
		put := func(kind xproto.Atom, words ...uint32) {
			var raw []byte
			for _, w := range words {
				raw = append(raw, byte(w), byte(w>>8), byte(w>>16), byte(w>>24))
			}
			xproto.ChangeProperty(c.conn, xproto.PropModeReplace, e.Requestor, e.Property, kind, 32, uint32(len(words)), raw)
		}
		if e.Target == c.targets {
			put(xproto.AtomAtom, uint32(c.targets), uint32(png))
		} else {
			c.left[e.Requestor], c.at = c.data, e.Property
			xproto.ChangeWindowAttributes(c.conn, e.Requestor, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange})
			put(c.incr, uint32(len(c.data)))
		}
		n := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: e.Property}
		xproto.SendEvent(c.conn, false, e.Requestor, 0, string(n.Bytes()))
	case xproto.PropertyNotifyEvent:
		left, wanted := c.left[e.Window]
		if !wanted || e.Atom != c.at || e.State != xproto.PropertyDelete {
			return
		}
		n := min(len(left), 64<<10)
		xproto.ChangeProperty(c.conn, xproto.PropModeReplace, e.Window, c.at, png, 8, uint32(n), left[:n])
		if n == 0 {
			delete(c.left, e.Window)
			return
		}
		c.left[e.Window] = left[n:]
	}
}
