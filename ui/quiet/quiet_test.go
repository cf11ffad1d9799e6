package quiet_test

import (
	"log"
	"os"
	"os/exec"
	"testing"

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

func TestNothingIsWrittenAtTheStart(t *testing.T) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "QUIET_CHILD=1", "LC_ALL=C.UTF-8")
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(out); n < 30 || string(out[20:]) != "later messages come through\n" {
		t.Errorf("the start wrote %q", out)
	}
}
