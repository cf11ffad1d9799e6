#include "kernel.h"

static const char fwd[] = "convolution", bwd_data[] = "convolution's backward data",
                  bwd_weights[] = "convolution's backward weights";

// geometry is what the three passes share.
typedef struct geometry {
  dnnl_dims_t one, none, pad, y, w, b;
  cmd_t src, weights, bias, dst; // layouts: src, weights and dst left to the library
} geometry;

static od_err measure(od_kernel *k, geometry *g) {
  const int64_t *x = k->x.value->dims;
  int64_t out = k->s.out, side = k->s.kernel, pad = k->s.pad;
  *g = (geometry){.one = {1, 1}, .pad = {pad, pad}, .w = {out, x[1], side, side}, .b = {out},
      .y = {x[0], out, x[2] + 2 * pad - side + 1, x[3] + 2 * pad - side + 1}};
  CHECK(od_layout(k, 4, x, dnnl_format_tag_any, &g->src));
  CHECK(od_layout(k, 4, g->w, dnnl_format_tag_any, &g->weights));
  CHECK(od_rowmajor(k, 1, g->b, &g->bias));
  return od_layout(k, 4, g->y, dnnl_format_tag_any, &g->dst);
}

static od_err backward(od_kernel *k, geometry *g, dnnl_primitive_desc_t hint, od_buf *x) {
  dnnl_engine_t e = k->dev->engine;
  dnnl_primitive_desc_t pd;
  od_var w = k->p[0], b = k->p[1];
  od_buf *gate, *wp, *out, *db;
  CHECK(od_gate(k, &gate));
  if (k->x.grad) {
    CHECK(od_pd(k, bwd_data,
        dnnl_convolution_backward_data_primitive_desc_create(&pd, e, dnnl_convolution_direct, x->md, g->weights,
            gate->md, g->one, g->none, g->pad, g->pad, hint, NULL),
        &pd));
    CHECK(od_pack(k, &k->bwd, w.value, od_md(pd, dnnl_query_weights_md, 0), &wp));
    CHECK(od_dest(k, k->x.grad, x->md, &out));
    CHECK(od_add(k, &k->bwd, bwd_data, pd, DNNL_ARG_DIFF_DST, gate, DNNL_ARG_WEIGHTS, wp, DNNL_ARG_DIFF_SRC, out, 0));
    if (out != k->x.grad) CHECK(od_to(k, &k->bwd, out, k->x.grad));
  }
  if (!w.grad && !b.grad) return NULL;
  CHECK(od_pd(k, bwd_weights,
      dnnl_convolution_backward_weights_primitive_desc_create(&pd, e, dnnl_convolution_direct, x->md, g->weights,
          g->bias, gate->md, g->one, g->none, g->pad, g->pad, hint, NULL),
      &pd));
  db = b.grad;
  if (!db) CHECK(od_own(k, 1, g->b, NULL, &db));
  CHECK(od_dest(k, w.grad ? w.grad : w.value, od_md(pd, dnnl_query_diff_weights_md, 0), &out));
  if (out == w.value) CHECK(od_own(k, 4, g->w, NULL, &out));
  CHECK(od_add(k, &k->bwd, bwd_weights, pd, DNNL_ARG_SRC, x, DNNL_ARG_DIFF_DST, gate, DNNL_ARG_DIFF_WEIGHTS, out,
      DNNL_ARG_DIFF_BIAS, db, 0));
  return w.grad && out != w.grad ? od_to(k, &k->bwd, out, w.grad) : NULL;
}

static od_err build(od_kernel *k) {
  geometry g;
  dnnl_primitive_desc_t pd;
  const_dnnl_primitive_attr_t attr;
  od_buf *x, *w;
  CHECK(measure(k, &g));
  CHECK(od_activation(k, &attr));
  CHECK(od_pd(k, fwd,
      dnnl_convolution_forward_primitive_desc_create(&pd, k->dev->engine,
          k->s.train ? dnnl_forward_training : dnnl_forward_inference, dnnl_convolution_direct, g.src, g.weights,
          g.bias, g.dst, g.one, g.none, g.pad, g.pad, attr),
      &pd));
  CHECK(od_in(k, &k->fwd, k->x.value, od_md(pd, dnnl_query_src_md, 0), &x));
  CHECK(od_pack(k, &k->fwd, k->p[0].value, od_md(pd, dnnl_query_weights_md, 0), &w));
  CHECK(od_output(k, 4, g.y, od_md(pd, dnnl_query_dst_md, 0)));
  CHECK(od_add(k, &k->fwd, fwd, pd, DNNL_ARG_SRC, x, DNNL_ARG_WEIGHTS, w, DNNL_ARG_BIAS, k->p[1].value, DNNL_ARG_DST,
      k->y.value, 0));
  return k->s.train ? backward(k, &g, pd, x) : NULL;
}

od_err od_conv(od_dev *dev, od_spec s, od_var x, const od_var *p, od_kernel **k) {
  CHECK(od_kernel_new(dev, s, x, p, 2, k));
  return build(*k);
}
