#ifndef AKIN_CKERNELS_SPARSE_H
#define AKIN_CKERNELS_SPARSE_H

// The hot loop of sparse products: one row times a sparse matrix, and the best of what comes out.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Columns are looked at in blocks of this many.
#define AKIN_SPARSE_BLOCK 64

/// A sparse matrix in rows, read only. Row r is offsets[r] ..< offsets[r + 1] of `columns` and
/// `values`; no values mean that all are one.
typedef struct {
  const int64_t *offsets;
  const int32_t *columns;
  const float *values;
  /// Columns of the matrix, and what each is called in the result, padded to whole blocks.
  size_t width;
  const int32_t *names;
} akin_sparse_rows;

/// How a sum of products becomes a score: sum / (norm * norms[column] + shrinkage).
/// No `norms` mean that the sum is the score; they are padded to whole blocks.
typedef struct {
  const float *norms;
  float shrinkage;
} akin_sparse_score;

/// Bytes of scratch memory for matrices of `width` columns and lists of k.
size_t akin_sparse_scratch(size_t width, size_t k);

/// Readies scratch memory, 64-byte aligned, for any number of calls of akin_sparse_best.
void akin_sparse_prepare(void *scratch, size_t width, size_t k);

/// The k columns of (row x matrix) with the best scores above zero, best first, ties by name.
///
/// The row has `count` entries; entry e multiplies matrix row features[e] by weights[e], and
/// `norm` is its own length. Columns in excluded[0 ..< excluded_count] are left out.
/// Returns how many were found; `ids` and `scores` have room for k. k > 0.
size_t akin_sparse_best(int kernel, const int32_t *features, const float *weights, size_t count,
                        float norm, const akin_sparse_rows *matrix, const akin_sparse_score *score,
                        const int32_t *excluded, size_t excluded_count, size_t k, void *scratch,
                        int32_t *ids, float *scores);

#ifdef __cplusplus
}
#endif
#endif
