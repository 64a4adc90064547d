// KERNEL(pack) and KERNEL(above) with AVX-512, for graph_avx512.c and graph_amx.c.
#include <immintrin.h>

// Transposes 16 x 16 words of four bytes: row r's quad q becomes 64-byte line q's word r.
TARGET static inline void KERNEL(transpose)(const int8_t *codes, size_t stride, int8_t *packed) {
  __m512i a[16], b[16];
  for (int r = 0; r < 16; r++) a[r] = _mm512_loadu_si512(codes + (size_t)r * stride);
#pragma clang loop unroll(full)
  for (int r = 0; r < 16; r += 2) {
    b[r] = _mm512_unpacklo_epi32(a[r], a[r + 1]);
    b[r + 1] = _mm512_unpackhi_epi32(a[r], a[r + 1]);
  }
  // Now line 4 g + w of `a` holds, in 128-bit lane l, word 4 l + w of rows 4 g ..< 4 g + 4.
#pragma clang loop unroll(full)
  for (int g = 0; g < 16; g += 4) {
    a[g] = _mm512_unpacklo_epi64(b[g], b[g + 2]);
    a[g + 1] = _mm512_unpackhi_epi64(b[g], b[g + 2]);
    a[g + 2] = _mm512_unpacklo_epi64(b[g + 1], b[g + 3]);
    a[g + 3] = _mm512_unpackhi_epi64(b[g + 1], b[g + 3]);
  }
#pragma clang loop unroll(full)
  for (int w = 0; w < 4; w++) {
    const __m512i even0 = _mm512_shuffle_i32x4(a[w], a[w + 4], 0x88);
    const __m512i odd0 = _mm512_shuffle_i32x4(a[w], a[w + 4], 0xDD);
    const __m512i even1 = _mm512_shuffle_i32x4(a[w + 8], a[w + 12], 0x88);
    const __m512i odd1 = _mm512_shuffle_i32x4(a[w + 8], a[w + 12], 0xDD);
    _mm512_storeu_si512(packed + (0 + w) * 64, _mm512_shuffle_i32x4(even0, even1, 0x88));
    _mm512_storeu_si512(packed + (4 + w) * 64, _mm512_shuffle_i32x4(odd0, odd1, 0x88));
    _mm512_storeu_si512(packed + (8 + w) * 64, _mm512_shuffle_i32x4(even0, even1, 0xDD));
    _mm512_storeu_si512(packed + (12 + w) * 64, _mm512_shuffle_i32x4(odd0, odd1, 0xDD));
  }
}

TARGET static void KERNEL(pack)(const int8_t *codes, size_t rows, size_t stride, int8_t *packed) {
  for (size_t group = 0; group < rows; group += 16)
    for (size_t k = 0; k < stride; k += 64)
      KERNEL(transpose)(codes + group * stride + k, stride, packed + group * stride + k * 16);
}

TARGET static inline uint32_t KERNEL(above)(const int32_t *dots, const float *scales, float scale,
                                            float row_bar, const float *column_bars) {
  const __m512 own = _mm512_set1_ps(scale), bar = _mm512_set1_ps(row_bar);
  uint32_t mask = 0;
#pragma clang loop unroll(full)
  for (int c = 0; c < TILE; c += 16) {
    const __m512 dot = _mm512_cvtepi32_ps(_mm512_loadu_si512(dots + c));
    const __m512 score = _mm512_mul_ps(dot, _mm512_mul_ps(_mm512_loadu_ps(scales + c), own));
    const __m512 lower = _mm512_min_ps(_mm512_loadu_ps(column_bars + c), bar);
    mask |= (uint32_t)_mm512_cmp_ps_mask(score, lower, _CMP_GE_OQ) << c;
  }
  return mask;
}
