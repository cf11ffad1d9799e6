// Package cuda computes networks on an NVIDIA GPU with kernels of its own (folder kernels).
//
//	b := cuda.New(machine, cuda.TF32)
//	defer b.Close()
//	net, err := nn.New(b, nn.FrgNet64(), weights)
//
// A Machine runs the kernels: a GPU through its driver, or the processor through package
// shim, from the same sources, which is how the tests run without a GPU.
//
// # Promises
//
// Tensors lie on the machine in row-major order; only what Read and Write move crosses
// over. Sums are kept in float32, statistics of a batch and the loss in float64. There are
// no atomic additions and no orders left to chance: the same call gives the same bits on the
// same machine. Dropout drops what nn.Keep says, as on every backend.
//
// Precision TF32 rounds what convolutions and dense layers multiply to ten bits of mantissa,
// for the tensor cores of cards since 2020; Float32 does not. Where a card has no tensor
// cores of that kind, TF32 computes as Float32.
//
// # How it is quick
//
// Everything that multiplies is one template, gemm.h: it reads the convolution's windows
// straight from the pictures. Tiles have 128 rows where those fill the machine, else 64; where the tiles
// are too few, several blocks share the sum of each.
//
// Launches wait until something is read. What was launched before in just the same way, such
// as the step of a training, is recorded the second time as a piece (a CUDA graph), and is then
// one call of the driver: FrgNet64 learns with one call a step, of 46 to 51 kernels on a
// large card, in place of as many calls. What changes from step to step (seeds, the learning
// rate) lies in memory for that. A driver that cannot record computes the same bits kernel
// by kernel.
//
// A training's crops are decoded once and lie on the card as bytes, where they fit; a step then
// tells it by 88 bytes a crop how each is turned, moved and coloured, and the kernel augment does that to
// the same bits as package engine. Where they do not fit, the host does it, several batches ahead in
// goroutines, and sends bytes (Encode). BenchmarkBatch of package engine has the crops a second
// that a core makes ready in each way.
//
// In detection a frame goes to the card once, as bytes; its copies in other sizes are made there, to the same
// bits as package engine's (Zoom), and cut into what the network reads.
//
// Decision: no kernels for bf16, nor for wgmma of sm_90. bf16 would halve what moves through
// memory, but keeps 8 bits of the weights' 24 and so needs a second copy of them; wgmma reads
// its operands through tensor maps that an implicit GEMM with windows of 5x5 does not fit.
// Both are worth their code only against a measured limit: reopen with a profile of gpu-check.
package cuda
