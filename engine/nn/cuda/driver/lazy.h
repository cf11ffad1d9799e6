#pragma once

// frg_cuda_why is why there is no card, for people.
const char *frg_cuda_why(void);
