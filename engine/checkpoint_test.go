package engine

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"frglab/engine/nn"
)

// fullCheckpoint has numbers in all places that count.
func fullCheckpoint(t testing.TB, seed uint64, meanPixels bool) *Checkpoint {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	w, err := nn.NewWeights(tinyNet(), nn.He, seed)
	if err != nil {
		t.Fatal(err)
	}
	for _, tensor := range w {
		for i := range tensor.Data {
			tensor.Data[i] += float32(rng.ExpFloat64())
		}
	}
	mean := make([]float32, 3)
	if meanPixels {
		mean = make([]float32, 3*8*8)
	}
	for i := range mean {
		mean[i] = 255 * rng.Float32()
	}
	c := &Checkpoint{
		Arch: tinyNet(), Classes: []string{"face", "その他 <\"&>"}, Mean: mean, Scale: 64.5, Preset: "modern",
		Step: 1234, Epoch: 3, Threshold: 0.1 + rng.Float64()/2, Info: map[string]string{"note": "a\nb", "x-later": "{}"}, Weights: w,
	}
	if seed%3 > 0 {
		c.Calibration = map[string]Calibration{ModeScout: {Temperature: 0.1 + rng.Float64(), Bias: rng.NormFloat64()}, ModeWindows: {Temperature: 2, Threshold: 0.4}}
	}
	return c
}

func saved(t testing.TB, c *Checkpoint, half bool) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.safetensors")
	save := c.Save
	if half {
		save = c.SaveHalf
	}
	if err := save(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestCheckpointSurvivesARoundTrip(t *testing.T) {
	for seed := range uint64(20) {
		want := fullCheckpoint(t, seed, seed%2 == 1)
		data := saved(t, want, false)
		got, err := ParseCheckpoint(data)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: read %+v, want %+v", seed, got, want)
		}
		if !bytes.Equal(saved(t, got, false), data) {
			t.Fatalf("seed %d: saved again it has other bytes", seed)
		}
	}
}

func TestSaveHalf(t *testing.T) {
	want := fullCheckpoint(t, 1, true)
	full, data := saved(t, want, false), saved(t, want, true)
	if len(data) > len(full)*3/4 {
		t.Errorf("%d bytes, want well below %d", len(data), len(full))
	}
	got, err := ParseCheckpoint(data)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Mean, want.Mean) {
		t.Error("the mean lost bits")
	}
	for i, w := range want.Weights {
		for k, v := range w.Data {
			off := math.Abs(float64(got.Weights[i].Data[k] - v))
			if len(w.Shape) == 1 && off != 0 || off > math.Abs(float64(v))/2048 {
				t.Fatalf("%s: number %d is %v, want %v", w.Name, k, got.Weights[i].Data[k], v)
			}
		}
	}
	want.Weights[0].Data[0] = 70000
	path := filepath.Join(t.TempDir(), "c")
	if err := want.SaveHalf(path); err == nil || !strings.Contains(err.Error(), `"conv1.weight": number 0 is 70000, too large for 16 bits`) {
		t.Errorf("error %v", err)
	}
	if names, _ := os.ReadDir(filepath.Dir(path)); len(names) > 0 {
		t.Errorf("it left %v", names)
	}
}

// TestSavedFileIsStable pins the format: files of released programs must stay readable.
func TestSavedFileIsStable(t *testing.T) {
	c := &Checkpoint{
		Arch:    nn.Arch{Name: "n", Size: 1, Layers: []nn.Layer{{Kind: nn.Dense, Name: "fc", Out: 2}}},
		Classes: []string{"face", "other"}, Mean: []float32{1, 2, 3}, Scale: 0.1, Preset: "2015", Step: 7, Epoch: 2, Threshold: 0.5,
		Weights: nn.Weights{
			{Name: "fc.weight", Shape: []int{2, 3}, Data: []float32{1, 2, 3, 4, 5, 6}},
			{Name: "fc.bias", Shape: []int{2}, Data: []float32{-1, 0.5}},
		},
	}
	header := `{"__metadata__":{"arch":"{\"name\":\"n\",\"size\":1,\"layers\":[{\"kind\":\"dense\",\"name\":\"fc\",\"out\":2}]}",` +
		`"classes":"[\"face\",\"other\"]","epoch":"2","format":"frglab","preset":"2015","scale":"0.1","step":"7","threshold":"0.5","version":"1"},` +
		`"fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},"fc.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},` +
		`"mean":{"dtype":"F32","shape":[3],"data_offsets":[32,44]}}`
	header += strings.Repeat(" ", -len(header)&7)
	want := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	want = append(want, header...)
	for _, v := range []float32{1, 2, 3, 4, 5, 6, -1, 0.5, 1, 2, 3} {
		want = binary.LittleEndian.AppendUint32(want, math.Float32bits(v))
	}
	if got := saved(t, c, false); !bytes.Equal(got, want) {
		t.Errorf("saved\n%q, want\n%q", got, want)
	}
}

