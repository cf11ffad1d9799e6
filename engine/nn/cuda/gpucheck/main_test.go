//go:build gpu

package gpucheck

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The tests named TestCard run where FRGLAB_GPU is set, which the program gpu-check does for
// itself. With FRGLAB_GPU=quick they do as little as shows that they run. FRGLAB_GPU_OUT is the
// file that gets the report.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "gpu-check" {
		os.Setenv("FRGLAB_GPU", "all")
		os.Args = append([]string{os.Args[0], "-test.v", "-test.run=^TestCard", "-test.timeout=10m"}, os.Args[1:]...)
	}
	code := m.Run()
	if os.Getenv("FRGLAB_GPU") != "" && os.Getenv("FRGLAB_GPU_CHILD") == "" {
		if err := found.write(code == 0); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

var quick = os.Getenv("FRGLAB_GPU") == "quick"

// report is what was found.
type report struct {
	Card     string             `json:"card"`
	Fake     bool               `json:"fake"` // a driver without a card: no figure means anything
	Memory   int64              `json:"memory"`
	Capable  string             `json:"compute_capability"`
	Driver   int                `json:"driver"` // its CUDA version, 12020 for 12.2
	Host     string             `json:"host"`
	Date     string             `json:"date"`
	Passed   bool               `json:"passed"`
	Seconds  float64            `json:"seconds"`
	Graphs   string             `json:"graphs"`            // "used", or why not
	Sanitize string             `json:"compute_sanitizer"` // "passed", or why it did not run
	Apart    map[string]float64 `json:"apart"`             // largest difference from the processor, by precision
	Loss     []float64          `json:"loss"`              // of 200 steps, and on the processor
	RefLoss  []float64          `json:"loss_processor"`
	Peak     map[string]float64 `json:"peak_tflops"`
	Opened   float64            `json:"opened_s"` // until the driver had compiled the kernels, or found them compiled
	Results  []result           `json:"results"`
	Kernels  []kernelTime       `json:"kernels"`
}

type result struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	TFLOPS float64 `json:"tflops,omitempty"`
	Share  float64 `json:"share,omitempty"` // of the card's peak in that precision
}

var (
	begun = time.Now()
	found = report{Apart: map[string]float64{}, Peak: map[string]float64{}}
)

func (r *report) write(passed bool) error {
	if r.Card == "" {
		return nil // no card: the tests have said so
	}
	r.Passed, r.Seconds = passed, time.Since(begun).Seconds()
	r.Date = begun.UTC().Format(time.DateOnly)
	r.Host = fmt.Sprintf("%s, %d cores", runtime.GOARCH, runtime.NumCPU())
	r.Fake = strings.HasPrefix(r.Card, "Fake card")
	for i, v := range r.Results {
		for precision, peak := range r.Peak {
			if peak > 0 && strings.HasSuffix(v.Name, "/"+precision) {
				r.Results[i].Share = v.TFLOPS / peak
			}
		}
	}
	r.print()
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	path := os.Getenv("FRGLAB_GPU_OUT")
	if path == "" {
		path = "gpu-check.json"
	}
	fmt.Println("written to", path)
	return os.WriteFile(path, append(data, '\n'), 0o666)
}

func (r *report) print() {
	if r.Fake {
		fmt.Println("\nTHIS IS THE FAKE CARD OF THE TESTS: the figures mean nothing.")
	}
	verdict := "FAILED"
	if r.Passed {
		verdict = "passed"
	}
	fmt.Printf("\n%s, compute capability %s, driver %d, %s: %s in %.0f s\n", r.Card, r.Capable, r.Driver, r.Date, verdict, r.Seconds)
	fmt.Printf("graphs %s; compute-sanitizer %s; apart from the processor: fp32 %.1e, tf32 %.1e\n", r.Graphs, r.Sanitize, r.Apart["fp32"], r.Apart["tf32"])
	fmt.Printf("opened in %.1f s\n", r.Opened)
	r.printKernels()
	fmt.Printf("peak: fp32 %.1f TFLOP/s, tf32 %.1f\n", r.Peak["fp32"], r.Peak["tf32"])
	for _, v := range r.Results {
		fmt.Printf("%-34s %10.4g %-8s", v.Name, v.Value, v.Unit)
		if v.TFLOPS > 0 {
			fmt.Printf(" %7.2f TFLOP/s, %2.0f %% of the peak", v.TFLOPS, 100*v.Share)
		}
		fmt.Println()
	}
}
