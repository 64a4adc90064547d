// The live index's loops for AVX2.
#include "index.h"

#if defined(__x86_64__)
#define KERNEL(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#include "index_loops.inc"
#endif
