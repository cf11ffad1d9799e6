#include "kernel.h"

// od_sgd: v = momentum*v - rate*(g + decay*w); w = w + v.
void od_sgd(od_buf *value, od_buf *grad, od_buf *velocity, float rate, float momentum, float decay) {
  float *restrict w = value->p, *restrict v = velocity->p;
  const float *restrict g = grad->p;
  int64_t n = value->bytes / sizeof *w;
#pragma omp parallel for simd schedule(static)
  for (int64_t i = 0; i < n; i++) {
    v[i] = momentum * v[i] - rate * (g[i] + decay * w[i]);
    w[i] += v[i];
  }
  od_touch(value);
}
