// Runs kernels on the thread that asks: the blocks one after another, the threads
// of a block as fibres that change places where they wait for each other.
#include <csetjmp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <ucontext.h>

#include "crew.h"
#include "shim.h"

namespace {

const int most = 256;
const size_t stack = 64 << 10;

thread_local struct Fibre {
	jmp_buf at;
	bool begun, ended;
	char *stack;
} fibres[most];

thread_local ucontext_t entry;
thread_local jmp_buf back;
thread_local int now, at[3], grid[3];
thread_local void (*body)(const uint64_t *);
thread_local const uint64_t *params;
thread_local struct {
	float a[4], b[2];
} hands[2][most];
thread_local bool other[most]; // which hands a fibre has used last: so one barrier is enough

void begin() {
	body(params);
	fibres[now].ended = true;
	_longjmp(back, 1);
}

// turn lets one fibre run up to its next barrier or its end.
void turn(Fibre &f) {
	if (_setjmp(back))
		return;
	if (f.begun)
		_longjmp(f.at, 1);
	f.begun = true;
	getcontext(&entry);
	entry.uc_stack.ss_sp = f.stack;
	entry.uc_stack.ss_size = stack;
	entry.uc_link = nullptr;
	makecontext(&entry, begin, 0);
	setcontext(&entry);
}

} // namespace

int thread() { return now; }
int block_x() { return at[0]; }
int block_y() { return at[1]; }
int block_z() { return at[2]; }
int blocks_y() { return grid[1]; }
double root(double v) { return std::sqrt(v); }

void barrier() {
	if (!_setjmp(fibres[now].at))
		_longjmp(back, 1);
}

float tf32(float v) {
	uint32_t bits;
	std::memcpy(&bits, &v, 4);
	bits = (bits + 0x1000) & ~0x1fffu; // to the nearest, halves away from 0
	std::memcpy(&v, &bits, 4);
	return v;
}

// mma multiplies what the 32 threads of a warp hold between them, as the PTX manual lays it out for m16n8k8 with .tf32:
// with g = lane/4 and t = lane%4, a is (g,t) (g+8,t) (g,t+4) (g+8,t+4), b is (t,g) (t+4,g),
// and c is (g,2t) (g,2t+1) (g+8,2t) (g+8,2t+1).
void mma(float (&c)[4], const float (&a)[4], const float (&b)[2]) {
	other[now] = !other[now];
	auto *held = hands[other[now]];
	std::memcpy(held[now].a, a, sizeof a);
	std::memcpy(held[now].b, b, sizeof b);
	barrier();
	int warp = now / 32 * 32, g = now % 32 / 4, t = now % 4;
	for (int i = 0; i < 4; i++) {
		int col = 2 * t + i % 2;
		for (int k = 0; k < 8; k++)
			c[i] += held[warp + 4 * g + k % 4].a[i / 2 + k / 4 * 2] * held[warp + 4 * col + k % 4].b[k / 4];
	}
}

void run(void (*kernel)(const uint64_t *), const uint64_t *args, int x, int y, int z, int n) {
	body = kernel, params = args;
	grid[0] = x, grid[1] = y, grid[2] = z;
	for (int i = 0; i < n; i++)
		if (!fibres[i].stack)
			fibres[i].stack = new char[stack];
	for (at[2] = 0; at[2] < z; at[2]++)
		for (at[1] = 0; at[1] < y; at[1]++)
			for (at[0] = 0; at[0] < x; at[0]++) {
				for (int i = 0; i < n; i++)
					fibres[i].begun = fibres[i].ended = other[i] = false;
				for (int left = n; left > 0;) {
					left = n;
					for (now = 0; now < n; now++) {
						if (!fibres[now].ended)
							turn(fibres[now]);
						left -= fibres[now].ended;
					}
				}
			}
}
