#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#include "kernel.h"

static const char fwd[] = "convolution of bytes";

typedef struct layer {
  od_spec s;
  int rounded;
  od_buf *weight, *bias, *scale; // scale: NULL where weight are floats
} layer;

struct od_bytes {
  od_dev *dev;
  int n, channels; // of the picture
  layer layers[];
};

struct od_bytes_graph {
  od_dev *dev;
  od_buf *x;
  int n;
  od_kernel *kernels[];
};

od_err od_bytes_new(od_dev *dev, int layers, od_bytes **net) {
  *net = calloc(1, sizeof **net + layers * sizeof(layer));
  if (!*net) return od_fail("network", dnnl_out_of_memory);
  (*net)->dev = dev;
  return NULL;
}

static od_err keep(od_dev *dev, int rank, const dnnl_dim_t *dims, const float *from, od_buf **buf) {
  CHECK(od_buf_new(dev, rank, dims, buf));
  memcpy((*buf)->p, from, (*buf)->bytes);
  return NULL;
}

od_err od_bytes_add(od_bytes *net, od_spec s, int channels, int rounded, const int8_t *weight, const float *floats,
    const float *bias, const float *scale) {
  layer *l = &net->layers[net->n++];
  *l = (layer){.s = s, .rounded = rounded};
  if (net->n == 1) net->channels = channels;
  if (!bias) return NULL;
  dnnl_dims_t w = {s.out, channels, s.kernel, s.kernel}, b = {s.out}, each = {1, s.out, 1, 1};
  CHECK(keep(net->dev, 1, b, bias, &l->bias));
  if (!weight) return keep(net->dev, 4, w, floats, &l->weight);
  CHECK(keep(net->dev, 4, each, scale, &l->scale));
  md_t md;
  TRY(fwd, dnnl_memory_desc_create_with_tag(&md, 4, w, dnnl_s8, dnnl_abcd));
  od_err err = od_buf_md(net->dev, 4, w, md, &l->weight);
  dnnl_memory_desc_destroy(md);
  if (!err) memcpy(l->weight->p, weight, l->weight->bytes);
  return err;
}

void od_bytes_free(od_bytes *net) {
  for (int i = 0; i < net->n; i++) {
    layer *l = &net->layers[i];
    od_buf_free(l->weight);
    od_buf_free(l->bias);
    od_buf_free(l->scale);
  }
  free(net);
}

// scaled is the attribute that multiplies each channel and applies the activation. Where
// bytes are put out, they are cut at 0.
static od_err scaled(od_kernel *k, const layer *l, const_dnnl_primitive_attr_t *attr) {
  dnnl_post_ops_t ops;
  TRY(fwd, dnnl_primitive_attr_create(&k->attr));
  TRY(fwd, dnnl_post_ops_create(&ops));
  dnnl_status_t s = dnnl_post_ops_append_binary(ops, dnnl_binary_mul, l->scale->md);
  if (!s && !l->rounded && l->s.slope != 1) s = dnnl_post_ops_append_eltwise(ops, dnnl_eltwise_relu, l->s.slope, 0);
  if (!s) s = dnnl_primitive_attr_set_post_ops(k->attr, ops);
  dnnl_post_ops_destroy(ops);
  TRY(fwd, s);
  *attr = k->attr;
  return NULL;
}

static od_err convolve(od_kernel *k, const layer *l) {
  const int64_t *x = k->x.value->dims;
  int64_t pad = l->s.pad, grow = 2 * pad - l->s.kernel + 1;
  dnnl_dims_t one = {1, 1}, none = {0}, pads = {pad, pad}, size = {x[0], l->s.out, x[2] + grow, x[3] + grow};
  dnnl_primitive_desc_t pd;
  const_dnnl_primitive_attr_t attr;
  cmd_t any, y;
  od_buf *w;
  CHECK(od_layout_of(k, dnnl_s8, 4, l->weight->dims, dnnl_format_tag_any, &any));
  CHECK(od_layout_of(k, l->rounded ? dnnl_u8 : dnnl_f32, 4, size, dnnl_nhwc, &y));
  CHECK(scaled(k, l, &attr));
  CHECK(od_pd(k, fwd,
      dnnl_convolution_forward_primitive_desc_create(&pd, k->dev->engine, dnnl_forward_inference,
          dnnl_convolution_direct, k->x.value->md, any, l->bias->md, y, one, none, pads, pads, attr),
      &pd));
  CHECK(od_pack(k, &k->fwd, l->weight, od_md(pd, dnnl_query_weights_md, 0), &w));
  CHECK(od_output(k, 4, size, y));
  return od_add(&k->fwd, fwd, pd, DNNL_ARG_SRC, k->x.value, DNNL_ARG_WEIGHTS, w, DNNL_ARG_BIAS, l->bias, DNNL_ARG_DST,
      k->y.value, DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, l->scale, 0);
}

static od_err make(od_dev *dev, layer *l, od_buf *x, od_kernel **k) {
  od_var in = {x, NULL}, p[2] = {{l->weight, NULL}, {l->bias, NULL}};
  if (!l->bias) return od_pool(dev, l->s, in, k);
  if (!l->scale) return od_conv(dev, l->s, in, p, k);
  CHECK(od_kernel_new(dev, l->s, in, NULL, 0, k));
  return convolve(*k, l);
}

od_err od_bytes_graph_new(od_bytes *net, int count, int h, int w, od_bytes_graph **out) {
  od_bytes_graph *g = *out = calloc(1, sizeof *g + net->n * sizeof(od_kernel *));
  if (!g) return od_fail("network", dnnl_out_of_memory);
  g->dev = net->dev;
  dnnl_dims_t dims = {count, net->channels, h, w};
  md_t md;
  TRY(fwd, dnnl_memory_desc_create_with_tag(&md, 4, dims, dnnl_u8, dnnl_nhwc));
  od_err err = od_buf_over(net->dev, 4, dims, md, &g->x);
  dnnl_memory_desc_destroy(md);
  CHECK(err);
  od_buf *x = g->x;
  for (; g->n < net->n; g->n++) {
    od_kernel **k = &g->kernels[g->n];
    err = make(net->dev, &net->layers[g->n], x, k);
    if (err) {
      od_kernel_free(*k);
      return err;
    }
    x = od_out(*k).value;
  }
  return NULL;
}

int od_bytes_slow(od_bytes_graph *g) {
  for (int i = 0; i < g->n; i++)
    if (g->kernels[i]->npds && od_slow(g->kernels[i]->pds[0])) return 1;
  return 0;
}

od_buf *od_bytes_output(od_bytes_graph *g) { return od_out(g->kernels[g->n - 1]).value; }

od_err od_bytes_run(od_bytes_graph *g, const uint8_t *pix, float *out) {
  TRY(fwd, dnnl_memory_set_data_handle(g->x->mem, (void *)pix));
  for (int i = 0; i < g->n; i++) CHECK(od_forward(g->kernels[i], 0));
  return od_copy(g->dev, od_bytes_output(g), out, 0);
}

void od_bytes_graph_free(od_bytes_graph *g) {
  if (!g) return;
  for (int i = 0; i < g->n; i++) od_kernel_free(g->kernels[i]);
  od_buf_free(g->x);
  free(g);
}
