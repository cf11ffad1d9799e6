#include "kernel.h"

// od_sgd: v = momentum*v - rate*(g + decay*w); w = w + v.
void od_sgd(od_buf *value, od_buf *grad, od_buf *velocity, float rate, float momentum, float decay) {
  float *restrict w = value->p, *restrict v = velocity->p;
  const float *restrict g = grad->p;
  int64_t n = value->bytes / sizeof *w;
  od_touch(value);
  if (grad->late) {
    od_dense_move(grad->late, w, v, rate, momentum, decay);
    return;
  }
#pragma omp parallel for simd schedule(static) if (n > od_worth)
  for (int64_t i = 0; i < n; i++) {
    v[i] = momentum * v[i] - rate * (g[i] + decay * w[i]);
    w[i] += v[i];
  }
}
