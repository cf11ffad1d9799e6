package dataset

import "testing"

func TestGuessTitle(t *testing.T) {
	for _, c := range []struct{ path, title, episode string }{
		// Videos.
		{"/anime/K-On!/K-On! - 03.mkv", "K-On!", "03"},
		{"[Group] Lucky Star - 07v2 [1080p][0A1B2C3D].mkv", "Lucky Star", "07"},
		{"Lucky_Star_-_07_(BD_1280x720).mkv", "Lucky Star", "07"},
		{"Show.Name.S01E03.1080p.WEB.mkv", "Show Name", "S01E03"},
		{"Show Name s1e3.mkv", "Show Name", "S01E03"},
		{"けいおん! 第3話.mp4", "けいおん!", "03"},
		{"Show ep12.avi", "Show", "12"},
		{"Show #4.avi", "Show", "04"},
		{"Show 12.mp4", "Show", "12"},
		{"/videos/Show/03.mkv", "Show", "03"},
		{"/videos/Show/Season 2/03.mkv", "Show", "S02E03"},
		{"/videos/Show/Opening.mkv", "Show", "Opening"},
		{"/home/me/Downloads/Some Film.mkv", "Some Film", ""},
		{"Some Film.mkv", "Some Film", ""},
		{"/videos/86.mkv", "86", ""},
		{"Show\u202egnp\x01 - 03.mkv", "Showgnp", "03"},
		// Pictures: the numbers of files count frames.
		{"/anime/Show/0001.png", "Show", ""},
		{"Show/frame 12.png", "Show", ""},
		{"Show/03/frame 12.png", "Show", "03"},
		{"Show - 03/0001.png", "Show", "03"},
		{"Show/Season 1/02/0001.png", "Show", "S01E02"},
		{"Show - 03 - frame 0012.png", "Show", "03"},
		// Crops: classes and splits are no titles.
		{"/home/me/crops/train/face/g_00001.jpg", "crops", ""},
		{"/data/Show/0/a.png", "Show", ""},
		{"/data/Show/crops/other/a.png", "Show", ""},
		{"Show/face/03/a.png", "Show", "03"},
		{"a.png", "untitled", ""},
		{"0/a.png", "untitled", ""},
		{"", "untitled", ""},
	} {
		title, episode := GuessTitle(c.path)
		if title != c.title || episode != c.episode {
			t.Errorf("GuessTitle(%q) = %q, %q, want %q, %q", c.path, title, episode, c.title, c.episode)
		}
	}
}
