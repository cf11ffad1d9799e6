package cli

import (
	"flag"
	"testing"

	"frglab/engine/nn"
)

// TestBenchDetectsWithTheBundledModel: what a look costs is that of the network which looks, and
// the bundled one is another than the one whose training is measured.
func TestBenchDetectsWithTheBundledModel(t *testing.T) {
	bundled, err := openModel("")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, bundled.Arch.Name},
		{[]string{"--train", "10"}, bundled.Arch.Name},
		{[]string{"--arch", "scout32"}, "scout32"},
	} {
		b := &bench{arch: nn.Scout32()}
		b.fs = flag.NewFlagSet("bench", flag.ContinueOnError)
		b.fs.String("arch", "", "")
		b.fs.Int("train", 0, "")
		if err := b.fs.Parse(tt.args); err != nil {
			t.Fatal(err)
		}
		if got := b.model().Arch.Name; got != tt.want {
			t.Errorf("%v: detects with %s, want %s", tt.args, got, tt.want)
		}
	}
	if bundled.Arch.Name == "scout32" {
		t.Error("the bundled model is a scout, so this test says nothing")
	}
}
