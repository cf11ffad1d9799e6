// Package onednn is the processor's backend: networks on oneDNN, at the speed that
// its own matrix product has.
//
//	b, err := onednn.New(0) // 0: all cores
//	defer b.Close()
//	net, err := nn.New(b, nn.FrgNet64(), weights)
//
// The way of a call: shape.go checks, layer.go asks C for a kernel, kernel.go keeps its
// Go side; the backend's one thread (onednn.go) enters C; kernel.c runs the kernel's list
// of steps, each a primitive of oneDNN or a function of ours. conv.c, norm.c, pool.c,
// dense.c, drop.c and loss.c write those lists; memory.c has the buffers.
//
// # Promises
//
// Every layer agrees with package ref within 1e-4 of its largest value. The same
// seed and the same number of threads give the same losses bit for bit. A step
// allocates nothing. A failure of the library, want of memory too, is an error. Close
// frees everything: a buffer or kernel that another kernel still uses lives until that
// one is closed, and using what is closed is ErrClosed. With nothing to do, nothing
// runs.
//
// In training, a Backward may put a gradient where the value was: read an inner
// layer's Out().Value before it.
//
// # Decisions
//
// Figures are of one Zen 5 core with AVX-512 (sgemm: 221 GFLOP/s) or held to AVX2 (115),
// FrgNet64, unless said. Four such cores (sgemm: 908): training 750 to 765 GFLOP/s at batch
// 64, the fastest step 812; 470 to 505 at batch 10; inference 805 to 850 at batch 64.
//
// Layouts. Convolutions put out what oneDNN chooses for inference: channels last
// with AVX-512, blocks of 8 channels with AVX2. Rejected: what it chooses for
// training with AVX-512, blocks of 16 (conv2 206 GFLOP/s, channels last 253). Only the
// first layer of a net that trains takes that, because its backward weights run at
// 205 with it and at 83 with channels last. Activations change layout once, inside the
// batch normalisation after the first convolution, where it costs nothing.
//
// The input's gradient of a convolution is computed as a forward convolution with
// turned weights: 250 GFLOP/s, oneDNN's backward data 209 (AVX2: 121 and 121; on Zen 3
// 87 and 74). The weights' gradient is oneDNN's: 231 with channels last, 217 in blocks.
// Rejected: splitting large batches with AVX2 (103 at 2, 105 at 16, 102 at 64).
//
// Dense layers are matrix products over row-major weights, which are never copied
// (fc5's are 154 MB). Forward, y is computed turned, 185 GFLOP/s at batch 64 and 75 at
// batch 10; rejected: y itself (105 and 35), and oneDNN's inner product with packed
// weights, which is no faster and packs for 35 ms. Each thread multiplies its own
// part; oneDNN's threaded product spins, see below.
//
// The gradient of more than a million weights is put off (outer.c): Update computes it
// tile by tile while it moves the weights, 11.1 ms at batch 10 for 22.0 of product and
// update one after the other, and 154 MB fewer. Who reads the gradient gets it.
// Rejected: the same with dnnl_sgemm for the tiles, 30 ms.
//
// Batch normalisation is ours (norm.c, sweep.c), though oneDNN has it: its threads wait
// for each other by spinning, 416 ms in place of 6 with four programs for each
// processor. Ours reads x once for both statistics, needs no mask for its ReLU, is no
// slower alone (bn1 at batch 10: 0.97 ms forward, 1.19 backward; oneDNN 1.10 and 1.41)
// and changes layouts on the way.
//
// Waiting. An idle team of threads keeps libgomp from spinning (idle.h): with four
// programs for each processor a step at batch 10 takes 0.2 s with it, 0.9 to 6 s without.
// On a quiet machine it costs: to wake three threads takes 50 microseconds, about 5 % of
// a step at batch 10 and 1 ms of one crop's 5. Work on few numbers stays on one thread.
// libgomp ends the program when the system refuses it a thread.
//
// Memory. Blocks from 2 MB on lie in huge pages: update 12.8 ms, 15.5 in small ones. A
// gradient takes its value's memory where nobody needs that any more: 250 MB less at
// batch 64.
//
// Versions. The code is written for oneDNN 3; dnnl3.h gives version 2 the same names.
// Tested with 2.6 (Debian 12) and 3.7 (Debian 13), which is as fast.
//
// Vectors in our own loops are GCC's vector types, compiled for several instruction sets
// and chosen when the program starts: no intrinsics, so arm64 compiles too.
//
// Reopen these when Debian's oneDNN changes, or a layer is added whose backward pass
// needs what is overwritten.
package onednn
