#include "kernel.h"

static const char fwd[] = "batch normalisation", bwd[] = "batch normalisation's backward";

// average moves the running averages towards the statistics of the batch; the
// variance that they keep is the unbiased one.
static void average(od_kernel *k) {
  const od_buf *x = k->x.value;
  double m = (double)x->dims[0] * x->dims[2] * x->dims[3], unbias = m > 1 ? m / (m - 1) : 1;
  float decay = k->s.decay, *mean = k->p[2].value->p, *var = k->p[3].value->p;
  for (int64_t i = 0; i < x->dims[1]; i++) {
    mean[i] = decay * mean[i] + (1 - decay) * k->stat[0]->p[i];
    var[i] = decay * var[i] + (1 - decay) * (float)(unbias * k->stat[1]->p[i]);
  }
}

// leak applies an activation that the library does not fuse into a normalisation.
static od_err leak(od_kernel *k) {
  od_buf *y = k->y.value;
  dnnl_primitive_desc_t pd;
  TRY("activation", dnnl_eltwise_forward_primitive_desc_create(&pd, k->dev->engine,
                        k->s.train ? dnnl_forward_training : dnnl_forward_inference, dnnl_eltwise_relu, y->md, y->md,
                        k->s.slope, 0, NULL));
  od_err err = od_add(k, &k->fwd, "activation", pd, DNNL_ARG_SRC, y, DNNL_ARG_DST, y, 0);
  dnnl_primitive_desc_destroy(pd);
  return err;
}

static od_err backward(od_kernel *k, dnnl_primitive_desc_t hint, unsigned flags, od_buf *mask) {
  od_buf *x = k->x.value, *dx = k->x.grad, *gate = k->y.grad, *dscale = k->p[0].grad, *dshift = k->p[1].grad;
  dnnl_primitive_desc_t pd;
  if (!mask) CHECK(od_gate(k, &gate));
  CHECK(od_pd(k, bwd,
      dnnl_batch_normalization_backward_primitive_desc_create(
          &pd, k->dev->engine, dnnl_backward, x->md, x->md, x->md, k->s.eps, flags, hint, NULL),
      &pd));
  if (!dx) CHECK(od_own(k, x->rank, x->dims, x->md, &dx));
  if (!dscale) CHECK(od_own(k, 1, &x->dims[1], NULL, &dscale));
  if (!dshift) CHECK(od_own(k, 1, &x->dims[1], NULL, &dshift));
  CHECK(od_add(k, &k->bwd, bwd, pd, DNNL_ARG_SRC, x, DNNL_ARG_MEAN, k->stat[0], DNNL_ARG_VARIANCE, k->stat[1],
      DNNL_ARG_SCALE, k->p[0].value, DNNL_ARG_SHIFT, k->p[1].value, DNNL_ARG_DIFF_DST, gate, DNNL_ARG_DIFF_SRC, dx, DNNL_ARG_DIFF_SCALE, dscale,
      DNNL_ARG_DIFF_SHIFT, dshift, 0));
  if (mask) {
    od_step *t = &k->bwd.steps[k->bwd.n - 1];
    t->args[t->nargs++] = (dnnl_exec_arg_t){DNNL_ARG_WORKSPACE, mask->mem};
  }
  return NULL;
}

static od_err build(od_kernel *k) {
  od_buf *x = k->x.value, *mask = NULL;
  int fuse = k->s.slope == 0;
  unsigned flags = dnnl_use_scale | dnnl_use_shift | (fuse ? dnnl_fuse_norm_relu : 0) |
      (k->s.train ? 0 : dnnl_use_global_stats);
  dnnl_primitive_desc_t pd;
  CHECK(od_pd(k, fwd,
      dnnl_batch_normalization_forward_primitive_desc_create(&pd, k->dev->engine,
          k->s.train ? dnnl_forward_training : dnnl_forward_inference, x->md, x->md, k->s.eps, flags, NULL),
      &pd));
  for (int i = 0; i < 2; i++) {
    k->stat[i] = k->p[2 + i].value;
    if (k->s.train) CHECK(od_own(k, 1, &x->dims[1], NULL, &k->stat[i]));
  }
  CHECK(od_output(k, 4, x->dims, x->md));
  CHECK(od_add(k, &k->fwd, fwd, pd, DNNL_ARG_SRC, x, DNNL_ARG_MEAN, k->stat[0], DNNL_ARG_VARIANCE, k->stat[1],
      DNNL_ARG_SCALE, k->p[0].value, DNNL_ARG_SHIFT, k->p[1].value, DNNL_ARG_DST, k->y.value, 0));
  if (fuse && k->s.train) {
    cmd_t md = od_md(pd, dnnl_query_workspace_md, 0);
    CHECK(od_own(k, 4, x->dims, md, &mask));
    od_step *t = &k->fwd.steps[k->fwd.n - 1];
    t->args[t->nargs++] = (dnnl_exec_arg_t){DNNL_ARG_WORKSPACE, mask->mem};
  }
  if (!fuse && k->s.slope != 1) CHECK(leak(k));
  if (!k->s.train) return NULL;
  od_call(&k->fwd, "running averages", average);
  return backward(k, pd, flags, mask);
}

od_err od_norm(od_dev *dev, od_spec s, od_var x, const od_var *p, od_kernel **k) {
  CHECK(od_kernel_new(dev, s, x, p, 4, k));
  return build(*k);
}
