package quiet_test

import (
	"log"
	"os"
	"os/exec"
	"testing"

	_ "frglab/ui/native"     // GTK
	_ "fyne.io/fyne/v2/lang" // what writes

	"frglab/ui/quiet"
)

func TestMain(m *testing.M) {
	if os.Getenv("QUIET_CHILD") != "" {
		quiet.End()
		log.Print("later messages come through")
		return
	}
	os.Exit(m.Run())
}

// TestNothingIsWrittenAtTheStart starts in locales that Fyne cannot parse and the C library
// does not have.
func TestNothingIsWrittenAtTheStart(t *testing.T) {
	for _, locale := range []string{"C", "C.UTF-8", "POSIX", "%%garbage", "あ", "xx_YY.UTF-8", "ja_JP.UTF-8"} {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "QUIET_CHILD=1", "LC_ALL="+locale)
		out, err := child.CombinedOutput()
		if err != nil {
			t.Fatal(err)
		}
		if n := len(out); n < 30 || string(out[20:]) != "later messages come through\n" {
			t.Errorf("%s: the start wrote %q", locale, out)
		}
	}
}
