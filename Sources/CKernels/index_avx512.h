// What index_loops.inc asks for, with AVX-512 and VNNI, for index_avx512.c and index_amx.c.
#include "sums_avx512.h"

#define TARGET                                                                     \
  __attribute__((min_vector_width(512),                                            \
                 target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma,"  \
                        "bmi")))

// `count` queries against `groups` groups; both are known when this is inlined, so that all sums
// stay in registers.
TARGET static inline __attribute__((always_inline)) void KERNEL(block)(
    const uint8_t *codes, size_t stride, const int groups, const akin_query *const *queries,
    const int count, int32_t (*dots)[GROUPS * GROUP]) {
  __m512i sums[8][4];
#pragma clang loop unroll(full)
  for (int p = 0; p < count; p++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) sums[p][g] = _mm512_set1_epi32(queries[p]->offset);
  for (size_t quad = 0; quad < stride / 4; quad++) {
    __m512i lines[4];
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++)
      lines[g] = _mm512_loadu_si512(codes + (size_t)g * GROUP * stride + quad * 64);
#pragma clang loop unroll(full)
    for (int p = 0; p < count; p++) {
      int32_t four;
      memcpy(&four, queries[p]->codes + quad * 4, 4);
      const __m512i words = _mm512_set1_epi32(four);
#pragma clang loop unroll(full)
      for (int g = 0; g < groups; g++)
        sums[p][g] = _mm512_dpbusd_epi32(sums[p][g], lines[g], words);
    }
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < count; p++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) _mm512_storeu_si512(dots[p] + g * GROUP, sums[p][g]);
}

// One query against one group: four sums, so that no product waits for the one before.
TARGET static inline void KERNEL(single)(const uint8_t *codes, size_t stride,
                                         const akin_query *query, int32_t *dots) {
  __m512i sums[4];
  for (int s = 0; s < 4; s++) sums[s] = _mm512_setzero_si512();
  sums[0] = _mm512_set1_epi32(query->offset);
  for (size_t quad = 0; quad < stride / 4; quad += 4) {
#pragma clang loop unroll(full)
    for (size_t s = 0; s < 4; s++) {
      int32_t four;
      memcpy(&four, query->codes + (quad + s) * 4, 4);
      sums[s] = _mm512_dpbusd_epi32(sums[s], _mm512_loadu_si512(codes + (quad + s) * 64),
                                    _mm512_set1_epi32(four));
    }
  }
  _mm512_storeu_si512(dots, _mm512_add_epi32(_mm512_add_epi32(sums[0], sums[1]),
                                             _mm512_add_epi32(sums[2], sums[3])));
}

TARGET static void KERNEL(dots)(const uint8_t *codes, size_t stride, size_t groups,
                                const akin_query *const *queries, size_t count,
                                int32_t dots[PROBES][GROUPS * GROUP]) {
  if (count == 1) {
    if (groups == 4) {
      KERNEL(block)(codes, stride, 4, queries, 1, dots);
      return;
    }
    for (size_t g = 0; g < groups; g++)
      KERNEL(single)(codes + g * GROUP * stride, stride, queries[0], dots[0] + g * GROUP);
    return;
  }
  for (size_t g = 0; g < groups; g += 2) {
    const uint8_t *here = codes + g * GROUP * stride;
    const int pair = groups - g >= 2;
    for (size_t p = 0; p < count;) {
      int32_t(*out)[GROUPS * GROUP] = (int32_t(*)[GROUPS * GROUP])(dots[p] + g * GROUP);
      if (count - p >= 8) {
        if (pair)
          KERNEL(block)(here, stride, 2, queries + p, 8, out);
        else
          KERNEL(block)(here, stride, 1, queries + p, 8, out);
        p += 8;
      } else if (count - p >= 4) {
        if (pair)
          KERNEL(block)(here, stride, 2, queries + p, 4, out);
        else
          KERNEL(block)(here, stride, 1, queries + p, 4, out);
        p += 4;
      } else {
        if (pair)
          KERNEL(block)(here, stride, 2, queries + p, 1, out);
        else
          KERNEL(block)(here, stride, 1, queries + p, 1, out);
        p += 1;
      }
    }
  }
}

TARGET static inline __m512 KERNEL(rated)(const int32_t *dots, const float *scale, float own) {
  const __m512 scales = _mm512_mul_ps(_mm512_loadu_ps(scale), _mm512_set1_ps(own));
  return _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_loadu_si512(dots)), scales);
}

TARGET static inline void KERNEL(rate)(const int32_t *dots, const float *scale, float own,
                                       float *scores) {
  _mm512_storeu_ps(scores, KERNEL(rated)(dots, scale, own));
}

TARGET static inline uint32_t KERNEL(reached)(const int32_t *dots, const float *scale, float own,
                                              float bar) {
  return _mm512_cmp_ps_mask(KERNEL(rated)(dots, scale, own), _mm512_set1_ps(bar), _CMP_GE_OQ);
}

TARGET static inline void KERNEL(offer)(akin_probe *probe, const int32_t *dots, const float *scale,
                                        int32_t row, uint32_t mask) {
  const __m512 scores = KERNEL(rated)(dots, scale, probe->query.scale);
  const __mmask16 above = _mm512_mask_cmp_ps_mask((__mmask16)mask, scores,
                                                  _mm512_set1_ps(probe->threshold), _CMP_GT_OQ);
  if (!above) return;
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  // A whole line is written and its beginning kept: a compressed store to memory is slow on some
  // processors, and capacity leaves room for 16.
  _mm512_storeu_ps(probe->scores + probe->filled, _mm512_maskz_compress_ps(above, scores));
  _mm512_storeu_si512(
      probe->rows + probe->filled,
      _mm512_maskz_compress_epi32(above, _mm512_add_epi32(lanes, _mm512_set1_epi32(row))));
  probe->filled += (size_t)__builtin_popcount(above);
}

TARGET static void KERNEL(singles)(const akin_codes *codes, const index_hit *hits, size_t count,
                                   int32_t *dots) {
  for (size_t h = 0; h < count; h += 4) {
    const uint8_t *row[4];
    const int8_t *query[4];
    int32_t offset[4];
    __m512i sums[4];
#pragma clang loop unroll(full)
    for (size_t b = 0; b < 4; b++) {
      const index_hit *hit = &hits[h + b < count ? h + b : count - 1];
      row[b] = codes->codes + (size_t)hit->row * codes->stride;
      query[b] = hit->probe->query.codes;
      offset[b] = hit->probe->query.offset;
      sums[b] = _mm512_setzero_si512();
    }
    for (size_t k = 0; k < codes->stride; k += 64) {
#pragma clang loop unroll(full)
      for (int b = 0; b < 4; b++)
        sums[b] = _mm512_dpbusd_epi32(sums[b], _mm512_loadu_si512(row[b] + k),
                                      _mm512_loadu_si512(query[b] + k));
    }
    _mm_storeu_si128((__m128i *)(dots + h),
                     _mm_add_epi32(four_sums_avx512(sums), _mm_loadu_si128((__m128i *)offset)));
  }
}
