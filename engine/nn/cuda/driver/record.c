//go:build gpu

#include "record.h"

// By thread: what other threads of the program do with the driver is none of the recording's business.
enum { THREAD = 1 };

int frg_record(CUstream stream) { return cuStreamBeginCapture(stream, THREAD); }

// The recording must be ended also where a launch failed in it, or the stream stays lost.
int frg_recorded(CUstream stream, CUgraphExec *all) {
	CUgraph graph = NULL;
	*all = NULL;
	int failed = cuStreamEndCapture(stream, &graph);
	if (!graph)
		return failed ? failed : 901; // invalidated
	if (!failed)
		failed = cuGraphInstantiateWithFlags(all, graph, 0);
	cuGraphDestroy(graph);
	return failed;
}

int frg_replay(CUgraphExec all, CUstream stream) { return cuGraphLaunch(all, stream); }

int frg_forget(CUgraphExec all) { return cuGraphExecDestroy(all); }

void *frg_pinned(size_t bytes) {
	void *p = NULL;
	return cuMemHostAlloc(&p, bytes, 0) ? NULL : p;
}
