#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel.h"

static __thread char message[160];

od_err od_fail(const char *what, dnnl_status_t s) {
  const char *why = s == dnnl_out_of_memory ? "out of memory"
      : s == dnnl_unimplemented             ? "not implemented for this shape"
      : s == dnnl_invalid_arguments         ? "invalid arguments"
                                            : "failed in oneDNN";
  snprintf(message, sizeof message, "%s: %s (status %d)", what, why, (int)s);
  return message;
}

const char *od_version(void) {
  static __thread char text[48];
  const dnnl_version_t *v = dnnl_version();
  snprintf(text, sizeof text, "oneDNN %d.%d", v->major, v->minor);
  return text;
}

od_err od_open(int threads, od_dev **out) {
  od_dev *d = calloc(1, sizeof *d);
  if (!d) return od_fail("device", dnnl_out_of_memory);
  omp_set_dynamic(0);
  omp_set_num_threads(threads); // of this thread's team only
  d->threads = threads;
  dnnl_status_t s = dnnl_engine_create(&d->engine, dnnl_cpu, 0);
  if (!s) s = dnnl_stream_create(&d->stream, d->engine, dnnl_stream_default_flags);
  if (s) {
    od_close(d);
    return od_fail("device", s);
  }
  *out = d;
  return NULL;
}

void od_close(od_dev *d) {
  if (d->stream) dnnl_stream_destroy(d->stream);
  if (d->engine) dnnl_engine_destroy(d->engine);
  free(d);
}

static const dnnl_format_tag_t rowmajor[] = {
    dnnl_format_tag_undef, dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde};

enum { max_rank = 5, align = 64 };

od_err od_layout(od_kernel *k, int rank, const dnnl_dim_t *dims, dnnl_format_tag_t tag, cmd_t *md) {
  md_t *slot = &k->mds[k->nmds++];
  TRY("layout", dnnl_memory_desc_create_with_tag(slot, rank, dims, dnnl_f32, tag));
  *md = *slot;
  return NULL;
}

od_err od_rowmajor(od_kernel *k, int rank, const dnnl_dim_t *dims, cmd_t *md) {
  return od_layout(k, rank, dims, rowmajor[rank], md);
}

// describe sets everything but the memory.
static od_err describe(od_buf *b, int rank, const dnnl_dim_t *dims, cmd_t md) {
  if (rank < 1 || rank > max_rank) return od_fail("buffer's rank", dnnl_invalid_arguments);
  b->rank = rank;
  memcpy(b->dims, dims, rank * sizeof *dims);
  md_t plain;
  TRY("layout", dnnl_memory_desc_create_with_tag(&plain, rank, dims, dnnl_f32, rowmajor[rank]));
  if (!md) {
    b->md = plain;
    b->rowmajor = 1;
  } else {
    b->rowmajor = dnnl_memory_desc_equal(md, plain);
    dnnl_memory_desc_destroy(plain);
    TRY("layout", dnnl_memory_desc_clone(&b->md, md));
  }
  b->bytes = dnnl_memory_desc_get_size(b->md);
  b->version = 1;
  return NULL;
}

// allocate asks for zeroed memory; large blocks take up none until they are used.
static od_err allocate(od_buf *b) {
  b->block = calloc(b->bytes + align, 1);
  if (!b->block) {
    snprintf(message, sizeof message, "out of memory: %.0f MB more are needed", b->bytes / 1e6);
    return message;
  }
  b->p = (float *)(((uintptr_t)b->block + align - 1) / align * align);
  return NULL;
}

od_err od_buf_md(od_dev *dev, int rank, const dnnl_dim_t *dims, cmd_t md, od_buf **buf) {
  od_buf *b = calloc(1, sizeof *b);
  if (!b) return od_fail("buffer", dnnl_out_of_memory);
  od_err e = describe(b, rank, dims, md);
  if (!e) e = allocate(b);
  if (!e) {
    dnnl_status_t s = dnnl_memory_create(&b->mem, b->md, dev->engine, b->p);
    if (s) e = od_fail("memory", s);
  }
  if (e) {
    od_buf_free(b);
    return e;
  }
  *buf = b;
  return NULL;
}

od_err od_buf_new(od_dev *dev, int rank, const int64_t *dims, od_buf **buf) {
  return od_buf_md(dev, rank, dims, NULL, buf);
}

void od_buf_free(od_buf *b) {
  if (!b) return;
  if (b->mem) dnnl_memory_destroy(b->mem);
  if (b->md) dnnl_memory_desc_destroy(b->md);
  free(b->block);
  free(b);
}

od_err od_alias(od_kernel *k, od_buf *buf, int rank, const dnnl_dim_t *dims, od_buf **alias) {
  od_buf *b = calloc(1, sizeof *b);
  if (!b) return od_fail("buffer", dnnl_out_of_memory);
  k->bufs[k->nbufs++] = b;
  CHECK(describe(b, rank, dims, NULL));
  b->p = buf->p;
  TRY("memory", dnnl_memory_create(&b->mem, b->md, k->dev->engine, b->p));
  *alias = b;
  return NULL;
}

float *od_data(od_buf *b, size_t *n, int *plain) {
  *n = b->bytes / sizeof(float);
  *plain = b->rowmajor;
  return b->p;
}

int od_shape(const od_buf *b, const int64_t **dims) {
  *dims = b->dims;
  return b->rank;
}

void od_touch(od_buf *b) { b->version++; }

od_err od_copy(od_dev *dev, od_buf *b, float *host, int write) {
  od_buf user = {0};
  dnnl_primitive_desc_t pd = NULL;
  dnnl_primitive_t prim = NULL;
  od_err e = describe(&user, b->rank, b->dims, NULL);
  dnnl_status_t s = e ? dnnl_success : dnnl_memory_create(&user.mem, user.md, dev->engine, host);
  od_buf *from = write ? &user : b, *to = write ? b : &user;
  if (!e && !s) s = dnnl_reorder_primitive_desc_create(&pd, from->md, dev->engine, to->md, dev->engine, NULL);
  if (!e && !s) s = dnnl_primitive_create(&prim, pd);
  dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, from->mem}, {DNNL_ARG_TO, to->mem}};
  if (!e && !s) s = dnnl_primitive_execute(prim, dev->stream, 2, args);
  if (!e && !s) s = dnnl_stream_wait(dev->stream);
  if (prim) dnnl_primitive_destroy(prim);
  if (pd) dnnl_primitive_desc_destroy(pd);
  if (user.mem) dnnl_memory_destroy(user.mem);
  if (user.md) dnnl_memory_desc_destroy(user.md);
  return e ? e : s ? od_fail("copy", s) : NULL;
}

double od_sgemm(int threads, int n, float *a, float *b, float *c) {
  struct timespec t0, t1;
  omp_set_dynamic(0);
  omp_set_num_threads(threads);
  clock_gettime(CLOCK_MONOTONIC, &t0);
  if (dnnl_sgemm('N', 'N', n, n, n, 1, a, n, b, n, 0, c, n)) return -1;
  clock_gettime(CLOCK_MONOTONIC, &t1);
  return (t1.tv_sec - t0.tv_sec) + (t1.tv_nsec - t0.tv_nsec) * 1e-9;
}
