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
//
// Tensors have less than 2^31 numbers, so places in them are unsigned and wrap, unused, where
// a tile hangs over the edge.
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
	u64 by; // to divide by plane

	// line is where in y the first column of a row lies.
	METHOD unsigned line(int row) const {
		int picture = over(row, by);
		return (unsigned)picture * (last ? cols - 1 : cols) * plane + (row - picture * plane);
	}
	METHOD float added(int col) const { return bias && col < cols ? bias[col] : 0; }
	METHOD void finish(int row, unsigned line, int col, float add, float v) const {
		if (last && col == cols - 1) {
			last[row] = v;
			return;
		}
		if (bias)
			v += add;
		if (v < 0)
			v *= slope;
		y[line + (unsigned)col * plane] = v;
	}
	METHOD void put(int row, unsigned line, int col, float add, float v) const {
		if (row >= rows || col >= cols)
			return;
		if (splits > 1)
			part[((i64)block_z() * rows + row) * cols + col] = v;
		else
			finish(row, line, col, add, v);
	}
};

// Tap is where a number of a convolution's window lies, seen from the pixel under its
// centre: off floats further, and in the halves of d, dy rows and dx columns away. Tables of taps
// go on, with zeros, to a multiple of the largest tile.
struct alignas(8) Tap {
	int off, d;

	METHOD int dy() const { return (short)d; }
	METHOD int dx() const { return d >> 16; }
};

// Pixels are those of a batch of planes, counted through; w and hw are the width and the
// size of the plane that is counted (by what to divide by them), sw and sh width and height of the
// plane that is read, and step how many floats lie between two pictures there.
struct Pixels {
	int w, hw, sw, sh, step;
	u64 by_w, by_hw;
};

struct Pixel {
	unsigned off;
	int y, x;
};

DEVICE Pixel pixel(const Pixels &p, int i) {
	int n = over(i, p.by_hw), rest = i - n * p.hw, y = over(rest, p.by_w), x = rest - y * p.w;
	return {(unsigned)n * p.step + (unsigned)y * p.sw + x, y, x};
}

DEVICE float under(const float *src, const Pixels &p, const Pixel &at, const Tap &t, bool there) {
	there &= (unsigned)(at.y + t.dy()) < (unsigned)p.sh;
	there &= (unsigned)(at.x + t.dx()) < (unsigned)p.sw;
	return pick(src, at.off + t.off, there);
}

// An operand gives the numbers that one thread fetches of a slice: N of them, each with
// its row and its k inside the tile. Row-first operands give neighbouring threads
// neighbouring rows, the others neighbouring k: whichever lies together in memory. begin
// is told the tile's first row, load the slice's first k. For rows beyond the last one operands give
// any numbers, of which nothing is stored, and for k beyond deep zeros, at least one of the two.
template <int SIDE> struct RowFirst {
	static const int N = SIDE * DEEP / CREW;
	METHOD static int row(int) { return thread() % SIDE; }
	METHOD static int k(int i) { return thread() / SIDE * N + i; }
};
template <int SIDE> struct DeepFirst {
	static const int N = SIDE * DEEP / CREW, STEP = CREW / DEEP;
	METHOD static int row(int i) { return thread() / DEEP + i * STEP; }
	METHOD static int k(int) { return thread() % DEEP; }
};

// PixelRows: rows are pixels, k are taps. What a convolution reads.
template <int SIDE> struct PixelRows : RowFirst<SIDE> {
	const float *src;
	const Tap *taps;
	Pixels p;
	int rows, deep;
	Pixel at;

	METHOD void begin(int from) { at = pixel(p, least(from + this->row(0), rows - 1)); }
	METHOD void load(float (&v)[RowFirst<SIDE>::N], int from) const {
		from += this->k(0);
		Tap t[RowFirst<SIDE>::N];
		UNROLL for (int i = 0; i < this->N; i++) t[i] = taps[from + i];
		UNROLL for (int i = 0; i < this->N; i++) v[i] = under(src, p, at, t[i], from + i < deep);
	}
};

// PixelDeep: rows are taps, k are pixels. What the gradient of the weights reads of x. Rows
// beyond the taps are ones: what they are multiplied with adds up to the gradient of the bias.
template <int SIDE> struct PixelDeep : DeepFirst<SIDE> {
	const float *src;
	const Tap *taps;
	Pixels p;
	int count, deep; // count: of taps
	int first;

	METHOD void begin(int from) { first = from + this->row(0); }
	METHOD void load(float (&v)[DeepFirst<SIDE>::N], int from) const {
		int k = from + this->k(0);
		Pixel at = pixel(p, k);
		Tap t[DeepFirst<SIDE>::N];
		UNROLL for (int i = 0; i < this->N; i++) t[i] = taps[first + i * this->STEP];
		UNROLL for (int i = 0; i < this->N; i++) {
			v[i] = under(src, p, at, t[i], k < deep);
			if (first + i * this->STEP >= count)
				v[i] = 1;
		}
	}
};

// Lines are rows that lie the same distance apart: row r and number k at r·apart + k. The operands
// that follow say where k lies.
template <int SIDE> struct Lines : DeepFirst<SIDE> {
	const float *src;
	int apart, rows, deep;
	unsigned line[DeepFirst<SIDE>::N];

	METHOD void begin(int from) {
		UNROLL for (int i = 0; i < this->N; i++) line[i] = (unsigned)least(from + this->row(i), rows - 1) * apart;
	}
	METHOD void lines(float (&v)[DeepFirst<SIDE>::N], unsigned k, bool there) const {
		UNROLL for (int i = 0; i < this->N; i++) v[i] = pick(src, line[i] + k, there);
	}
};

