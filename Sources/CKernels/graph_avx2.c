// The graph's loops for AVX2.
#include "graph.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))

// Two rows against one group of 16 columns. The codes are widened to 16 bits, because the 8-bit
// multiply-add of AVX2 saturates; each sum then holds two halves of four columns.
TARGET static inline void block_avx2(const int8_t *rows, size_t stride, const int8_t *group,
                                     int32_t *dots) {
  __m256i sums[2][4];
  for (int r = 0; r < 2; r++)
    for (int c = 0; c < 4; c++) sums[r][c] = _mm256_setzero_si256();
  for (size_t quad = 0; quad < stride / 4; quad++) {
    __m256i row[2];
    for (int r = 0; r < 2; r++) {
      int32_t four;
      memcpy(&four, rows + (size_t)r * stride + quad * 4, 4);
      row[r] = _mm256_broadcastq_epi64(_mm_cvtepi8_epi16(_mm_cvtsi32_si128(four)));
    }
    for (int c = 0; c < 4; c++) {
      const __m256i columns = _mm256_cvtepi8_epi16(
          _mm_loadu_si128((const __m128i *)(group + quad * 64 + c * 16)));
      for (int r = 0; r < 2; r++)
        sums[r][c] = _mm256_add_epi32(sums[r][c], _mm256_madd_epi16(columns, row[r]));
    }
  }
  for (int r = 0; r < 2; r++)
    for (int c = 0; c < 4; c += 2) {
      const __m256i joined = _mm256_hadd_epi32(sums[r][c], sums[r][c + 1]);
      _mm256_storeu_si256((__m256i *)(dots + r * TILE + c * 4),
                          _mm256_permute4x64_epi64(joined, 0xD8));
    }
}

TARGET static void tile_avx2(const int8_t *rows, size_t stride, const int32_t *excess,
                             const int8_t *packed, int32_t *dots) {
  (void)excess;
  for (size_t group = 0; group < TILE / 16; group++)
    for (size_t r = 0; r < TILE; r += 2)
      block_avx2(rows + r * stride, stride, packed + group * 16 * stride,
                 dots + r * TILE + group * 16);
}

#define pack_avx2 generic_pack_avx2
#define above_avx2 generic_above_avx2
#include "graph_generic.inc"
#undef above_avx2

TARGET static inline uint32_t above_avx2(const int32_t *dots, const float *scales, float scale,
                                         float row_bar, const float *column_bars) {
  const __m256 own = _mm256_set1_ps(scale), bar = _mm256_set1_ps(row_bar);
  uint32_t mask = 0;
  for (int c = 0; c < TILE; c += 8) {
    const __m256 dot = _mm256_cvtepi32_ps(_mm256_loadu_si256((const __m256i *)(dots + c)));
    const __m256 score =
        _mm256_mul_ps(dot, _mm256_mul_ps(_mm256_loadu_ps(scales + c), own));
    const __m256 reached =
        _mm256_or_ps(_mm256_cmp_ps(score, bar, _CMP_GE_OQ),
                     _mm256_cmp_ps(score, _mm256_loadu_ps(column_bars + c), _CMP_GE_OQ));
    mask |= (uint32_t)_mm256_movemask_ps(reached) << c;
  }
  return mask;
}

#include "graph_scan.inc"
#endif
