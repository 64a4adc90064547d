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
  AKIN_KERNEL_NEON = 1,
  AKIN_KERNEL_AVX2 = 2,
  /// AVX-512 with VNNI.
  AKIN_KERNEL_AVX512 = 3,
  /// AVX-512 with VNNI, and int8 products on AMX tiles; float32 as AVX-512.
  AKIN_KERNEL_AMX = 4,
  AKIN_KERNEL_COUNT = 5,
};

/// Whether this processor runs `kernel`. For AMX this asks the operating system for permission to
/// use its registers, which a sandbox may refuse: then the answer is no.
int akin_kernel_supported(int kernel);

/// The best kernel this processor runs.
int akin_kernel_best(void);

/// "plain", "neon", "avx2", "avx512", "amx".
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

#include "CKernelsFactor.h"
#include "CKernelsGraph.h"
#include "CKernelsIndex.h"
#include "CKernelsSearch.h"
#include "CKernelsSketch.h"
#include "CKernelsSparse.h"
#include "CKernelsTransformer.h"
#include "CKernelsWindows.h"
#endif
