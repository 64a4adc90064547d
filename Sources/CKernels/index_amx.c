// The live index's loops for AMX: products of many rows by its tiles, the rest as with AVX-512.
#include "index.h"

#if defined(__x86_64__)
#define KERNEL(name) name##_amx
#define TARGET                                                                     \
  __attribute__((min_vector_width(512),                                            \
                 target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma,"  \
                        "bmi")))
#include "index_avx512.h"

TARGET static inline void tile_amx(const int8_t *rows, size_t stride, const int8_t *packed,
                                   int32_t *dots) {
  graph_kernel_amx.tile(rows, stride, packed, dots);
}

#include "index_loops.inc"
#endif
