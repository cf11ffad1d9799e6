// What a normalisation works on, and its four sweeps over memory.
#ifndef NORM_H
#define NORM_H

#include <stdint.h>

// view is where a buffer (N,C,H,W) keeps channel c of pixel i of image n:
// od_line(n, c) + i*pixel. block is how many channels of a pixel lie together; 0: all.
typedef struct od_view {
  float *p;
  int64_t image, pixel, block, plane;
} od_view;

// A value a channel. pilot is a number about in the middle of x, off how far the mean
// is from it: apart they keep the digits that the mean alone would lose. scale and
// shift make y of x less its mean; less and slant take the statistics of the batch out of
// the gradient.
enum { od_pilot, od_off, od_inverse, od_scale, od_shift, od_less, od_slant, od_rows };

typedef struct od_job {
  od_view x, y, dy, dx;
  int64_t images, pixels, channels, padded;
  float slope;
  float *row[od_rows]; // each of padded numbers
  double *partial;     // by thread: padded sums, then as many sums of products
  int threads;         // at most
} od_job;

// sums_of_x are of x less its pilot, and of that squared; sums_of_dy of the gradient
// before the activation, and of that times x less its mean.
typedef enum od_sweep { sums_of_x, values_of_y, sums_of_dy, values_of_dx } od_sweep;

void od_run(const od_job *j, od_sweep what);

// od_total adds up what the threads summed for channel c: which is 0 or 1.
double od_total(const od_job *j, int which, int64_t c);

static inline float *od_line(const od_view *v, int64_t n, int64_t c) {
  return v->p + n * v->image + (v->block ? c / v->block * v->block * v->plane + c % v->block : c);
}

#endif
