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
// dense.c, drop.c and loss.c write those lists; memory.c has the buffers. bytes.c strings kernels
// together to whole networks that compute with bytes.
//
// # Promises
//
// Every layer agrees with package ref within 1e-4 of its largest value. The same
// seed and the same number of threads give the same losses bit for bit. A step
// allocates nothing. A failure of the library, want of memory or of threads too, is an
// error: once New has returned, no thread is made any more. Close frees everything: a
// buffer or kernel that another kernel still uses lives until that one is closed, and
// using what is closed is ErrClosed. With nothing to do, nothing runs.
//
// In training, a Backward may put a gradient where the value was: read an inner
// layer's Out().Value before it.
//
// # Decisions
//
// Figures are of one Zen 5 core with AVX-512 (sgemm: 221 to 243 GFLOP/s) or held to AVX2
// (115 to 120), FrgNet64, unless said. One core: training at batch 64 has 86 to 88 % of
// sgemm's rate, at batch 10 72 to 74 %; with AVX2 80 % and 70 %. Four such cores (sgemm: 887
// to 910): training 77 to 83 %, inference at batch 64 89 to 96 %.
//
// Where a step at batch 64 spends its 820 ms on one core: conv2 440, conv3 96, fc5 and its
// update 77, conv4 66, conv1 41, bn1 31, pool1 18, bn2 11, pool2 6. The convolutions are
// at sgemm's rate or above; bn1 and pool1 pass over 101 MB eleven times, for which four cores
// have no more memory than one: there they take 8 % of the step. Not done: one kernel for
// both, which would pass over it five times. Foreseen: 3 to 4 % of the step, for a second
// path through nn that makes one kernel of two layers.
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
// Rejected: the same with dnnl_sgemm for the tiles, 30 ms. Its vectors are no wider than
// the processor's (outer_width.h): 16 floats at a time with AVX2 took 324 ms at batch 64,
// 8 take 47.
//
// Batch normalisation is ours (norm.c, sweep.c), though oneDNN has it: its threads wait
// for each other by spinning, 416 ms in place of 6 with four programs for each
// processor. Ours reads x once for both statistics, needs no mask for its ReLU, is no
// slower alone (bn1 at batch 10: 0.97 ms forward, 1.19 backward; oneDNN 1.10 and 1.41)
// and changes layouts on the way.
//
// Threads. oneDNN asks OpenMP for them, and libgomp ends the program when the system
// refuses it one, at any loop: it ends threads for a small loop and makes them anew for
// a large one. So team.c defines the six functions that GCC and oneDNN call; the linker
// prefers a program's own to a library's. They give the thread of a backend the team that
// New made, and any other thread libgomp's. Reopen this if a oneDNN calls more of OpenMP
// (2.6 does not: nm -D libdnnl.so; nor does src/common/dnnl_thread.hpp of the versions after).
//
// The threads of a team block all signals. Go's other threads handle theirs on a stack set
// aside, these would on their own, below what generated code thinks is free: of five runs of
// mode shared with Go's profiler, which sends each thread 100 a second, three died of a
// broken heap, and none of five so. The end of a child process is a signal too.
//
// Waiting. A thread waits awake for 20 microseconds, then asleep. libgomp waits awake for 3
// ms: with four programs for each processor a step at batch 10 took 0.9 to 6 s with it,
// and 0.6 to 1.0 s with 0 to 50 microseconds (programs of the same priority; made to sleep
// at once, libgomp took 0.6 to 0.8). Beside one other training no choice from 0 to 200
// shows. Work on few numbers stays on one thread.
//
// Memory. Blocks from 2 MB on lie in huge pages: update 12.8 ms, 15.5 in small ones. A
// gradient takes its value's memory where nobody needs that any more: 250 MB less at
// batch 64. A step at batch 64 has 1,041 MiB, and closing takes no more: a net closes its
// gradients first, so that none is computed for nobody. Maps of whole pictures pass their outputs on in
// two arenas that all of them share, and packed weights are kept once a layout: FrgNet64S at
// eight sizes of a 512x288 picture takes 120 MB in the place of 650, whose pages took a fifth of
// its time. oneDNN dies of want of memory, in
// C++ exceptions and in code that it writes to no address; so every buffer leaves 256 MB
// of room, which nothing fills (memory.c).
//
// Bytes (bytes.c): convolutions of unsigned by signed bytes at 320 to 1,070 of 1e9 operations a
// second on one core, floats 157 to 285; with AVX2 160 to 310 and 95 to 136. Channels last for
// all of them. The scale of each channel is a multiplication after the sum, which versions 2
// and 3 of the library spell alike; what each calls scales is a tenth faster.
//
// Versions. The code is written for oneDNN 3; dnnl3.h gives version 2 the same names.
// Tested with 2.6 (Debian 12) at every change, and once with 3.7 (Debian 13), which was as
// fast: before team.c, which calls nothing of the library.
//
// Vectors in our own loops are GCC's vector types, compiled for several instruction sets
// and chosen when the program starts: no intrinsics, so arm64 compiles too.
//
// Reopen these when Debian's oneDNN changes, or a layer is added whose backward pass
// needs what is overwritten.
package onednn
