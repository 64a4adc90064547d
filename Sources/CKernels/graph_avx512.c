// The graph's loops for AVX-512 with VNNI.
#include "graph.h"

#if defined(__x86_64__)
#define KERNEL(name) name##_avx512
#define TARGET                                                                     \
  __attribute__((min_vector_width(512),                                            \
                 target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma,"  \
                        "bmi")))
#include "graph_avx512.h"

// Eight rows against two groups of 16 columns.
TARGET static inline void block_avx512(const int8_t *rows, size_t stride, const int32_t *excess,
                                       const int8_t *packed, int32_t *dots) {
  const __m512i flip = _mm512_set1_epi8((char)0x80);
  __m512i sums[8][2];
  for (int r = 0; r < 8; r++) sums[r][0] = sums[r][1] = _mm512_set1_epi32(-excess[r]);
  for (size_t quad = 0; quad < stride / 4; quad++) {
    const int8_t *columns = packed + quad * 64;
    const __m512i left = _mm512_xor_si512(_mm512_loadu_si512(columns), flip);
    const __m512i right = _mm512_xor_si512(_mm512_loadu_si512(columns + 16 * stride), flip);
#pragma clang loop unroll(full)
    for (int r = 0; r < 8; r++) {
      int32_t four;
      memcpy(&four, rows + (size_t)r * stride + quad * 4, 4);
      const __m512i row = _mm512_set1_epi32(four);
      sums[r][0] = _mm512_dpbusd_epi32(sums[r][0], left, row);
      sums[r][1] = _mm512_dpbusd_epi32(sums[r][1], right, row);
    }
  }
  for (int r = 0; r < 8; r++)
    for (int half = 0; half < 2; half++)
      _mm512_storeu_si512(dots + r * TILE + half * 16, sums[r][half]);
}

TARGET static void tile_avx512(const int8_t *rows, size_t stride, const int32_t *excess,
                               const int8_t *packed, int32_t *dots) {
  for (size_t r = 0; r < TILE; r += 8)
    block_avx512(rows + r * stride, stride, excess + r, packed, dots + r * TILE);
}

#include "graph_scan.inc"
#endif
