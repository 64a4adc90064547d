// The live index's loops for AVX-512 with VNNI.
#include "index.h"

#if defined(__x86_64__)
#define KERNEL(name) name##_avx512
#include "index_avx512.h"
#include "index_loops.inc"
#endif
