package dataset

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
)

// orientation is the EXIF orientation of a JPEG file: 1 (upright) to 8. Whatever is
// missing or broken in the EXIF part makes it 1; the picture is what matters.
func orientation(r io.Reader) int {
	var marker [4]byte // 0xff, kind, and the length of what follows, itself included
	if _, err := io.ReadFull(r, marker[:2]); err != nil || marker[0] != 0xff || marker[1] != 0xd8 {
		return 1
	}
	for {
		if _, err := io.ReadFull(r, marker[:2]); err != nil || marker[0] != 0xff {
			return 1
		}
		for marker[1] == 0xff { // fill bytes
			if _, err := io.ReadFull(r, marker[1:2]); err != nil {
				return 1
			}
		}
		if marker[1] == 0xda || marker[1] == 0xd9 { // the picture itself begins, or all ends
			return 1
		}
		if _, err := io.ReadFull(r, marker[2:]); err != nil {
			return 1
		}
		size := int64(binary.BigEndian.Uint16(marker[2:])) - 2
		if size < 0 {
			return 1
		}
		if marker[1] != 0xe1 {
			if _, err := io.CopyN(io.Discard, r, size); err != nil {
				return 1
			}
			continue
		}
		segment := make([]byte, size)
		if _, err := io.ReadFull(r, segment); err != nil {
			return 1
		}
		if tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok {
			return tiffOrientation(tiff)
		}
	}
}

// tiffOrientation finds tag 0x0112 in the first directory of an EXIF block (EXIF 2.3,
// section 4.6).
func tiffOrientation(b []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	switch {
	case len(b) < 8:
		return 1
	case string(b[:4]) == "II*\x00":
		order = binary.LittleEndian
	case string(b[:4]) != "MM\x00*":
		return 1
	}
	start := int64(order.Uint32(b[4:]))
	if start+2 > int64(len(b)) {
		return 1
	}
	entries := b[start+2:]
	for range order.Uint16(b[start:]) {
		if len(entries) < 12 {
			return 1
		}
		// An entry: tag, type (3: 16 bits), count, value.
		if order.Uint16(entries) == 0x0112 && order.Uint16(entries[2:]) == 3 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// orient turns a picture that is stored in an EXIF orientation upright.
func orient(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range dst.Rect.Dy() {
		for x := range dst.Rect.Dx() {
			var sx, sy int
			switch orientation {
			case 2: // mirrored left to right
				sx, sy = w-1-x, y
			case 3: // half a turn
				sx, sy = w-1-x, h-1-y
			case 4: // mirrored top to bottom
				sx, sy = x, h-1-y
			case 5: // mirrored about the diagonal
				sx, sy = y, x
			case 6: // to be turned 90 degrees clockwise
				sx, sy = y, h-1-x
			case 7: // mirrored about the other diagonal
				sx, sy = w-1-y, h-1-x
			case 8: // to be turned 90 degrees anticlockwise
				sx, sy = w-1-y, x
			}
			copy(dst.Pix[dst.PixOffset(x, y):][:4], src.Pix[src.PixOffset(sx, sy):][:4])
		}
	}
	return dst
}
