// A horizontal sum that the graph's and the index's loops share.
#ifndef AKIN_SUMS_AVX512_H
#define AKIN_SUMS_AVX512_H

#include <immintrin.h>

/// The sums of the 16 words of each of four vectors.
__attribute__((min_vector_width(512), target("avx512f,avx2"))) static inline __m128i
four_sums_avx512(const __m512i x[4]) {
  __m256i halves[4];
#pragma clang loop unroll(full)
  for (int b = 0; b < 4; b++)
    halves[b] = _mm256_add_epi32(_mm512_castsi512_si256(x[b]), _mm512_extracti64x4_epi64(x[b], 1));
  const __m256i quarters = _mm256_hadd_epi32(_mm256_hadd_epi32(halves[0], halves[1]),
                                             _mm256_hadd_epi32(halves[2], halves[3]));
  return _mm_add_epi32(_mm256_castsi256_si128(quarters), _mm256_extracti128_si256(quarters, 1));
}

#endif