// edited is a saved checkpoint with its header changed.
func edited(t testing.TB, change func(map[string]any)) []byte {
	t.Helper()
	data := saved(t, fullCheckpoint(t, 1, false), false)
	n := binary.LittleEndian.Uint64(data)
	var top map[string]any
	if err := json.Unmarshal(data[8:8+n], &top); err != nil {
		t.Fatal(err)
	}
	change(top)
	text, err := json.Marshal(top)
	if err != nil {
		t.Fatal(err)
	}
	return withHeader(string(text), data[8+n:])
}

func withHeader(text string, tensors []byte) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), tensors...)
}

// hostile are files that must be refused, and what is said about them. They seed the fuzzer too.
func hostile(t testing.TB) map[string]struct {
	data []byte
	want string
} {
	t.Helper()
	good := saved(t, fullCheckpoint(t, 1, false), false)
	header := int(binary.LittleEndian.Uint64(good)) + 8
	text := string(good[8:header])
	tensors := good[header:]
	meta := func(key, value string) []byte {
		return edited(t, func(top map[string]any) { top[metaKey].(map[string]any)[key] = value })
	}
	info := func(name, key string, value any) []byte {
		return edited(t, func(top map[string]any) { top[name].(map[string]any)[key] = value })
	}
	with := func(at int, v float32) []byte {
		data := bytes.Clone(good)
		binary.LittleEndian.PutUint32(data[header+at:], math.Float32bits(v))
		return data
	}
	arch := func(change func(*nn.Arch)) []byte {
		a := tinyNet()
		change(&a)
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		return meta("arch", string(text))
	}
	variance := 4 * (6*3*9 + 6 + 6 + 6 + 6) // bytes before bn1.running_var
	type entry = struct {
		data []byte
		want string
	}
	return map[string]entry{
		"empty":                  {nil, "shorter than 8 bytes"},
		"only a length":          {good[:8], "cut short"},
		"header cut":             {good[:100], "cut short"},
		"tensors cut":            {good[:len(good)-1], "cut short"},
		"something behind":       {append(bytes.Clone(good), 0), "something behind it"},
		"a picture":              {[]byte("\x89PNG\r\n\x1a\n and so on, and so on"), "not a safetensors file"},
		"pickle":                 {[]byte("PK\x03\x04\x00\x00\x08\x08\x00\x00archive/data.pkl"), "not a safetensors file"},
		"header of 2^63":         {append([]byte{0, 0, 0, 0, 0, 0, 0, 0x80}, good...), "not a safetensors file"},
		"header is a list":       {withHeader("[]", nil), "no JSON object"},
		"header is broken":       {withHeader(text[:len(text)-30], tensors), "header:"},
		"header has more":        {withHeader(strings.TrimRight(text, " ")+"{}", tensors), "bytes too many"},
		"header is no UTF-8":     {withHeader(strings.Replace(text, "fc2", "f\xff2", 1), tensors), "UTF-8"},
		"tensor twice":           {withHeader(strings.Replace(text, `"mean":`, `"fc3.bias":`, 1), tensors), `key "fc3.bias" twice`},
		"metadata twice":         {withHeader(strings.Replace(text, `"epoch":`, `"step":`, 1), tensors), `key "step" twice`},
		"nested":                 {withHeader(`{"a":`+strings.Repeat("[", 1000)+strings.Repeat("]", 1000)+"}", nil), "nested deeper"},
		"metadata is no object":  {withHeader(`{"__metadata__":[]}`, nil), "not an object of strings"},
		"metadata is null":       {withHeader(`{"__metadata__":null}`, nil), "not an object of strings"},
		"metadata holds null":    {withHeader(`{"__metadata__":{"a":null}}`, nil), `"a" is no string`},
		"metadata holds numbers": {withHeader(`{"__metadata__":{"a":1}}`, nil), "not an object of strings"},
		"bfloat":                 {info("mean", "dtype", "BF16"), `numbers of type "BF16"`},
		"no shape":               {info("mean", "shape", nil), "cannot be"},
		"one offset":             {info("mean", "data_offsets", []int{0}), "cannot be"},
		"offsets reversed":       {info("mean", "data_offsets", []int{12, 0}), "bytes 12 to 0"},
		"offset below zero":      {info("mean", "data_offsets", []int{-12, 0}), "bytes -12 to 0"},
		"offset beyond the end":  {info("mean", "data_offsets", []int{1 << 40, 1<<40 + 12}), "bytes 1099511627776"},
		"offset is a fraction":   {info("mean", "data_offsets", []float64{0.5, 12}), "cannot be"},
		"overlap":                {info("mean", "data_offsets", []int{0, 12}), "starts at byte"},
		"shape too small":        {info("mean", "shape", []int{2}), "takes 8 bytes, not 12"},
		"shape below zero":       {info("mean", "shape", []int{-3, -1}), "out of range"},
		"shape of zero":          {info("mean", "shape", []int{0}), "out of range"},
		"shape overflows":        {info("mean", "shape", []int{1 << 62, 4}), "out of range"},
		"shape of many axes":     {info("mean", "shape", []int{1, 1, 1, 1, 3}), "cannot be"},
		"unknown field":          {info("mean", "more", 1), "not exactly dtype, shape and data_offsets"},
		"another field":          {edited(t, func(m map[string]any) { m["mean"] = 3 }), "not exactly dtype"},
		"another program's":      {meta("format", "pt"), `its format is "pt"`},
		"a resume state":         {meta("format", formatState), `its format is "frglab-state"`},
		"no metadata":            {edited(t, func(m map[string]any) { delete(m, metaKey) }), "not a frglab file"},
		"of the future":          {meta("version", "2"), "version 2, but this program reads up to 1: update frglab"},
		"version of words":       {meta("version", "new"), `version "new"`},
		"arch is no JSON":        {meta("arch", "tiny"), `metadata "arch"`},
		"arch with a secret":     {meta("arch", `{"name":"n","size":8,"layers":[],"code":"x"}`), `unknown field "code"`},
		"arch without layers":    {meta("arch", `{"name":"n","size":8,"layers":[]}`), "cannot be built"},
		"arch ends otherwise":    {arch(func(a *nn.Arch) { a.Layers = a.Layers[:5] }), "does not end in a dense layer"},
		"arch too large":         {arch(func(a *nn.Arch) { a.Layers[3].Out = 65536; a.Layers[5].Out = 65536 }), "does not end in a dense layer with 2 to 1000"},
		"too many parameters":    {arch(func(a *nn.Arch) { a.Size, a.Layers[3].Out = 512, 65536 }), "parameters"},
		"too much between":       {arch(func(a *nn.Arch) { a.Size, a.Layers[0].Out = 4096, 65536 }), "are too many"},
		"large pictures": {arch(func(a *nn.Arch) {
			*a = nn.Arch{Name: "n", Size: 4096, Layers: []nn.Layer{{Kind: nn.MaxPool, Name: "p", Kernel: 64, Stride: 64}, {Kind: nn.Dense, Name: "d", Out: 2}}}
		}), "are too many"},
		"many layers": {arch(func(a *nn.Arch) {
			a.Size = 512
			for i := range 50 {
				a.Layers = slices.Insert(a.Layers, 1, nn.Layer{Kind: nn.Conv, Name: fmt.Sprint("c", i), Out: 6, Kernel: 1})
			}
		}), "are too many"},
		"steps beyond the picture": {arch(func(a *nn.Arch) {
			for i := range 2 {
				a.Layers = slices.Insert(a.Layers, 0, nn.Layer{Kind: nn.Conv, Name: fmt.Sprint("c", i), Out: 1, Kernel: 64, Pad: 63},
					nn.Layer{Kind: nn.MaxPool, Name: fmt.Sprint("p", i), Kernel: 8, Stride: 8})
			}
		}), "its steps are 64 pixels of a picture of 8"},
		"another arch": {arch(func(a *nn.Arch) { a.Layers[3].Out = 17 }), `checkpoint is tiny for 8x8 pictures, but its tensor "fc2.weight" is [16 96], not [17 96]`},
		"another size": {arch(func(a *nn.Arch) { a.Size = 16 }), `checkpoint is tiny for 16x16 pictures, but its tensor "fc2.weight"`},
		"a tensor is missing": {
			withHeader(strings.Replace(text, `"fc3.bias"`, `"fc4.bias"`, 1), tensors),
			`has no tensor "fc3.bias"`,
		},
		"classes are no list":    {meta("classes", `"face"`), `metadata "classes"`},
		"three classes":          {meta("classes", `["a","b","c"]`), "tiny has 2 outputs, but there are 3 classes"},
		"class twice":            {meta("classes", `["a","a"]`), "a name of its own"},
		"scale 0":                {meta("scale", "0"), "scale 0"},
		"scale NaN":              {meta("scale", "NaN"), "scale NaN"},
		"scale infinite":         {meta("scale", "Inf"), "scale +Inf"},
		"step below zero":        {meta("step", "-1"), "step -1"},
		"no step":                {meta("step", ""), `metadata "step"`},
		"threshold of 2":         {meta("threshold", "2"), "threshold 2"},
		"a weight is NaN":        {with(8, float32(math.NaN())), `"conv1.weight": number 2 is NaN`},
		"a weight is infinite":   {with(0, float32(math.Inf(-1))), `"conv1.weight": number 0 is -Inf`},
		"the mean is NaN":        {with(len(tensors)-4, float32(math.NaN())), `"mean": number 2 is NaN`},
		"a variance below zero":  {with(variance, -1), `"bn1.running_var": a variance below 0`},
		"a header without end":   {withHeader(strings.Repeat(" ", maxHeader), nil), "no JSON object"},
		"a header over the size": {withHeader("{"+strings.Repeat(" ", maxHeader), nil), "a header of"},
	}
}

