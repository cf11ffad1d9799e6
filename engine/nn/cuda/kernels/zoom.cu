// Pictures of (h,w,4) bytes in other sizes, as package engine's resize.go makes them, to the same bits.
#include "device.h"

// Line is where what a line is made of begins, and where its weights do; they end where those of the
// next line begin.
struct Line {
	int first, start;
};

// zoom_rows adds up rows: to is (rows, line) numbers, line of them to a row of the picture. A
// thread each number.
KERNEL zoom_rows(float *to, const unsigned char *from, const Line *rows, const float *weights, i64 line, i64 all, u64 by_line) {
	int i = block_x() * 256 + thread();
	if (i >= all)
		return;
	int y = over(i, by_line), end = rows[y + 1].start;
	Line l = rows[y];
	const unsigned char *in = from + (i64)l.first * line + (i - y * (int)line);
	float sum = 0;
	for (int k = l.start; k < end; k++, in += line) sum += times(weights[k], (float)*in);
	to[i] = sum;
}

// zoom_cols adds up columns of such rows. The picture is w wide, and black beyond cols and rows. A
// thread each pixel.
KERNEL zoom_cols(unsigned char *to, const float *from, const Line *cols, const float *weights, i64 line, i64 wide, i64 high, i64 w, i64 all, u64 by_w) {
	int i = block_x() * 256 + thread();
	if (i >= all)
		return;
	int y = over(i, by_w), x = i - y * (int)w;
	bool there = x < wide && y < high;
	float sum[3] = {0, 0, 0};
	if (there) {
		Line l = cols[x];
		int end = cols[x + 1].start;
		const float *in = from + (i64)y * line + 4 * l.first;
		for (int k = l.start; k < end; k++, in += 4) UNROLL for (int c = 0; c < 3; c++) sum[c] += times(weights[k], in[c]);
	}
	UNROLL for (int c = 0; c < 3; c++) to[4 * (i64)i + c] = there ? (int)(sum[c] + 0.5f) : 0;
	to[4 * (i64)i + 3] = there ? 255 : 0;
}

// encode_part makes numbers (3,plane) of a part of a picture, w wide, as encode does. A thread each number.
KERNEL encode_part(float *to, const unsigned char *from, const float *mean, double scale, i64 left, i64 top, i64 wide, i64 w, i64 plane, u64 by_w,
                   u64 by_plane, i64 all) {
	int i = block_x() * 256 + thread();
	if (i >= all)
		return;
	int c = over(i, by_plane), rest = i - c * (int)plane, y = over(rest, by_w), x = rest - y * (int)w;
	to[i] = (from[((top + y) * wide + left + x) * 4 + c] - mean[c]) / (float)scale;
}
