// What training needs beside libtorch's own operators: functions with gradients whose obvious
// composition would be slow or would not fit in memory. Same conventions as CTorch.h.
#ifndef CTORCH_TRAINING_H
#define CTORCH_TRAINING_H

#include "CTorch.h"

#ifdef __cplusplus
extern "C" {
#endif

// Each element set to 0 with `probability`, the others divided by 1 - probability. The choice is a
// hash of the seed and the element's position, so that it is the same for any number of threads
// and is computed again, not kept, for the gradient.
ctorch_status ctorch_dropout(
    ctorch_tensor input, double probability, uint64_t seed, ctorch_tensor *out);

// softmax(Q Kᵀ · scale) V within each sequence and head, as ctorch_packed_attention, with a
// gradient. `causal`: a row attends to itself and to earlier rows only. Weights are dropped out
// with `dropout`. float32 or float64; `qkv` is [rows, 3 * heads * dimension].
ctorch_status ctorch_sequence_attention(
    ctorch_tensor qkv, const int32_t *starts, size_t sequences, int32_t heads, float scale,
    bool causal, double dropout, uint64_t seed, ctorch_tensor *out);

// Gated recurrent units over sequences laid end to end, as ctorch_packed_attention: the state after
// each row, [rows, d], 0 in rows of no sequence. `gates` is [rows, 3 d], what the inputs add to the
// gates reset, update and new; the former state adds `weight` [3 d, d] times itself plus `bias`
// [3 d], the new gate's part of it multiplied by the reset gate (Cho et al., 2014). With gradients.
// float32 or float64, as `weight`; other gates are converted, and bfloat16 ones make the product over
// all rows in the gradient by the weight bfloat16 too.
ctorch_status ctorch_sequence_gru(
    ctorch_tensor gates, ctorch_tensor weight, ctorch_tensor bias, const int32_t *starts,
    size_t sequences, ctorch_tensor *out);

// The mean over rows of log Σ_j exp(s·t_j + bias_j) - s·t_target with s the rows of `states`
// [n, d], t the rows of `table` [m, d], `targets` int64 [n], `bias` null or [m]; the target's own
// term goes without its bias. Never holds more than a few million of the n * m products, and
// computes the gradient on the way. `half`: products in bfloat16, sums in float32.
ctorch_status ctorch_softmax_loss(
    ctorch_tensor states, ctorch_tensor table, ctorch_tensor bias, ctorch_tensor targets,
    bool half, ctorch_tensor *out);

// out = Σ_i weights[i] · terms[i] in out's type, float32 or float64, whatever the terms' types; 0 where
// there are none. `sum_of_squares` is that of the result.
ctorch_status ctorch_weighted_sum(
    ctorch_tensor out, const ctorch_tensor *terms, const double *weights, size_t count,
    double *sum_of_squares);

// The calling thread's switch: do matrix products on the CPU run in bfloat16? Returns the
// previous state. Weights are converted for each product: nothing is shared between threads.
bool ctorch_set_autocast(bool enabled);

#ifdef __cplusplus
}
#endif
#endif
