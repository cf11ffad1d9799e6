// All that does not multiply matrices.
#include "device.h"

// total adds a number of each of the 256 threads; all get the sum. The order is fixed.
DEVICE double total(double v) {
	SHARED double parts[256];
	barrier();
	parts[thread()] = v;
	barrier();
	for (int half = 128; half > 0; half /= 2) {
		if (thread() < half)
			parts[thread()] += parts[thread() + half];
		barrier();
	}
	return parts[0];
}

// encode makes numbers (n,3,plane) of pixels (n,plane,4): (p-mean)/scale, with so many means a
// channel, 1 or plane. A thread each number.
KERNEL encode(float *to, const unsigned char *pixels, const float *mean, double scale, i64 means, i64 plane, u64 by_plane, u64 by_crop, i64 all) {
	int i = block_x() * 256 + thread();
	if (i >= all)
		return;
	int picture = over(i, by_crop), rest = i - picture * 3 * (int)plane, c = over(rest, by_plane), at = rest - c * (int)plane;
	to[i] = (pixels[((i64)picture * plane + at) * 4 + c] - mean[means == 1 ? c : rest]) / (float)scale;
}

DEVICE float behind(float dy, float y, float slope) { return y > 0 ? dy : dy * slope; }

// mask passes a gradient back through an activation: to = dy·act'(y). A thread each number.
KERNEL mask(float *to, const float *dy, const float *y, double slope, i64 all) {
	i64 i = (i64)block_x() * 256 + thread();
	if (i < all)
		to[i] = behind(dy[i], y[i], slope);
}

// Batch normalisation, as in Ioffe and Szegedy 2015. The grid is (channels, shares): a
// block takes every shares-th picture of its channel. Sums are taken about the
// channel's first number, so that they stay small, and added up in double.
DEVICE i64 start(int picture, int channels, i64 plane) { return ((i64)picture * channels + block_x()) * plane; }

KERNEL norm_sums(double *parts, const float *__restrict__ x, i64 n, i64 channels, i64 plane) {
	float first = x[start(0, channels, plane)], sum = 0, square = 0;
	for (int p = block_y(); p < n; p += blocks_y())
		UNROLL4 for (i64 i = thread(), at = start(p, channels, plane); i < plane; i += 256) {
			float v = x[at + i] - first;
			sum += v;
			square += v * v;
		}
	double a = total(sum), b = total(square);
	if (thread() == 0) {
		double *out = parts + ((i64)block_x() * blocks_y() + block_y()) * 2;
		out[0] = a;
		out[1] = b;
	}
}

DEVICE void both(const double *parts, double &a, double &b) {
	const double *in = parts + (i64)block_x() * blocks_y() * 2;
	a = b = 0;
	for (int s = 0; s < blocks_y(); s++) {
		a += in[2 * s];
		b += in[2 * s + 1];
	}
}

// norm_forward normalises by the statistics in parts, moves the running averages
// (decay is the weight of the old value) and keeps mean and 1/sqrt(variance + eps) in
// used; without parts it takes the running averages.
KERNEL norm_forward(float *__restrict__ y, double *used, float *mean, float *variance, const double *parts, const float *__restrict__ x,
                    const float *scale, const float *offset, double eps, double decay, double slope, i64 n, i64 channels, i64 plane) {
	int c = block_x();
	double m = mean[c], v = variance[c];
	if (parts) {
		double count = (double)n * plane, sum, square;
		both(parts, sum, square);
		m = sum / count;
		v = square / count - m * m;
		v = v < 0 ? 0 : v;
		m += x[start(0, channels, plane)];
	}
	double steep = 1 / root(v + eps);
	float centre = m, factor = scale[c] * steep, shift = offset[c];
	for (int p = block_y(); p < n; p += blocks_y())
		UNROLL4 for (i64 i = thread(), at = start(p, channels, plane); i < plane; i += 256) {
			float r = (x[at + i] - centre) * factor + shift;
			y[at + i] = r < 0 ? r * (float)slope : r;
		}
	barrier(); // all of the block have read the averages
	if (block_y() == 0 && thread() == 0) {
		used[2 * c] = m;
		used[2 * c + 1] = steep;
		if (parts) {
			double count = (double)n * plane;
			mean[c] = decay * mean[c] + (1 - decay) * m;
			variance[c] = decay * variance[c] + (1 - decay) * v * count / (count > 1 ? count - 1 : 1);
		}
	}
}

