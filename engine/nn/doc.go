// Package nn builds convolutional networks as gorgonia graphs and runs them on a
// Backend. It is the only package that imports gorgonia.
//
// A network is data: an Arch is a list of Layers (FrgNet64, FrgNet128, or one read
// from a checkpoint), its Weights a list of named tensors. New puts both on a
// Backend:
//
//	arch := nn.FrgNet64()
//	weights, err := nn.NewWeights(arch, nn.He, seed)
//	net, err := nn.New(ref.New(0), arch, weights)
//	loss, logits, err := net.Step(x, targets, batch, sgd, seed) // trains
//	logits, err := net.Logits(x, count)                         // asks
//	defer net.Close()
//
// The data flow is one way: Arch → graph.go makes one Kernel a layer and wraps it
// in a gorgonia op → gorgonia differentiates and orders → the Backend computes.
//
// # What is gorgonia's and what is ours
//
// Decision: gorgonia's graph, differentiation, tape machine and Solver interface
// are used as they are; its layers are not. Each layer of ours is one op whose
// forward and backward pass is one call of a Kernel on fixed buffers. Rejected:
// gorgonia's own convolution, pooling, batch normalisation and dropout (measured 5
// crops/s in training; swapped pads, running statistics reset by every new
// machine, dropout seeded from the clock); a batch axis left open (shapes are
// fixed in gorgonia's graphs, so there is one graph a batch size, all sharing
// the parameters). Reopen when gorgonia gains layers with replaceable kernels.
//
// Decision: a Kernel owns its output and writes gradients into its input's and its
// parameters' Grad buffers; the values that flow through gorgonia are views of
// those buffers. gorgonia's machine runs a graph once; what it ran is then repeated
// in the same order without it (0 allocations a step in place of 210). So a device
// backend can keep everything on the device.
//
// Decision: a network in bytes (InBytes) needs no pictures to be measured on: the batch
// normalisations say how large its numbers get, and a factor for each channel that the
// next layer's weights take back gives all of them the whole range of a byte. Its weights have
// seven bits, so that AVX2, which adds pairs of products in 16 bits, gives what newer
// processors give. Rejected: bfloat16, half as fast, where the processor has it at all.
//
// # Promises
//
// The same weights, batches and seeds give the same losses bit for bit on one
// backend with one thread count. Networks with running averages use them in
// Logits; Step uses the statistics of its batch. A panic inside gorgonia or a
// kernel becomes an error.
package nn
