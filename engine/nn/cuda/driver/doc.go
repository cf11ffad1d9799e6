// Package driver computes on NVIDIA cards through their driver and package cu.
//
//	b, err := driver.Open(cuda.TF32)
//
// Nothing but the driver must be installed: the kernels come with the program, and the
// driver compiles them for its card. Where there is none, Open says why. The package needs
// the build tag gpu, and a cuda.h, which is its own: the Makefile shows it to the C compiler.
// Without the tag Open always fails.
package driver
