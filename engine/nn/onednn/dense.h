// The gradient of large weights: the sum of outer products over a batch.
#ifndef DENSE_H
#define DENSE_H

#include <stdint.h>

enum { od_large = 1 << 20 }; // weights from which on the gradient is put off

// od_outer is g (O,N) times x (N,I), whose columns lie in panels of 16: od_panels
// puts them there, od_panels_size is how many floats that takes.
typedef struct od_outer {
  const float *g, *x;
  int64_t n, in, out;
} od_outer;

int64_t od_panels_size(int64_t n, int64_t in);
void od_panels(const float *x, int64_t n, int64_t in, float *panels);

void od_outer_put(const od_outer *o, float *dw);
void od_outer_move(const od_outer *o, float *w, float *v, float rate, float momentum, float decay);

#endif
