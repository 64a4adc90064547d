// One sparse row times a sparse matrix (Gustavson, "Two fast algorithms for sparse matrices", ACM
// TOMS 1978): the products are added up in a dense array, and the scores above the worst of the
// best so far are picked out of it. A row that touches little of a wide array marks the blocks it
// touched, and only those are looked at and cleared.
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "graph.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// Columns that share a mark.
#define BLOCK AKIN_SPARSE_BLOCK
#define LANES 16

typedef struct {
  size_t blocks, capacity, filled;
  float *sums;
  uint8_t *marks;
  /// Candidates as sort keys: the smallest is the best.
  uint64_t *keys;
  /// Room for k of them.
  uint64_t *sorted;
} scratch_layout;

static size_t blocks_of(size_t width) { return (width + BLOCK - 1) / BLOCK; }
static size_t sum_bytes(size_t width) { return blocks_of(width) * BLOCK * sizeof(float); }
static size_t mark_bytes(size_t width) { return (blocks_of(width) + 63) / 64 * 64; }
/// Room beyond k, so that a selection pays for itself.
static size_t capacity_of(size_t k) { return 2 * k + 2 * BLOCK; }

size_t akin_sparse_scratch(size_t width, size_t k) {
  return sum_bytes(width) + mark_bytes(width) + (capacity_of(k) + k) * sizeof(uint64_t);
}

static scratch_layout layout(void *scratch, size_t width, size_t k) {
  scratch_layout s = {.blocks = blocks_of(width), .capacity = capacity_of(k)};
  s.sums = scratch;
  s.marks = (uint8_t *)scratch + sum_bytes(width);
  s.keys = (uint64_t *)(s.marks + mark_bytes(width));
  s.sorted = s.keys + s.capacity;
  return s;
}

void akin_sparse_prepare(void *scratch, size_t width, size_t k) {
  memset(scratch, 0, akin_sparse_scratch(width, k));
}

/// Brings the k smallest of different `keys` to the front, in any order (Hoare's FIND). Keys are
/// parted without a branch on what they are, which no processor could predict.
static void select_smallest(uint64_t *keys, size_t count, size_t k) {
  size_t low = 0, high = count;
  while (high - low > 1) {
    const uint64_t a = keys[low], b = keys[low + (high - low) / 2], c = keys[high - 1];
    const uint64_t least = a < b ? a : b, most = a < b ? b : a;
    // The median is not the least of three; of two keys it is the larger. So both parts shrink.
    const uint64_t pivot = high - low == 2 ? most : c < least ? least : c < most ? c : most;
    size_t middle = low;
    for (size_t e = low; e < high; e++) {
      const uint64_t key = keys[e];
      keys[e] = keys[middle];
      keys[middle] = key;
      middle += key < pivot;
    }
    if (k == middle) return;
    if (k < middle) high = middle;
    else low = middle;
  }
}

/// Sorts by bytes, the least first, leaving out bytes that all keys share.
static uint64_t *sort_by_bytes(uint64_t *keys, uint64_t *other, size_t count) {
  uint64_t differing = 0;
  for (size_t e = 1; e < count; e++) differing |= keys[e] ^ keys[0];
  for (int shift = 0; shift < 64; shift += 8) {
    if ((differing >> shift & 255) == 0) continue;
    uint32_t starts[256] = {0};
    for (size_t e = 0; e < count; e++) starts[keys[e] >> shift & 255]++;
    uint32_t start = 0;
    for (int byte = 0; byte < 256; byte++) {
      const uint32_t size = starts[byte];
      starts[byte] = start;
      start += size;
    }
    for (size_t e = 0; e < count; e++) other[starts[keys[e] >> shift & 255]++] = keys[e];
    uint64_t *sorted = other;
    other = keys;
    keys = sorted;
  }
  return keys;
}

/// Sorts the candidates; `other` has room for as many. Returns where they are then.
static uint64_t *sort_keys(uint64_t *keys, uint64_t *other, size_t count) {
  if (count > 48) return sort_by_bytes(keys, other, count);
  for (size_t i = 1; i < count; i++) {
    const uint64_t key = keys[i];
    size_t hole = i;
    for (; hole > 0 && keys[hole - 1] > key; hole--) keys[hole] = keys[hole - 1];
    keys[hole] = key;
  }
  return keys;
}

