#include "kernel.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

od_err od_kernel_new(od_dev *dev, od_spec s, od_var x, const od_var *p, int np, od_kernel **k) {
  *k = calloc(1, sizeof **k);
  if (!*k) return od_fail("kernel", dnnl_out_of_memory);
  (*k)->dev = dev;
  (*k)->s = s;
  (*k)->x = x;
  if (np) memcpy((*k)->p, p, np * sizeof *p);
  return NULL;
}

static void free_prog(od_prog *g) {
  for (int i = 0; i < g->n; i++)
    if (g->steps[i].prim) dnnl_primitive_destroy(g->steps[i].prim);
}

void od_kernel_free(od_kernel *k) {
  if (!k) return;
  for (int i = 0; i < 4; i++)
    if (k->p[i].grad && k->p[i].grad->late == k) od_settle(k->p[i].grad);
  free_prog(&k->fwd);
  free_prog(&k->bwd);
  for (int i = 0; i < k->npds; i++) dnnl_primitive_desc_destroy(k->pds[i]);
  for (int i = 0; i < k->nmds; i++)
    if (k->mds[i]) dnnl_memory_desc_destroy(k->mds[i]);
  for (int i = 0; i < k->nbufs; i++) od_buf_free(k->bufs[i]);
  if (k->attr) dnnl_primitive_attr_destroy(k->attr);
  free(k);
}

od_var od_out(od_kernel *k) { return k->y; }

od_err od_adopt(od_kernel *k, od_buf *buf) {
  if (k->nbufs == sizeof k->bufs / sizeof *k->bufs) {
    od_buf_free(buf);
    return od_full;
  }
  k->bufs[k->nbufs++] = buf;
  return NULL;
}

od_err od_own(od_kernel *k, int rank, const dnnl_dim_t *dims, cmd_t md, od_buf **buf) {
  CHECK(od_buf_md(k->dev, rank, dims, md, buf));
  return od_adopt(k, *buf);
}

od_err od_output(od_kernel *k, int rank, const dnnl_dim_t *dims, cmd_t md) {
  if (k->s.passing) return od_passing(k, rank, dims, md, &k->y.value);
  CHECK(od_own(k, rank, dims, md, &k->y.value));
  return k->s.train ? od_own(k, rank, dims, md, &k->y.grad) : NULL;
}

od_err od_activation(od_kernel *k, const_dnnl_primitive_attr_t *attr) {
  *attr = NULL;
  if (k->s.slope == 1) return NULL;
  dnnl_post_ops_t ops;
  TRY("activation", dnnl_primitive_attr_create(&k->attr));
  TRY("activation", dnnl_post_ops_create(&ops));
  dnnl_status_t s = dnnl_post_ops_append_eltwise(ops, dnnl_eltwise_relu, k->s.slope, 0);
  if (!s) s = dnnl_primitive_attr_set_post_ops(k->attr, ops);
  dnnl_post_ops_destroy(ops);
  TRY("activation", s);
  *attr = k->attr;
  return NULL;
}

od_err od_pd(od_kernel *k, const char *what, dnnl_status_t s, const dnnl_primitive_desc_t *pd) {
  TRY(what, s);
  if (k->npds == sizeof k->pds / sizeof *k->pds) {
    dnnl_primitive_desc_destroy(*pd);
    return od_full;
  }
  k->pds[k->npds++] = *pd;
  return NULL;
}

static od_err next(od_prog *g, const char *what, od_step **t) {
  if (g->n == sizeof g->steps / sizeof *g->steps) return od_full;
  *t = &g->steps[g->n++];
  (*t)->what = what;
  return NULL;
}

od_err od_add(od_prog *g, const char *what, dnnl_primitive_desc_t pd, ...) {
  od_step *t;
  CHECK(next(g, what, &t));
  va_list ap;
  va_start(ap, pd);
  for (int arg; (arg = va_arg(ap, int));) t->args[t->nargs++] = (dnnl_exec_arg_t){arg, va_arg(ap, od_buf *)->mem};
  va_end(ap);
  TRY(what, dnnl_primitive_create(&t->prim, pd));
  return NULL;
}

