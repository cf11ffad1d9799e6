package engine

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"frglab/engine/nn"
)

// A safetensors file is eight bytes that give the length of a JSON header, that
// header, and the tensors' bytes in it, little-endian and row-major. The header maps names to
// {"dtype","shape","data_offsets"} and "__metadata__" to strings. The reader here takes
// less than the format allows: see header and tensorInfo.
const (
	maxFile    = 1 << 30 // bytes: four times the larger network's resume state
	maxHeader  = 1 << 20 // bytes: a network of 256 layers needs a tenth
	maxTensors = 4096
	maxAxes    = 4
	metaKey    = "__metadata__"
)

// tensorInfo says where a tensor lies in the bytes behind the header.
type tensorInfo struct {
	name       string
	half       bool // F16, else F32: other types are refused
	shape      []int
	begin, end int64
}

// header is what a file claims; parseHeader has checked that the tensors lie one
// behind the other, without gap or overlap, from the first byte to the last.
type header struct {
	meta    map[string]string
	tensors []tensorInfo // in the order of their bytes
}

// readHeader reads up to the first byte of the first tensor. size is the length of
// the whole file.
func readHeader(r io.Reader, size int64) (header, error) {
	if size > maxFile {
		return header{}, fmt.Errorf("%d MB is too large: at most %d MB are read", size>>20, maxFile>>20)
	}
	var start [8]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return header{}, errors.New("not a safetensors file: it is shorter than 8 bytes")
	}
	n := binary.LittleEndian.Uint64(start[:])
	if n < 2 || n > maxHeader || int64(n) > size-8 {
		return header{}, fmt.Errorf("not a safetensors file, or cut short: a header of %d bytes in a file of %d", n, size)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return header{}, fmt.Errorf("read the header: %w", err)
	}
	h, err := parseHeader(text, size-8-int64(n))
	if err != nil {
		return header{}, fmt.Errorf("not a safetensors file that can be read: %w", err)
	}
	return h, nil
}

func parseHeader(text []byte, data int64) (header, error) {
	var top map[string]json.RawMessage
	if text[0] != '{' {
		return header{}, errors.New("the header is no JSON object")
	}
	if err := strictJSON(text, &top); err != nil {
		return header{}, fmt.Errorf("header: %w", err)
	}
	if len(top) > maxTensors {
		return header{}, fmt.Errorf("%d tensors are too many", len(top))
	}
	h := header{meta: map[string]string{}}
	for name, raw := range top {
		var err error
		if name == metaKey {
			err = parseMeta(raw, h.meta)
		} else {
			var t tensorInfo
			t, err = parseInfo(name, raw, data)
			h.tensors = append(h.tensors, t)
		}
		if err != nil {
			return header{}, fmt.Errorf("header, %q: %w", name, err)
		}
	}
	slices.SortFunc(h.tensors, func(a, b tensorInfo) int { return cmp.Compare(a.begin, b.begin) })
	at := int64(0)
	for _, t := range h.tensors {
		if t.begin != at {
			return header{}, fmt.Errorf("tensor %q starts at byte %d, the one before ends at %d", t.name, t.begin, at)
		}
		at = t.end
	}
	if at != data {
		return header{}, fmt.Errorf("the tensors take %d bytes, but %d follow the header: the file is cut short or has something behind it", at, data)
	}
	return h, nil
}

func parseMeta(raw json.RawMessage, meta map[string]string) error {
	var texts map[string]*string
	if err := json.Unmarshal(raw, &texts); err != nil || texts == nil {
		return errors.New("not an object of strings")
	}
	for k, v := range texts {
		if v == nil {
			return fmt.Errorf("%q is no string", k)
		}
		meta[k] = *v
	}
	return nil
}

