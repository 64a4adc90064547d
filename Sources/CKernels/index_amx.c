// The live index's loops for AMX: products of many rows by its tiles, the rest as with AVX-512.
#include "index.h"

#if defined(__x86_64__)
#define KERNEL(name) name##_amx
#include "index_avx512.h"
#include "index_loops.inc"
#endif
