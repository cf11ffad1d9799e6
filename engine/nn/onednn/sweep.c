#include <omp.h>
#include <string.h>

#include "norm.h"
#include "simd.h"

enum { chunk = 64 }; // pixels summed in float32 before they go into a double

// piece is a run of pixels of one image in as many channels as a vector has lanes, or
// the last few.
typedef struct piece {
  int64_t n, from, to, c;
  int lanes;
} piece;

#define V v8
#define MASK m8
#define WIDTH 8
#define NAME(what) what##_8
#include "sweep_width.h"
#undef V
#undef MASK
#undef WIDTH
#undef NAME

#define V v16
#define MASK m16
#define WIDTH 16
#define NAME(what) what##_16
#include "sweep_width.h"

void od_run(const od_job *j, od_sweep what) {
  int narrow = j->x.block == 8 || j->y.block == 8;
  memset(j->partial, 0, 2 * j->threads * j->padded * sizeof *j->partial);
#pragma omp parallel num_threads(j->threads)
  (narrow ? share_8 : share_16)(j, what, omp_get_thread_num(), omp_get_num_threads());
}

double od_total(const od_job *j, int which, int64_t c) {
  double sum = 0;
  for (int t = 0; t < j->threads; t++) sum += j->partial[(2 * t + which) * j->padded + c];
  return sum;
}
