// What is asked of sequences laid end to end, with and without a gradient.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

namespace ctorch {

/// Throws unless `starts` are `sequences + 1` ascending rows within `rows`.
inline void check_starts(const int32_t *starts, size_t sequences, int64_t rows) {
  TORCH_CHECK(sequences > 0 && starts[0] >= 0, "at least one sequence is needed");
  for (size_t s = 0; s < sequences; s++)
    TORCH_CHECK(starts[s] < starts[s + 1], "sequence ", s, " is empty or starts are not ascending");
  TORCH_CHECK(starts[sequences] <= rows, "sequences reach beyond the ", rows, " rows");
}

/// Throws unless the columns of `qkv` are queries, keys and values of so many heads.
inline void check_heads(const at::Tensor &qkv, int64_t heads) {
  TORCH_CHECK(
      heads > 0 && qkv.size(1) % (3 * heads) == 0, heads, " heads do not fit ", qkv.size(1),
      " columns");
}

}  // namespace ctorch
