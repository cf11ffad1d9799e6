// Package driver computes on NVIDIA cards through their driver and package cu.
//
//	b, err := driver.Cautious(cuda.TF32, file, ref)
//
// Nothing but the driver must be installed: the kernels come with the program, and the
// driver compiles them for its card. Where there is none, Cautious says why. The package needs
// the build tag gpu, and a cuda.h, which is its own: the Makefile shows it to the C compiler.
// Without the tag Cautious always fails.
//
// Decision: a card is used, also by "auto", once it has trained a small network to the same
// numbers as the processor, on the user's own machine: no list of known cards is as sure, and
// a second once for each card and driver is cheap. Rejected: to use cards only where somebody asks for
// them, because few would find out.
package driver
