// oneDNN as its version 3 spells it. Version 2 (Debian 12 has 2.6) gets the same
// names here: there a memory descriptor is a struct and an operation is described
// before its primitive descriptor is made.
#ifndef DNNL3_H
#define DNNL3_H

#include <dnnl.h>

#if DNNL_VERSION_MAJOR >= 3

typedef dnnl_memory_desc_t md_t;
typedef const_dnnl_memory_desc_t cmd_t;

static inline dnnl_data_type_t od_type(cmd_t md) {
  dnnl_data_type_t type = dnnl_f32;
  dnnl_memory_desc_query(md, dnnl_query_data_type, &type);
  return type;
}

#else

#include <stdlib.h>

typedef dnnl_memory_desc_t *md_t;
typedef const dnnl_memory_desc_t *cmd_t;

static inline dnnl_data_type_t od_type(cmd_t md) { return md->data_type; }

#define SHIM static inline dnnl_status_t

SHIM dnnl_memory_desc_create_with_tag(md_t *md, int rank, const dnnl_dim_t *dims, dnnl_data_type_t type,
    dnnl_format_tag_t tag) {
  *md = malloc(sizeof **md);
  return *md ? dnnl_memory_desc_init_by_tag(*md, rank, dims, type, tag) : dnnl_out_of_memory;
}

SHIM dnnl_memory_desc_clone(md_t *md, cmd_t from) {
  *md = malloc(sizeof **md);
  if (!*md) return dnnl_out_of_memory;
  **md = *from;
  return dnnl_success;
}

SHIM dnnl_memory_desc_destroy(md_t md) {
  free(md);
  return dnnl_success;
}

SHIM od_append_eltwise(dnnl_post_ops_t ops, dnnl_alg_kind_t alg, float alpha, float beta) {
  return dnnl_post_ops_append_eltwise(ops, 1, alg, alpha, beta);
}
#define dnnl_post_ops_append_eltwise od_append_eltwise

// MAKE ends a shim: the primitive descriptor of the operation d, if that was described.
#define MAKE(described, hint) \
  dnnl_status_t s = described; \
  return s ? s : dnnl_primitive_desc_create(pd, &d, attr, e, hint)

#define PD dnnl_primitive_desc_t *pd, dnnl_engine_t e
#define HINT const_dnnl_primitive_desc_t hint, const_dnnl_primitive_attr_t attr
#define WINDOW const dnnl_dims_t stride, const dnnl_dims_t dilate, const dnnl_dims_t left, const dnnl_dims_t right

SHIM dnnl_convolution_forward_primitive_desc_create(PD, dnnl_prop_kind_t prop, dnnl_alg_kind_t alg, cmd_t src, cmd_t w,
    cmd_t bias, cmd_t dst, WINDOW, const_dnnl_primitive_attr_t attr) {
  dnnl_convolution_desc_t d;
  MAKE(dnnl_dilated_convolution_forward_desc_init(&d, prop, alg, src, w, bias, dst, stride, dilate, left, right), NULL);
}

SHIM dnnl_convolution_backward_weights_primitive_desc_create(PD, dnnl_alg_kind_t alg, cmd_t src, cmd_t dw, cmd_t dbias,
    cmd_t ddst, WINDOW, HINT) {
  dnnl_convolution_desc_t d;
  MAKE(dnnl_dilated_convolution_backward_weights_desc_init(
           &d, alg, src, dw, dbias, ddst, stride, dilate, left, right),
      hint);
}

SHIM dnnl_pooling_forward_primitive_desc_create(PD, dnnl_prop_kind_t prop, dnnl_alg_kind_t alg, cmd_t src, cmd_t dst,
    const dnnl_dims_t stride, const dnnl_dims_t kernel, const dnnl_dims_t dilate, const dnnl_dims_t left,
    const dnnl_dims_t right, const_dnnl_primitive_attr_t attr) {
  dnnl_pooling_desc_t d;
  (void)dilate; // always zero
  MAKE(dnnl_pooling_forward_desc_init(&d, prop, alg, src, dst, stride, kernel, left, right), NULL);
}

SHIM dnnl_pooling_backward_primitive_desc_create(PD, dnnl_alg_kind_t alg, cmd_t dsrc, cmd_t ddst,
    const dnnl_dims_t stride, const dnnl_dims_t kernel, const dnnl_dims_t dilate, const dnnl_dims_t left,
    const dnnl_dims_t right, HINT) {
  dnnl_pooling_desc_t d;
  (void)dilate;
  MAKE(dnnl_pooling_backward_desc_init(&d, alg, dsrc, ddst, stride, kernel, left, right), hint);
}

SHIM dnnl_eltwise_forward_primitive_desc_create(PD, dnnl_prop_kind_t prop, dnnl_alg_kind_t alg, cmd_t src, cmd_t dst,
    float alpha, float beta, const_dnnl_primitive_attr_t attr) {
  dnnl_eltwise_desc_t d;
  (void)dst; // always as src
  MAKE(dnnl_eltwise_forward_desc_init(&d, prop, alg, src, alpha, beta), NULL);
}

SHIM dnnl_eltwise_backward_primitive_desc_create(PD, dnnl_alg_kind_t alg, cmd_t dsrc, cmd_t ddst, cmd_t data,
    float alpha, float beta, HINT) {
  dnnl_eltwise_desc_t d;
  (void)dsrc; // always as ddst
  MAKE(dnnl_eltwise_backward_desc_init(&d, alg, ddst, data, alpha, beta), hint);
}

#undef SHIM
#undef MAKE
#undef PD
#undef HINT
#undef WINDOW

#endif
#endif
