// A driver without a card, for tests: memory is the processor's, kernels run through package shim.
// FAKE_CARDS is how many cards there are, FAKE_FAIL the function that fails, FAKE_AFTER how
// many of its calls succeed before.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" {
#include "../../shim/launch.h"
}

namespace {

const int out_of_memory = 2, not_found = 500, launch_failed = 719;

bool fails(const char *name) {
	static int calls;
	const char *which = getenv("FAKE_FAIL"), *after = getenv("FAKE_AFTER");
	return which && !strcmp(which, name) && calls++ >= (after ? atoi(after) : 0);
}

const char *names[512];
int named;

} // namespace

#define CALL(name, ...)                        \
	extern "C" int name(__VA_ARGS__) {             \
		if (fails(#name))                              \
			return launch_failed;

#define END \
	return 0; \
	}

CALL(cuInit, unsigned) END
CALL(cuDeviceGetCount, int *n) *n = getenv("FAKE_CARDS") ? atoi(getenv("FAKE_CARDS")) : 1; END
CALL(cuDeviceGet, int *dev, int i) *dev = i; END
CALL(cuDeviceGetName, char *name, int n, int dev) snprintf(name, n, "Fake card %d", dev); END
CALL(cuDeviceTotalMem_v2, size_t *n, int) *n = 1 << 30; END
CALL(cuDeviceGetAttribute, int *v, int what, int dev)
	*v = what == 16 ? 4 + dev : what == 75 ? (getenv("FAKE_OLD") ? 5 : 8) : 0;
END
CALL(cuDevicePrimaryCtxRetain, void **ctx, int) *ctx = names; END
CALL(cuDevicePrimaryCtxRelease_v2, int) END
CALL(cuCtxSetCurrent, void *) END
CALL(cuModuleLoadData, void **module, const void *text)
	if (!strstr((const char *)text, ".version"))
		return 218; // no PTX
	*module = names;
END
CALL(cuModuleGetFunction, void **f, void *, const char *name)
	if (named == 512)
		return not_found;
	names[named] = strdup(name);
	*f = &names[named++];
END
CALL(cuMemAlloc_v2, uint64_t *p, size_t n)
	*p = (uint64_t)malloc(n);
	if (!*p)
		return out_of_memory;
END
CALL(cuMemFree_v2, uint64_t p) free((void *)p); END
CALL(cuMemsetD32_v2, uint64_t p, unsigned v, size_t n)
	for (size_t i = 0; i < n; i++)
		((unsigned *)p)[i] = v;
END
CALL(cuMemcpyHtoD_v2, uint64_t p, const void *src, size_t n) memcpy((void *)p, src, n); END
CALL(cuMemcpyDtoH_v2, void *dst, uint64_t p, size_t n) memcpy(dst, (void *)p, n); END
CALL(cuLaunchKernel, void *f, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned, unsigned, unsigned, void *, void **params, void **)
	const char *name = *(const char **)f;
	uint64_t args[32];
	int n = frg_params(name);
	for (int i = 0; i < n; i++)
		args[i] = *(uint64_t *)params[i];
	if (frg_launch(name, x, y, z, threads, args, n))
		return launch_failed;
END
