// The language of the kernels on the processor: what a thread of a block can ask and do.
#pragma once

int thread();
int block_x();
int block_y();
int block_z();
int blocks_y();
void barrier();
double root(double v);
inline double times(double a, double b) { return a * b; }
inline float times(float a, float b) { return a * b; }
inline float pick(const float *src, unsigned at, bool there) { return there ? src[at] : 0; }
float tf32(float v);
void mma(float (&c)[4], const float (&a)[4], const float (&b)[2]);
