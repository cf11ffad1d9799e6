// The inside of a kernel: two lists of steps over buffers.
#ifndef KERNEL_H
#define KERNEL_H

#include "dnnl3.h"
#include "onednn.h"
#include "team.h"

// Memory for the outputs of kernels that run one after the other.
typedef struct od_arena {
  od_buf *memory; // NULL without users
  int users;
} od_arena;

struct od_dev {
  od_arena arenas[2]; // where a kernel's input lies in one, its output lies in the other
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  int threads;
  od_team *team;
};

struct od_buf {
  int rank;
  dnnl_dims_t dims; // logical
  md_t md;          // the layout
  dnnl_memory_t mem;
  void *owned; // what to free; NULL where the memory is another's
  float *p;
  size_t bytes, length; // of p, of owned
  int rowmajor;
  int block;       // channels of a pixel that lie together; 0: all. Set where norm.c knows the layout
  int spare;       // an output that the backward pass of its own kernel does not read
  od_kernel *late; // a gradient not computed yet: this kernel can
  uint64_t version; // goes up with every change of a parameter
  od_buf *packed;   // copies in other layouts, which od_pack makes; freed with the buffer
  od_buf *next;     // of such copies
  od_arena *arena;  // whose memory it has; else NULL
};

// A step executes a primitive or calls a function.
typedef struct od_step {
  const char *what;
  dnnl_primitive_t prim;
  int nargs;
  dnnl_exec_arg_t args[10];
  od_buf *packs, *packed; // where not NULL: nothing to do while both are at one version
  od_err (*call)(od_kernel *k);
} od_step;

typedef struct od_prog {
  od_step steps[12];
  int n;
} od_prog;

struct od_kernel {
  od_dev *dev;
  od_prog fwd, bwd;
  od_spec s;
  od_var x, p[4], y; // y is the kernel's own
  uint64_t seed;
  od_buf *bufs[16]; // owned, with y
  int nbufs;
  dnnl_primitive_desc_t pds[6];
  int npds;
  md_t mds[8];
  int nmds;
  dnnl_primitive_attr_t attr;
  od_buf *tmp[4], *more[2]; // what the calls of a kind of layer work on
};

enum { od_worth = 1 << 15 }; // numbers from which on to wake the other threads pays

od_err od_fail(const char *what, dnnl_status_t s);
od_err od_no_memory(size_t bytes);
extern const char od_full[];

#define TRY(what, call) \
  do { \
    dnnl_status_t s_ = (call); \
    if (s_) return od_fail(what, s_); \
  } while (0)
#define CHECK(call) \
  do { \
    od_err e_ = (call); \
    if (e_) return e_; \
  } while (0)

od_err od_kernel_new(od_dev *dev, od_spec s, od_var x, const od_var *p, int np, od_kernel **k);

// od_buf_md makes a buffer in the layout md, NULL: row-major. od_own makes one that
// dies with the kernel, as does what od_adopt is given, also where that fails.
od_err od_adopt(od_kernel *k, od_buf *buf);
od_err od_buf_md(od_dev *dev, int rank, const dnnl_dim_t *dims, cmd_t md, od_buf **buf);
od_err od_own(od_kernel *k, int rank, const dnnl_dim_t *dims, cmd_t md, od_buf **buf);
// od_buf_over makes a buffer over memory that is named later.
od_err od_buf_over(od_dev *dev, int rank, const dnnl_dim_t *dims, cmd_t md, od_buf **buf);
// od_alias makes a row-major buffer of another shape over the memory of buf.
// od_passing makes a buffer in the arena that the kernel's input is not in.
od_err od_passing(od_kernel *k, int rank, const dnnl_dim_t *dims, cmd_t md, od_buf **buf);
od_err od_alias(od_kernel *k, od_buf *buf, int rank, const dnnl_dim_t *dims, od_buf **alias);

// od_layout describes a layout of floats, od_layout_of one of other numbers: tag
// dnnl_format_tag_any leaves it to the library.
od_err od_layout_of(od_kernel *k, dnnl_data_type_t type, int rank, const dnnl_dim_t *dims, dnnl_format_tag_t tag,
    cmd_t *md);
od_err od_layout(od_kernel *k, int rank, const dnnl_dim_t *dims, dnnl_format_tag_t tag, cmd_t *md);
od_err od_rowmajor(od_kernel *k, int rank, const dnnl_dim_t *dims, cmd_t *md);
// od_output makes y: its value in the layout md, and its gradient where the kernel trains.
od_err od_output(od_kernel *k, int rank, const dnnl_dim_t *dims, cmd_t md);
// od_seat points a buffer in an arena at its memory, which may have moved.
od_err od_seat(od_dev *dev, od_buf *buf);
// od_activation is the attribute that applies s.slope after a primitive, or NULL.
od_err od_activation(od_kernel *k, const_dnnl_primitive_attr_t *attr);

// od_overwrite lets the gradient of x take the memory of x, for a kernel whose backward
// pass needs no more of x than it has read when it writes. It does where x is spare.
od_err od_overwrite(od_kernel *k);

// od_pd has the kernel free a primitive descriptor, if s says that it was made.
od_err od_pd(od_kernel *k, const char *what, dnnl_status_t s, const dnnl_primitive_desc_t *pd);
// od_slow says that the library has no code generator for what pd describes.
int od_slow(dnnl_primitive_desc_t pd);
// od_add appends a step: pairs of an argument's number and its buffer, ended by 0.
od_err od_add(od_prog *g, const char *what, dnnl_primitive_desc_t pd, ...);
od_err od_call(od_prog *g, const char *what, od_err (*call)(od_kernel *k));
// od_to appends the reorder of from to to.
od_err od_to(od_kernel *k, od_prog *g, od_buf *from, od_buf *to);
// od_in gives buf in the layout md: itself, or a copy that a new step fills. od_pack
// is for parameters: all kernels share the copy, made anew only after the parameter changed.
od_err od_in(od_kernel *k, od_prog *g, od_buf *buf, cmd_t md, od_buf **in);
od_err od_pack(od_kernel *k, od_prog *g, od_buf *buf, cmd_t md, od_buf **in);
// od_dest gives a buffer of buf's shape in the layout md: buf itself where it has it.
od_err od_dest(od_kernel *k, od_buf *buf, cmd_t md, od_buf **dest);
// od_gate appends the activation's backward pass: gate is the gradient before it.
od_err od_gate(od_kernel *k, od_buf **gate);

// od_dense_move is od_sgd with a gradient that is late.
void od_dense_move(od_kernel *k, float *w, float *v, float rate, float momentum, float decay);

static inline cmd_t od_md(dnnl_primitive_desc_t pd, dnnl_query_t what, int i) {
  return dnnl_primitive_desc_query_md(pd, what, i);
}

#endif
