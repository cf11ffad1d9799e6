#include "kernel.h"

static const char fwd[] = "pooling", bwd[] = "pooling's backward";

// ceil is the output's size where a window may hang over the edge, and over how far.
static int64_t ceil_out(int64_t n, int kernel, int stride, int64_t *over) {
  int64_t out = (n - kernel + stride - 1) / stride + 1;
  *over = (out - 1) * stride + kernel - n;
  return out;
}

static inline uint8_t most(uint8_t a, uint8_t b) { return a > b ? a : b; }

// halve takes the largest of two by two bytes of each channel, which lie together. The
// library takes five times as long where there are 24.
static od_err halve(od_kernel *k) {
  od_buf *x = k->x.value, *y = k->y.value;
  int64_t c = x->dims[1], h = x->dims[2], w = x->dims[3], rows = y->dims[2], columns = y->dims[3];
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < x->dims[0] * rows; i++) {
    const uint8_t *upper = (uint8_t *)x->p + (i / rows * h + i % rows * 2) * w * c;
    const uint8_t *lower = i % rows * 2 + 1 < h ? upper + w * c : upper;
    uint8_t *to = (uint8_t *)y->p + i * columns * c;
    for (int64_t j = 0; j < columns; j++) {
      int64_t left = 2 * j * c, right = 2 * j + 1 < w ? left + c : left;
      for (int64_t from = 0; from < c; from += 8)
        for (int q = 0; q < 8; q++)
          to[j * c + from + q] = most(most(upper[left + from + q], upper[right + from + q]),
              most(lower[left + from + q], lower[right + from + q]));
    }
  }
  return NULL;
}

static od_err build(od_kernel *k) {
  od_buf *x = k->x.value, *which = NULL;
  dnnl_engine_t e = k->dev->engine;
  int side = k->s.kernel, step = k->s.stride;
  dnnl_dims_t none = {0, 0}, window = {side, side}, stride = {step, step}, over, y = {x->dims[0], x->dims[1]};
  for (int i = 0; i < 2; i++) y[2 + i] = ceil_out(x->dims[2 + i], side, step, &over[i]);
  cmd_t dst;
  if (od_type(x->md) == dnnl_u8 && side == 2 && step == 2 && x->dims[1] % 8 == 0) {
    CHECK(od_layout_of(k, dnnl_u8, 4, y, dnnl_nhwc, &dst));
    CHECK(od_output(k, 4, y, dst));
    return od_call(&k->fwd, fwd, halve);
  }
  dnnl_primitive_desc_t pd, back;
  CHECK(od_layout_of(k, od_type(x->md), 4, y, dnnl_format_tag_any, &dst));
  CHECK(od_pd(k, fwd,
      dnnl_pooling_forward_primitive_desc_create(&pd, e, k->s.train ? dnnl_forward_training : dnnl_forward_inference,
          dnnl_pooling_max, x->md, dst, stride, window, none, none, over, NULL),
      &pd));
  CHECK(od_output(k, 4, y, od_md(pd, dnnl_query_dst_md, 0)));
  if (!k->s.train)
    return od_add(&k->fwd, fwd, pd, DNNL_ARG_SRC, x, DNNL_ARG_DST, k->y.value, 0);
  CHECK(od_own(k, 4, y, od_md(pd, dnnl_query_workspace_md, 0), &which));
  CHECK(od_add(&k->fwd, fwd, pd, DNNL_ARG_SRC, x, DNNL_ARG_DST, k->y.value, DNNL_ARG_WORKSPACE, which, 0));
  if (!k->x.grad) return NULL;
  CHECK(od_overwrite(k));
  CHECK(od_pd(k, bwd,
      dnnl_pooling_backward_primitive_desc_create(
          &back, e, dnnl_pooling_max, x->md, k->y.grad->md, stride, window, none, none, over, pd, NULL),
      &back));
  return od_add(&k->bwd, bwd, back, DNNL_ARG_DIFF_DST, k->y.grad, DNNL_ARG_WORKSPACE, which, DNNL_ARG_DIFF_SRC,
      k->x.grad, 0);
}

od_err od_pool(od_dev *dev, od_spec s, od_var x, od_kernel **k) {
  CHECK(od_kernel_new(dev, s, x, NULL, 0, k));
  return build(*k);
}