/// Adds weight x (one row of the matrix). `marking` and `values` are constants where it is inlined.
static inline __attribute__((always_inline)) void add_row(const akin_sparse_rows *matrix,
                                                          int64_t first, int64_t last,
                                                          float weight, int marking,
                                                          const float *values, float *sums,
                                                          uint8_t *marks) {
  for (int64_t e = first; e < last; e++) {
    const uint32_t column = (uint32_t)matrix->columns[e];
    sums[column] += values ? weight * values[e] : weight;
    if (marking) marks[column / BLOCK] = 1;
  }
}

static void add_up(const int32_t *features, const float *weights, size_t count,
                   const akin_sparse_rows *matrix, int marking, const scratch_layout *s) {
  for (size_t f = 0; f < count; f++) {
    const int64_t first = matrix->offsets[features[f]], last = matrix->offsets[features[f] + 1];
    if (f + 1 < count)
      __builtin_prefetch(matrix->columns + matrix->offsets[features[f + 1]]);
    if (matrix->values && marking)
      add_row(matrix, first, last, weights[f], 1, matrix->values, s->sums, s->marks);
    else if (matrix->values)
      add_row(matrix, first, last, weights[f], 0, matrix->values, s->sums, s->marks);
    else if (marking)
      add_row(matrix, first, last, weights[f], 1, NULL, s->sums, s->marks);
    else
      add_row(matrix, first, last, weights[f], 0, NULL, s->sums, s->marks);
  }
}

/// What a row's scores are measured by. Whether sum / (norm * norms[c] + shrinkage) exceeds the bar
/// is asked as sum > norms[c] * slope + offset, so that nothing is divided but what is kept.
typedef struct {
  /// No norms mean that the sum is the score.
  const float *norms;
  const int32_t *names;
  float norm, shrinkage, slope, offset;
} row_scale;

static void set_bar(row_scale *scale, float bar) {
  // A little lower than the bar: the test may round otherwise than the score does.
  bar *= 1 - 1e-6f;
  scale->slope = scale->norms ? bar * scale->norm : 0;
  scale->offset = scale->norms ? bar * scale->shrinkage : bar;
}

/// Writes the keys of those of LANES columns from `first` whose bit is set in `mask`.
static inline size_t write_keys(uint32_t mask, const float *sums, size_t first,
                                const row_scale *scale, uint64_t *keys) {
  size_t count = 0;
  for (; mask; mask &= mask - 1) {
    const size_t column = first + (size_t)__builtin_ctz(mask);
    const float length = scale->norms ? scale->norm * scale->norms[column] + scale->shrinkage : 1;
    keys[count++] = sort_key(sums[column] / length, scale->names[column]);
  }
  return count;
}

#define KERNEL(name) name##_plain
#define TARGET
static inline uint32_t above_plain(const float *sums, size_t first, const row_scale *scale) {
  uint32_t mask = 0;
  for (size_t lane = 0; lane < LANES; lane++) {
    const float norm = scale->norms ? scale->norms[first + lane] : 0;
    mask |= (uint32_t)(sums[first + lane] > scale->offset + norm * scale->slope) << lane;
  }
  return mask;
}
#define keys_plain write_keys
#include "sparse_pick.inc"

#if defined(__x86_64__)
#define KERNEL(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
TARGET static inline uint32_t above_avx2(const float *sums, size_t first, const row_scale *scale) {
  uint32_t mask = 0;
  for (size_t lane = 0; lane < LANES; lane += 8) {
    __m256 bar = _mm256_set1_ps(scale->offset);
    if (scale->norms)
      bar = _mm256_fmadd_ps(_mm256_loadu_ps(scale->norms + first + lane),
                            _mm256_set1_ps(scale->slope), bar);
    const __m256 reached = _mm256_cmp_ps(_mm256_loadu_ps(sums + first + lane), bar, _CMP_GT_OQ);
    mask |= (uint32_t)_mm256_movemask_ps(reached) << lane;
  }
  return mask;
}
#define keys_avx2 write_keys
#include "sparse_pick.inc"