func parseInfo(name string, raw json.RawMessage, data int64) (tensorInfo, error) {
	var f map[string]json.RawMessage
	if err := json.Unmarshal(raw, &f); err != nil || len(f) != 3 {
		return tensorInfo{}, errors.New("not exactly dtype, shape and data_offsets")
	}
	var dtype string
	var shape, offsets []int64
	err := errors.Join(unmarshal(f["dtype"], &dtype), unmarshal(f["shape"], &shape), unmarshal(f["data_offsets"], &offsets))
	switch {
	case err != nil || shape == nil || len(offsets) != 2 || len(shape) > maxAxes:
		return tensorInfo{}, fmt.Errorf("dtype %s, shape %s, data_offsets %s cannot be", f["dtype"], f["shape"], f["data_offsets"])
	case dtype != "F32" && dtype != "F16":
		return tensorInfo{}, fmt.Errorf("numbers of type %q: only F32 and F16 are read", dtype)
	}
	t := tensorInfo{name: name, half: dtype == "F16", begin: offsets[0], end: offsets[1]}
	if t.begin < 0 || t.end < t.begin || t.end > data {
		return tensorInfo{}, fmt.Errorf("bytes %d to %d of %d: the file is cut short, or not what it says", t.begin, t.end, data)
	}
	want := t.width()
	for _, d := range shape {
		if d < 1 || d > maxFile || want > maxFile {
			return tensorInfo{}, fmt.Errorf("shape %v is out of range", shape)
		}
		want *= d
		t.shape = append(t.shape, int(d))
	}
	if want != t.end-t.begin {
		return tensorInfo{}, fmt.Errorf("shape %v of %s takes %d bytes, not %d", shape, dtype, want, t.end-t.begin)
	}
	return t, nil
}

func unmarshal(raw json.RawMessage, v any) error {
	if raw == nil {
		return errors.New("missing")
	}
	return json.Unmarshal(raw, v)
}

// width is the number of bytes of one number.
func (t tensorInfo) width() int64 {
	if t.half {
		return 2
	}
	return 4
}

// readTensor reads the next tensor's bytes. Numbers that are not finite are refused.
func readTensor(r io.Reader, t tensorInfo) (nn.Tensor, error) {
	width := int(t.width())
	out := nn.Tensor{Name: t.name, Shape: t.shape, Data: make([]float32, int(t.end-t.begin)/width)}
	chunk := make([]byte, 1<<16)
	for at := 0; at < len(out.Data); {
		n := min(len(chunk)/width, len(out.Data)-at)
		if _, err := io.ReadFull(r, chunk[:n*width]); err != nil {
			return nn.Tensor{}, fmt.Errorf("tensor %q: %w", t.name, err)
		}
		dst := out.Data[at : at+n]
		for i := range dst {
			if t.half {
				dst[i] = fromHalf(binary.LittleEndian.Uint16(chunk[2*i:]))
			} else {
				dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(chunk[4*i:]))
			}
		}
		at += n
	}
	return out, finite(out)
}

// finite fails on a tensor with a number that is infinite or none.
func finite(t nn.Tensor) error {
	for i, v := range t.Data {
		if v-v != 0 {
			return fmt.Errorf("tensor %q: number %d is %v", t.Name, i, v)
		}
	}
	return nil
}

// writeTensors writes a whole file: the same tensors and metadata give the same
// bytes. Tensors that half picks are stored in 16 bits.
func writeTensors(w io.Writer, meta map[string]string, tensors nn.Weights, half func(nn.Tensor) bool) error {
	type entry struct {
		DType   string   `json:"dtype"`
		Shape   []int    `json:"shape"`
		Offsets [2]int64 `json:"data_offsets"`
	}
	top := map[string]any{metaKey: meta}
	at := int64(0)
	for _, t := range tensors {
		e := entry{"F32", t.Shape, [2]int64{at, at + 4*int64(len(t.Data))}}
		if half(t) {
			e.DType, e.Offsets[1] = "F16", at+2*int64(len(t.Data))
		}
		at = e.Offsets[1]
		top[t.Name] = e
	}
	text, err := json.Marshal(top) // sorts the names
	if err != nil {
		return err
	}
	for len(text)%8 != 0 { // the tensors start at a multiple of eight, as the format wants
		text = append(text, ' ')
	}
	out := bufio.NewWriterSize(w, 1<<20)
	out.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text)))) // Flush reports errors
	out.Write(text)
	for _, t := range tensors {
		if err := writeTensor(out, t, half(t)); err != nil {
			return err
		}
	}
	return out.Flush()
}

func writeTensor(out io.Writer, t nn.Tensor, half bool) error {
	chunk := make([]byte, 0, 1<<16)
	for i, v := range t.Data {
		if half && (v > maxHalf || v < -maxHalf) {
			return fmt.Errorf("tensor %q: number %d is %v, too large for 16 bits", t.Name, i, v)
		}
		if half {
			chunk = binary.LittleEndian.AppendUint16(chunk, toHalf(v))
		} else {
			chunk = binary.LittleEndian.AppendUint32(chunk, math.Float32bits(v))
		}
		if len(chunk) == cap(chunk) || i == len(t.Data)-1 {
			if _, err := out.Write(chunk); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	return nil
}
