#include <omp.h>

#include "dense.h"
#include "kernel.h"

// Three matrix products, each thread its own part of one. The weights stay row-major
// (O,I) and are never copied: they are most of the memory that a step touches.

// tmp of this kernel: the input as (N,I), y turned (O,N), the gradient before the
// activation, the input's gradient as (N,I). Where the weights' gradient is put off:
// in more, that gradient turned (O,N), and the input in panels.
enum { flat_x, turned_y, gate, flat_dx };
enum { turned_gate, panels };

typedef struct shape {
  int64_t n, in, out;
} shape;

static shape shape_of(od_kernel *k) {
  const int64_t *w = k->p[0].value->dims;
  return (shape){k->y.value->dims[0], w[1], w[0]};
}

// part is a thread's range of n rows or columns, in multiples of 16.
static void part(int64_t n, int64_t *from, int64_t *count) {
  int64_t t = omp_get_thread_num(), threads = omp_get_num_threads(), groups = (n + 15) / 16;
  int64_t to = groups * (t + 1) / threads * 16;
  *from = groups * t / threads * 16;
  *count = (to < n ? to : n) - *from;
}

// forward computes y turned: that way the library streams the weights once, which
// is twice as fast as y itself.
static od_err forward(od_kernel *k) {
  shape s = shape_of(k);
  const float *w = k->p[0].value->p, *x = k->tmp[flat_x]->p, *bias = k->p[1].value->p, slope = k->s.slope;
  float *t = k->tmp[turned_y]->p, *y = k->y.value->p;
  int failed = 0;
#pragma omp parallel reduction(max : failed) if (s.in * s.out > od_worth)
  {
    int64_t from, count;
    part(s.out, &from, &count);
    if (count > 0)
      failed = dnnl_sgemm('N', 'T', count, s.n, s.in, 1, w + from * s.in, s.in, x, s.in, 0, t + from * s.n, s.n);
    for (int64_t i = 0; i < s.n; i++)
      for (int64_t o = from; o < from + count; o++) {
        float v = t[o * s.n + i] + bias[o];
        y[i * s.out + o] = v < 0 ? v * slope : v;
      }
  }
  TRY("matrix product", failed);
  return NULL;
}

static od_err data(od_kernel *k) {
  shape s = shape_of(k);
  const float *w = k->p[0].value->p, *g = k->tmp[gate]->p;
  float *dx = k->tmp[flat_dx]->p;
  int failed = 0;
#pragma omp parallel reduction(max : failed) if (s.in * s.out > od_worth)
  {
    int64_t from, count;
    part(s.in, &from, &count);
    if (count > 0) failed = dnnl_sgemm('N', 'N', s.n, count, s.out, 1, g, s.out, w + from, s.in, 0, dx + from, s.in);
  }
  TRY("matrix product", failed);
  return NULL;
}

static od_err weights(od_kernel *k) {
  shape s = shape_of(k);
  const float *g = k->tmp[gate]->p, *x = k->tmp[flat_x]->p;
  float *dw = k->p[0].grad->p;
  int failed = 0;
#pragma omp parallel reduction(max : failed) if (s.in * s.out > od_worth)
  {
    int64_t from, count;
    part(s.out, &from, &count);
    if (count > 0)
      failed = dnnl_sgemm('T', 'N', count, s.in, s.n, 1, g + from, s.out, x, s.in, 0, dw + from * s.in, s.in);
  }
  TRY("matrix product", failed);
  return NULL;
}

static od_err bias(od_kernel *k) {
  shape s = shape_of(k);
  const float *g = k->tmp[gate]->p;
  float *db = k->p[1].grad->p;
  for (int64_t o = 0; o < s.out; o++) db[o] = 0;
  for (int64_t i = 0; i < s.n; i++)
    for (int64_t o = 0; o < s.out; o++) db[o] += g[i * s.out + o];
  return NULL;
}

// put_off leaves the gradient of large weights to od_sgd, which computes it while it
// moves them: to store it and read it again would take longer than to compute it.
static od_err put_off(od_kernel *k) {
  shape s = shape_of(k);
  const float *g = k->tmp[gate]->p;
  float *turned = k->more[turned_gate]->p;
#pragma omp parallel for schedule(static)
  for (int64_t o = 0; o < s.out; o++)
    for (int64_t i = 0; i < s.n; i++) turned[o * s.n + i] = g[i * s.out + o];
  od_panels(k->tmp[flat_x]->p, s.n, s.in, k->more[panels]->p);
  k->p[0].grad->late = k;
  return NULL;
}

od_err od_settle(od_buf *grad) {
  od_kernel *k = grad->late;
  if (!k) return NULL;
  grad->late = NULL;
  shape s = shape_of(k);
  od_outer o = {k->more[turned_gate]->p, k->more[panels]->p, s.n, s.in, s.out};
  od_outer_put(&o, grad->p);
  return NULL;
}

void od_dense_move(od_kernel *k, float *w, float *v, float rate, float momentum, float decay) {
  shape s = shape_of(k);
  od_outer o = {k->more[turned_gate]->p, k->more[panels]->p, s.n, s.in, s.out};
  od_outer_move(&o, w, v, rate, momentum, decay);
}

// flat gives buf as row-major (N,I): in is that shape over plain, which is buf
// itself or a buffer of its shape.
static od_err flat(od_kernel *k, od_buf *buf, od_buf **plain, od_buf **in) {
  cmd_t md;
  dnnl_dims_t dims = {buf->dims[0], k->p[0].value->dims[1]};
  CHECK(od_rowmajor(k, buf->rank, buf->dims, &md));
  CHECK(od_dest(k, buf, md, plain));
  return od_alias(k, *plain, 2, dims, in);
}

static od_err backward(od_kernel *k) {
  od_buf *dx = k->x.grad, *plain;
  shape s = shape_of(k);
  CHECK(od_gate(k, &k->tmp[gate]));
  if (dx) {
    CHECK(flat(k, dx, &plain, &k->tmp[flat_dx]));
    CHECK(od_call(&k->bwd, "dense layer's backward data", data));
    if (plain != dx) CHECK(od_to(k, &k->bwd, plain, dx));
  }
  if (k->p[1].grad) CHECK(od_call(&k->bwd, "dense layer's backward bias", bias));
  if (!k->p[0].grad) return NULL;
  if (s.in * s.out < od_large) {
    CHECK(od_call(&k->bwd, "dense layer's backward weights", weights));
    return NULL;
  }
  CHECK(od_own(k, 2, (dnnl_dims_t){s.out, s.n}, NULL, &k->more[turned_gate]));
  CHECK(od_own(k, 1, (dnnl_dims_t){od_panels_size(s.n, s.in)}, NULL, &k->more[panels]));
  CHECK(od_call(&k->bwd, "dense layer's backward weights", put_off));
  return NULL;
}

static od_err build(od_kernel *k) {
  od_buf *x = k->x.value, *plain;
  int64_t n = x->dims[0], out = k->s.out;
  CHECK(flat(k, x, &plain, &k->tmp[flat_x]));
  if (plain != x) CHECK(od_to(k, &k->fwd, x, plain));
  CHECK(od_own(k, 2, (dnnl_dims_t){out, n}, NULL, &k->tmp[turned_y]));
  CHECK(od_output(k, 2, (dnnl_dims_t){n, out}, NULL));
  CHECK(od_call(&k->fwd, "dense", forward));
  return k->s.train ? backward(k) : NULL;
}

od_err od_dense(od_dev *dev, od_spec s, od_var x, const od_var *p, od_kernel **k) {
  CHECK(od_kernel_new(dev, s, x, p, 2, k));
  return build(*k);
}
