// What the instruction sets' versions of the live index's loops share.
#ifndef AKIN_INDEX_INTERNAL_H
#define AKIN_INDEX_INTERNAL_H

#include "graph.h"
#include "halves.h"

#define GROUP AKIN_GROUP
#define PROBES AKIN_PROBES
/// Groups scored together.
#define GROUPS 4

/// A row for a probe to look at.
typedef struct {
  akin_probe *probe;
  int32_t row;
} index_hit;

/// One instruction set's version of every loop; documented in CKernelsIndex.h.
typedef struct {
  void (*probe)(const akin_codes *codes, const akin_codes *sketches, size_t first, size_t last,
                const uint16_t *allowed, akin_probe *const *probes, size_t count);
  void (*shrink)(akin_probe *probe);
  void (*scores)(const akin_codes *codes, size_t rows, akin_probe *const *probes, size_t count,
                 float *scores, size_t line);
  void (*assign)(const int8_t *codes, size_t rows, size_t stride, const int8_t *packed,
                 const float *scale, size_t columns, int32_t *nearest);
  void (*score)(const float *query, const float *vectors, size_t dimension, const int32_t *rows,
                size_t count, float *scores);
  void (*score_halves)(const float *query, const uint16_t *vectors, size_t dimension,
                       const int32_t *rows, size_t count, float *scores);
} index_kernel;

extern const index_kernel index_kernel_plain, index_kernel_neon, index_kernel_avx2,
    index_kernel_avx512, index_kernel_amx;

#endif
