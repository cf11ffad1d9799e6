//go:build gpu

// The driver's functions, bound when the program runs and not when it is linked: so that one
// program starts on machines with and without a driver. Each function is a jump through a
// pointer, which init fills from libcuda.so.1.
//
// Package cu calls cuInit before main and ends the program where that fails. So cuInit always
// succeeds here, and where there is no driver there are no devices; frg_cuda_why tells the reason.
#include "lazy.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#define FUNCTIONS \
	F(cuArray3DCreate_v2) F(cuArray3DGetDescriptor_v2) F(cuArrayCreate_v2) F(cuArrayDestroy) F(cuArrayGetDescriptor_v2) \
	F(cuCtxCreate_v2) F(cuCtxDestroy_v2) F(cuCtxDisablePeerAccess) F(cuCtxEnablePeerAccess) F(cuCtxGetApiVersion) \
	F(cuCtxGetCacheConfig) F(cuCtxGetCurrent) F(cuCtxGetDevice) F(cuCtxGetFlags) F(cuCtxGetLimit) \
	F(cuCtxGetSharedMemConfig) F(cuCtxGetStreamPriorityRange) F(cuCtxPopCurrent_v2) F(cuCtxPushCurrent_v2) \
	F(cuCtxResetPersistingL2Cache) F(cuCtxSetCacheConfig) F(cuCtxSetCurrent) F(cuCtxSetLimit) F(cuCtxSetSharedMemConfig) \
	F(cuCtxSynchronize) F(cuDeviceCanAccessPeer) F(cuDeviceGet) F(cuDeviceGetAttribute) F(cuDeviceGetName) \
	F(cuDeviceGetP2PAttribute) F(cuDeviceGetUuid) F(cuDevicePrimaryCtxGetState) F(cuDevicePrimaryCtxRelease_v2) \
	F(cuDevicePrimaryCtxReset_v2) F(cuDevicePrimaryCtxRetain) F(cuDevicePrimaryCtxSetFlags_v2) F(cuDeviceTotalMem_v2) \
	F(cuDriverGetVersion) F(cuEventCreate) F(cuEventDestroy_v2) F(cuEventElapsedTime) F(cuEventQuery) F(cuEventRecord) \
	F(cuEventSynchronize) F(cuFuncGetAttribute) F(cuFuncSetCacheConfig) F(cuFuncSetSharedMemConfig) \
	F(cuGraphAddChildGraphNode) F(cuGraphAddDependencies) F(cuGraphAddEmptyNode) F(cuGraphAddHostNode) \
	F(cuGraphAddKernelNode) F(cuGraphAddMemcpyNode) F(cuGraphAddMemsetNode) F(cuGraphClone) F(cuGraphCreate) \
	F(cuGraphDestroy) F(cuGraphDestroyNode) F(cuGraphExecDestroy) F(cuGraphGetEdges) F(cuLaunchKernel) \
	F(cuLinkAddData_v2) F(cuLinkAddFile_v2) F(cuLinkComplete) F(cuLinkCreate_v2) F(cuLinkDestroy) F(cuMemAdvise) \
	F(cuMemAlloc_v2) F(cuMemAllocManaged) F(cuMemAllocPitch_v2) F(cuMemFree_v2) F(cuMemFreeHost) \
	F(cuMemGetAddressRange_v2) F(cuMemGetInfo_v2) F(cuMemPrefetchAsync) F(cuMemcpy) F(cuMemcpy2D_v2) \
	F(cuMemcpy2DAsync_v2) F(cuMemcpy2DUnaligned_v2) F(cuMemcpy3D_v2) F(cuMemcpy3DAsync_v2) F(cuMemcpy3DPeer) \
	F(cuMemcpy3DPeerAsync) F(cuMemcpyAsync) F(cuMemcpyAtoA_v2) F(cuMemcpyAtoD_v2) F(cuMemcpyAtoH_v2) \
	F(cuMemcpyAtoHAsync_v2) F(cuMemcpyDtoA_v2) F(cuMemcpyDtoD_v2) F(cuMemcpyDtoDAsync_v2) F(cuMemcpyDtoH_v2) \
	F(cuMemcpyDtoHAsync_v2) F(cuMemcpyHtoA_v2) F(cuMemcpyHtoAAsync_v2) F(cuMemcpyHtoD_v2) F(cuMemcpyHtoDAsync_v2) \
	F(cuMemcpyPeer) F(cuMemcpyPeerAsync) F(cuMemsetD16_v2) F(cuMemsetD16Async) F(cuMemsetD2D16_v2) F(cuMemsetD2D16Async) \
	F(cuMemsetD2D32_v2) F(cuMemsetD2D32Async) F(cuMemsetD2D8_v2) F(cuMemsetD2D8Async) F(cuMemsetD32_v2) \
	F(cuMemsetD32Async) F(cuMemsetD8_v2) F(cuMemsetD8Async) F(cuModuleGetFunction) F(cuModuleGetGlobal_v2) \
	F(cuModuleGetSurfRef) F(cuModuleGetTexRef) F(cuModuleLoad) F(cuModuleLoadData) F(cuModuleLoadDataEx) \
	F(cuModuleLoadFatBinary) F(cuModuleUnload) F(cuOccupancyMaxActiveBlocksPerMultiprocessor) \
	F(cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags) F(cuOccupancyMaxPotentialBlockSize) F(cuPointerGetAttribute) \
	F(cuPointerSetAttribute) F(cuStreamAttachMemAsync) F(cuStreamCreate) F(cuStreamCreateWithPriority) \
	F(cuStreamDestroy_v2) F(cuStreamGetFlags) F(cuStreamGetPriority) F(cuStreamQuery) F(cuStreamSynchronize) \
	F(cuStreamWaitEvent) F(cuStreamWaitValue32_v2) F(cuStreamWriteValue32_v2) F(cuSurfRefGetArray) F(cuSurfRefSetArray) \
	F(cuTexRefGetAddress_v2) F(cuTexRefGetAddressMode) F(cuTexRefGetArray) F(cuTexRefGetBorderColor) \
	F(cuTexRefGetFilterMode) F(cuTexRefGetFlags) F(cuTexRefGetFormat) F(cuTexRefGetMaxAnisotropy) \
	F(cuTexRefSetAddress_v2) F(cuTexRefSetAddress2D_v3) F(cuTexRefSetAddressMode) F(cuTexRefSetArray) \
	F(cuTexRefSetBorderColor) F(cuTexRefSetFilterMode) F(cuTexRefSetFlags) F(cuTexRefSetFormat) \
	F(cuTexRefSetMaxAnisotropy) F(cuTexRefSetMipmapFilterMode) F(cuTexRefSetMipmapLevelBias) \
	F(cuTexRefSetMipmapLevelClamp) \
	F(cuStreamBeginCapture_v2) F(cuStreamEndCapture) F(cuGraphInstantiateWithFlags) F(cuGraphLaunch) F(cuMemHostAlloc)

