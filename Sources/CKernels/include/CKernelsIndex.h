#ifndef AKIN_CKERNELS_INDEX_H
#define AKIN_CKERNELS_INDEX_H

// The hot loops of the live index. Nothing here allocates, locks or fails.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// scores[i] = <query, row rows[i] of vectors> in float32, for i < count. `vectors` is row-major.
/// A row's score does not depend on the other rows.
void akin_index_score(int kernel, const float *query, const float *vectors, size_t dimension,
                      const int32_t *rows, size_t count, float *scores);

#ifdef __cplusplus
}
#endif
#endif
