#include "kernel.h"

static const char fwd[] = "pooling", bwd[] = "pooling's backward";

// ceil is the output's size where a window may hang over the edge, and over how far.
static int64_t ceil_out(int64_t n, int kernel, int stride, int64_t *over) {
  int64_t out = (n - kernel + stride - 1) / stride + 1;
  *over = (out - 1) * stride + kernel - n;
  return out;
}

static od_err build(od_kernel *k) {
  od_buf *x = k->x.value, *which = NULL;
  dnnl_engine_t e = k->dev->engine;
  int side = k->s.kernel, step = k->s.stride;
  dnnl_dims_t none = {0, 0}, window = {side, side}, stride = {step, step}, over, y = {x->dims[0], x->dims[1]};
  for (int i = 0; i < 2; i++) y[2 + i] = ceil_out(x->dims[2 + i], side, step, &over[i]);
  cmd_t dst;
  dnnl_primitive_desc_t pd, back;
  CHECK(od_layout(k, 4, y, dnnl_format_tag_any, &dst));
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
