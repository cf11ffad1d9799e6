// What the units that multiply do at best, with nothing in their way: for comparison. Each
// thread leaves a number, so that no compiler drops the work.
#include "gemm.h"

static const int PEAK_SUMS = 16; // independent, so that none waits for another

// peak_f32 does 2·PEAK_SUMS operations a thread and round.
KERNEL peak_f32(float *out, i64 rounds) {
	float sum[PEAK_SUMS], add = thread();
	UNROLL for (int i = 0; i < PEAK_SUMS; i++) sum[i] = i;
	for (i64 r = 0; r < rounds; r++) {
		UNROLL for (int i = 0; i < PEAK_SUMS; i++) sum[i] = sum[i] * 0.5f + add;
	}
	float all = 0;
	UNROLL for (int i = 0; i < PEAK_SUMS; i++) all += sum[i];
	out[(i64)block_x() * CREW + thread()] = all;
}

#if defined(FRG_TF32) || defined(FRG_SHIM)
// peak_tf32 does 64·PEAK_SUMS operations a thread and round.
KERNEL peak_tf32(float *out, i64 rounds) {
	float sum[PEAK_SUMS][4], a[4] = {1, 1, 1, 1}, b[2] = {1, 1};
	UNROLL for (int i = 0; i < PEAK_SUMS; i++) UNROLL for (int c = 0; c < 4; c++) sum[i][c] = i;
	for (i64 r = 0; r < rounds; r++) {
		UNROLL for (int i = 0; i < PEAK_SUMS; i++) mma(sum[i], a, b);
	}
	float all = 0;
	UNROLL for (int i = 0; i < PEAK_SUMS; i++) UNROLL for (int c = 0; c < 4; c++) all += sum[i][c];
	out[(i64)block_x() * CREW + thread()] = all;
}
#endif
