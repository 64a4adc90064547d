// Factorisation and linear models. The conjugate gradients follow Takács, Pilászy and Tikk,
// "Applications of the conjugate gradient method for implicit feedback collaborative filtering"
// (RecSys 2011); rows are worked on in blocks, so that the product with the Gram matrix, which is
// most of the arithmetic, is one of matrices.
#include <string.h>

#include "CKernels.h"

typedef float v16 __attribute__((vector_size(64)));
typedef float v16u __attribute__((vector_size(64), aligned(4)));
typedef float v8 __attribute__((vector_size(32)));
typedef float v4 __attribute__((vector_size(16)));

/// Floats of a dense row that are added up at a time.
#define CHUNK 1024

#define KERNEL(name) name##_plain
#define TARGET
#define LEFT 2
#define RIGHT 1
#include "factor.inc"

#if defined(__x86_64__)
#define KERNEL(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define LEFT 4
#define RIGHT 1
#include "factor.inc"

#define KERNEL(name) name##_avx512
#define TARGET \
  __attribute__((min_vector_width(512), target("avx512f,avx512vl,avx512bw,avx512dq,fma")))
#define LEFT 8
#define RIGHT 2
#include "factor.inc"

#define DISPATCH(kernel, name, ...)                                   \
  if ((kernel) >= AKIN_KERNEL_AVX512) return name##_avx512(__VA_ARGS__); \
  if ((kernel) == AKIN_KERNEL_AVX2) return name##_avx2(__VA_ARGS__);     \
  return name##_plain(__VA_ARGS__)
#else
#define DISPATCH(kernel, name, ...) (void)(kernel);  \
  return name##_plain(__VA_ARGS__)
#endif

void akin_sparse_dense(int kernel, const akin_csr *matrix, size_t first, size_t last,
                       const float *dense, size_t dimension, float *out) {
  DISPATCH(kernel, sparse_dense, matrix, first, last, dense, dimension, out);
}

void akin_gram(int kernel, const float *x, size_t rows, size_t dimension, size_t first_column,
               size_t last_column, float *gram) {
  DISPATCH(kernel, gram, x, rows, dimension, first_column, last_column, gram);
}

void akin_subtract(int kernel, float *target, size_t target_stride, const float *source,
                   size_t source_stride, size_t rows, size_t columns) {
  DISPATCH(kernel, subtract, target, target_stride, source, source_stride, rows, columns);
}

size_t akin_als_scratch(size_t dimension) { return 3 * AKIN_ALS_ROWS * dimension; }

void akin_als_solve(int kernel, const akin_als *problem, size_t first, size_t last,
                    float *scratch) {
  DISPATCH(kernel, als, problem, first, last, scratch, kernel);
}