od_err od_call(od_prog *g, const char *what, od_err (*call)(od_kernel *k)) {
  od_step *t;
  CHECK(next(g, what, &t));
  t->call = call;
  return NULL;
}

od_err od_to(od_kernel *k, od_prog *g, od_buf *from, od_buf *to) {
  dnnl_primitive_desc_t pd;
  dnnl_engine_t e = k->dev->engine;
  TRY("reorder", dnnl_reorder_primitive_desc_create(&pd, from->md, e, to->md, e, NULL));
  od_err err = od_add(g, "reorder", pd, DNNL_ARG_FROM, from, DNNL_ARG_TO, to, 0);
  dnnl_primitive_desc_destroy(pd);
  return err;
}

od_err od_dest(od_kernel *k, od_buf *buf, cmd_t md, od_buf **dest) {
  *dest = buf;
  if (dnnl_memory_desc_equal(buf->md, md)) return NULL;
  return od_own(k, buf->rank, buf->dims, md, dest);
}

od_err od_in(od_kernel *k, od_prog *g, od_buf *buf, cmd_t md, od_buf **in) {
  CHECK(od_dest(k, buf, md, in));
  return *in == buf ? NULL : od_to(k, g, buf, *in);
}

od_err od_pack(od_kernel *k, od_prog *g, od_buf *buf, cmd_t md, od_buf **in) {
  *in = buf;
  if (dnnl_memory_desc_equal(buf->md, md)) return NULL;
  od_buf *p = buf->packed;
  while (p && !dnnl_memory_desc_equal(p->md, md)) p = p->next;
  if (!p) {
    CHECK(od_buf_md(k->dev, buf->rank, buf->dims, md, &p));
    p->version = 0;
    p->next = buf->packed;
    buf->packed = p;
  }
  CHECK(od_to(k, g, buf, p));
  g->steps[g->n - 1].packs = buf;
  g->steps[g->n - 1].packed = *in = p;
  return NULL;
}

od_err od_gate(od_kernel *k, od_buf **gate) {
  *gate = k->y.grad;
  if (k->s.slope == 1) return NULL;
  od_buf *y = k->y.value;
  dnnl_engine_t e = k->dev->engine;
  dnnl_alg_kind_t alg = dnnl_eltwise_relu_use_dst_for_bwd;
  CHECK(od_own(k, y->rank, y->dims, y->md, gate));
  dnnl_primitive_desc_t hint, pd;
  TRY("activation backward", dnnl_eltwise_forward_primitive_desc_create(
                                 &hint, e, dnnl_forward_training, alg, y->md, y->md, k->s.slope, 0, NULL));
  dnnl_status_t s =
      dnnl_eltwise_backward_primitive_desc_create(&pd, e, alg, y->md, y->md, y->md, k->s.slope, 0, hint, NULL);
  dnnl_primitive_desc_destroy(hint);
  TRY("activation backward", s);
  od_err err = od_add(&k->bwd, "activation backward", pd, DNNL_ARG_DST, y, DNNL_ARG_DIFF_DST, k->y.grad,
      DNNL_ARG_DIFF_SRC, *gate, 0);
  dnnl_primitive_desc_destroy(pd);
  return err;
}

static od_err run(od_kernel *k, od_prog *g) {
  CHECK(od_seat(k->dev, k->x.value));
  CHECK(od_seat(k->dev, k->y.value));
  for (int i = 0; i < g->n; i++) {
    od_step *t = &g->steps[i];
    if (t->packs && t->packed->version == t->packs->version) continue;
    if (t->call) CHECK(t->call(k));
    else TRY(t->what, dnnl_primitive_execute(t->prim, k->dev->stream, t->nargs, t->args));
    if (t->packs) t->packed->version = t->packs->version;
  }
  TRY("wait", dnnl_stream_wait(k->dev->stream));
  return NULL;
}

od_err od_forward(od_kernel *k, uint64_t seed) {
  k->seed = seed;
  return run(k, &k->fwd);
}

od_err od_backward(od_kernel *k) { return run(k, &k->bwd); }
