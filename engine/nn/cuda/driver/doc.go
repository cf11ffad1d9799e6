// Package driver runs kernels on NVIDIA cards through their driver and package cu.
//
//	for _, c := range driver.Cards() {
//		m, err := c.Open()
//
// Nothing but the driver must be installed, and where there is none, Cards is empty and Why
// tells the reason. The package needs the build tag gpu and its own cuda.h, which the
// Makefile shows the C compiler; without the tag there is nothing in it.
package driver
