package dataset

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// magics tell files by how they begin; a dot stands for any byte. What has no
// format is named only to say what somebody mistook for a picture.
var magics = []struct{ magic, format, what string }{
	{"\x89PNG\r\n\x1a\n", "png", "a PNG picture"},
	{"\xff\xd8\xff", "jpeg", "a JPEG picture"},
	{"GIF87a", "gif", "a GIF picture"},
	{"GIF89a", "gif", "a GIF picture"},
	{"RIFF....WEBPVP8", "webp", "a WebP picture"},
	{"BM....\x00\x00\x00\x00", "bmp", "a BMP picture"},
	{"II*\x00", "", "a TIFF file"},
	{"MM\x00*", "", "a TIFF file"},
	{"....ftypavif", "", "an AVIF file"},
	{"....ftyphei", "", "a HEIC file"},
	{"....ftyp", "", "a video (MP4)"},
	{"\x1aE\xdf\xa3", "", "a video (Matroska or WebM)"},
	{"RIFF....AVI ", "", "a video (AVI)"},
	{"FLV\x01", "", "a video (FLV)"},
	{"%PDF-", "", "a PDF document"},
	{"PK\x03\x04", "", "a ZIP archive or a document"},
	{"7z\xbc\xaf\x27\x1c", "", "a 7z archive"},
	{"Rar!\x1a\x07", "", "a RAR archive"},
	{"SQLite format 3\x00", "", "a database"},
	{"\xff\xfe", "", "text (UTF-16)"},
	{"\xfe\xff", "", "text (UTF-16)"},
}

// sniff tells what a file is from its first bytes: a key of formats, or "", and what
// it is in words.
func sniff(head []byte) (format, what string) {
	if len(head) == 0 {
		return "", "an empty file"
	}
	for _, m := range magics {
		if begins(head, m.magic) {
			return m.format, m.what
		}
	}
	text := bytes.TrimSpace(head)
	switch {
	case isText(head) && (begins(text, "<!DOCTYPE") || begins(text, "<html")):
		return "", "a web page"
	case isText(head) && bytes.Contains(text, []byte("<svg")):
		return "", "an SVG drawing"
	case isText(head):
		return "", "text"
	}
	return "", "of an unknown kind"
}

// begins compares with a magic in which a dot stands for any byte.
func begins(head []byte, magic string) bool {
	if len(head) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '.' && magic[i] != head[i] {
			return false
		}
	}
	return true
}

// isText says whether head could be UTF-8 text, cut anywhere.
func isText(head []byte) bool {
	for tail := 0; tail < utf8.UTFMax && tail < len(head) && !utf8.Valid(head); tail++ {
		head = head[:len(head)-1]
	}
	return utf8.Valid(head) && strings.IndexFunc(string(head), func(r rune) bool {
		return unicode.IsControl(r) && !unicode.IsSpace(r)
	}) < 0
}