// Deep: a matrix in memory in which k runs fastest.
template <int SIDE> struct Deep : Lines<SIDE> {
	METHOD void load(float (&v)[DeepFirst<SIDE>::N], int from) const {
		int k = from + this->k(0);
		this->lines(v, k, k < this->deep);
	}
};

// Planes: rows are channels, k are pixels. What the gradient of the weights reads of y.
template <int SIDE> struct Planes : Lines<SIDE> { // apart: the plane
	u64 by;

	METHOD void load(float (&v)[DeepFirst<SIDE>::N], int from) const {
		int k = from + this->k(0), n = over(k, by);
		this->lines(v, (unsigned)n * (this->rows - 1) * this->apart + k, k < this->deep); // n·rows·plane + (k - n·plane)
	}
};

// Filters: rows are channels of x, k are (channel of y, tap): the weights of a convolution
// as the gradient of x reads them. at[k] is where the filter of k begins.
template <int SIDE> struct Filters : Lines<SIDE> {
	const Tap *at;

	METHOD void load(float (&v)[DeepFirst<SIDE>::N], int from) const {
		int k = from + this->k(0);
		this->lines(v, at[k].off, k < this->deep);
	}
};

// Wide: a matrix in memory in which the row runs fastest. Rows beyond those that are there,
// count, are ones.
template <int SIDE> struct Wide : RowFirst<SIDE> {
	const float *src;
	int count, deep;
	int mine;

	METHOD void begin(int from) { mine = from + this->row(0); }
	METHOD void load(float (&v)[RowFirst<SIDE>::N], int from) const {
		from += this->k(0);
		UNROLL for (int i = 0; i < this->N; i++) {
			v[i] = pick(src, (unsigned)(from + i) * count + mine, (from + i < deep) & (mine < count));
			if (mine >= count)
				v[i] = 1;
		}
	}
};

// place is where a row of k lies in shared memory: moved about among eight, so that also threads
// with neighbouring k write to different banks. LINE is 8 more than a multiple of 32, so that the
// threads of a warp read from different ones.
DEVICE int place(int k, int row) { return row ^ k / 4 * 2; }

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
				p[i] = a[k][place(k, y) + 16 * i];
				q[i] = b[k][place(k, x) + 16 * i];
			}
			UNROLL for (int i = 0; i < N; i++) UNROLL for (int j = 0; j < N; j++) sum[i][j] += p[i] * q[j];
		}
	}
	METHOD void store(const Store &out, int row, int col) const {
		row += thread() / 16, col += thread() % 16;
		unsigned line[N];
		UNROLL for (int i = 0; i < N; i++) line[i] = out.line(row + 16 * i);
		UNROLL for (int j = 0; j < N; j++) {
			float add = out.added(col + 16 * j);
			UNROLL for (int i = 0; i < N; i++) out.put(row + 16 * i, line[i], col + 16 * j, add, sum[i][j]);
		}
	}
};

#if defined(FRG_TF32) || defined(FRG_SHIM)
// Tensor multiplies on the tensor cores, in numbers of ten bits with sums of float: eight
// warps, two along the rows and four along the columns.
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
			const float *a0 = &a[t][top() + place(k, g)], *a1 = &a[t][top() + place(k + 4, g)];
			const float *b0 = &b[t][left() + place(k, g)], *b1 = &b[t][left() + place(k + 4, g)];
			float p[TALL][4], q[BROAD][2];
			UNROLL for (int i = 0; i < TALL; i++) {
				p[i][0] = a0[k * LINE + 16 * i];
				p[i][1] = a0[k * LINE + 16 * i + 8];
				p[i][2] = a1[(k + 4) * LINE + 16 * i];
				p[i][3] = a1[(k + 4) * LINE + 16 * i + 8];
			}
			UNROLL for (int j = 0; j < BROAD; j++) {
				q[j][0] = b0[k * LINE + 8 * j];
				q[j][1] = b1[(k + 4) * LINE + 8 * j];
			}
			UNROLL for (int i = 0; i < TALL; i++) UNROLL for (int j = 0; j < BROAD; j++)
				mma(sum[i][j], p[i], q[j]);
		}
	}
	METHOD void store(const Store &out, int row, int col) const {
		row += top() + thread() % 32 / 4, col += left() + thread() % 4 * 2;
		unsigned line[2 * TALL];
		UNROLL for (int i = 0; i < 2 * TALL; i++) line[i] = out.line(row + 8 * i);
		UNROLL for (int j = 0; j < 2 * BROAD; j++) {
			int here = col + j / 2 * 8 + j % 2;
			float add = out.added(here);
			UNROLL for (int i = 0; i < 2 * TALL; i++)
				out.put(row + 8 * i, line[i], here, add, sum[i / 2][j / 2][i % 2 * 2 + j % 2]);
		}
	}
};
#endif

// keep puts what a thread has loaded of a slice into shared memory.
template <class M, class A> DEVICE void keep(float (&to)[DEEP][M::LINE], const float (&v)[A::N]) {
	UNROLL for (int i = 0; i < A::N; i++) to[A::k(i)][place(A::k(i), A::row(i))] = M::keep(v[i]);
}

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
	if (from < to) {
		a.load(av, from * DEEP);
		b.load(bv, from * DEEP);
		keep<M, A>(as[0], av);
		keep<M, B>(bs[0], bv);
	}
	barrier();
	for (int s = from, at = 0; s < to; s++, at = 1 - at) {
		bool more = s + 1 < to;
		if (more) {
			a.load(av, (s + 1) * DEEP);
			b.load(bv, (s + 1) * DEEP);
		}
		sums.add(as[at], bs[at]);
		if (more) {
			keep<M, A>(as[1 - at], av);
			keep<M, B>(bs[1 - at], bv);
		}
		barrier();
	}
	sums.store(out, row, col);
}
