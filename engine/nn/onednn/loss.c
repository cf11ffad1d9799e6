#include <math.h>

#include "kernel.h"

// row is softmax cross entropy of one row of n logits against a distribution; p
// becomes the softmax.
static double row(int64_t n, const float *logit, const float *target, float *p) {
  double top = logit[0], sum = 0, loss = 0;
  for (int64_t i = 1; i < n; i++)
    if (logit[i] > top) top = logit[i];
  for (int64_t i = 0; i < n; i++) sum += exp(logit[i] - top);
  for (int64_t i = 0; i < n; i++) {
    p[i] = (float)(exp(logit[i] - top) / sum);
    loss -= target[i] * (logit[i] - top - log(sum));
  }
  return loss;
}

static od_err forward(od_kernel *k) {
  od_buf *x = k->x.value;
  int64_t rows = x->dims[0], n = x->dims[1];
  double sum = 0;
  for (int64_t i = 0; i < rows; i++)
    sum += row(n, x->p + i * n, k->p[0].value->p + i * n, k->tmp[0]->p + i * n);
  k->y.value->p[0] = (float)(sum / rows);
  return NULL;
}

static od_err backward(od_kernel *k) {
  od_buf *x = k->x.value;
  if (!k->x.grad) return NULL;
  for (int64_t i = 0; i < x->dims[0] * x->dims[1]; i++)
    k->x.grad->p[i] = (k->tmp[0]->p[i] - k->p[0].value->p[i]) / x->dims[0];
  return NULL;
}

od_err od_loss(od_dev *dev, od_var logits, od_buf *targets, od_kernel **out) {
  dnnl_dims_t one = {1};
  od_var t = {targets, NULL};
  CHECK(od_kernel_new(dev, (od_spec){.slope = 1}, logits, &t, 1, out));
  od_kernel *k = *out;
  CHECK(od_own(k, 2, logits.value->dims, NULL, &k->tmp[0]));
  CHECK(od_output(k, 1, one, NULL));
  CHECK(od_call(&k->fwd, "loss", forward));
  CHECK(od_call(&k->bwd, "loss's backward", backward));
  return NULL;
}
