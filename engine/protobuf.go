package engine

import (
	"encoding/binary"
	"io"
	"math"
)

// message is a protocol buffer in the making (protobuf.dev/programming-guides/encoding).
// It is a list of pieces, so that a message put into another one is not copied: weights
// are most of a file.
type message struct {
	pieces [][]byte
	size   int
}

// The ways a field's value is written.
const (
	wireVarint = 0
	wireBytes  = 2
	wireFixed4 = 5
)

func (m *message) append(b []byte) {
	m.pieces = append(m.pieces, b)
	m.size += len(b)
}

func tag(field, wire int) []byte { return binary.AppendUvarint(nil, uint64(field<<3|wire)) }

// number adds a whole number, 0 or more.
func (m *message) number(field, v int) {
	m.append(binary.AppendUvarint(tag(field, wireVarint), uint64(v)))
}

func (m *message) float(field int, v float32) {
	m.append(binary.LittleEndian.AppendUint32(tag(field, wireFixed4), math.Float32bits(v)))
}

// bytes adds b itself, not a copy.
func (m *message) bytes(field int, b []byte) {
	m.append(binary.AppendUvarint(tag(field, wireBytes), uint64(len(b))))
	m.append(b)
}

func (m *message) text(field int, s string) { m.bytes(field, []byte(s)) }

// add puts a whole message into a field.
func (m *message) add(field int, part message) {
	m.append(binary.AppendUvarint(tag(field, wireBytes), uint64(part.size)))
	m.pieces = append(m.pieces, part.pieces...)
	m.size += part.size
}

func (m *message) writeTo(w io.Writer) error {
	for _, p := range m.pieces {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}
