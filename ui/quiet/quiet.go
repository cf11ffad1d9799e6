// Package quiet keeps libraries from writing to standard error while the program
// starts: Fyne logs three lines when the locale is "C.UTF-8", as it is in a batch job or
// a container, GTK warns of a locale that the system does not have, and the commands
// promise one line for each failure and no other.
//
// Importing it is enough to begin; main calls End before anything else.
//
// It works because Go initialises packages in the order of their import paths, as
// far as their own imports allow (Go specification, "Program initialization"): this
// one needs only the standard library, and "frglab/" comes before "fyne.io/". GTK starts
// before that, so what is for it runs as the C code of the program is loaded. Go's own
// environment stays as it is: the language of the window follows what the user set.
package quiet

/*
#include <locale.h>
#include <stdlib.h>

__attribute__((constructor)) static void have_a_locale(void) {
	if (setlocale(LC_ALL, "") == NULL)
		setenv("LC_ALL", "C.UTF-8", 1); // which the C library has always
	setlocale(LC_ALL, "C");                 // as a program begins
}
*/
import "C"

import (
	"io"
	"log"
	"os"
)

func init() { log.SetOutput(io.Discard) }

// End lets log messages through again.
func End() { log.SetOutput(os.Stderr) }
