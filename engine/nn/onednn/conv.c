#include <string.h>

#include "kernel.h"

static const char fwd[] = "convolution", bwd_data[] = "convolution's backward data",
                  bwd_weights[] = "convolution's backward weights";

// geometry is what the three passes share. Layouts of x, w and y are left to the library.
typedef struct geometry {
  dnnl_dims_t one, none, pad, back, x, y, w, turned, b;
  cmd_t any_x, any_y, any_w, bias;
} geometry;

static od_err measure(od_kernel *k, geometry *g) {
  const int64_t *x = k->x.value->dims;
  int64_t out = k->s.out, side = k->s.kernel, pad = k->s.pad, back = side - 1 - pad, grow = 2 * pad - side + 1;
  *g = (geometry){.one = {1, 1}, .pad = {pad, pad}, .back = {back, back}, .b = {out}, .w = {out, x[1], side, side},
      .turned = {x[1], out, side, side}, .y = {x[0], out, x[2] + grow, x[3] + grow}};
  memcpy(g->x, x, 4 * sizeof *x);
  CHECK(od_layout(k, 4, g->x, dnnl_format_tag_any, &g->any_x));
  CHECK(od_layout(k, 4, g->y, dnnl_format_tag_any, &g->any_y));
  CHECK(od_layout(k, 4, g->w, dnnl_format_tag_any, &g->any_w));
  return od_rowmajor(k, 1, g->b, &g->bias);
}

// turn makes the weights of the convolution that is the backward pass: channels
// exchanged, pixels in reverse order. turned: (C,O,K,K)
static od_err turn(od_kernel *k) {
  int64_t out = k->s.out, in = k->x.value->dims[1], area = (int64_t)k->s.kernel * k->s.kernel;
  const float *w = k->p[0].value->p;
  float *turned = k->tmp[0]->p;
#pragma omp parallel for schedule(static)
  for (int64_t c = 0; c < in; c++)
    for (int64_t o = 0; o < out; o++)
      for (int64_t i = 0; i < area; i++) turned[(c * out + o) * area + i] = w[(o * in + c) * area + area - 1 - i];
  return NULL;
}

// data computes the input's gradient as a forward convolution: the library's
// backward pass of the same cost is slower (doc.go has figures).
static od_err data(od_kernel *k, geometry *g, od_buf *gate, cmd_t x) {
  dnnl_primitive_desc_t pd;
  cmd_t any;
  od_buf *w, *dx;
  if (g->back[0] < 0) return "convolution: to train it, its pad must be smaller than its kernel";
  CHECK(od_layout(k, 4, g->turned, dnnl_format_tag_any, &any));
  CHECK(od_pd(k, bwd_data,
      dnnl_convolution_forward_primitive_desc_create(&pd, k->dev->engine, dnnl_forward_inference,
          dnnl_convolution_direct, gate->md, any, NULL, x, g->one, g->none, g->back, g->back, NULL),
      &pd));
  CHECK(od_own(k, 4, g->turned, NULL, &k->tmp[0]));
  CHECK(od_call(&k->bwd, bwd_data, turn));
  CHECK(od_in(k, &k->bwd, k->tmp[0], od_md(pd, dnnl_query_weights_md, 0), &w));
  CHECK(od_dest(k, k->x.grad, x, &dx));
  CHECK(od_add(&k->bwd, bwd_data, pd, DNNL_ARG_SRC, gate, DNNL_ARG_WEIGHTS, w, DNNL_ARG_DST, dx, 0));
  return dx == k->x.grad ? NULL : od_to(k, &k->bwd, dx, k->x.grad);
}

// describe_weights asks for the pass with these layouts of x and y.
static dnnl_status_t describe_weights(od_kernel *k, geometry *g, cmd_t x, cmd_t y, dnnl_primitive_desc_t *pd) {
  dnnl_primitive_desc_t hint;
  dnnl_engine_t e = k->dev->engine;
  dnnl_alg_kind_t alg = dnnl_convolution_direct;
  dnnl_status_t s = dnnl_convolution_forward_primitive_desc_create(
      &hint, e, dnnl_forward_training, alg, x, g->any_w, g->bias, y, g->one, g->none, g->pad, g->pad, NULL);
  if (s) return s;
  s = dnnl_convolution_backward_weights_primitive_desc_create(
      pd, e, alg, x, g->any_w, g->bias, y, g->one, g->none, g->pad, g->pad, hint, NULL);
  dnnl_primitive_desc_destroy(hint);
  return s;
}

