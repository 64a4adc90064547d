// The live index's loops for AVX2.
#include "index.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))

// Bytes are widened to 16 bits, since the products of bytes would saturate when added in pairs.
TARGET static inline void group_avx2(const uint8_t *codes, size_t stride, const akin_query *query,
                                     int32_t *dots) {
  __m256i sums[4];
  for (int part = 0; part < 4; part++) sums[part] = _mm256_setzero_si256();
  for (size_t quad = 0; quad < stride / 4; quad++) {
    int32_t four;
    memcpy(&four, query->codes + quad * 4, 4);
    const __m256i words = _mm256_broadcastq_epi64(_mm_cvtepi8_epi16(_mm_cvtsi32_si128(four)));
#pragma clang loop unroll(full)
    for (int part = 0; part < 4; part++) {
      const __m128i line = _mm_loadu_si128((const __m128i *)(codes + quad * 64 + part * 16));
      const __m256i wide = _mm256_cvtepu8_epi16(line);
      sums[part] = _mm256_add_epi32(sums[part], _mm256_madd_epi16(wide, words));
    }
  }
  // Each row's sum lies in two neighbouring words.
  int32_t halves[8];
  for (int part = 0; part < 4; part++) {
    _mm256_storeu_si256((__m256i *)halves, sums[part]);
    for (int r = 0; r < 4; r++)
      dots[part * 4 + r] = query->offset + halves[2 * r] + halves[2 * r + 1];
  }
}

#include "index_lanes.inc"
#include "index_loops.inc"
#endif
