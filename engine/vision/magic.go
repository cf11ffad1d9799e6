package vision

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
)

// magicLength is how many first bytes tell the container: two packets of an
// m2ts stream and their first byte.
const magicLength = 2*192 + 5

// stillBrands are the kinds of ISO media files (ftyp) that hold pictures or
// sound, not video.
var stillBrands = []string{"heic", "heix", "heim", "heis", "mif1", "msf1", "avif", "avis", "crx ", "M4A ", "M4B "}

// IsVideo reports whether the file holds video, judged by its first bytes: mp4
// and mov, mkv and webm, avi, MPEG transport and program streams, wmv, flv,
// ogv. The name does not matter. A file that cannot be read is none.
func IsVideo(path string) bool {
	head, err := readHead(path)
	return err == nil && videoMagic(head)
}

// readHead returns the first bytes of a regular file, fewer from a short one.
func readHead(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its other end
		return nil, errors.New("it is a folder or a device, not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, magicLength)
	n, err := io.ReadFull(f, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return head[:n], err
}

func videoMagic(head []byte) bool {
	at := func(offset int, magic string) bool {
		return len(head) >= offset && bytes.HasPrefix(head[offset:], []byte(magic))
	}
	switch {
	case at(4, "ftyp"):
		return len(head) >= 12 && !slices.Contains(stillBrands, string(head[8:12]))
	case at(4, "moov"), at(4, "mdat"), at(4, "wide"): // QuickTime before ftyp
		return true
	case at(0, "\x1a\x45\xdf\xa3"): // EBML: Matroska, WebM
		return true
	case at(0, "RIFF"):
		return at(8, "AVI ")
	case at(0, "\x00\x00\x01\xba"), at(0, "FLV\x01"), at(0, "OggS"): // MPEG program stream, Flash, Ogg
		return true
	case at(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"): // ASF: wmv
		return true
	case at(0, "\x47"): // MPEG transport stream
		return at(188, "\x47") && at(376, "\x47")
	}
	return at(4, "\x47") && at(196, "\x47") && at(388, "\x47") // the same with time codes: m2ts
}
