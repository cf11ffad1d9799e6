#include "kernel.h"

static const char fwd[] = "inner product", bwd_data[] = "inner product's backward data",
                  bwd_weights[] = "inner product's backward weights";

// flat gives buf as row-major (N,In): in is that shape over plain, which is buf
// itself or a buffer of its shape.
static od_err flat(od_kernel *k, od_buf *buf, od_buf **plain, od_buf **in) {
  cmd_t md;
  dnnl_dims_t dims = {buf->dims[0], 1};
  for (int i = 1; i < buf->rank; i++) dims[1] *= buf->dims[i];
  CHECK(od_rowmajor(k, buf->rank, buf->dims, &md));
  CHECK(od_dest(k, buf, md, plain));
  return od_alias(k, *plain, 2, dims, in);
}

static od_err backward(od_kernel *k, dnnl_primitive_desc_t hint, od_buf *x) {
  dnnl_engine_t e = k->dev->engine;
  dnnl_primitive_desc_t pd;
  od_var w = k->p[0], b = k->p[1];
  od_buf *gate, *plain, *dx, *dw = w.grad, *db = b.grad;
  CHECK(od_gate(k, &gate));
  if (k->x.grad) {
    CHECK(flat(k, k->x.grad, &plain, &dx));
    CHECK(od_pd(k, bwd_data,
        dnnl_inner_product_backward_data_primitive_desc_create(&pd, e, dx->md, w.value->md, gate->md, hint, NULL),
        &pd));
    CHECK(od_add(
        k, &k->bwd, bwd_data, pd, DNNL_ARG_DIFF_DST, gate, DNNL_ARG_WEIGHTS, w.value, DNNL_ARG_DIFF_SRC, dx, 0));
    if (plain != k->x.grad) CHECK(od_to(k, &k->bwd, plain, k->x.grad));
  }
  if (!dw && !db) return NULL;
  if (!dw) CHECK(od_own(k, 2, w.value->dims, NULL, &dw));
  if (!db) CHECK(od_own(k, 1, b.value->dims, NULL, &db));
  CHECK(od_pd(k, bwd_weights,
      dnnl_inner_product_backward_weights_primitive_desc_create(&pd, e, x->md, dw->md, db->md, gate->md, hint, NULL),
      &pd));
  return od_add(k, &k->bwd, bwd_weights, pd, DNNL_ARG_SRC, x, DNNL_ARG_DIFF_DST, gate, DNNL_ARG_DIFF_WEIGHTS, dw,
      DNNL_ARG_DIFF_BIAS, db, 0);
}

// build keeps the weights row-major where the kernel trains: they change every step
// and are too large to copy every step.
static od_err build(od_kernel *k) {
  od_buf *plain, *x, *w = k->p[0].value;
  const_dnnl_primitive_attr_t attr;
  dnnl_primitive_desc_t pd;
  dnnl_dims_t y = {k->x.value->dims[0], k->s.out};
  cmd_t weights = w->md, dst;
  CHECK(flat(k, k->x.value, &plain, &x));
  if (plain != k->x.value) CHECK(od_to(k, &k->fwd, k->x.value, plain));
  CHECK(od_activation(k, &attr));
  CHECK(od_rowmajor(k, 2, y, &dst));
  if (!k->s.train) CHECK(od_layout(k, 2, w->dims, dnnl_format_tag_any, &weights));
  CHECK(od_pd(k, fwd,
      dnnl_inner_product_forward_primitive_desc_create(&pd, k->dev->engine,
          k->s.train ? dnnl_forward_training : dnnl_forward_inference, x->md, weights, k->p[1].value->md, dst, attr),
      &pd));
  CHECK(od_pack(k, &k->fwd, w, od_md(pd, dnnl_query_weights_md, 0), &w));
  CHECK(od_output(k, 2, y, dst));
  CHECK(od_add(k, &k->fwd, fwd, pd, DNNL_ARG_SRC, x, DNNL_ARG_WEIGHTS, w, DNNL_ARG_BIAS, k->p[1].value, DNNL_ARG_DST,
      k->y.value, 0));
  return k->s.train ? backward(k, pd, x) : NULL;
}

od_err od_dense(od_dev *dev, od_spec s, od_var x, const od_var *p, od_kernel **k) {
  CHECK(od_kernel_new(dev, s, x, p, 2, k));
  return build(*k);
}
