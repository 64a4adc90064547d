// KERNEL(dots), KERNEL(offer) and KERNEL(rate) with AVX-512 and VNNI, for index_avx512.c and
// index_amx.c.
#include <immintrin.h>

#define TARGET                                                                     \
  __attribute__((min_vector_width(512),                                            \
                 target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma,"  \
                        "bmi")))

// `probes` probes against `groups` groups; both are known when this is inlined, so that all sums
// stay in registers.
TARGET static inline __attribute__((always_inline)) void KERNEL(block)(
    const uint8_t *codes, size_t stride, const int groups, akin_probe *const *probes,
    const int count, int32_t (*dots)[GROUPS * GROUP]) {
  __m512i sums[8][4];
#pragma clang loop unroll(full)
  for (int p = 0; p < count; p++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) sums[p][g] = _mm512_set1_epi32(probes[p]->offset);
  for (size_t quad = 0; quad < stride / 4; quad++) {
    __m512i lines[4];
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++)
      lines[g] = _mm512_loadu_si512(codes + (size_t)g * GROUP * stride + quad * 64);
#pragma clang loop unroll(full)
    for (int p = 0; p < count; p++) {
      int32_t four;
      memcpy(&four, probes[p]->codes + quad * 4, 4);
      const __m512i query = _mm512_set1_epi32(four);
#pragma clang loop unroll(full)
      for (int g = 0; g < groups; g++)
        sums[p][g] = _mm512_dpbusd_epi32(sums[p][g], lines[g], query);
    }
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < count; p++)
#pragma clang loop unroll(full)
    for (int g = 0; g < groups; g++) _mm512_storeu_si512(dots[p] + g * GROUP, sums[p][g]);
}

TARGET static void KERNEL(dots)(const uint8_t *codes, size_t stride, size_t groups,
                                akin_probe *const *probes, size_t count,
                                int32_t dots[PROBES][GROUPS * GROUP]) {
  if (count == 1) {
    if (groups == 4) {
      KERNEL(block)(codes, stride, 4, probes, 1, dots);
      return;
    }
    for (size_t g = 0; g < groups; g++)
      KERNEL(block)(codes + g * GROUP * stride, stride, 1, probes, 1,
                    (int32_t(*)[GROUPS * GROUP])(dots[0] + g * GROUP));
    return;
  }
  for (size_t g = 0; g < groups; g += 2) {
    const uint8_t *here = codes + g * GROUP * stride;
    const int pair = groups - g >= 2;
    for (size_t p = 0; p < count;) {
      int32_t(*out)[GROUPS * GROUP] = (int32_t(*)[GROUPS * GROUP])(dots[p] + g * GROUP);
      if (count - p >= 8) {
        if (pair)
          KERNEL(block)(here, stride, 2, probes + p, 8, out);
        else
          KERNEL(block)(here, stride, 1, probes + p, 8, out);
        p += 8;
      } else if (count - p >= 4) {
        if (pair)
          KERNEL(block)(here, stride, 2, probes + p, 4, out);
        else
          KERNEL(block)(here, stride, 1, probes + p, 4, out);
        p += 4;
      } else {
        if (pair)
          KERNEL(block)(here, stride, 2, probes + p, 1, out);
        else
          KERNEL(block)(here, stride, 1, probes + p, 1, out);
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

TARGET static inline void KERNEL(offer)(akin_probe *probe, const int32_t *dots, const float *scale,
                                        int32_t row, uint32_t mask) {
  const __m512 scores = KERNEL(rated)(dots, scale, probe->scale);
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
