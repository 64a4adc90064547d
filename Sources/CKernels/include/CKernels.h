#ifndef AKIN_CKERNELS_H
#define AKIN_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The instruction sets a kernel is compiled for, worst first.
enum akin_kernel {
  AKIN_KERNEL_PLAIN = 0,
  AKIN_KERNEL_AVX2 = 1,
  AKIN_KERNEL_AVX512 = 2,
};

/// The best kernel this processor runs.
int akin_kernel_best(void);

/// "plain", "avx2", "avx512".
const char *akin_kernel_name(int kernel);

/// Rows interleaved in one panel by akin_pack_panels.
#define AKIN_PANEL_ROWS 16

/// Floats that `rows` vectors of `dimension` take when packed: rows are rounded up to whole panels.
size_t akin_packed_size(size_t rows, size_t dimension);

/// Interleaves `rows` row-major vectors so that panel p holds [dimension][16] floats; missing rows
/// of the last panel are zero.
void akin_pack_panels(const float *vectors, size_t rows, size_t dimension, float *packed);

/// scores[q * stride + r] = <queries[q], row r of packed>, for q < query_count and
/// r < panels * 16. `stride` >= panels * 16.
void akin_score_panels(int kernel, const float *queries, size_t query_count, const float *packed,
                       size_t panels, size_t dimension, float *scores, size_t stride);

/// Writes the offsets r < count with scores[r] > threshold, ascending, and returns how many.
/// `offsets` has room for `count`.
size_t akin_select_above(int kernel, const float *scores, size_t count, float threshold,
                         int32_t *offsets);

#ifdef __cplusplus
}
#endif
#endif
