// A driver without a card, for tests: memory is the processor's, kernels run through package
// shim. As on a card what goes to a stream happens later: here where somebody waits for it.
// FAKE_CARDS is how many cards there are, FAKE_FAIL the function that fails, FAKE_AFTER how
// many of its calls succeed before, FAKE_LACKS a function that this driver does not have,
// FAKE_WRONG a kernel that computes nonsense, FAKE_COUNT a file that gets how often each function
// was called until the card was given back.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

extern "C" {
#include "../../shim/launch.h"
}

namespace {

const int out_of_memory = 2, not_found = 500, launch_failed = 719, capture_invalidated = 901;

std::map<std::string, int> calls;

void tell() {
	const char *path = getenv("FAKE_COUNT");
	FILE *f = path ? fopen(path, "w") : nullptr;
	if (!f)
		return;
	for (auto &[name, n] : calls)
		fprintf(f, "%s %d\n", name.c_str(), n);
	fclose(f);
}

bool is(const char *variable, const char *name) {
	const char *v = getenv(variable);
	return v && !strcmp(v, name);
}

bool fails(const char *name) {
	const char *after = getenv("FAKE_AFTER");
	return calls[name]++ >= (after ? atoi(after) : 0) && is("FAKE_FAIL", name);
}

const char *names[512];
int named;

typedef std::vector<std::function<void()>> Work;
Work stream;
Work *recording;
bool spoiled; // the recording, by something that cannot be recorded
char *pinned;
size_t pinned_bytes;

void drain() {
	for (auto &f : stream)
		f();
	stream.clear();
}

void later(std::function<void()> f) { (recording ? *recording : stream).push_back(std::move(f)); }

} // namespace

#define CALL(name, ...)                        \
	extern "C" int name(__VA_ARGS__) {             \
		if (fails(#name))                              \
			return launch_failed;                           \
		if (is("FAKE_LACKS", #name))                   \
			return not_found;

#define END \
	return 0; \
	}

// What may not be called while something is recorded.
#define NOT_RECORDED \
	if (recording) \
		return spoiled = true, capture_invalidated;

CALL(cuInit, unsigned) END
CALL(cuDriverGetVersion, int *v) *v = 12020; END
CALL(cuDeviceGetCount, int *n) *n = getenv("FAKE_CARDS") ? atoi(getenv("FAKE_CARDS")) : 1; END
CALL(cuDeviceGet, int *dev, int i) *dev = i; END
CALL(cuDeviceGetName, char *name, int n, int dev) snprintf(name, n, "Fake card %d", dev); END
CALL(cuDeviceTotalMem_v2, size_t *n, int) *n = 1 << 30; END
CALL(cuDeviceGetAttribute, int *v, int what, int dev)
	*v = what == 16 ? 4 + dev : what == 75 ? (getenv("FAKE_OLD") ? 5 : 8) : 0;
END
CALL(cuDevicePrimaryCtxRetain, void **ctx, int) *ctx = names; END
CALL(cuDevicePrimaryCtxRelease_v2, int) tell(); END
CALL(cuCtxSetCurrent, void *) END
CALL(cuModuleLoadData, void **module, const void *text)
	if (!strstr((const char *)text, ".version"))
		return 218; // no PTX
	*module = names;
END
CALL(cuModuleGetFunction, void **f, void *, const char *name)
	if (named == 512 || frg_params(name) < 0)
		return not_found;
	names[named] = strdup(name);
	*f = &names[named++];
END
CALL(cuFuncGetAttribute, int *v, int, void *) *v = 32; END
CALL(cuMemAlloc_v2, uint64_t *p, size_t n)
	NOT_RECORDED
	*p = (uint64_t)malloc(n);
	if (!*p)
		return out_of_memory;
	memset((void *)*p, 0xee, n);
END
CALL(cuMemFree_v2, uint64_t p)
	NOT_RECORDED
	drain();
	free((void *)p);
END
CALL(cuMemHostAlloc, void **p, size_t n, unsigned)
	*p = pinned = (char *)malloc(n);
	pinned_bytes = n;
END
CALL(cuMemFreeHost, void *p)
	drain();
	free(p);
	pinned_bytes = 0;
END
CALL(cuStreamCreate, void **s, unsigned) *s = &stream; END
CALL(cuStreamDestroy_v2, void *) drain(); END
CALL(cuStreamSynchronize, void *)
	NOT_RECORDED
	drain();
END
CALL(cuMemsetD32Async, uint64_t p, unsigned v, size_t n, void *)
	later([=] {
		for (size_t i = 0; i < n; i++)
			((unsigned *)p)[i] = v;
	});
END

// A copy waits for its turn where its memory is pinned; else it is made at once.
static int copy(void *dst, const void *src, size_t n, const void *host) {
	NOT_RECORDED
	if (host >= pinned && host < pinned + pinned_bytes) {
		later([=] { memcpy(dst, src, n); });
		return 0;
	}
	drain();
	memcpy(dst, src, n);
	return 0;
}
CALL(cuMemcpyHtoDAsync_v2, uint64_t p, const void *src, size_t n, void *) return copy((void *)p, src, n, src); END
CALL(cuMemcpyDtoHAsync_v2, void *dst, uint64_t p, size_t n, void *) return copy(dst, (void *)p, n, dst); END

CALL(cuLaunchKernel, void *f, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned, unsigned, unsigned, void *, void **params, void **)
	const char *name = *(const char **)f;
	std::vector<uint64_t> args(frg_params(name));
	for (size_t i = 0; i < args.size(); i++)
		args[i] = *(uint64_t *)params[i];
	if (threads != 256)
		return launch_failed;
	if (is("FAKE_WRONG", name) && x > 1)
		x--; // the last blocks are forgotten
	later([=] { frg_launch(name, x, y, z, args.data(), args.size()); });
END

CALL(cuStreamBeginCapture_v2, void *, int) recording = new Work; spoiled = false; END
extern "C" int cuStreamEndCapture(void *, void **graph) { // ends it also where it fails
	*graph = spoiled ? nullptr : recording;
	recording = nullptr;
	if (spoiled || fails("cuStreamEndCapture"))
		return capture_invalidated;
	return 0;
}
CALL(cuGraphInstantiateWithFlags, void **all, void *graph, uint64_t) *all = new Work(*(Work *)graph); END
CALL(cuGraphDestroy, void *graph) delete (Work *)graph; END
CALL(cuGraphExecDestroy, void *all) delete (Work *)all; END
CALL(cuGraphLaunch, void *all, void *)
	for (auto &f : *(Work *)all)
		stream.push_back(f);
END