#define KERNEL(name) name##_avx512
#define TARGET __attribute__((min_vector_width(512), target("avx512f,avx512vl,avx512bw,avx512dq")))
TARGET static inline uint32_t above_avx512(const float *sums, size_t first,
                                           const row_scale *scale) {
  __m512 bar = _mm512_set1_ps(scale->offset);
  if (scale->norms)
    bar = _mm512_fmadd_ps(_mm512_loadu_ps(scale->norms + first), _mm512_set1_ps(scale->slope), bar);
  return _mm512_cmp_ps_mask(_mm512_loadu_ps(sums + first), bar, _CMP_GT_OQ);
}

// The keys are compressed in registers: compressing to memory is microcode on Zen 4.
TARGET static inline size_t keys_avx512(uint32_t mask, const float *sums, size_t first,
                                        const row_scale *scale, uint64_t *keys) {
  __m512 score = _mm512_loadu_ps(sums + first);
  if (scale->norms)
    score = _mm512_div_ps(
        score, _mm512_add_ps(_mm512_mul_ps(_mm512_set1_ps(scale->norm),
                                           _mm512_loadu_ps(scale->norms + first)),
                             _mm512_set1_ps(scale->shrinkage)));
  // Scores are positive here: all but the sign bit inverted sorts them from the best.
  const __m512i high = _mm512_andnot_si512(_mm512_castps_si512(score),
                                           _mm512_set1_epi32(0x7fffffff));
  const __m512i name = _mm512_loadu_si512(scale->names + first);
  size_t count = 0;
  for (int half = 0; half < 2; half++) {
    const __mmask8 chosen = (__mmask8)(mask >> 8 * half);
    const __m256i h = half ? _mm512_extracti64x4_epi64(high, 1) : _mm512_castsi512_si256(high);
    const __m256i n = half ? _mm512_extracti64x4_epi64(name, 1) : _mm512_castsi512_si256(name);
    const __m512i key = _mm512_or_si512(_mm512_slli_epi64(_mm512_cvtepu32_epi64(h), 32),
                                        _mm512_cvtepu32_epi64(n));
    _mm512_storeu_si512(keys + count, _mm512_maskz_compress_epi64(chosen, key));
    count += (size_t)__builtin_popcount(chosen);
  }
  return count;
}
#include "sparse_pick.inc"
#endif

static void pick(int kernel, row_scale *scale, size_t k, int marking, scratch_layout *s) {
#if defined(__x86_64__)
  if (kernel >= AKIN_KERNEL_AVX512) {
    pick_avx512(scale, k, marking, s);
    return;
  }
  if (kernel == AKIN_KERNEL_AVX2) {
    pick_avx2(scale, k, marking, s);
    return;
  }
#endif
  (void)kernel;
  pick_plain(scale, k, marking, s);
}

size_t akin_sparse_best(int kernel, const int32_t *features, const float *weights, size_t count,
                        float norm, const akin_sparse_rows *matrix, const akin_sparse_score *score,
                        const int32_t *excluded, size_t excluded_count, size_t k, void *scratch,
                        int32_t *ids, float *scores) {
  scratch_layout s = layout(scratch, matrix->width, k);
  int64_t products = 0;
  for (size_t f = 0; f < count; f++)
    products += matrix->offsets[features[f] + 1] - matrix->offsets[features[f]];
  if (products == 0) return 0;
  const int marking = (size_t)products < matrix->width / 8;
  add_up(features, weights, count, matrix, marking, &s);
  for (size_t e = 0; e < excluded_count; e++) s.sums[excluded[e]] = 0;
  row_scale scale = {
      .norms = score->norms, .names = matrix->names, .norm = norm, .shrinkage = score->shrinkage};
  set_bar(&scale, 0);
  pick(kernel, &scale, k, marking, &s);
  if (s.filled > k) {
    select_smallest(s.keys, s.filled, k);
    s.filled = k;
  }
  const uint64_t *sorted = sort_keys(s.keys, s.sorted, s.filled);
  for (size_t e = 0; e < s.filled; e++) {
    const akin_candidate best = from_key(sorted[e]);
    ids[e] = best.id;
    scores[e] = best.score;
  }
  return s.filled;
}
