package engine

import (
	"slices"
	"testing"

	"frglab/engine/nn"
)

// The mean of an export is the one that a training on the same crops subtracts.
func TestMeanIsThatOfATraining(t *testing.T) {
	crops := synthetic{n: 90, size: 8, seed: 4}
	seen, err := (input{what: "training", source: crops, classes: []string{"face", "other"}, size: 8, scale: 255}).look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := seen.meanOf(Config{Arch: nn.Arch{Size: 8}, Mean: MeanPixel})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Mean(t.Context(), crops, 8)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got another mean, %v", err)
	}
	if _, err := Mean(t.Context(), synthetic{}, 8); err == nil {
		t.Error("no crops have a mean")
	}
}
