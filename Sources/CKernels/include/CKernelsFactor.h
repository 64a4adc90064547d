#ifndef AKIN_CKERNELS_FACTOR_H
#define AKIN_CKERNELS_FACTOR_H

// The hot loops of factorisation and of linear models: sparse times dense, Gram matrices, the
// conjugate gradients of alternating least squares, the trailing update of a blocked inverse.
// Dense rows are `dimension` floats, a multiple of 16 where a function says so. Nothing allocates,
// locks or fails; different ranges of rows may be worked on by different threads.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A sparse matrix in rows; no values mean that all are one.
typedef struct {
  const int64_t *offsets;
  const int32_t *columns;
  const float *values;
} akin_csr;

/// out[r - first] = Σ over the entries e of row r of values[e] · dense[columns[e]].
void akin_sparse_dense(int kernel, const akin_csr *matrix, size_t first, size_t last,
                       const float *dense, size_t dimension, float *out);

/// gram[i][j] += Σ over rows of x[row][i] · x[row][j], for i in firstColumn ..< lastColumn and all
/// j <= i rounded up to 16. Everything is a multiple of 16 but `rows`.
void akin_gram(int kernel, const float *x, size_t rows, size_t dimension, size_t first_column,
               size_t last_column, float *gram);

/// target[r][c] -= source[r][c], rows of `columns` floats with strides.
void akin_subtract(int kernel, float *target, size_t target_stride, const float *source,
                   size_t source_stride, size_t rows, size_t columns);

/// Rows that share one product with the Gram matrix.
#define AKIN_ALS_ROWS 24

/// One half of an iteration of alternating least squares with weights 1 + alpha · value on what is
/// there and 1 on what is not.
typedef struct {
  akin_csr matrix;
  /// The other side's factors, row-major, and their Gram matrix as akin_pack_panels lays it out.
  const float *others;
  const float *gram;
  /// A multiple of 16.
  size_t dimension;
  float alpha;
  /// The ridge of each row.
  const float *ridges;
  /// Steps of conjugate gradients.
  int steps;
  /// This side's factors: where to begin, and the result.
  float *factors;
} akin_als;

/// Floats of scratch memory.
size_t akin_als_scratch(size_t dimension);

/// Solves rows `first ..< last`.
void akin_als_solve(int kernel, const akin_als *problem, size_t first, size_t last,
                    float *scratch);

#ifdef __cplusplus
}
#endif
#endif
