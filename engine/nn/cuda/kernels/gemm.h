// One matrix product for all that multiplies: C(row, col) = sum over k of A(row, k)·B(col, k).
//
// A block of 256 threads makes a square tile of C with SIDE rows. It goes along k in slices
// of DEEP: while the threads multiply one slice in shared memory they already load the next
// one into registers. What A and B are is said by the operands below, which fetch single
// numbers; the convolution is never laid out as a matrix in memory (implicit GEMM,
// Chetlur et al. 2014, "cuDNN: Efficient Primitives for Deep Learning").
//
// Where a grid has too few tiles for the card, splits > 1 blocks share the k of a tile and
// leave their parts in a workspace; reduce adds them up in order, so that results are the
// same each time.
#pragma once
#include "device.h"

static const int DEEP = 16;
static const int CREW = 256;

// Store is where C goes: y(picture, col, pixel) with pixels = plane, or a matrix y(row, col)
// with plane = 1. First the bias of the column is added (where there is one), then
// negative values are multiplied by slope. The last column may go somewhere else.
struct Store {
	float *part; // splits > 1: workspace of splits x rows x cols
	float *y, *last; // last: of a number each row; none: the last column is like the others
	const float *bias;
	float slope;
	int rows, cols, plane, splits;

	METHOD void finish(int row, int col, float v) const {
		if (last && col == cols - 1) {
			last[row] = v;
			return;
		}
		if (bias)
			v += bias[col];
		if (v < 0)
			v *= slope;
		int picture = row / plane, pixel = row - picture * plane;
		y[((i64)picture * (last ? cols - 1 : cols) + col) * plane + pixel] = v;
	}
	METHOD void operator()(int row, int col, float v) const {
		if (row >= rows || col >= cols)
			return;
		if (splits > 1)
			part[((i64)block_z() * rows + row) * cols + col] = v;
		else
			finish(row, col, v);
	}
};

// Tap is where a number of a convolution's window lies, seen from the pixel under its
// centre: off floats further, dy rows and dx columns away.
struct Tap {
	int off;
	short dy, dx;
};

// Pixels are those of a batch of planes, counted through; w and hw are the width and the
// size of the plane that is counted, sw and sh width and height of the plane that is read,
// and step how many floats lie between two pictures there.
struct Pixels {
	int w, hw, sw, sh;
	i64 step;
};

struct Pixel {
	i64 off;
	int y, x;
};

DEVICE Pixel pixel(const Pixels &p, int i) {
	int n = i / p.hw, rest = i - n * p.hw, y = rest / p.w, x = rest - y * p.w;
	return {n * p.step + (i64)y * p.sw + x, y, x};
}

DEVICE float under(const float *src, const Pixels &p, const Pixel &at, const Tap &t) {
	if ((unsigned)(at.y + t.dy) >= (unsigned)p.sh || (unsigned)(at.x + t.dx) >= (unsigned)p.sw)
		return 0;
	return src[at.off + t.off];
}

// An operand gives the numbers that one thread fetches of a slice: N of them, each with
// its row and its k inside the tile. Row-first operands give neighbouring threads
// neighbouring rows, the others neighbouring k: whichever lies together in memory.
template <int SIDE> struct RowFirst {
	static const int N = SIDE * DEEP / CREW;
	METHOD static int row(int i) { return thread() % SIDE; }
	METHOD static int k(int i) { return thread() / SIDE + i * (CREW / SIDE); }
};
template <int SIDE> struct DeepFirst {
	static const int N = SIDE * DEEP / CREW;
	METHOD static int row(int i) { return thread() / DEEP + i * (CREW / DEEP); }
	METHOD static int k(int i) { return thread() % DEEP; }
};

