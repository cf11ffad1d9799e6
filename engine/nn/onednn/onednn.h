// What Go calls. Everything runs on the one thread that opened the device. A
// function that can fail returns NULL, or a message that lives until the next call.
#ifndef ONEDNN_H
#define ONEDNN_H

#include <stddef.h>
#include <stdint.h>

typedef struct od_dev od_dev;
typedef struct od_buf od_buf;
typedef struct od_kernel od_kernel;
typedef const char *od_err;

// given is how many threads the system gives where those are too few.
od_err od_open(int threads, od_dev **dev, int *given);
void od_close(od_dev *dev);

typedef struct od_floats {
  float *p;
  size_t n;
} od_floats;

// Buffers. od_data is where the n floats lie; od_copy reads (or writes) them in
// row-major order whatever their layout is.
od_err od_buf_new(od_dev *dev, int rank, const int64_t *dims, od_buf **buf);
void od_buf_free(od_buf *buf);
od_floats od_data(od_buf *buf);
int od_is_rowmajor(const od_buf *buf);
int od_shape(const od_buf *buf, const int64_t **dims); // the rank, and that many sizes
od_err od_copy(od_dev *dev, od_buf *buf, float *host, int write);
void od_touch(od_buf *buf); // its values were changed: copies in other layouts are out of date
int od_late(od_buf *buf);   // a gradient that od_settle must compute before it is read
od_err od_settle(od_buf *buf);

// A value, and its gradient where one is wanted.
typedef struct od_var {
  od_buf *value, *grad;
} od_var;

// What of a layer; slope is what its activation multiplies negative values by: 1 is none.
// passing: the output lies in memory that all such kernels share, until the next but one runs.
typedef struct od_spec {
  int train, passing, out, kernel, stride, pad;
  float slope, drop, eps, decay;
} od_spec;

// Kernels. p are the parameters in the order of nn.Arch.Specs. The output is made
// in the layout that the library prefers.
od_err od_conv(od_dev *dev, od_spec s, od_var x, const od_var *p, od_kernel **k);
od_err od_norm(od_dev *dev, od_spec s, od_var x, const od_var *p, od_kernel **k);
od_err od_pool(od_dev *dev, od_spec s, od_var x, od_kernel **k);
od_err od_dense(od_dev *dev, od_spec s, od_var x, const od_var *p, od_kernel **k);
od_err od_drop(od_dev *dev, od_spec s, od_var x, od_kernel **k);
od_err od_loss(od_dev *dev, od_var logits, od_buf *targets, od_kernel **k);
od_var od_out(od_kernel *k);
od_err od_forward(od_kernel *k, uint64_t seed);
od_err od_backward(od_kernel *k);
void od_kernel_free(od_kernel *k);

void od_sgd(od_buf *value, od_buf *grad, od_buf *velocity, float rate, float momentum, float decay);

// od_sgemm multiplies square matrices of n rows with all threads and returns the
// seconds it took, or less than 0 where it could not.
double od_sgemm(int n, float *a, float *b, float *c);

const char *od_version(void);

#endif
