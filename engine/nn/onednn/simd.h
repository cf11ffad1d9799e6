// Four, eight or sixteen numbers at a time, in GCC's vector notation: the compiler makes what the
// processor has of it, here also for newer processors than the program needs.
#ifndef SIMD_H
#define SIMD_H

#include <string.h>

typedef float v4 __attribute__((vector_size(16), aligned(4)));
typedef float v8 __attribute__((vector_size(32), aligned(4)));
typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int m8 __attribute__((vector_size(32), aligned(4)));
typedef int m16 __attribute__((vector_size(64), aligned(4)));

#define ALWAYS inline __attribute__((always_inline))

// CLONES compiles a function several times; which one runs is decided when the
// program starts. What it calls must be ALWAYS to be compiled along.
#if defined(__x86_64__) && defined(__gnu_linux__)
#define CLONES __attribute__((target_clones("avx512f", "fma", "default")))
#else
#define CLONES
#endif

// LOAD reads lanes numbers into a vector of that type; the rest is 0. STORE writes
// lanes numbers. All lanes but at the end of a row. These are macros because GCC warns
// of vectors as parameters and results, even of inlined functions.
#define LOAD(type, from, lanes) \
  ({ \
    type v_ = {0}; \
    if ((lanes) * sizeof(float) == sizeof v_) v_ = *(const type *)(from); \
    else memcpy(&v_, from, (lanes) * sizeof(float)); \
    v_; \
  })
#define STORE(type, to, v, lanes) \
  do { \
    type s_ = (v); \
    if ((lanes) * sizeof(float) == sizeof s_) *(type *)(to) = s_; \
    else memcpy(to, &s_, (lanes) * sizeof(float)); \
  } while (0)

// POSITIVE picks yes where z > 0 and no elsewhere, also where z is not a number.
#define POSITIVE(type, mask, z, yes, no) \
  ({ \
    mask m_ = (z) > 0; \
    (type)(((mask)(yes) & m_) | ((mask)(no) & ~m_)); \
  })

#endif
