#ifndef AKIN_CKERNELS_TRANSFORMER_H
#define AKIN_CKERNELS_TRANSFORMER_H

// The products of a Transformer's block in int8, with what surrounds them:
//
//     qkv = W x + b                          akin_project_rows
//     a = norm(x + W context + b)            akin_attach_rows
//     y = norm(a + W₂ gelu(W₁ a + b₁) + b₂)  akin_feed_forward_rows
//
// Weights are coded by output, from -127 to 127; what enters a product by row, from 0 to 255 between
// the row's least and greatest value (Dettmers et al., LLM.int8(), 2022, without its outliers).
// Sums are exact in int32; all else is float32. GELU is off by 5e-5 at most.

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

/// Layer normalisation: `[features]`.
typedef struct {
  const float *weight, *bias;
  float epsilon;
} akin_norm;

/// Rows to read and to write: bfloat16 where `half` is not 0, else float32.
typedef struct {
  int half;
  size_t count;
  /// Where a part adds to something: that, rows as wide as the results.
  const void *residual;
  const void *from;
  void *to;
  /// akin_transformer_scratch bytes, aligned to 64.
  void *scratch;
} akin_rows;

/// Whether this processor has instructions for these products (AVX-512 with VNNI).
int akin_transformer_supported(void);

/// Codes weights `[outputs, inputs]`, whose sizes are multiples of 32.
void akin_code_linear(const float *weights, size_t outputs, size_t inputs, int8_t *codes,
                      float *scales, float *sums);

/// Bytes of scratch for layers whose inputs and outputs are at most so many.
size_t akin_transformer_scratch(size_t rows, size_t inputs, size_t outputs);

// `plainly`: by loops in plain C, the truth that tests compare with, whatever is supported.

void akin_project_rows(int plainly, const akin_coded_linear *layer, const akin_rows *rows);

void akin_attach_rows(int plainly, const akin_coded_linear *layer, const akin_norm *norm,
                      const akin_rows *rows);

/// Adds to what it reads; `residual` is not used.
void akin_feed_forward_rows(int plainly, const akin_coded_linear *expansion,
                            const akin_coded_linear *contraction, const akin_norm *norm,
                            const akin_rows *rows);

#ifdef __cplusplus
}
#endif
#endif
