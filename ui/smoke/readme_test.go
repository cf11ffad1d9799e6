package smoke

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestReadme runs the commands that README.md gives, in its order and with files of the
// names that it uses: whoever copies them gets what is promised.
func TestReadme(t *testing.T) {
	bin := os.Getenv("FRGLAB_BIN")
	if bin == "" {
		t.Skip("needs the program: make ui-smoke")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	readmeFiles(t, bin, dir)
	ran := 0
	for line := range strings.Lines(string(readme)) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "./frglab ")
		if !ok || !strings.HasPrefix(line, "    ") {
			continue
		}
		if strings.HasPrefix(command, "train") {
			command += " --preset 2015 --epochs 1 --device cpu" // seconds instead of minutes
		}
		shell(t, dir, bin+" "+command)
		ran++
	}
	if ran < 10 {
		t.Errorf("ran %d commands of README.md: are they indented by four spaces still?", ran)
	}
	for _, made := range []string{"faces.frglab", "runs/1/best.safetensors", "runs/2/best.safetensors", "out/campus_two.jpg", "out/coco", "face.onnx"} {
		if _, err := os.Stat(filepath.Join(dir, made)); err != nil {
			t.Error(err)
		}
	}
}

// TestReadmeTargets finds each target that README.md names in the Makefile.
func TestReadmeTargets(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("(?:`|    )make\\s+([a-z-]+)").FindAllStringSubmatch(string(readme), -1)
	if len(named) < 5 {
		t.Errorf("README.md names %d targets of make: does this test look for them in the right way?", len(named))
	}
	for _, m := range named {
		if out, err := exec.Command("make", "-C", "../..", "-n", m[1]).CombinedOutput(); err != nil {
			t.Errorf("make %s: %v\n%s", m[1], err, out)
		}
	}
}

// readmeFiles makes the files that the commands begin from, out of the bundled samples.
func readmeFiles(t *testing.T, bin, dir string) {
	t.Helper()
	samples, err := filepath.Abs("../../assets/samples")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "pictures"), os.DirFS(samples)); err != nil {
		t.Fatal(err)
	}
	project, err := filepath.Abs("../../assets/sample/sample.frglab")
	if err != nil {
		t.Fatal(err)
	}
	shell(t, dir, `
		mv pictures/annotations.json .
		mv pictures/sample.mp4 episode01.mkv
		rm pictures/*.txt pictures/*.json
		cp `+project+` sample.frglab
		`+bin+` export --project sample.frglab --format folders crops
		for side in train valid; do
			for class in face other; do
				ls crops/$class/* | sed "s/\$/ $class/" | sed 's/ face$/ 0/; s/ other$/ 1/' | if [ $side = train ]; then tail -n +6; else head -n 5; fi
			done >$side.txt
		done
		rm sample.frglab`)
}

// shell runs a script that must succeed, in a folder and with a home of its own.
func shell(t *testing.T, dir, script string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-ec", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}
