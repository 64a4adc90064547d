// What graph_scan.inc asks for but the tile, with AVX-512, for graph_avx512.c and graph_amx.c.
#include "sums_avx512.h"

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

// Branches would be guessed wrong as often as right: all of a row's columns are written, and those
// that count come first.
TARGET static inline size_t KERNEL(mark)(uint16_t *marks, size_t count, uint32_t mask, size_t row) {
  const __m512i columns = _mm512_add_epi32(
      _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
      _mm512_set1_epi32((int)(row * TILE)));
  const __mmask16 low = (__mmask16)mask, high = (__mmask16)(mask >> 16);
  _mm256_storeu_si256((__m256i *)(marks + count),
                      _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(low, columns)));
  count += (size_t)__builtin_popcount(low);
  _mm256_storeu_si256(
      (__m256i *)(marks + count),
      _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(
          high, _mm512_add_epi32(columns, _mm512_set1_epi32(16)))));
  return count + (size_t)__builtin_popcount(high);
}

// VNNI multiplies unsigned by signed bytes: the columns' sign bits are flipped, which adds 128 to
// each code, and 128 times the sum of the row's codes is taken off again.
TARGET static void KERNEL(excess)(const int8_t *rows, size_t stride, int32_t *excess) {
  const __m512i flip = _mm512_set1_epi8((char)0x80);
  for (size_t r = 0; r < TILE; r++) {
    __m512i sum = _mm512_setzero_si512();
    for (size_t k = 0; k < stride; k += 64)
      sum = _mm512_dpbusd_epi32(sum, flip, _mm512_loadu_si512(rows + r * stride + k));
    excess[r] = _mm512_reduce_add_epi32(sum);
  }
}

// Four at a time. `products` has room for a multiple of four.
TARGET static inline void KERNEL(pairs)(const int8_t *rows, const int8_t *columns, size_t stride,
                                        const int32_t *excess, const uint16_t *marks, size_t count,
                                        int32_t *products) {
  const __m512i flip = _mm512_set1_epi8((char)0x80);
  for (size_t m = 0; m < count; m += 4) {
    const int8_t *row[4], *column[4];
    __m512i sums[4];
    int32_t own[4];
#pragma clang loop unroll(full)
    for (int b = 0; b < 4; b++) {
      const size_t mark = marks[m + b < count ? m + b : count - 1];
      row[b] = rows + mark / TILE * stride;
      column[b] = columns + mark % TILE * stride;
      own[b] = excess[mark / TILE];
      sums[b] = _mm512_setzero_si512();
    }
    for (size_t k = 0; k < stride; k += 64) {
#pragma clang loop unroll(full)
      for (int b = 0; b < 4; b++)
        sums[b] = _mm512_dpbusd_epi32(
            sums[b], _mm512_xor_si512(_mm512_loadu_si512(column[b] + k), flip),
            _mm512_loadu_si512(row[b] + k));
    }
    _mm_storeu_si128((__m128i *)(products + m),
                     _mm_sub_epi32(four_sums_avx512(sums), _mm_loadu_si128((__m128i *)own)));
  }
}

TARGET static inline size_t KERNEL(keep)(uint16_t *marks, int32_t *products, size_t count,
                                         const graph_bars *bars) {
  __m512 low[4], high[4];
  const float *tables[4] = {bars->row_scale, bars->row, bars->column_scale, bars->column};
  for (int t = 0; t < 4; t++) {
    low[t] = _mm512_loadu_ps(tables[t]);
    high[t] = _mm512_loadu_ps(tables[t] + 16);
  }
  size_t kept = 0;
  for (size_t m = 0; m < count; m += 16) {
    const __m512i mark = _mm512_cvtepu16_epi32(_mm256_loadu_si256((__m256i *)(marks + m)));
    const __m512i row = _mm512_srli_epi32(mark, 5), product = _mm512_loadu_si512(products + m);
    // Only the low five bits of an index count.
    const __m512 scale =
        _mm512_mul_ps(_mm512_permutex2var_ps(low[2], mark, high[2]),
                      _mm512_permutex2var_ps(low[0], row, high[0]));
    const __m512 bar = _mm512_min_ps(_mm512_permutex2var_ps(low[1], row, high[1]),
                                     _mm512_permutex2var_ps(low[3], mark, high[3]));
    const __mmask16 live = count - m < 16 ? (__mmask16)((1u << (count - m)) - 1) : 0xffff;
    const __mmask16 reached = _mm512_mask_cmp_ps_mask(
        live, _mm512_mul_ps(_mm512_cvtepi32_ps(product), scale), bar, _CMP_GE_OQ);
    _mm256_storeu_si256((__m256i *)(marks + kept),
                        _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(reached, mark)));
    _mm512_storeu_si512(products + kept, _mm512_maskz_compress_epi32(reached, product));
    kept += (size_t)__builtin_popcount(reached);
  }
  return kept;
}
