#pragma once

#include <cuda.h>

// What package cu lacks of the driver. Drivers before 2021 (CUDA 11.4) lack some of it too:
// then the functions below fail, and nothing is recorded.
#define cuStreamBeginCapture cuStreamBeginCapture_v2
CUresult cuStreamBeginCapture(CUstream stream, int mode);
CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph);
CUresult cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph graph, unsigned long long flags);
CUresult cuGraphLaunch(CUgraphExec exec, CUstream stream);
CUresult cuMemHostAlloc(void **p, size_t bytes, unsigned flags);

// All but frg_pinned return the driver's error, 0 for none.
int frg_record(CUstream stream);                          // what is launched now is noted and not run
int frg_recorded(CUstream stream, CUgraphExec *all);      // until now
int frg_replay(CUgraphExec all, CUstream stream);
int frg_forget(CUgraphExec all);
void *frg_pinned(size_t bytes); // memory that copies to and from the card go fastest with; NULL: none
