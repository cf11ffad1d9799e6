// Package quiet keeps libraries from writing to standard error while the program
// starts: Fyne logs three lines when the locale is "C.UTF-8", as it is in a batch job or
// a container, and the commands promise one line for each failure and no other.
//
// Importing it is enough to begin; main calls End before anything else.
//
// It works because Go initialises packages in the order of their import paths, as
// far as their own imports allow (Go specification, "Program initialization"): this
// one needs only the standard library, and "frglab/" comes before "fyne.io/".
package quiet

import (
	"io"
	"log"
	"os"
)

func init() { log.SetOutput(io.Discard) }

// End lets log messages through again.
func End() { log.SetOutput(os.Stderr) }