KERNEL norm_gradients(double *parts, const float *__restrict__ dy, const float *__restrict__ y, const float *__restrict__ x, const double *used, double slope,
                      i64 n, i64 channels, i64 plane) {
	float centre = used[2 * block_x()], steep = used[2 * block_x() + 1], sum = 0, along = 0;
	for (int p = block_y(); p < n; p += blocks_y())
		for (i64 i = thread(), at = start(p, channels, plane); i < plane; i += 256) {
			float g = behind(dy[at + i], y[at + i], slope);
			sum += g;
			along += g * (x[at + i] - centre) * steep;
		}
	double a = total(sum), b = total(along);
	if (thread() == 0) {
		double *out = parts + ((i64)block_x() * blocks_y() + block_y()) * 2;
		out[0] = a;
		out[1] = b;
	}
}

KERNEL norm_backward(float *__restrict__ dx, float *dscale, float *doffset, const double *parts, const float *__restrict__ dy,
                     const float *__restrict__ y, const float *__restrict__ x,
                     const float *scale, const double *used, double slope, i64 n, i64 channels, i64 plane) {
	int c = block_x();
	double sum, along, count = (double)n * plane;
	both(parts, sum, along);
	if (block_y() == 0 && thread() == 0) {
		if (doffset)
			doffset[c] = sum;
		if (dscale)
			dscale[c] = along;
	}
	if (!dx)
		return;
	float centre = used[2 * c], steep = used[2 * c + 1], factor = scale[c] * used[2 * c + 1], level = sum / count, tilt = along / count;
	for (int p = block_y(); p < n; p += blocks_y())
		for (i64 i = thread(), at = start(p, channels, plane); i < plane; i += 256) {
			float g = behind(dy[at + i], y[at + i], slope);
			dx[at + i] = factor * (g - level - (x[at + i] - centre) * steep * tilt);
		}
}

// pool_forward takes the largest number of each window, the first of equals; NaN counts as
// largest. top (where wanted) is where in its plane it lay. A thread each result.
KERNEL pool_forward(float *y, int *top, const float *x, i64 all, i64 h, i64 w, i64 ow, i64 plane, i64 side, i64 stride, u64 by_ow, u64 by_plane) {
	int i = block_x() * 256 + thread();
	if (i >= all)
		return;
	int which = over(i, by_plane), rest = i - which * (int)plane, row = over(rest, by_ow);
	int fromY = row * stride, fromX = (rest - row * (int)ow) * stride;
	int toY = least(fromY + side, h), toX = least(fromX + side, w);
	const float *in = x + which * h * w;
	int best = fromY * w + fromX;
	float most = in[best];
	for (int v = fromY; v < toY; v++)
		for (int u = fromX; u < toX; u++) {
			float now = in[v * (int)w + u];
			if (now > most || now != now) {
				best = v * w + u;
				most = now;
			}
		}
	y[i] = most;
	if (top)
		top[i] = best;
}

