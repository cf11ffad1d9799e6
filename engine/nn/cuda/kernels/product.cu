// Convolutions and dense layers: gemm with the right operands.
#include "gemm.h"

// y(n,o,pixel) = act(bias(o) + sum over taps of x·w(o,tap)). Rows: pixels of y; columns: o.
template <class M, int SIDE>
DEVICE void conv_forward(const Store &out, const float *x, const float *w, const Tap *taps, const Pixels &p, int deep) {
	PixelRows<SIDE> a;
	a.src = x, a.taps = taps, a.p = p, a.rows = out.rows, a.deep = deep;
	Deep<SIDE> b;
	b.src = w, b.apart = b.deep = deep, b.rows = out.cols;
	gemm<M, SIDE>(a, b, out, deep);
}

// dx(n,c,pixel) = sum over (o, tap) of dy·w(o,c,tap). Rows: pixels of x; columns: c.
template <class M, int SIDE>
DEVICE void conv_data(const Store &out, const float *dy, const float *w, const Tap *taps, const Tap *filters, const Pixels &p, int area, int deep) {
	PixelRows<SIDE> a;
	a.src = dy, a.taps = taps, a.p = p, a.rows = out.rows, a.deep = deep;
	Filters<SIDE> b;
	b.src = w, b.at = filters, b.apart = area, b.rows = out.cols, b.deep = deep;
	gemm<M, SIDE>(a, b, out, deep);
}

// dw(o,tap) = sum over pixels of dy(n,o,pixel)·x. Rows: o; columns: taps, and one for the bias.
template <class M, int SIDE>
DEVICE void conv_weight(const Store &out, const float *dy, const float *x, const Tap *taps, const Pixels &p, int deep) {
	Planes<SIDE> a;
	a.src = dy, a.apart = p.hw, a.by = p.by_hw, a.rows = out.rows, a.deep = deep;
	PixelDeep<SIDE> b;
	b.src = x, b.taps = taps, b.p = p, b.count = out.last ? out.cols - 1 : out.cols, b.deep = deep;
	gemm<M, SIDE>(a, b, out, deep);
}

#define STORE_PARAMS float *part, float *y, float *last, const float *bias, double slope, i64 rows, i64 cols, i64 plane, u64 by, i64 splits, i64 deep
#define STORE Store{part, y, last, bias, (float)slope, (int)rows, (int)cols, (int)plane, (int)splits, by}
#define PIXEL_PARAMS i64 w, i64 hw, i64 sw, i64 sh, i64 step, u64 by_w, u64 by_hw
#define PIXELS Pixels{(int)w, (int)hw, (int)sw, (int)sh, (int)step, by_w, by_hw}

#define PRODUCTS(NAME, M, SIDE)                                                                                          \
	KERNEL conv_forward_##NAME(STORE_PARAMS, const float *x, const float *weight, const Tap *taps, PIXEL_PARAMS) {          \
		conv_forward<M<SIDE>, SIDE>(STORE, x, weight, taps, PIXELS, deep);                                                   \
	}                                                                                                                      \
	KERNEL conv_data_##NAME(STORE_PARAMS, const float *dy, const float *weight, const Tap *taps, const Tap *filters,        \
	                        PIXEL_PARAMS, i64 area) {                                                                       \
		conv_data<M<SIDE>, SIDE>(STORE, dy, weight, taps, filters, PIXELS, area, deep);                                      \
	}                                                                                                                      \
	KERNEL conv_weight_##NAME(STORE_PARAMS, const float *dy, const float *x, const Tap *taps, PIXEL_PARAMS) {               \
		conv_weight<M<SIDE>, SIDE>(STORE, dy, x, taps, PIXELS, deep);                                                        \
	}                                                                                                                      \
	/* y = act(x·weight + bias): x (rows,deep), weight (cols,deep) */                                                       \
	KERNEL dense_forward_##NAME(STORE_PARAMS, const float *x, const float *weight) {                                        \
		Deep<SIDE> a, b;                                                                                                     \
		a.src = x, a.rows = rows, a.apart = a.deep = deep;                                                                   \
		b.src = weight, b.rows = cols, b.apart = b.deep = deep;                                                              \
		gemm<M<SIDE>, SIDE>(a, b, STORE, deep);                                                                              \
	}                                                                                                                      \
	/* dx = dy·weight: dy (rows,deep), weight (deep,cols) */                                                                \
	KERNEL dense_data_##NAME(STORE_PARAMS, const float *dy, const float *weight) {                                          \
		Deep<SIDE> a;                                                                                                        \
		Wide<SIDE> b;                                                                                                        \
		a.src = dy, a.rows = rows, a.apart = a.deep = deep;                                                                  \
		b.src = weight, b.count = cols, b.deep = deep;                                                                       \
		gemm<M<SIDE>, SIDE>(a, b, STORE, deep);                                                                              \
	}                                                                                                                      \
	/* dw = dy·x over the batch: dy (deep,rows), x (deep,cols); the last column may be the bias' */                          \
	KERNEL dense_weight_##NAME(STORE_PARAMS, const float *dy, const float *x) {                                             \
		Wide<SIDE> a, b;                                                                                                     \
		a.src = dy, a.count = rows, a.deep = deep;                                                                           \
		b.src = x, b.count = last ? cols - 1 : cols, b.deep = deep;                                                          \
		gemm<M<SIDE>, SIDE>(a, b, STORE, deep);                                                                              \
	}

PRODUCTS(f32_128, Float, 128)
PRODUCTS(f32_64, Float, 64)
#if defined(FRG_TF32) || defined(FRG_SHIM)
PRODUCTS(tf32_128, Tensor, 128)
PRODUCTS(tf32_64, Tensor, 64)
#endif

// reduce adds up what the splits of a gemm left, in order. A thread each number.
KERNEL reduce(STORE_PARAMS, u64 by_cols) {
	int all = rows * cols, i = block_x() * CREW + thread();
	if (i >= all)
		return;
	float sum = 0;
	UNROLL4 for (int s = 0; s < splits; s++)
		sum += part[(i64)s * all + i];
	Store to = STORE;
	int row = over(i, by_cols), col = i - row * (int)cols;
	to.finish(row, to.line(row), col, to.added(col), sum);
}
