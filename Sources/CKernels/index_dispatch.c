#include "index.h"

static const index_kernel *table(int kernel) {
  switch (kernel) {
#if defined(__x86_64__)
    case AKIN_KERNEL_AMX:
    case AKIN_KERNEL_AVX512: return &index_kernel_avx512;
    case AKIN_KERNEL_AVX2: return &index_kernel_avx2;
#endif
#if defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)
    case AKIN_KERNEL_NEON: return &index_kernel_neon;
#endif
    default: return &index_kernel_plain;
  }
}

void akin_index_score(int kernel, const float *query, const float *vectors, size_t dimension,
                      const int32_t *rows, size_t count, float *scores) {
  table(kernel)->score(query, vectors, dimension, rows, count, scores);
}
