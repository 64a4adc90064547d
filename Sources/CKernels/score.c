#include <string.h>

#include "CKernels.h"

typedef float v16 __attribute__((vector_size(64)));
typedef float v16u __attribute__((vector_size(64), aligned(4)));

#define KERNEL(name) name##_plain
#define TARGET
#define QUERIES 2
#define PANELS 1
#include "score.inc"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define QUERIES 6
#define PANELS 1
#include "score.inc"

#define KERNEL(name) name##_avx512
#define TARGET \
  __attribute__((min_vector_width(512), target("avx512f,avx512vl,avx512bw,avx512dq,fma")))
#define QUERIES 12
#define PANELS 2
#include "score.inc"
#endif

size_t akin_packed_size(size_t rows, size_t dimension) {
  return (rows + AKIN_PANEL_ROWS - 1) / AKIN_PANEL_ROWS * AKIN_PANEL_ROWS * dimension;
}

void akin_pack_panels(const float *vectors, size_t rows, size_t dimension, float *packed) {
  for (size_t first = 0; first < rows; first += AKIN_PANEL_ROWS) {
    float *panel = packed + first * dimension;
    const size_t filled = rows - first < AKIN_PANEL_ROWS ? rows - first : AKIN_PANEL_ROWS;
    if (filled < AKIN_PANEL_ROWS) memset(panel, 0, sizeof(float) * AKIN_PANEL_ROWS * dimension);
    for (size_t k = 0; k < dimension; k++)
      for (size_t r = 0; r < filled; r++)
        panel[k * AKIN_PANEL_ROWS + r] = vectors[(first + r) * dimension + k];
  }
}

void akin_score_panels(int kernel, const float *queries, size_t query_count, const float *packed,
                       size_t panels, size_t dimension, float *scores, size_t stride) {
#if defined(__x86_64__)
  if (kernel >= AKIN_KERNEL_AVX512) {
    score_avx512(queries, query_count, packed, panels, dimension, scores, stride);
    return;
  }
  if (kernel == AKIN_KERNEL_AVX2) {
    score_avx2(queries, query_count, packed, panels, dimension, scores, stride);
    return;
  }
#endif
  (void)kernel;
  score_plain(queries, query_count, packed, panels, dimension, scores, stride);
}

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static size_t select_avx512(const float *scores, size_t count,
                                                               float threshold, int32_t *offsets) {
  const __m512 bound = _mm512_set1_ps(threshold);
  const __m512i step = _mm512_set1_epi32(16);
  __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  size_t found = 0, r = 0;
  for (; r + 16 <= count; r += 16, index = _mm512_add_epi32(index, step)) {
    const __mmask16 above = _mm512_cmp_ps_mask(_mm512_loadu_ps(scores + r), bound, _CMP_GT_OQ);
    if (above) {
      _mm512_mask_compressstoreu_epi32(offsets + found, above, index);
      found += (size_t)__builtin_popcount(above);
    }
  }
  for (; r < count; r++)
    if (scores[r] > threshold) offsets[found++] = (int32_t)r;
  return found;
}
#endif

size_t akin_select_above(int kernel, const float *scores, size_t count, float threshold,
                         int32_t *offsets) {
#if defined(__x86_64__)
  if (kernel >= AKIN_KERNEL_AVX512) return select_avx512(scores, count, threshold, offsets);
#endif
  (void)kernel;
  size_t found = 0;
  for (size_t r = 0; r < count; r++)
    if (scores[r] > threshold) offsets[found++] = (int32_t)r;
  return found;
}
