// Crops that are kept, changed as package engine's augment.go does it, to the same bits: the plan of
// a line and the colours in double, pixels in whole numbers.
#include "device.h"

struct Change {
	i64 crop, turn, flip, recolor;
	double zoom, dx, dy, contrast, bright, cosine, sine;
};

// Edge is where one pixel of a line comes from: two neighbours and the share, of 256, of the
// second one.
struct Edge {
	int a, b, share;
};

DEVICE double below(double v) {
	double whole = (double)(i64)v;
	return whole > v ? whole - 1 : whole;
}

// shade is the nearest of 0 to 255, halves upwards.
DEVICE int shade(double v) {
	v = v < 0 ? 0 : v > 255 ? 255 : v;
	int whole = (int)v;
	return v - whole >= 0.5 ? whole + 1 : whole;
}

DEVICE Edge edge(int i, int side, double zoom, double move, bool flip) {
	double middle = (double)(side - 1) / 2, at = i - middle;
	if (flip)
		at = -at;
	at = at / zoom + middle + move;
	double low = below(at), part = 256 * (at - low), whole = below(part);
	int first = low < -1 ? -1 : low > side ? side : (int)low;
	Edge e = {first, first + 1, (int)(part - whole >= 0.5 ? whole + 1 : whole)};
	e.a = e.a < 0 ? 0 : least(e.a, side - 1);
	e.b = e.b < 0 ? 0 : least(e.b, side - 1);
	return e;
}

// spot is where a pixel of the turned crop lies.
DEVICE int spot(int y, int x, int side, int turn) {
	for (; turn > 0; turn--) {
		int was = x;
		x = side - 1 - y;
		y = was;
	}
	return (y * side + x) * 3;
}

// augment makes numbers (n,3,side,side) of kept crops, as encode does of pixels. A block makes one of
// so many parts of one crop.
KERNEL augment(float *to, const unsigned char *crops, const Change *changes, const float *mean, double scale, i64 means, i64 side, u64 by_side) {
	SHARED Edge cols[256], rows[256];
	SHARED int tone[256];
	const Change c = changes[block_x()];
	const int plane = side * side, me = thread();
	if (me < side) {
		cols[me] = edge(me, side, c.zoom, c.dx, c.flip);
		rows[me] = edge(me, side, c.zoom, c.dy, false);
	}
	tone[me] = shade(times(me - 127.5, c.contrast) + 127.5 + c.bright);
	barrier();
	const unsigned char *in = crops + c.crop * plane * 3;
	float *out = to + (i64)block_x() * plane * 3;
	for (int i = block_y() * 256 + me; i < plane; i += blocks_y() * 256) {
		int y = over(i, by_side), x = i - y * (int)side, p[3];
		Edge q = cols[x], r = rows[y];
		const unsigned char *p00 = in + spot(r.a, q.a, side, c.turn), *p01 = in + spot(r.a, q.b, side, c.turn);
		const unsigned char *p10 = in + spot(r.b, q.a, side, c.turn), *p11 = in + spot(r.b, q.b, side, c.turn);
		UNROLL for (int k = 0; k < 3; k++) {
			int top = p00[k] * (256 - q.share) + p01[k] * q.share, bottom = p10[k] * (256 - q.share) + p11[k] * q.share;
			p[k] = tone[(top * (256 - r.share) + bottom * r.share + (1 << 15)) >> 16];
		}
		if (c.recolor) {
			double light = times(0.299, p[0]) + times(0.587, p[1]) + times(0.114, p[2]);
			double u = (p[2] - light) / 1.772, v = (p[0] - light) / 1.402;
			double turned = times(c.cosine, u) - times(c.sine, v);
			v = times(c.sine, u) + times(c.cosine, v);
			p[0] = shade(light + times(1.402, v));
			p[1] = shade(light - times(0.344136, turned) - times(0.714136, v));
			p[2] = shade(light + times(1.772, turned));
		}
		UNROLL for (int k = 0; k < 3; k++) out[k * plane + i] = (p[k] - mean[means == 1 ? k : k * plane + i]) / (float)scale;
	}
}
