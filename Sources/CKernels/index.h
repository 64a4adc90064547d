// What the instruction sets' versions of the live index's loops share.
#ifndef AKIN_INDEX_INTERNAL_H
#define AKIN_INDEX_INTERNAL_H

#include "graph.h"

/// One instruction set's version of every loop; documented in CKernelsIndex.h.
typedef struct {
  void (*score)(const float *query, const float *vectors, size_t dimension, const int32_t *rows,
                size_t count, float *scores);
} index_kernel;

extern const index_kernel index_kernel_plain, index_kernel_neon, index_kernel_avx2,
    index_kernel_avx512;

#endif
