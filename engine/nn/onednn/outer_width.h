// The product for vectors V of WIDTH lanes; outer.c includes this once for each width. A
// vector wider than the processor's would be kept in memory: 7 times as slow.

static ALWAYS void NAME(apply)(const law *a, int64_t at, const V *g, int lanes) {
  if (!a->v) {
    STORE(V, a->w + at, *g, lanes);
    return;
  }
  V w = LOAD(V, a->w + at, lanes), v = a->momentum * LOAD(V, a->v + at, lanes) - a->rate * (*g + a->decay * w);
  STORE(V, a->v + at, v, lanes);
  w += v;
  STORE(V, a->w + at, w, lanes);
}

// tile does high rows from row on in the columns of one panel.
static ALWAYS void NAME(tile)(const od_outer *o, const law *a, int64_t row, int high, int64_t panel, int columns) {
  V sum[tall][width / WIDTH] = {0};
  const float *g = o->g + row * o->n, *x = o->x + panel * o->n * width;
  for (int64_t i = 0; i < o->n; i++) {
    V v[width / WIDTH];
#pragma GCC unroll 4
    for (int c = 0; c < width / WIDTH; c++) v[c] = LOAD(V, x + i * width + c * WIDTH, WIDTH);
#pragma GCC unroll 6
    for (int h = 0; h < high; h++)
#pragma GCC unroll 4
      for (int c = 0; c < width / WIDTH; c++) sum[h][c] += g[h * o->n + i] * v[c];
  }
#pragma GCC unroll 6
  for (int h = 0; h < high; h++)
#pragma GCC unroll 4
    for (int c = 0; c < width / WIDTH; c++) {
      int left = columns - c * WIDTH;
      if (left > 0)
        NAME(apply)(a, (row + h) * o->in + panel * width + c * WIDTH, &sum[h][c], left < WIDTH ? left : WIDTH);
    }
}

static ALWAYS void NAME(strip)(const od_outer *o, const law *a, int64_t row, int high, int64_t from, int64_t to) {
  int64_t full = o->in / width;
  for (int64_t p = from; p < to && p < full; p++) NAME(tile)(o, a, row, high, p, width);
  if (to > full) NAME(tile)(o, a, row, high, full, o->in % width);
}

// share does the rows of one thread, as many columns at a time as the cache holds.
ONLY static void NAME(share)(const od_outer *o, const law *a, int64_t from, int64_t to) {
  int64_t panels = (o->in + width - 1) / width, step = block / width / o->n + 1;
  for (int64_t p = 0; p < panels; p += step) {
    int64_t end = p + step < panels ? p + step : panels, row = from;
    for (; row + tall <= to; row += tall) NAME(strip)(o, a, row, tall, p, end);
    for (; row < to; row++) NAME(strip)(o, a, row, 1, p, end);
  }
}
