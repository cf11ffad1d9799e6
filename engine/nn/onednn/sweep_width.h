// The sweeps for vectors V of WIDTH lanes; sweep.c includes this once for each width.

static ALWAYS void NAME(add)(double *to, const V *pair, int lanes) {
  V v = pair[0] + pair[1];
  for (int l = 0; l < lanes; l++) to[l] += v[l];
}

#define ROW(which) LOAD(V, j->row[which] + p.c, WIDTH)

// The sums go two pixels at a time, because a sum can be added to only every few cycles.
static ALWAYS void NAME(sum_x)(const od_job *j, piece p, double *s, double *q) {
  const float *x = od_line(&j->x, p.n, p.c);
  V pilot = ROW(od_pilot), sum[2] = {0}, square[2] = {0};
#define ONE(u) \
  { \
    V d = LOAD(V, x + (i + u) * j->x.pixel, p.lanes) - pilot; \
    sum[u] += d; \
    square[u] += d * d; \
  }
  int64_t i = p.from;
  for (; i + 2 <= p.to; i += 2) {
    ONE(0)
    ONE(1)
  }
  if (i < p.to) ONE(0)
#undef ONE
  NAME(add)(s, sum, p.lanes);
  NAME(add)(q, square, p.lanes);
}

static ALWAYS void NAME(put_y)(const od_job *j, piece p) {
  const float *x = od_line(&j->x, p.n, p.c);
  float *y = od_line(&j->y, p.n, p.c);
  V a = ROW(od_scale), b = ROW(od_shift), pilot = ROW(od_pilot), off = ROW(od_off);
  for (int64_t i = p.from; i < p.to; i++) {
    V z = (LOAD(V, x + i * j->x.pixel, p.lanes) - pilot - off) * a + b;
    STORE(V, y + i * j->y.pixel, POSITIVE(V, MASK, z, z, z * j->slope), p.lanes);
  }
}

static ALWAYS void NAME(sum_dy)(const od_job *j, piece p, double *s, double *q) {
  const float *x = od_line(&j->x, p.n, p.c), *dy = od_line(&j->dy, p.n, p.c);
  V a = ROW(od_scale), b = ROW(od_shift), pilot = ROW(od_pilot), off = ROW(od_off), sum[2] = {0}, product[2] = {0};
#define ONE(u) \
  { \
    V v = LOAD(V, x + (i + u) * j->x.pixel, p.lanes) - pilot - off, g = LOAD(V, dy + (i + u) * j->dy.pixel, p.lanes); \
    g = POSITIVE(V, MASK, v * a + b, g, g * j->slope); \
    sum[u] += g; \
    product[u] += g * v; \
  }
  int64_t i = p.from;
  for (; i + 2 <= p.to; i += 2) {
    ONE(0)
    ONE(1)
  }
  if (i < p.to) ONE(0)
#undef ONE
  NAME(add)(s, sum, p.lanes);
  NAME(add)(q, product, p.lanes);
}

static ALWAYS void NAME(put_dx)(const od_job *j, piece p) {
  const float *x = od_line(&j->x, p.n, p.c), *dy = od_line(&j->dy, p.n, p.c);
  float *dx = od_line(&j->dx, p.n, p.c);
  V a = ROW(od_scale), b = ROW(od_shift), pilot = ROW(od_pilot), off = ROW(od_off), less = ROW(od_less), slant = ROW(od_slant);
  for (int64_t i = p.from; i < p.to; i++) {
    V v = LOAD(V, x + i * j->x.pixel, p.lanes) - pilot - off, g = LOAD(V, dy + i * j->dy.pixel, p.lanes);
    g = POSITIVE(V, MASK, v * a + b, g, g * j->slope);
    STORE(V, dx + i * j->dx.pixel, a * (g - less - v * slant), p.lanes);
  }
}

#undef ROW

static ALWAYS void NAME(do_piece)(const od_job *j, od_sweep what, piece p, double *s, double *q) {
  switch (what) {
  case sums_of_x: NAME(sum_x)(j, p, s + p.c, q + p.c); break;
  case values_of_y: NAME(put_y)(j, p); break;
  case sums_of_dy: NAME(sum_dy)(j, p, s + p.c, q + p.c); break;
  case values_of_dx: NAME(put_dx)(j, p); break;
  }
}

// share does a thread's part: whole chunks, in an order that only the number of
// threads decides.
CLONES static void NAME(share)(const od_job *j, od_sweep what, int thread, int threads) {
  int64_t chunks = (j->pixels + chunk - 1) / chunk, all = j->images * chunks;
  double *s = j->partial + 2 * thread * j->padded, *q = s + j->padded;
  for (int64_t t = all * thread / threads; t < all * (thread + 1) / threads; t++) {
    piece p = {.n = t / chunks, .from = t % chunks * chunk, .lanes = WIDTH};
    p.to = p.from + chunk < j->pixels ? p.from + chunk : j->pixels;
    for (; p.c + WIDTH <= j->channels; p.c += WIDTH) NAME(do_piece)(j, what, p, s, q);
    p.lanes = j->channels - p.c;
    if (p.lanes) NAME(do_piece)(j, what, p, s, q);
  }
}
