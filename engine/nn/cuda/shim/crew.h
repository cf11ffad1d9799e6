#pragma once
#include <stdint.h>

// run calls a kernel in each of n threads of each of x·y·z blocks.
void run(void (*kernel)(const uint64_t *), const uint64_t *args, int x, int y, int z, int n);
