// Texts of different lengths laid end to end in one matrix, so that no product is ever computed
// on padding. Same conventions as CTorch.h.
#ifndef CTORCH_PACKED_H
#define CTORCH_PACKED_H

#include "CTorch.h"

#ifdef __cplusplus
extern "C" {
#endif

// softmax(Q Kᵀ · scale) V within each sequence and head. `qkv` is [tokens, 3 * heads * dimension],
// contiguous, float32 or bfloat16, on the CPU; sequence s holds the rows starts[s] up to
// starts[s + 1], of `sequences + 1` ascending numbers. Rows beyond the last one come out as 0.
// Sums are kept in float32. The result is [tokens, heads * dimension] of the same type.
ctorch_status ctorch_packed_attention(
    ctorch_tensor qkv, const int32_t *starts, size_t sequences, int32_t heads, float scale,
    ctorch_tensor *out);

// The same by plain loops: the oracle of the tests.
ctorch_status ctorch_packed_attention_plain(
    ctorch_tensor qkv, const int32_t *starts, size_t sequences, int32_t heads, float scale,
    ctorch_tensor *out);

typedef enum ctorch_pooling : int32_t {
  CTORCH_POOL_MEAN = 0,
  CTORCH_POOL_FIRST = 1,
  CTORCH_POOL_MAXIMUM = 2,
  CTORCH_POOL_MEAN_SQUARE_ROOT = 3,
} ctorch_pooling;

// One float32 row for each sequence of `states` [tokens, hidden] (float32 or bfloat16,
// contiguous, CPU): row s goes to out + rows[s] * hidden. Scaled to unit length if `normalise`.
ctorch_status ctorch_packed_pool(
    ctorch_tensor states, const int32_t *starts, size_t sequences, ctorch_pooling pooling,
    bool normalise, const int64_t *rows, float *out);

// Calls body(context) with every operator inside on the calling thread alone. For work so small
// that handing parts to other threads and waiting for them costs more than it saves.
ctorch_status ctorch_serially(void (*body)(void *context), void *context);

// Calls body(context, first, last) for parts of 0 ..< count, of at least `grain` where there are so
// many, side by side on the threads that an operator called here would use.
ctorch_status ctorch_share(
    int64_t count, int64_t grain, void (*body)(void *context, int64_t first, int64_t last),
    void *context);

#ifdef __cplusplus
}
#endif
#endif
