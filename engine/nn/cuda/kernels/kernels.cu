// All kernels in one piece, as make ptx and package shim compile them.
#include "product.cu"
#include "layer.cu"
#include "augment.cu"
#include "zoom.cu"
#include "peak.cu"
