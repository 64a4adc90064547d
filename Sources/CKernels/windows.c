// Skip-gram and CBOW with negative sampling: Mikolov et al., "Distributed representations of words
// and phrases and their compositionality" (NIPS 2013). The neighbours of a place share its
// negatives, which turns products of vectors into small ones of matrices (Ji et al., "Parallelizing
// word2vec in shared and distributed memory", 2016). The gradient of CBOW is that of the mean
// (İrsoy, Benton and Stratos, "Corrected CBOW performs as well as skip-gram", 2021).
#include <math.h>
#include <string.h>

#include "CKernels.h"

typedef float v16 __attribute__((vector_size(64)));
typedef float v16u __attribute__((vector_size(64), aligned(4)));
typedef float v8 __attribute__((vector_size(32)));
typedef float v4 __attribute__((vector_size(16)));

// SplitMix64 (Steele, Lea and Flood, 2014).
static inline uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static inline float unit(uint32_t bits) { return (float)(bits >> 8) * 0x1p-24f; }

static inline size_t below(uint32_t bits, size_t bound) {
  return (size_t)(((uint64_t)bits * bound) >> 32);
}

// One draw: the column from the lower half of the bits, the choice from the upper one.
static inline int32_t draw(const akin_windows *work, uint64_t *state) {
  const uint64_t bits = next_random(state);
  const size_t column = below((uint32_t)bits, work->count);
  return unit((uint32_t)(bits >> 32)) < work->stay[column] ? (int32_t)column
                                                           : work->other[column];
}

static size_t thinned(const akin_windows *work, size_t sequence, uint64_t *state, int32_t *kept) {
  size_t count = 0;
  for (int64_t e = work->offsets[sequence]; e < work->offsets[sequence + 1]; e++) {
    const int32_t item = work->items[e];
    const float keep = work->keep[item];
    if (keep >= 1 || unit((uint32_t)next_random(state)) < keep) kept[count++] = item;
  }
  return count;
}

#define KERNEL(name) name##_plain
#define TARGET
#include "windows.inc"

#if defined(__x86_64__)
#define KERNEL(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#include "windows.inc"

#define KERNEL(name) name##_avx512
#define TARGET \
  __attribute__((min_vector_width(512), target("avx512f,avx512vl,avx512bw,avx512dq,fma")))
#include "windows.inc"
#endif

size_t akin_windows_scratch(const akin_windows *work) {
  const size_t rows = 2 * work->window;
  return (rows + 1) * work->dimension + rows * (work->negatives + 1);
}

void akin_windows_learn(int kernel, const akin_windows *work, size_t first, size_t last, float rate,
                        uint64_t *state, int32_t *kept, float *scratch) {
#if defined(__x86_64__)
  if (kernel >= AKIN_KERNEL_AVX512)
    return learn_avx512(work, first, last, rate, state, kept, scratch);
  if (kernel == AKIN_KERNEL_AVX2) return learn_avx2(work, first, last, rate, state, kept, scratch);
#else
  (void)kernel;
#endif
  learn_plain(work, first, last, rate, state, kept, scratch);
}
