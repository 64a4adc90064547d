#ifndef AKIN_CKERNELS_SKETCH_H
#define AKIN_CKERNELS_SKETCH_H

// What sketches are made of beside products; Graph/Sketch.swift says what they are.

#include "CKernelsGraph.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Makes rows orthonormal: takes from each what those before it have of it, twice, since once leaves
/// some (Daniel, Gragg, Kaufman and Stewart, 1976). A row of which nothing is left becomes zero.
/// O(count² · dimension).
void akin_orthonormalise(double *rows, size_t count, size_t dimension);

/// Puts the length of what the first `width - 1` components leave out into the last one, rounded up
/// so that its int8 code is not below it. The vectors' lengths are norms[r].norm; `width` is a
/// multiple of 16.
void akin_sketch_rest(float *sketches, size_t rows, size_t width, const akin_bound *norms);

/// Widens what akin_quantise left as slack where a row's own error lies along it: rows that are
/// nearly equal share that error, so that it is no accident in each of their products.
void akin_sketch_slack(const float *sketches, const int8_t *codes, const float *largest,
                       size_t rows, size_t width, akin_bound *bounds);

#ifdef __cplusplus
}
#endif
#endif
