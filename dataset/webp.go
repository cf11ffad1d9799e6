package dataset

import (
	"encoding/binary"
	"errors"
	"image"
	"io"
)

// webpConfig is webp.DecodeConfig, but safe to trust: an extended file gives its size
// twice, and the decoder believes the second, which webp.DecodeConfig does not look at.
// https://developers.google.com/speed/webp/docs/riff_container
func webpConfig(r io.Reader) (image.Config, error) {
	var head [30]byte // RIFF header (12), the first chunk's header (8), its first 10 bytes
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return image.Config{}, err
	}
	if string(head[12:16]) != "VP8X" {
		w, h, err := webpFrame(string(head[12:16]), head[20:])
		return image.Config{Width: w, Height: h}, err
	}
	if head[20]&2 != 0 {
		return image.Config{}, errors.New("it is animated: take a still picture from it")
	}
	w, h := 1+int(uint24(head[24:])), 1+int(uint24(head[27:]))
	for {
		var chunk [18]byte // header and the first 10 bytes
		if _, err := io.ReadFull(r, chunk[:8]); err != nil {
			return image.Config{}, err
		}
		size := int64(binary.LittleEndian.Uint32(chunk[4:]))
		size += size & 1 // chunks are padded
		kind := string(chunk[:4])
		if kind != "VP8 " && kind != "VP8L" {
			if _, err := io.CopyN(io.Discard, r, size); err != nil {
				return image.Config{}, err
			}
			continue
		}
		if _, err := io.ReadFull(r, chunk[8:]); err != nil {
			return image.Config{}, err
		}
		fw, fh, err := webpFrame(kind, chunk[8:])
		if err == nil && (fw != w || fh != h) {
			err = errors.New("its canvas and its picture differ in size")
		}
		return image.Config{Width: w, Height: h}, err
	}
}

// webpFrame reads the size from the first 10 bytes of a frame.
func webpFrame(kind string, b []byte) (w, h int, err error) {
	switch kind {
	case "VP8 ": // RFC 6386, section 9.1
		return int(binary.LittleEndian.Uint16(b[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(b[8:]) & 0x3fff), nil
	case "VP8L": // RFC 9649, section 3.4
		bits := binary.LittleEndian.Uint32(b[1:])
		return 1 + int(bits&0x3fff), 1 + int(bits>>14&0x3fff), nil
	}
	return 0, 0, errors.New("it begins with an unknown chunk")
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
