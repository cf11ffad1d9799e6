#include <math.h>

#include "kernel.h"
#include "norm.h"

// tmp of this kernel: rows of a value a channel, every thread's sums, x and its
// gradient in a layout that the sweeps know.
enum { rows, partial, in, din };

static od_view view_of(const od_buf *b) {
  int64_t plane = b->dims[2] * b->dims[3];
  return (od_view){b->p, b->bytes / sizeof(float) / b->dims[0], b->block ? b->block : b->dims[1], b->block, plane};
}

static od_job job_of(od_kernel *k) {
  od_buf *x = k->tmp[in], *r = k->tmp[rows];
  od_job j = {.x = view_of(x), .y = view_of(k->y.value), .images = x->dims[0], .pixels = x->dims[2] * x->dims[3],
      .channels = x->dims[1], .padded = r->dims[1], .slope = k->s.slope, .partial = (double *)k->tmp[partial]->p,
      .threads = k->dev->threads};
  if (k->y.grad) j.dy = view_of(k->y.grad);
  if (k->tmp[din]) j.dx = view_of(k->tmp[din]);
  for (int i = 0; i < od_rows; i++) j.row[i] = r->p + i * j.padded;
  return j;
}

// settle makes y = scale*(x-pilot-off) + shift of a channel's statistics.
static void settle(od_kernel *k, od_job *j, int64_t c, double off, double var) {
  j->row[od_off][c] = off;
  j->row[od_inverse][c] = 1 / sqrt(var + k->s.eps);
  j->row[od_scale][c] = k->p[0].value->p[c] * j->row[od_inverse][c];
  j->row[od_shift][c] = k->p[1].value->p[c];
}

// guess sets the pilots from the first pixels.
static void guess(od_job *j) {
  int64_t few = j->pixels < 64 ? j->pixels : 64;
  for (int64_t c = 0; c < j->channels; c++) {
    const float *x = od_line(&j->x, 0, c);
    double sum = 0;
    for (int64_t i = 0; i < few; i++) sum += x[i * j->x.pixel];
    j->row[od_pilot][c] = sum / few;
  }
}

// train normalises by the batch and moves the running averages towards it; the
// variance that they keep is the unbiased one.
static od_err train(od_kernel *k) {
  od_job j = job_of(k);
  double m = (double)j.images * j.pixels, unbias = m > 1 ? m / (m - 1) : 1, decay = k->s.decay;
  float *running_mean = k->p[2].value->p, *running_var = k->p[3].value->p;
  guess(&j);
  od_run(&j, sums_of_x);
  for (int64_t c = 0; c < j.channels; c++) {
    double off = od_total(&j, 0, c) / m, mean = j.row[od_pilot][c] + off, var = od_total(&j, 1, c) / m - off * off;
    if (var < 0) var = 0;
    settle(k, &j, c, off, var);
    running_mean[c] = decay * running_mean[c] + (1 - decay) * mean;
    running_var[c] = decay * running_var[c] + (1 - decay) * unbias * var;
  }
  od_run(&j, values_of_y);
  return NULL;
}

static od_err infer(od_kernel *k) {
  od_job j = job_of(k);
  for (int64_t c = 0; c < j.channels; c++) {
    j.row[od_pilot][c] = k->p[2].value->p[c];
    settle(k, &j, c, 0, k->p[3].value->p[c]);
  }
  od_run(&j, values_of_y);
  return NULL;
}

static od_err backward(od_kernel *k) {
  od_job j = job_of(k);
  double m = (double)j.images * j.pixels;
  od_run(&j, sums_of_dy);
  for (int64_t c = 0; c < j.channels; c++) {
    double sum = od_total(&j, 0, c), product = od_total(&j, 1, c) * j.row[od_inverse][c];
    if (k->p[0].grad) k->p[0].grad->p[c] = product;
    if (k->p[1].grad) k->p[1].grad->p[c] = sum;
    j.row[od_less][c] = sum / m;
    j.row[od_slant][c] = product * j.row[od_inverse][c] / m;
  }
  if (j.dx.p) od_run(&j, values_of_dx);
  return NULL;
}