// PixelRows: rows are pixels, k are taps. What a convolution reads.
template <int SIDE> struct PixelRows : RowFirst<SIDE> {
	const float *src;
	const Tap *taps;
	Pixels p;
	int rows, deep;
	Pixel at;

	METHOD void begin(int from) { at = pixel(p, least(from + this->row(0), rows - 1)); }
	METHOD float get(int row, int k) const {
		return row < rows && k < deep ? under(src, p, at, taps[k]) : 0;
	}
};

// PixelDeep: rows are taps, k are pixels. What the gradient of the weights reads of x. Rows
// beyond the taps are ones: what they are multiplied with adds up to the gradient of the bias.
template <int SIDE> struct PixelDeep : DeepFirst<SIDE> {
	const float *src;
	const Tap *taps;
	Pixels p;
	int count, rows, deep; // count: of taps

	METHOD void begin(int) {}
	METHOD float get(int row, int k) const {
		if (row >= rows || k >= deep)
			return 0;
		return row < count ? under(src, p, pixel(p, k), taps[row]) : 1;
	}
};

// Planes: rows are channels, k are pixels. What the gradient of the weights reads of y.
template <int SIDE> struct Planes : DeepFirst<SIDE> {
	const float *src;
	int plane, rows, deep;

	METHOD void begin(int) {}
	METHOD float get(int row, int k) const {
		if (row >= rows || k >= deep)
			return 0;
		int n = k / plane;
		return src[((i64)n * rows + row) * plane + (k - n * plane)];
	}
};

// Filters: rows are channels of x, k are (channel of y, tap): the weights of a convolution
// as the gradient of x reads them. at[k] is where the filter of k begins.
template <int SIDE> struct Filters : DeepFirst<SIDE> {
	const float *src;
	const Tap *at;
	int step, rows, deep;

	METHOD void begin(int) {}
	METHOD float get(int row, int k) const {
		return row < rows && k < deep ? src[at[k].off + (i64)row * step] : 0;
	}
};

// Deep and Wide: a matrix in memory in which k, or the row, runs fastest. Rows of Wide beyond
// those that are there, count, are ones.
template <int SIDE> struct Deep : DeepFirst<SIDE> {
	const float *src;
	int rows, deep;

	METHOD void begin(int) {}
	METHOD float get(int row, int k) const { return row < rows && k < deep ? src[(i64)row * deep + k] : 0; }
};
template <int SIDE> struct Wide : RowFirst<SIDE> {
	const float *src;
	int count, rows, deep;

	METHOD void begin(int) {}
	METHOD float get(int row, int k) const {
		if (row >= rows || k >= deep)
			return 0;
		return row < count ? src[(i64)k * count + row] : 1;
	}
};

// Float multiplies on the ordinary units: each thread a square of rows and columns that
// lie 16 apart.
template <int SIDE> struct Float {
	static const int N = SIDE / 16, LINE = SIDE + 8;
	float sum[N][N];

	METHOD static float keep(float v) { return v; }
	METHOD void zero() {
		UNROLL for (int i = 0; i < N; i++) UNROLL for (int j = 0; j < N; j++) sum[i][j] = 0;
	}
	METHOD void add(const float (&a)[DEEP][LINE], const float (&b)[DEEP][LINE]) {
		int y = thread() / 16, x = thread() % 16;
		UNROLL for (int k = 0; k < DEEP; k++) {
			float p[N], q[N];
			UNROLL for (int i = 0; i < N; i++) {
				p[i] = a[k][y + 16 * i];
				q[i] = b[k][x + 16 * i];
			}
			UNROLL for (int i = 0; i < N; i++) UNROLL for (int j = 0; j < N; j++) sum[i][j] += p[i] * q[j];
		}
	}
	METHOD void store(const Store &out, int row, int col) const {
		int y = thread() / 16, x = thread() % 16;
		UNROLL for (int j = 0; j < N; j++) UNROLL for (int i = 0; i < N; i++)
			out(row + y + 16 * i, col + x + 16 * j, sum[i][j]);
	}
};

