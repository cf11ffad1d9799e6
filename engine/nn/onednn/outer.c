#include <omp.h>

#include "dense.h"
#include "simd.h"

enum { width = 16, tall = 6, block = 1 << 16 }; // block: floats of x that stay in the second cache

int64_t od_panels_size(int64_t n, int64_t in) { return (in + width - 1) / width * width * n; }

void od_panels(const float *x, int64_t n, int64_t in, float *panels) {
  int64_t full = in / width;
#pragma omp parallel for schedule(static)
  for (int64_t p = 0; p <= full; p++)
    for (int64_t i = 0; i < n; i++)
      for (int64_t l = 0; l < width && p * width + l < in; l++)
        panels[(p * n + i) * width + l] = x[i * in + p * width + l];
}

typedef struct law {
  float *w, *v; // v NULL: w is set, and not moved
  float rate, momentum, decay;
} law;

static ALWAYS void apply(const law *a, int64_t at, const v16 *g, int lanes) {
  if (!a->v) {
    STORE(v16, a->w + at, *g, lanes);
    return;
  }
  v16 w = LOAD(v16, a->w + at, lanes), v = a->momentum * LOAD(v16, a->v + at, lanes) - a->rate * (*g + a->decay * w);
  STORE(v16, a->v + at, v, lanes);
  w += v;
  STORE(v16, a->w + at, w, lanes);
}

// tile does high rows from row on in the columns of one panel.
static ALWAYS void tile(const od_outer *o, const law *a, int64_t row, int high, int64_t panel, int lanes) {
  v16 sum[tall] = {0};
  const float *g = o->g + row * o->n, *x = o->x + panel * o->n * width;
  for (int64_t i = 0; i < o->n; i++) {
    v16 v = LOAD(v16, x + i * width, width);
#pragma GCC unroll 6
    for (int h = 0; h < high; h++) sum[h] += g[h * o->n + i] * v;
  }
#pragma GCC unroll 6
  for (int h = 0; h < high; h++) apply(a, (row + h) * o->in + panel * width, &sum[h], lanes);
}

static ALWAYS void strip(const od_outer *o, const law *a, int64_t row, int high, int64_t from, int64_t to) {
  int64_t full = o->in / width;
  for (int64_t p = from; p < to && p < full; p++) tile(o, a, row, high, p, width);
  if (to > full) tile(o, a, row, high, full, o->in % width);
}

// share does the rows of one thread, as many columns at a time as the cache holds.
CLONES static void share(const od_outer *o, const law *a, int64_t from, int64_t to) {
  int64_t panels = (o->in + width - 1) / width, step = block / width / o->n + 1;
  for (int64_t p = 0; p < panels; p += step) {
    int64_t end = p + step < panels ? p + step : panels, row = from;
    for (; row + tall <= to; row += tall) strip(o, a, row, tall, p, end);
    for (; row < to; row++) strip(o, a, row, 1, p, end);
  }
}

static void run(const od_outer *o, const law *a) {
#pragma omp parallel
  {
    int t = omp_get_thread_num(), threads = omp_get_num_threads();
    share(o, a, o->out * t / threads, o->out * (t + 1) / threads);
  }
}

void od_outer_put(const od_outer *o, float *dw) { run(o, &(law){.w = dw}); }

void od_outer_move(const od_outer *o, float *w, float *v, float rate, float momentum, float decay) {
  run(o, &(law){w, v, rate, momentum, decay});
}
