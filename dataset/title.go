package dataset

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

// Folder names that say nothing about a title. Splits and classes never do; the
// containers are taken where there is nothing better.
var (
	classFolders = words("0 1 face faces other others nonface non-face negative negatives positive positives " +
		"train training valid validation val test")
	containers = words("crop crops cropped data dataset datasets image images img imgs frame frames picture pictures photo photos " +
		"screenshot screenshots screencap screencaps thumbs tmp temp video videos movie movies anime download downloads desktop documents")
	roots = words("home users mnt media run var tmp root volumes srv opt")
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

var videoNames = words(".mp4 .mkv .webm .avi .mov .m4v .mpg .mpeg .ts .wmv .flv .ogv .ogm .rmvb")

// How names give an episode, first match first. Each has the title and the episode
// as groups.
var episodePatterns = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^(.*?)[ -]*\bS(\d{1,2})[ ]?E(\d{1,3})\b`),                      // Title S01E03
	regexp.MustCompile(`^(.*?)[ -]*第 ?(\d{1,4}) ?[話回集]`),                                   // 題名 第3話
	regexp.MustCompile(`(?i)^(.*?)[ -]*(?:\b(?:ep|episode|vol|volume)\.? ?|#)(\d{1,4})\b`), // Title ep03, Title #3
	regexp.MustCompile(`(?i)^(.*?) +- +(\d{1,4})(?:v\d)?(?: |$)`),                          // Title - 03, Title - 03v2
}

var (
	brackets   = regexp.MustCompile(`\[[^\]]*\]|【[^】]*】|\([^)]*\)|\{[^}]*\}`)
	season     = regexp.MustCompile(`(?i)^(?:season|s) ?(\d{1,2})$`)
	onlySeason = regexp.MustCompile(`^S\d+$`)
	onlyNumber = regexp.MustCompile(`^\d{1,4}$`)
	lastNumber = regexp.MustCompile(`^(.*\S) (\d{2,3})(?:v\d)?$`)
)

// GuessTitle reads title and episode of a video, picture or crop from its path:
// "Show/Show - 03.mkv", "[Group] Show - 03 [1080p].mkv", "Show/03/frame 12.png".
// Nothing is opened. The episode may be empty, the title never is.
func GuessTitle(path string) (title, episode string) {
	folders, file := splitPath(path)
	ext := strings.ToLower(filepath.Ext(file))
	name := plain(strings.TrimSuffix(file, filepath.Ext(file)))
	title, episode = parseName(name)
	if title != "" {
		return title, episode
	}
	video := videoNames[ext]
	if video && episode == "" {
		// In pictures a number counts frames; in videos it is the episode.
		if m := lastNumber.FindStringSubmatch(name); m != nil {
			return m[1], number(m[2])
		}
		if onlyNumber.MatchString(name) {
			episode = number(name)
		}
	}
	title, inFolder := titleOfFolders(folders)
	switch {
	case episode != "" && onlySeason.MatchString(inFolder):
		episode = inFolder + "E" + episode
	case episode == "" && inFolder != "":
		episode = inFolder
	case episode == "" && video && name != "":
		episode = name
	}
	if title != "" && !(video && containers[strings.ToLower(title)]) {
		return title, episode
	}
	if video && name != "" && episode == name {
		return name, "" // a film of its own
	}
	if title == "" {
		title = "untitled"
	}
	return title, episode
}

// splitPath is the folders of a path, nearest first, without those that only say
// whose or which disk it is, and the file's name.
func splitPath(path string) (folders []string, file string) {
	dir, file := filepath.Split(filepath.Clean(path))
	all := strings.FieldsFunc(dir, func(r rune) bool { return r == '/' || r == filepath.Separator })
	if filepath.IsAbs(path) && len(all) > 0 && roots[strings.ToLower(all[0])] {
		drop := 1
		if first := strings.ToLower(all[0]); first == "home" || first == "users" || first == "media" {
			drop = 2 // and the person's name
		}
		all = all[min(drop, len(all)):]
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i] != "." && all[i] != ".." {
			folders = append(folders, all[i])
		}
	}
	return folders, file
}

// titleOfFolders goes up from the file until a folder names a title.
func titleOfFolders(folders []string) (title, episode string) {
	container := ""
	for _, folder := range folders {
		low := strings.ToLower(folder)
		name := plain(folder)
		switch {
		case classFolders[low] || name == "":
			continue
		case containers[low]:
			if container == "" {
				container = folder
			}
			continue
		}
		if m := season.FindStringSubmatch(name); m != nil {
			s := fmt.Sprintf("S%02s", m[1])
			if episode != "" {
				s += "E" + episode
			}
			episode = s
			continue
		}
		t, e := parseName(name)
		if e == "" && onlyNumber.MatchString(name) {
			e = number(name)
		} else if e == "" {
			t = name
		}
		if episode == "" {
			episode = e
		}
		if t != "" {
			return t, episode
		}
	}
	return container, episode
}

// parseName takes "Title - 03" and its kin apart; both are empty where there is no
// episode in it.
func parseName(name string) (title, episode string) {
	for _, p := range episodePatterns {
		m := p.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		title = strings.Trim(m[1], " -")
		if len(m) == 4 {
			return title, fmt.Sprintf("S%02sE%02s", m[2], m[3])
		}
		return title, number(m[2])
	}
	return "", ""
}

// plain drops release tags in brackets and signs that nobody sees, such as those that turn
// the direction of writing about, and turns the dots or underscores that stand for spaces
// into spaces.
func plain(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, name)
	name = brackets.ReplaceAllString(name, " ")
	if !strings.Contains(strings.TrimSpace(name), " ") {
		name = strings.ReplaceAll(name, ".", " ")
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(name, "_", " ")), " ")
}

// number is an episode's number in two digits at least, so that 3 and 03 are one.
func number(digits string) string {
	return fmt.Sprintf("%02s", strings.TrimLeft(digits, "0"))
}
