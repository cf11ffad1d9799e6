#include <stdlib.h>
#include <string.h>

#include "kernel.h"

// The library ends the program when the system refuses it memory, in C++ exceptions and
// in code that it generates into no memory. It needs little; so every buffer leaves this
// much room to it, and it is buffers that are refused.
enum { room = 256 << 20 };

#ifdef __linux__
#include <sys/mman.h>
static void *map(size_t n) {
  void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return NULL;
  madvise(p, n, MADV_HUGEPAGE); // advice: to be refused is no failure
  return p;
}
static void unmap(void *p, size_t n) { munmap(p, n); }
static int has_room(void) {
  void *p = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return p != MAP_FAILED && !munmap(p, room);
}
#else
static void *map(size_t n) { return calloc(n, 1); }
static void unmap(void *p, size_t n) { free(p); }
static int has_room(void) { return 1; }
#endif

static const dnnl_format_tag_t rowmajor[] = {
    dnnl_format_tag_undef, dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde};

enum { max_rank = 5, align = 64, large = 2 << 20 };

od_err od_layout_of(od_kernel *k, dnnl_data_type_t type, int rank, const dnnl_dim_t *dims, dnnl_format_tag_t tag,
    cmd_t *md) {
  if (k->nmds == sizeof k->mds / sizeof *k->mds) return od_full;
  md_t *slot = &k->mds[k->nmds++];
  TRY("layout", dnnl_memory_desc_create_with_tag(slot, rank, dims, type, tag));
  *md = *slot;
  return NULL;
}

od_err od_layout(od_kernel *k, int rank, const dnnl_dim_t *dims, dnnl_format_tag_t tag, cmd_t *md) {
  return od_layout_of(k, dnnl_f32, rank, dims, tag, md);
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

// allocate asks for zeroed memory. Large blocks take up none until they are used, and
// lie in huge pages where the system has them: a pass over weights is a fifth faster.
static od_err allocate(od_buf *b) {
  size_t edge = b->bytes < large ? align : large;
  b->length = b->bytes + edge;
  b->owned = edge == align ? calloc(b->length, 1) : map(b->length);
  if (!b->owned || !has_room()) return od_no_memory(b->bytes);
  b->p = (float *)(((uintptr_t)b->owned + edge - 1) / edge * edge);
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

od_err od_buf_over(od_dev *dev, int rank, const dnnl_dim_t *dims, cmd_t md, od_buf **buf) {
  od_buf *b = *buf = calloc(1, sizeof *b);
  if (!b) return od_fail("buffer", dnnl_out_of_memory);
  CHECK(describe(b, rank, dims, md));
  TRY("memory", dnnl_memory_create(&b->mem, b->md, dev->engine, DNNL_MEMORY_NONE));
  return NULL;
}

od_err od_buf_new(od_dev *dev, int rank, const int64_t *dims, od_buf **buf) {
  return od_buf_md(dev, rank, dims, NULL, buf);
}

static void release(od_buf *b) {
  if (b->owned) b->bytes < large ? free(b->owned) : unmap(b->owned, b->length);
  b->owned = NULL;
}

void od_buf_free(od_buf *b) {
  if (!b) return;
  for (od_buf *p = b->packed, *next; p; p = next) {
    next = p->next;
    od_buf_free(p);
  }
  if (b->mem) dnnl_memory_destroy(b->mem);
  if (b->md) dnnl_memory_desc_destroy(b->md);
  release(b);
  if (b->arena && --b->arena->users == 0) {
    od_buf_free(b->arena->memory);
    b->arena->memory = NULL;
  }
  free(b);
}

od_err od_overwrite(od_kernel *k) {
  od_buf *x = k->x.value, *dx = k->x.grad;
  if (!dx || !x->spare || dx->p == x->p || !dnnl_memory_desc_equal(x->md, dx->md)) return NULL;
  TRY("memory", dnnl_memory_set_data_handle(dx->mem, x->p));
  release(dx);
  dx->p = x->p;
  return NULL;
}

od_err od_alias(od_kernel *k, od_buf *buf, int rank, const dnnl_dim_t *dims, od_buf **alias) {
  od_buf *b = calloc(1, sizeof *b);
  if (!b) return od_fail("buffer", dnnl_out_of_memory);
  CHECK(od_adopt(k, b));
  CHECK(describe(b, rank, dims, NULL));
  b->p = buf->p;
  TRY("memory", dnnl_memory_create(&b->mem, b->md, k->dev->engine, b->p));
  *alias = b;
  return NULL;
}

// grow sees to it that an arena has so many bytes.
static od_err grow(od_dev *dev, od_arena *a, size_t bytes) {
  if (a->memory && a->memory->bytes >= bytes) return NULL;
  od_buf_free(a->memory); // first: both may be too much
  a->memory = NULL;
  return od_buf_new(dev, 1, (dnnl_dims_t){(bytes + sizeof(float) - 1) / sizeof(float)}, &a->memory);
}

od_err od_passing(od_kernel *k, int rank, const dnnl_dim_t *dims, cmd_t md, od_buf **buf) {
  od_arena *arenas = k->dev->arenas, *a = k->x.value->arena == arenas ? arenas + 1 : arenas;
  od_buf *b = calloc(1, sizeof *b);
  if (!b) return od_fail("buffer", dnnl_out_of_memory);
  CHECK(od_adopt(k, b));
  b->arena = a;
  a->users++;
  CHECK(describe(b, rank, dims, md));
  CHECK(grow(k->dev, a, b->bytes));
  b->p = a->memory->p;
  TRY("memory", dnnl_memory_create(&b->mem, b->md, k->dev->engine, b->p));
  *buf = b;
  return NULL;
}

od_err od_seat(od_dev *dev, od_buf *b) {
  if (!b->arena) return NULL;
  CHECK(grow(dev, b->arena, b->bytes)); // where a larger one was refused
  if (b->p == b->arena->memory->p) return NULL;
  TRY("memory", dnnl_memory_set_data_handle(b->mem, b->arena->memory->p));
  b->p = b->arena->memory->p;
  return NULL;
}

od_floats od_data(od_buf *b) { return (od_floats){b->p, b->bytes / sizeof(float)}; }

int od_is_rowmajor(const od_buf *b) { return b->rowmajor; }

int od_shape(const od_buf *b, const int64_t **dims) {
  *dims = b->dims;
  return b->rank;
}

void od_touch(od_buf *b) {
  b->version++;
  b->late = NULL;
}

int od_late(od_buf *b) { return b->late != NULL; }

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
