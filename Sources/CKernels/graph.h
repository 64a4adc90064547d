// What the instruction sets' versions of the graph's loops share.
#ifndef AKIN_GRAPH_INTERNAL_H
#define AKIN_GRAPH_INTERNAL_H

#include <stdint.h>
#include <string.h>

#include "CKernels.h"

#define TILE AKIN_TILE
#define ALIGNED __attribute__((aligned(64)))

typedef float v16 __attribute__((vector_size(64)));
typedef float v16u __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16 __attribute__((vector_size(64)));
typedef uint32_t u16 __attribute__((vector_size(64)));

/// What the scores of a tile must reach: thresholds less the tile's largest bound, which stands for
/// every pair's at first. Scales are those of the tile's rows and columns.
typedef struct {
  float row[TILE] ALIGNED, column[TILE] ALIGNED;
  const float *row_scale, *column_scale;
} graph_bars;

/// One instruction set's version of every loop; the functions are documented in CKernelsGraph.h.
typedef struct {
  void (*tile)(const int8_t *rows, size_t stride, const int8_t *packed, int32_t *dots);
  void (*pack)(const int8_t *codes, size_t rows, size_t stride, int8_t *packed);
  int64_t (*quantise)(const float *vectors, size_t rows, size_t dimension, size_t stride,
                      int8_t *codes, float *largest, akin_bound *bounds);
  void (*seed)(const akin_lists *lists, size_t first, size_t last, const akin_view *sample,
               const int8_t *packed, size_t rank, int32_t *nearest);
  void (*offer)(const akin_lists *lists, akin_span rows, const akin_view *view, akin_span columns,
                int symmetric, int8_t *scratch);
  void (*prune)(const akin_lists *lists, const int32_t *order, size_t count);
  void (*rescore)(const akin_lists *lists, const int32_t *order, size_t count, akin_span window);
  size_t (*finish)(const akin_lists *lists, const int32_t *order, size_t count);
} graph_kernel;

extern const graph_kernel graph_kernel_plain, graph_kernel_neon, graph_kernel_avx2,
    graph_kernel_avx512, graph_kernel_amx;

static inline int32_t identity_of(const akin_view *view, size_t row) {
  return view->identity ? view->identity[row] : (int32_t)(view->first + row);
}

/// The codes that are scored for every pair.
static inline const akin_coded_rows *scanned(const akin_view *view) {
  return view->sketch.codes ? &view->sketch : &view->full;
}

static inline float pair_bound(akin_bound x, akin_bound y) {
  return x.norm * y.slack + x.slack * y.norm;
}

/// Where a number stands among all float32 numbers, and the number of a rank.
static inline int32_t rank_of(float number) {
  int32_t bits;
  memcpy(&bits, &number, sizeof bits);
  return bits ^ (bits >> 31 & INT32_MAX);
}

static inline float number_of(int32_t rank) {
  const int32_t bits = rank ^ (rank >> 31 & INT32_MAX);
  float number;
  memcpy(&number, &bits, sizeof number);
  return number;
}

/// A key that sorts by descending score, then ascending id.
static inline uint64_t sort_key(float score, int32_t id) {
  // -0 equals 0. A rank turned round but for its sign falls as an unsigned number.
  const uint32_t falling = (uint32_t)rank_of(score + 0.0f) ^ 0x7fffffffu;
  return (uint64_t)falling << 32 | (uint32_t)id;
}

static inline akin_candidate from_key(uint64_t key) {
  const int32_t rank = (int32_t)((uint32_t)(key >> 32) ^ 0x7fffffffu);
  return (akin_candidate){.score = number_of(rank), .id = (int32_t)(uint32_t)key};
}

#endif
