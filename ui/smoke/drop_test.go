package smoke

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// drop drops files on a window at a place in it, as a file manager does: the
// source's side of the XDND protocol, version 5.
func drop(window uint32, x, y int16, files ...string) error {
	conn, err := xgb.NewConn()
	if err != nil {
		return err
	}
	defer conn.Close()
	s := &dragSource{conn: conn, target: xproto.Window(window), atoms: map[string]xproto.Atom{}}
	for _, f := range files {
		s.uris = append(s.uris, (&url.URL{Scheme: "file", Path: f}).String())
	}
	return s.drop(x, y)
}

type dragSource struct {
	conn   *xgb.Conn
	self   xproto.Window
	target xproto.Window
	atoms  map[string]xproto.Atom
	uris   []string
}

func (s *dragSource) drop(x, y int16) error {
	screen := xproto.Setup(s.conn).DefaultScreen(s.conn)
	var err error
	if s.self, err = xproto.NewWindowId(s.conn); err != nil {
		return err
	}
	err = xproto.CreateWindowChecked(s.conn, 0, s.self, screen.Root, -10, -10, 1, 1, 0,
		xproto.WindowClassInputOnly, screen.RootVisual, 0, nil).Check()
	if err != nil {
		return err
	}
	at, err := xproto.TranslateCoordinates(s.conn, s.target, screen.Root, x, y).Reply()
	if err != nil {
		return err
	}
	if err := xproto.SetSelectionOwnerChecked(s.conn, s.self, s.atom("XdndSelection"), xproto.TimeCurrentTime).Check(); err != nil {
		return err
	}
	s.send("XdndEnter", 5<<24, uint32(s.atom("text/uri-list")), 0, 0)
	s.send("XdndPosition", 0, uint32(uint16(at.DstX))<<16|uint32(uint16(at.DstY)), 0, uint32(s.atom("XdndActionCopy")))
	events, late := make(chan xgb.Event), time.After(10*time.Second)
	go func() {
		for {
			e, _ := s.conn.WaitForEvent()
			if e == nil {
				close(events)
				return
			}
			events <- e
		}
	}()
	for {
		select {
		case e := <-events:
			if done, err := s.answer(e); done || err != nil {
				return err
			}
		case <-late:
			return errors.New("the window does not answer a drop")
		}
	}
}

// answer does what the target asks for; done when it has taken the drop.
func (s *dragSource) answer(e xgb.Event) (done bool, err error) {
	switch e := e.(type) {
	case nil:
		return false, errors.New("the display went away")
	case xproto.ClientMessageEvent:
		switch e.Type {
		case s.atom("XdndStatus"):
			if e.Data.Data32[1]&1 == 0 {
				return false, errors.New("the window refuses the drop")
			}
			s.send("XdndDrop", 0, 0, 0, 0)
		case s.atom("XdndFinished"):
			return true, nil
		}
	case xproto.SelectionRequestEvent:
		data := strings.Join(s.uris, "\r\n") + "\r\n"
		xproto.ChangeProperty(s.conn, xproto.PropModeReplace, e.Requestor, e.Property, e.Target, 8, uint32(len(data)), []byte(data))
		n := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: e.Property}
		return false, xproto.SendEventChecked(s.conn, false, e.Requestor, 0, string(n.Bytes())).Check()
	}
	return false, nil
}

func (s *dragSource) send(message string, data ...uint32) {
	e := xproto.ClientMessageEvent{
		Format: 32, Window: s.target, Type: s.atom(message),
		Data: xproto.ClientMessageDataUnionData32New(append([]uint32{uint32(s.self)}, data...)),
	}
	xproto.SendEvent(s.conn, false, s.target, 0, string(e.Bytes()))
}

func (s *dragSource) atom(name string) xproto.Atom {
	if a, ok := s.atoms[name]; ok {
		return a
	}
	r, err := xproto.InternAtom(s.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		panic(fmt.Sprintf("intern %s: %v", name, err)) // the server is gone
	}
	s.atoms[name] = r.Atom
	return r.Atom
}
