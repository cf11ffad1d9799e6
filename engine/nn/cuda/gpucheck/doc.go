// Package gpucheck is the program of make gpu-check: its tests run on an NVIDIA card, compare it
// with the processor, time it, and write what they found as JSON. On a machine without
// a card they are run once on the fake one, to see that they would run.
//
//	make gpu-check                  on a machine with a card, Go and, for the comparison, PyTorch
//	dist/gpu-check                  the program alone: it needs the driver and nothing else
//	.make/peer.py --cuda gpu-check.json   the same in PyTorch, and the table
//
// The program is a Go test, so that it shares what all backends are tested with. It takes
// the flags of one: gpu-check -test.run Speed.
package gpucheck