// known says whether the sweeps know a layout, and sets b's block if so.
static od_err known(od_buf *b, cmd_t md, int *yes) {
  static const struct {
    dnnl_format_tag_t tag;
    int block;
  } tags[] = {{dnnl_nhwc, 0}, {dnnl_nChw16c, 16}, {dnnl_nChw8c, 8}};
  *yes = 0;
  for (int i = 0; i < 3 && !*yes; i++) {
    md_t t;
    TRY("layout", dnnl_memory_desc_create_with_tag(&t, 4, b->dims, dnnl_f32, tags[i].tag));
    *yes = dnnl_memory_desc_equal(t, md);
    dnnl_memory_desc_destroy(t);
    if (*yes) b->block = tags[i].block;
  }
  return NULL;
}

// preferred is the layout that a convolution would read x in, if the sweeps know it, or
// else x's own: so the change of layout between a first layer and the others is free.
static od_err preferred(od_kernel *k, od_buf *x, cmd_t *md) {
  int64_t c = x->dims[1];
  dnnl_dims_t one = {1, 1}, none = {0, 0}, weights = {c, c, 3, 3};
  cmd_t any, w;
  dnnl_primitive_desc_t pd;
  int yes;
  *md = x->md;
  CHECK(od_layout(k, 4, x->dims, dnnl_format_tag_any, &any));
  CHECK(od_layout(k, 4, weights, dnnl_format_tag_any, &w));
  if (dnnl_convolution_forward_primitive_desc_create(&pd, k->dev->engine, dnnl_forward_inference,
          dnnl_convolution_direct, any, w, NULL, any, one, none, one, one, NULL))
    return NULL;
  CHECK(od_pd(k, "layout", dnnl_success, &pd));
  od_buf like = *x;
  CHECK(known(&like, od_md(pd, dnnl_query_src_md, 0), &yes));
  if (yes) *md = od_md(pd, dnnl_query_src_md, 0);
  return NULL;
}

static od_err build(od_kernel *k) {
  od_buf *x = k->x.value;
  int64_t padded = (x->dims[1] + 15) / 16 * 16;
  cmd_t md = x->md;
  int yes;
  CHECK(known(x, md, &yes));
  if (!yes) CHECK(od_layout(k, 4, x->dims, dnnl_nhwc, &md));
  CHECK(od_in(k, &k->fwd, x, md, &k->tmp[in]));
  if (k->s.train) CHECK(preferred(k, k->tmp[in], &md));
  CHECK(od_output(k, 4, x->dims, md));
  CHECK(known(k->y.value, md, &yes));
  CHECK(od_own(k, 2, (dnnl_dims_t){od_rows, padded}, NULL, &k->tmp[rows]));
  CHECK(od_own(k, 3, (dnnl_dims_t){k->dev->threads, 2, 2 * padded}, NULL, &k->tmp[partial]));
  CHECK(od_call(&k->fwd, "batch normalisation", k->s.train ? train : infer));
  if (!k->s.train) return NULL;
  k->y.grad->block = k->y.value->block;
  k->y.value->spare = 1;
  CHECK(od_call(&k->bwd, "batch normalisation's backward", backward));
  if (!k->x.grad) return NULL;
  CHECK(od_dest(k, k->x.grad, k->tmp[in]->md, &k->tmp[din]));
  k->tmp[din]->block = k->tmp[in]->block;
  if (k->tmp[in] == x) CHECK(od_overwrite(k));
  return k->tmp[din] == k->x.grad ? NULL : od_to(k, &k->bwd, k->tmp[din], k->x.grad);
}

od_err od_norm(od_dev *dev, od_spec s, od_var x, const od_var *p, od_kernel **k) {
  CHECK(od_kernel_new(dev, s, x, p, 4, k));
  return build(*k);
}
