// Package onednn computes networks on the processor with oneDNN.
package onednn