// pool_backward collects for each number of x the gradients of the windows in which it was
// the largest: nobody else writes there. A thread each number. plane: of x.
KERNEL pool_backward(float *dx, const float *dy, const int *top, i64 all, i64 w, i64 plane, i64 oh, i64 ow, i64 side, i64 stride,
                     u64 by_w, u64 by_plane, u64 by_stride) {
	int i = block_x() * 256 + thread();
	if (i >= all)
		return;
	int which = over(i, by_plane), here = i - which * (int)plane, y = over(here, by_w), x = here - y * (int)w;
	int fromY = y < side ? 0 : over(y - side, by_stride) + 1, toY = least(over(y, by_stride), oh - 1);
	int fromX = x < side ? 0 : over(x - side, by_stride) + 1, toX = least(over(x, by_stride), ow - 1);
	int first = which * (int)(oh * ow);
	float sum = 0;
	for (int v = fromY; v <= toY; v++)
		for (int u = fromX; u <= toX; u++) {
			int at = first + v * (int)ow + u;
			if (top[at] == here)
				sum += dy[at];
		}
	dx[i] = sum;
}

// dropout drops what nn.Keep drops: least is floor(drop·2^24).
KERNEL dropout(float *to, const float *from, const u64 *seed, u64 least, double scale, i64 all) {
	i64 i = (i64)block_x() * 256 + thread();
	if (i >= all)
		return;
	u64 z = seed[0] + (i + 1) * 0x9e3779b97f4a7c15ull;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	z ^= z >> 31;
	to[i] = z >> 40 >= least ? from[i] * (float)scale : 0;
}

// There is no library of mathematics here: e^x and ln x in double from their series,
// after taking out powers of 2. Both are right to about 1e-14.
DEVICE double power(double x) {
	if (x != x)
		return x;
	if (x < -700)
		return 0;
	int n = (int)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
	double r = x - n * 0.6931471805599453, sum = 1;
	for (int i = 16; i > 0; i--)
		sum = 1 + sum * r / i;
	return sum * __builtin_bit_cast(double, (u64)(n + 1023) << 52);
}

DEVICE double logarithm(double x) {
	u64 bits = __builtin_bit_cast(u64, x);
	int n = (int)(bits >> 52) - 1023;
	double m = __builtin_bit_cast(double, (bits & 0xfffffffffffffull) | 1023ull << 52); // 1 to 2
	double z = (m - 1.4142135623730951) / (m + 1.4142135623730951), sum = 0, square = z * z;
	for (int i = 25; i > 0; i -= 2)
		sum = 1.0 / i + sum * square;
	return (n + 0.5) * 0.6931471805599453 + 2 * z * sum;
}

// log_sum is ln of the sum of e^logit.
DEVICE double log_sum(const float *logits, int k) {
	double top = logits[0], sum = 0;
	for (int i = 1; i < k; i++)
		if (logits[i] > top || logits[i] != logits[i])
			top = logits[i];
	for (int i = 0; i < k; i++)
		sum += power(logits[i] - top);
	return top + logarithm(sum);
}

// loss is the mean softmax cross entropy and, where it is wanted, its gradient. One block.
KERNEL loss(float *mean, float *grad, const float *logits, const float *targets, i64 n, i64 k) {
	double sum = 0;
	for (i64 row = thread(); row < n; row += 256) {
		const float *in = logits + row * k, *want = targets + row * k;
		double all = log_sum(in, k), whole = 0;
		for (int i = 0; i < k; i++) {
			whole += want[i];
			if (want[i] != 0)
				sum += want[i] * (all - in[i]);
		}
		if (grad)
			for (int i = 0; i < k; i++)
				grad[row * k + i] = (power(in[i] - all) * whole - want[i]) / n;
	}
	sum = total(sum);
	if (thread() == 0)
		mean[0] = sum / n;
}

// Stretch is a part of a parameter that one block moves.
struct Stretch {
	float *w;
	const float *g;
	float *v;
	i64 count;
};

// sgd moves all parameters in one go: v = momentum·v - rate·(g + decay·w); w = w + v.
// h: rate, momentum, decay.
KERNEL sgd(const Stretch *table, const double *h) {
	Stretch s = table[block_x()];
	float rate = h[0], momentum = h[1], decay = h[2];
	for (i64 i = thread(); i < s.count; i += 256) {
		float v = momentum * s.v[i] - rate * (s.g[i] + decay * s.w[i]);
		s.v[i] = v;
		s.w[i] += v;
	}
}