func TestHostileCheckpoints(t *testing.T) {
	for name, tt := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			c, err := ParseCheckpoint(tt.data)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
			if c != nil {
				t.Error("a checkpoint beside the error")
			}
		})
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge.safetensors")
	f, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(maxFile + 1); err != nil { // takes no room on the disk
		t.Fatal(err)
	}
	f.Close()
	pipe := filepath.Join(dir, "pipe.safetensors")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		pipe:                                   "not a file",
		filepath.Join(dir, "none.safetensors"): "no such file",
		huge:                                   "too large",
		dir:                                    "not a file",
	} {
		_, err := LoadCheckpoint(path)
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want the path and %q in it", path, err, want)
		}
	}
}

// TestSaveIsWholeOrNothing: what cannot be used is not written, and what was there stays.
func TestSaveIsWholeOrNothing(t *testing.T) {
	tests := map[string]func(*Checkpoint){
		"NaN":            func(c *Checkpoint) { c.Weights[0].Data[3] = float32(math.NaN()) },
		"missing tensor": func(c *Checkpoint) { c.Weights = c.Weights[1:] },
		"mean of four":   func(c *Checkpoint) { c.Mean = make([]float32, 4) },
		"info that lies": func(c *Checkpoint) { c.Info["format"] = "pt" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.safetensors")
			if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
				t.Fatal(err)
			}
			c := fullCheckpoint(t, 1, false)
			change(c)
			if err := c.Save(path); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one that names the file", err)
			}
			if data, _ := os.ReadFile(path); string(data) != "before" {
				t.Errorf("the file now holds %q", data)
			}
		})
	}
	if err := fullCheckpoint(t, 1, false).Save(filepath.Join(t.TempDir(), "none", "c")); err == nil {
		t.Error("saved into a folder that is not there")
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add(saved(f, fullCheckpoint(f, 1, false), false))
	f.Add(saved(f, fullCheckpoint(f, 2, true), true))
	for _, h := range hostile(f) {
		if len(h.data) < 1<<16 {
			f.Add(h.data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCheckpoint(data)
		if err != nil {
			return
		}
		var file bytes.Buffer // not a real one: a disk is too slow for this
		if err := c.writeModel(&file, formatCheckpoint, nil, whole); err != nil {
			t.Fatal(err)
		}
		again, err := ParseCheckpoint(file.Bytes())
		if err != nil {
			t.Fatalf("what was read cannot be saved and read again: %v", err)
		}
		if !reflect.DeepEqual(again, c) {
			t.Fatalf("read again it is %+v, want %+v", again, c)
		}
	})
}

func TestEveryHalfSurvives(t *testing.T) {
	for h := range 1 << 16 {
		f := fromHalf(uint16(h))
		if f != f { // a NaN may become another
			continue
		}
		if got := toHalf(f); got != uint16(h) {
			t.Fatalf("%#04x is %v and then %#04x", h, f, got)
		}
	}
	for f, want := range map[float32]uint16{
		1: 0x3c00, -2: 0xc000, 65504: 0x7bff, 65520: 0x7c00, 1e9: 0x7c00, 0x1p-24: 1, 0x1p-25: 0, 0x1.8p-25: 1, 1e-30: 0,
		1 + 0x1p-11: 0x3c00, 1 + 0x1p-11 + 0x1p-20: 0x3c01, 1 + 0x3p-11: 0x3c02, 0x1.ffep-15: 0x0400, 0x1.ff8p-15: 0x03ff,
	} {
		if got := toHalf(f); got != want {
			t.Errorf("%v becomes %#04x, want %#04x", f, got, want)
		}
	}
}

func TestHalfIsNearest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200000 {
		v := float32(math.Ldexp(rng.Float64()*2-1, rng.IntN(44)-28))
		h := toHalf(v)
		if h&0x7fff >= 0x7bff || h&0x7fff == 0 {
			continue
		}
		d := math.Abs(float64(fromHalf(h) - v))
		if d > math.Abs(float64(fromHalf(h+1)-v)) || d > math.Abs(float64(fromHalf(h-1)-v)) {
			t.Fatalf("%v became %v, but a neighbour is nearer", v, fromHalf(h))
		}
	}
}
