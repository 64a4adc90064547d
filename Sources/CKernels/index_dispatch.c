// The live index: which version of a loop runs, and what is not worth an instruction set.
#include "index.h"

static const index_kernel *table(int kernel) {
  switch (kernel) {
#if defined(__x86_64__)
    case AKIN_KERNEL_AMX: return &index_kernel_amx;
    case AKIN_KERNEL_AVX512: return &index_kernel_avx512;
    case AKIN_KERNEL_AVX2: return &index_kernel_avx2;
#endif
#if defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)
    case AKIN_KERNEL_NEON: return &index_kernel_neon;
#endif
    default: return &index_kernel_plain;
  }
}

void akin_index_flip(int8_t *packed, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) packed[i] ^= (int8_t)0x80;
}

void akin_query_set(akin_query *query, const int8_t *codes, size_t stride, float largest) {
  int32_t sum = 0;
  for (size_t k = 0; k < stride; k++) sum += codes[k];
  query->codes = codes;
  query->scale = largest / 127;
  query->offset = -128 * sum;
}

// Rows that all probes see before the next ones: their codes stay in the second-level cache.
#define CHUNK 512

void akin_probe_rows(int kernel, const akin_codes *codes, const akin_codes *sketches, size_t first,
                     size_t last, const uint16_t *allowed, akin_probe *const *probes,
                     size_t count) {
  for (size_t start = first; start < last;) {
    const size_t whole = (start / GROUP * GROUP) + CHUNK;
    const size_t end = count > PROBES && whole < last ? whole : last;
    for (size_t p = 0; p < count; p += PROBES)
      table(kernel)->probe(codes, sketches, start, end, allowed, probes + p,
                           count - p < PROBES ? count - p : PROBES);
    start = end;
  }
}

void akin_index_scores(int kernel, const akin_codes *codes, size_t rows,
                       akin_probe *const *probes, size_t count, float *scores, size_t line) {
  for (size_t p = 0; p < count; p += PROBES)
    table(kernel)->scores(codes, rows, probes + p, count - p < PROBES ? count - p : PROBES,
                          scores + p * line, line);
}

void akin_index_assign(int kernel, const int8_t *codes, size_t rows, size_t stride,
                       const int8_t *packed, const float *scale, size_t columns,
                       int32_t *nearest) {
  table(kernel)->assign(codes, rows, stride, packed, scale, columns, nearest);
}

void akin_index_score(int kernel, const float *query, const float *vectors, size_t dimension,
                      const int32_t *rows, size_t count, float *scores) {
  table(kernel)->score(query, vectors, dimension, rows, count, scores);
}

void akin_index_score_halves(int kernel, const float *query, const uint16_t *vectors,
                             size_t dimension, const int32_t *rows, size_t count, float *scores) {
  table(kernel)->score_halves(query, vectors, dimension, rows, count, scores);
}

void akin_index_halve(const float *values, size_t count, uint16_t *halves) {
  for (size_t i = 0; i < count; i++) {
    const uint16_t half = halved(values[i]);
    halves[i] = (half & 0x7FFF) == 0x7F80 ? (uint16_t)(half - 1) : half;
  }
}

void akin_index_widen(const uint16_t *halves, size_t count, float *values) {
  for (size_t i = 0; i < count; i++) values[i] = widened(halves[i]);
}

void akin_probe_shrink(int kernel, akin_probe *probe) { table(kernel)->shrink(probe); }

// A histogram of the scores finds the cut; the bucket that crosses the budget is taken whole.
size_t akin_choose_lists(const float *scores, const int32_t *weights, size_t lists, int64_t budget,
                         int32_t *chosen) {
  enum { BUCKETS = 1024 };
  float lowest = __builtin_inff(), highest = -__builtin_inff();
  size_t best = lists;
  for (size_t l = 0; l < lists; l++) {
    if (weights[l] == 0) continue;
    lowest = scores[l] < lowest ? scores[l] : lowest;
    if (scores[l] > highest) {
      highest = scores[l];
      best = l;
    }
  }
  if (best == lists || budget <= 0) return 0;
  const float width = highest - lowest;
  const float step = width > 0 ? (BUCKETS - 1) / width : 0;
  int64_t weight[BUCKETS] = {0};
  for (size_t l = 0; l < lists; l++)
    if (weights[l]) weight[(size_t)((scores[l] - lowest) * step)] += weights[l];
  size_t cut = BUCKETS;
  for (int64_t total = 0; cut > 0 && total < budget;) total += weight[--cut];
  size_t count = 0;
  chosen[count++] = (int32_t)best;
  for (size_t l = 0; l < lists; l++) {
    chosen[count] = (int32_t)l;
    count += weights[l] && l != best && (size_t)((scores[l] - lowest) * step) >= cut;
    if (count == lists) break;
  }
  return count;
}
