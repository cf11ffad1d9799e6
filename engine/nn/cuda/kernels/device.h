// What the kernels need of the language, for two compilers: clang in CUDA mode without a
// CUDA toolkit, and a C++ compiler for the processor (package shim, for tests).
//
// Blocks have one dimension of 256 threads. A kernel may take 128 registers, so that two blocks
// share a multiprocessor and one computes while the other waits for memory. Every parameter of a kernel takes eight bytes,
// because that is what package cu copies for each: whole numbers are i64, others double.
#pragma once

typedef long long i64;
typedef unsigned long long u64;

#ifdef FRG_SHIM

#include "../shim/shim.h"
#define KERNEL extern "C" void
#define DEVICE static inline
#define METHOD inline
#define SHARED static thread_local
#define UNROLL
#define UNROLL4

#else

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define KERNEL extern "C" __attribute__((global)) __attribute__((launch_bounds(256, 2))) void
#define DEVICE static __device__ __attribute__((always_inline)) inline
#define METHOD __device__ __attribute__((always_inline)) inline
#define SHARED __attribute__((shared)) static
#define UNROLL _Pragma("unroll")
#define UNROLL4 _Pragma("unroll 4")

DEVICE int thread() { return __nvvm_read_ptx_sreg_tid_x(); }
DEVICE int block_x() { return __nvvm_read_ptx_sreg_ctaid_x(); }
DEVICE int block_y() { return __nvvm_read_ptx_sreg_ctaid_y(); }
DEVICE int block_z() { return __nvvm_read_ptx_sreg_ctaid_z(); }
DEVICE int blocks_y() { return __nvvm_read_ptx_sreg_nctaid_y(); }
DEVICE void barrier() { __syncthreads(); }
DEVICE double root(double v) { return __nvvm_sqrt_rn_d(v); }

// times is a product that no compiler makes one step with a sum, which would round once where a
// processor rounds twice.
DEVICE double times(double a, double b) {
	double v;
	asm("mul.rn.f64 %0, %1, %2;" : "=d"(v) : "d"(a), "d"(b));
	return v;
}
DEVICE float times(float a, float b) {
	float v;
	asm("mul.rn.f32 %0, %1, %2;" : "=f"(v) : "f"(a), "f"(b));
	return v;
}

// pick is src[at] where it is there, else 0, without a branch: loads of several numbers then all
// begin before the first one is waited for. Nothing writes src while the kernel runs.
DEVICE float pick(const float *src, unsigned at, bool there) {
	float v;
	asm volatile("{\n\t.reg .pred p;\n\tsetp.ne.u32 p, %2, 0;\n\tmov.f32 %0, 0f00000000;\n\t@p ld.global.nc.f32 %0, [%1];\n\t}"
	             : "=f"(v)
	             : "l"(src + at), "r"((unsigned)there));
	return v;
}

#if __CUDA_ARCH__ >= 800
#define FRG_TF32

// tf32 rounds to the ten bits of mantissa that the tensor cores look at.
DEVICE float tf32(float v) {
	unsigned r;
	asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(r) : "f"(v));
	return __builtin_bit_cast(float, r);
}

// mma adds the product of a 16x8 and an 8x8 matrix, spread over the 32 threads of a warp
// as the PTX manual lays out for mma.m16n8k8 with .tf32.
DEVICE void mma(float (&c)[4], const float (&a)[4], const float (&b)[2]) {
	asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
	             "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
	             : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
	             : "r"(__builtin_bit_cast(unsigned, a[0])), "r"(__builtin_bit_cast(unsigned, a[1])),
	               "r"(__builtin_bit_cast(unsigned, a[2])), "r"(__builtin_bit_cast(unsigned, a[3])),
	               "r"(__builtin_bit_cast(unsigned, b[0])), "r"(__builtin_bit_cast(unsigned, b[1])));
}
#endif

#endif

// over is n divided by d, for n below 2^31: by is what Go's over says of d. Cards have no
// instruction that divides whole numbers, and take twenty for it.
DEVICE int over(unsigned n, u64 by) { return (u64)n * (unsigned)by >> (by >> 32); }

DEVICE int least(int a, int b) { return a < b ? a : b; }
