#include "kernel.h"

// keep is nn.Keep: splitmix64 at counter i+1, its top 24 bits compared.
static inline int keep(uint64_t seed, uint64_t i, uint64_t limit) {
  uint64_t z = seed + (i + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  z = z ^ z >> 31;
  return z >> 40 >= limit;
}

// mask copies from to to, where the seed keeps it scaled up and else 0. Both are row-major.
static void mask(od_kernel *k, const od_buf *from, od_buf *to) {
  const float *src = from->p, scale = 1 / (1 - k->s.drop);
  float *dst = to->p;
  uint64_t seed = k->seed, limit = (uint64_t)(k->s.drop * (1 << 24));
  int64_t n = to->bytes / sizeof *dst;
#pragma omp parallel for schedule(static) if (n > od_worth)
  for (int64_t i = 0; i < n; i++) dst[i] = keep(seed, i, limit) ? src[i] * scale : 0;
}

static od_err forward(od_kernel *k) {
  mask(k, k->tmp[0], k->y.value);
  return NULL;
}

static od_err backward(od_kernel *k) {
  mask(k, k->y.grad, k->tmp[1]);
  return NULL;
}

static od_err build(od_kernel *k) {
  od_buf *x = k->x.value, *dx = k->x.grad;
  cmd_t md;
  CHECK(od_rowmajor(k, x->rank, x->dims, &md));
  CHECK(od_in(k, &k->fwd, x, md, &k->tmp[0]));
  CHECK(od_output(k, x->rank, x->dims, md));
  CHECK(od_call(&k->fwd, "dropout", forward));
  if (!dx) return NULL;
  CHECK(od_dest(k, dx, md, &k->tmp[1]));
  CHECK(od_call(&k->bwd, "dropout's backward", backward));
  return k->tmp[1] == dx ? NULL : od_to(k, &k->bwd, k->tmp[1], dx);
}

od_err od_drop(od_dev *dev, od_spec s, od_var x, od_kernel **k) {
  CHECK(od_kernel_new(dev, s, x, NULL, 0, k));
  return build(*k);
}
