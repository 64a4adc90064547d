#ifndef AKIN_CKERNELS_FEED_FORWARD_H
#define AKIN_CKERNELS_FEED_FORWARD_H

// The second half of a Transformer's block in int8:
//
//     y = norm(x + W₂ gelu(W₁ x + b₁) + b₂)
//
// Weights are coded by output, from -127 to 127; what enters a product by row, from 0 to 255 between
// the row's least and greatest value (Dettmers et al., LLM.int8(), 2022, without its outliers).
// Sums are exact in int32; all else is float32.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A linear layer: weight[o][i] = scales[o] · code.
typedef struct {
  /// Multiples of 32.
  size_t inputs, outputs;
  /// `inputs * outputs` codes: for each 32 outputs, for each 4 inputs, [32][4].
  const int8_t *codes;
  /// `[outputs]`; `sums` are those of the weights as coded.
  const float *scales, *sums, *bias;
} akin_coded_linear;

typedef struct {
  akin_coded_linear expansion, contraction;
  /// `[contraction.outputs]`
  const float *norm_weight, *norm_bias;
  float epsilon;
} akin_feed_forward;

/// Whether this processor has instructions for these products (AVX-512 with VNNI).
int akin_feed_forward_supported(void);

/// Codes weights `[outputs, inputs]`, whose sizes are multiples of 32.
void akin_code_linear(const float *weights, size_t outputs, size_t inputs, int8_t *codes,
                      float *scales, float *sums);

/// Bytes that akin_feed_forward_rows needs as scratch, aligned to 64.
size_t akin_feed_forward_scratch(const akin_feed_forward *layer, size_t rows);

/// Rows of `expansion.inputs` numbers: bfloat16 where `half` is not 0, else float32; `out` likewise.
/// `plainly`: by loops in plain C, the truth that tests compare with, whatever is supported.
void akin_feed_forward_rows(int plainly, const akin_feed_forward *layer, const void *x, int half,
                            size_t rows, void *out, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