#if defined(FRG_TF32) || defined(FRG_SHIM)
// Tensor multiplies on the tensor cores, in numbers of ten bits with sums of float: eight
// warps, two along the rows and four along the columns. LINE is 8 more than a multiple of
// 32, so that the threads of a warp read from different banks.
template <int SIDE> struct Tensor {
	static const int TALL = SIDE / 2 / 16, BROAD = SIDE / 4 / 8, LINE = SIDE + 8;
	float sum[TALL][BROAD][4];

	METHOD static float keep(float v) { return tf32(v); }
	METHOD static int top() { return thread() / 32 % 2 * (SIDE / 2); }
	METHOD static int left() { return thread() / 64 * (SIDE / 4); }
	METHOD void zero() {
		UNROLL for (int i = 0; i < TALL; i++) UNROLL for (int j = 0; j < BROAD; j++)
			UNROLL for (int c = 0; c < 4; c++) sum[i][j][c] = 0;
	}
	METHOD void add(const float (&a)[DEEP][LINE], const float (&b)[DEEP][LINE]) {
		int g = thread() % 32 / 4, t = thread() % 4;
		UNROLL for (int k = 0; k < DEEP; k += 8) {
			float p[TALL][4], q[BROAD][2];
			UNROLL for (int i = 0; i < TALL; i++) {
				int row = top() + 16 * i + g;
				p[i][0] = a[k + t][row];
				p[i][1] = a[k + t][row + 8];
				p[i][2] = a[k + t + 4][row];
				p[i][3] = a[k + t + 4][row + 8];
			}
			UNROLL for (int j = 0; j < BROAD; j++) {
				int col = left() + 8 * j + g;
				q[j][0] = b[k + t][col];
				q[j][1] = b[k + t + 4][col];
			}
			UNROLL for (int i = 0; i < TALL; i++) UNROLL for (int j = 0; j < BROAD; j++)
				mma(sum[i][j], p[i], q[j]);
		}
	}
	METHOD void store(const Store &out, int row, int col) const {
		int g = thread() % 32 / 4, t = thread() % 4;
		UNROLL for (int j = 0; j < BROAD; j++) UNROLL for (int i = 0; i < TALL; i++)
			UNROLL for (int c = 0; c < 4; c++)
				out(row + top() + 16 * i + g + c / 2 * 8, col + left() + 8 * j + 2 * t + c % 2, sum[i][j][c]);
	}
};
#endif

template <class M, int SIDE, class A, class B>
DEVICE void gemm(A a, B b, const Store &out, int deep) {
	SHARED float as[2][DEEP][M::LINE], bs[2][DEEP][M::LINE];
	const int row = block_x() * SIDE, col = block_y() * SIDE;
	const int slices = (deep + DEEP - 1) / DEEP, share = (slices + out.splits - 1) / out.splits;
	const int from = block_z() * share, to = least(from + share, slices);
	a.begin(row);
	b.begin(col);
	M sums;
	sums.zero();
	float av[A::N], bv[B::N];
	auto load = [&](int slice) {
		UNROLL for (int i = 0; i < A::N; i++) av[i] = a.get(row + a.row(i), slice * DEEP + a.k(i));
		UNROLL for (int i = 0; i < B::N; i++) bv[i] = b.get(col + b.row(i), slice * DEEP + b.k(i));
	};
	auto keep = [&](int at) {
		UNROLL for (int i = 0; i < A::N; i++) as[at][a.k(i)][a.row(i)] = M::keep(av[i]);
		UNROLL for (int i = 0; i < B::N; i++) bs[at][b.k(i)][b.row(i)] = M::keep(bv[i]);
	};
	if (from < to) {
		load(from);
		keep(0);
	}
	barrier();
	for (int s = from; s < to; s++) {
		int at = (s - from) % 2;
		if (s + 1 < to)
			load(s + 1);
		sums.add(as[at], bs[at]);
		if (s + 1 < to)
			keep(1 - at);
		barrier();
	}
	sums.store(out, row, col);
}
