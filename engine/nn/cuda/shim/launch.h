#include <stdint.h>

// frg_launch runs a kernel on the processor, in blocks of 256 threads. 0: done, 1: there is none of that name, below 0:
// less the number of parameters that it takes.
int frg_launch(const char *name, int x, int y, int z, const uint64_t *args, int count);

// frg_params is how many parameters a kernel takes, -1 for none of that name.
int frg_params(const char *name);
