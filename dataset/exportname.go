package dataset

import (
	"fmt"
	"path/filepath"
	"strings"
)

// maxName is the longest name that is given to a file, in bytes, without its ending.
const maxName = 80

// reserved are names that Windows keeps for itself, with any ending.
var reserved = words("con prn aux nul com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9")

// safeName makes a file's name, without folder and ending, into one that is safe
// everywhere: ASCII letters, digits, dot, dash and underscore, so also no blanks, which
// the lists of 2015 cannot hold. A safe name stays as it is.
func safeName(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range name {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)) {
			b.WriteRune(r)
			gap = false
		} else if !gap {
			b.WriteByte('-')
			gap = true
		}
	}
	safe := strings.TrimLeft(b.String(), "-.")
	safe = strings.TrimRight(safe[:min(len(safe), maxName)], "-.")
	first, _, _ := strings.Cut(safe, ".")
	switch {
	case safe == "":
		return "picture"
	case reserved[strings.ToLower(first)]:
		return "_" + strings.TrimRight(safe[:min(len(safe), maxName-1)], "-.")
	}
	return safe
}

// name finds a name that nothing else has, on disks that tell a from A and on others.
// Of several that want the same the first gets it, the others their number behind it.
func (x *exporting) name(want string, number int64) string {
	want = safeName(want)
	name := want
	for i := 0; x.taken[strings.ToLower(name)]; i++ {
		name = fmt.Sprintf("%s-%d", want, number)
		if i > 0 {
			name += fmt.Sprintf("-%d", i)
		}
	}
	x.taken[strings.ToLower(name)] = true
	return name
}

// frameName is what the file of a sample's picture would like to be called: as its
// source, for a video with the number of the frame.
func frameName(path, kind string, frame int) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if kind == KindVideo {
		name = safeName(name)
		name = fmt.Sprintf("%s-f%06d", name[:min(len(name), maxName-20)], frame)
	}
	return name
}
