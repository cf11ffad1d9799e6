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

#define V v4
#define WIDTH 4
#define NAME(what) what##_4
#define ONLY
#include "outer_width.h"
#undef V
#undef WIDTH
#undef NAME
#undef ONLY

#if defined(__x86_64__)
#define V v8
#define WIDTH 8
#define NAME(what) what##_8
#define ONLY __attribute__((target("fma")))
#include "outer_width.h"
#undef V
#undef WIDTH
#undef NAME
#undef ONLY

#define V v16
#define WIDTH 16
#define NAME(what) what##_16
#define ONLY __attribute__((target("avx512f")))
#include "outer_width.h"

static void share(const od_outer *o, const law *a, int64_t from, int64_t to) {
  (__builtin_cpu_supports("avx512f") ? share_16 : __builtin_cpu_supports("fma") ? share_8 : share_4)(o, a, from, to);
}
#else
#define share share_4
#endif

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
