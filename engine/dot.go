package engine

import (
	"fmt"
	"io"
	"strings"

	"frglab/engine/nn"
)

// WriteDot draws the network in the language of Graphviz, for "dot -Tsvg": a box for
// every layer with its parameters, and arrows with the shapes of what goes between them.
func (c *Checkpoint) WriteDot(w io.Writer) error {
	outs, params, err := c.Arch.Specs()
	if err != nil {
		return fmt.Errorf("draw the network: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", dotQuote(c.Arch.Name))
	b.WriteString("\tnode [shape=box, style=rounded, fontname=\"sans-serif\"];\n\tedge [fontname=\"sans-serif\", fontsize=10];\n")
	fmt.Fprintf(&b, "\tin [shape=ellipse, label=%s];\n", dotQuote(fmt.Sprintf("red, green, blue\nless the mean, divided by %v", c.Scale)))
	from, shape, total := "in", []int{3, c.Arch.Size, c.Arch.Size}, 0
	for i, l := range c.Arch.Layers {
		n := 0
		for _, p := range params[i] {
			n += volume(p.Shape)
		}
		total += n
		to := fmt.Sprintf("l%d", i)
		fmt.Fprintf(&b, "\t%s [label=%s];\n\t%s -> %s [label=%s];\n", to, dotQuote(dotLayer(l, n)), from, to, dotShape(shape))
		from, shape = to, outs[i]
	}
	fmt.Fprintf(&b, "\tout [shape=ellipse, label=%s];\n", dotQuote("softmax\n"+strings.Join(c.Classes, ", ")))
	fmt.Fprintf(&b, "\t%s -> out [label=%s];\n", from, dotShape(shape))
	fmt.Fprintf(&b, "\tlabel=%s;\n}\n", dotQuote(fmt.Sprintf("%s: %d numbers", c, total)))
	_, err = io.WriteString(w, b.String())
	return err
}

// dotLayer is the text in a layer's box; n numbers belong to it.
func dotLayer(l nn.Layer, n int) string {
	text := l.Name + ": " + string(l.Kind)
	if l.Kernel > 0 {
		text += fmt.Sprintf(" %dx%d", l.Kernel, l.Kernel)
	}
	for _, p := range []struct {
		name  string
		value int
	}{{"stride", l.Stride}, {"pad", l.Pad}} {
		if p.value > 0 {
			text += fmt.Sprintf(", %s %d", p.name, p.value)
		}
	}
	if l.Kind == nn.Dropout {
		text += fmt.Sprintf(" %v", l.Drop)
	}
	if n > 0 {
		text += fmt.Sprintf("\n%d numbers", n)
	}
	if l.Act != nn.Linear {
		text += "\n" + string(l.Act)
	}
	return text
}

// dotShape is "96x31x31" for a picture's layers, "2048" for a vector.
func dotShape(shape []int) string {
	return dotQuote(strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", "x"))
}

var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func dotQuote(s string) string { return `"` + dotEscapes.Replace(s) + `"` }