int od_slow(dnnl_primitive_desc_t pd) {
  const char *name = "";
  dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name);
  return !strstr(name, "jit") && !strstr(name, "brg");
}

static od_err weights(od_kernel *k, geometry *g, od_buf *gate, od_buf *x) {
  od_var w = k->p[0], b = k->p[1];
  od_buf *out, *db = b.grad;
  dnnl_primitive_desc_t pd;
  if (!w.grad && !db) return NULL;
  CHECK(od_pd(k, bwd_weights, describe_weights(k, g, x->md, gate->md, &pd), &pd));
  if (od_slow(pd)) CHECK(od_pd(k, bwd_weights, describe_weights(k, g, g->any_x, g->any_y, &pd), &pd));
  CHECK(od_in(k, &k->bwd, x, od_md(pd, dnnl_query_src_md, 0), &x));
  CHECK(od_in(k, &k->bwd, gate, od_md(pd, dnnl_query_diff_dst_md, 0), &gate));
  if (!db) CHECK(od_own(k, 1, g->b, NULL, &db));
  if (!w.grad) CHECK(od_own(k, 4, g->w, NULL, &w.grad));
  CHECK(od_dest(k, w.grad, od_md(pd, dnnl_query_diff_weights_md, 0), &out));
  CHECK(od_add(&k->bwd, bwd_weights, pd, DNNL_ARG_SRC, x, DNNL_ARG_DIFF_DST, gate, DNNL_ARG_DIFF_WEIGHTS, out,
      DNNL_ARG_DIFF_BIAS, db, 0));
  return out == w.grad ? NULL : od_to(k, &k->bwd, out, w.grad);
}

// build lets the library choose layouts as for inference, which are its fastest. Only
// the first layer of a training net gets those of training: plain pictures in,
// because its backward weights are three times as fast with them.
static od_err build(od_kernel *k) {
  geometry g;
  dnnl_primitive_desc_t pd;
  const_dnnl_primitive_attr_t attr;
  od_buf *x, *w, *gate;
  dnnl_prop_kind_t prop = k->s.train && !k->x.grad ? dnnl_forward_training : dnnl_forward_inference;
  CHECK(measure(k, &g));
  CHECK(od_activation(k, &attr));
  CHECK(od_pd(k, fwd,
      dnnl_convolution_forward_primitive_desc_create(&pd, k->dev->engine, prop, dnnl_convolution_direct, g.any_x,
          g.any_w, g.bias, g.any_y, g.one, g.none, g.pad, g.pad, attr),
      &pd));
  CHECK(od_in(k, &k->fwd, k->x.value, od_md(pd, dnnl_query_src_md, 0), &x));
  CHECK(od_pack(k, &k->fwd, k->p[0].value, od_md(pd, dnnl_query_weights_md, 0), &w));
  CHECK(od_output(k, 4, g.y, od_md(pd, dnnl_query_dst_md, 0)));
  k->y.value->spare = k->s.slope == 1;
  CHECK(od_add(&k->fwd, fwd, pd, DNNL_ARG_SRC, x, DNNL_ARG_WEIGHTS, w, DNNL_ARG_BIAS, k->p[1].value, DNNL_ARG_DST,
      k->y.value, 0));
  if (!k->s.train) return NULL;
  CHECK(od_gate(k, &gate));
  if (k->x.grad) CHECK(data(k, &g, gate, x->md));
  return weights(k, &g, gate, x);
}

od_err od_conv(od_dev *dev, od_spec s, od_var x, const od_var *p, od_kernel **k) {
  CHECK(od_kernel_new(dev, s, x, p, 2, k));
  return build(*k);
}