enum { SUCCESS = 0, NOT_FOUND = 500 };

static int absent(void) { return NOT_FOUND; }

// jump is how a function goes on to the address in the pointer of its name.
#if defined(__x86_64__)
#define JUMP(name) "jmp *frg_" name "(%rip)\n"
#elif defined(__aarch64__)
#define JUMP(name) "adrp x16, frg_" name "\nldr x16, [x16, :lo12:frg_" name "]\nbr x16\n"
#else
#error "the jump to the driver is written for x86-64 and arm64: build without the tag gpu"
#endif

#define F(name)                                                                                    \
	__attribute__((visibility("hidden"))) void *frg_##name = absent;                                   \
	__asm__(".text\n.globl " #name "\n.hidden " #name "\n.type " #name ", %function\n" #name ":\n" JUMP(#name));
FUNCTIONS
#undef F

static struct {
	const char *name;
	void **to;
} const table[] = {
#define F(name) {#name, &frg_##name},
	FUNCTIONS
#undef F
};

static char why[256] = "the driver was not asked yet";
static int (*count)(int *);

const char *frg_cuda_why(void) { return why; }

__attribute__((visibility("hidden"))) int cuInit(unsigned flags) {
	const char *path = getenv("FRGLAB_LIBCUDA"); // for tests, and for drivers in odd places
	if (!path || !*path)
		path = "libcuda.so.1";
	void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		snprintf(why, sizeof why, "no NVIDIA driver: %s", dlerror());
		return SUCCESS;
	}
	int (*init)(unsigned) = (int (*)(unsigned))dlsym(lib, "cuInit");
	count = (int (*)(int *))dlsym(lib, "cuDeviceGetCount");
	if (!init || !count) {
		snprintf(why, sizeof why, "%s is no NVIDIA driver", path);
		count = NULL;
		return SUCCESS;
	}
	int failed = init(flags);
	if (failed) {
		snprintf(why, sizeof why, "the NVIDIA driver does not start: error %d%s", failed, failed == 100 ? " (no card)" : "");
		count = NULL;
		return SUCCESS;
	}
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *f = dlsym(lib, table[i].name);
		if (f)
			*table[i].to = f;
	}
	snprintf(why, sizeof why, "the NVIDIA driver knows of no card");
	return SUCCESS;
}

__attribute__((visibility("hidden"))) int cuDeviceGetCount(int *n) {
	*n = 0;
	return count ? count(n) : SUCCESS;
}
