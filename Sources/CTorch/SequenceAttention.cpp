// Attention over sequences laid end to end, with its gradient.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "CTorchTraining.h"
#include "Hash.hpp"
#include "PackedChecks.hpp"
#include "Processor.hpp"
#include "Shim.hpp"

namespace {

/// Dropout of the weights.
struct Dropping {
  double probability;
  uint64_t seed;
};

/// One head over one sequence.
template <class T>
struct Head {
  const T *qkv;  // the first row's query
  int64_t width, length, d;
  T scale;
  bool causal;
  uint32_t salt, limit;
  T kept_scale;

  const T *query(int64_t i) const { return qkv + i * 3 * width; }
  const T *key(int64_t j) const { return query(j) + width; }
  const T *value(int64_t j) const { return key(j) + width; }

  /// 0 where the weight is dropped, and what it is multiplied with otherwise.
  T kept(int64_t i, int64_t j) const {
    if (limit == 0) return 1;
    const auto position = static_cast<uint32_t>(i * length + j);
    return ctorch::mixed(position ^ salt) >= limit ? kept_scale : T(0);
  }
};

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
namespace avx512 {
#include "SequenceAttention.hpp"
#define LANES 16
#include "Vectors.hpp"
#include "AttentionVectors.hpp"
#include "SequenceAttentionVectors.hpp"
#undef LANES
}  // namespace avx512
#pragma clang attribute pop
#endif
namespace baseline {
#include "SequenceAttention.hpp"
#define LANES 4
#include "Vectors.hpp"
#include "AttentionVectors.hpp"
#include "SequenceAttentionVectors.hpp"
#undef LANES
}  // namespace baseline

// float64, and heads that no vector fits, by the plain loops.
template <class T>
void forward(const Head<T> &head, T *out, T *scratch) {
  if constexpr (std::is_same_v<T, float>) {
#if defined(__x86_64__)
    if (ctorch::has_avx512() && head.d % 16 == 0)
      return avx512::forwardInVectors(head, out, scratch);
#endif
    if (head.d % 4 == 0) return baseline::forwardInVectors(head, out, scratch);
  }
#if defined(__x86_64__)
  if (ctorch::has_avx512()) return avx512::forward(head, out, scratch);
#endif
  baseline::forward(head, out, scratch);
}

template <class T>
void backward(const Head<T> &head, const T *gradient, T *dqkv, T *scratch) {
  if constexpr (std::is_same_v<T, float>) {
#if defined(__x86_64__)
    if (ctorch::has_avx512() && head.d % 16 == 0)
      return avx512::backwardInVectors(head, gradient, dqkv, scratch);
#endif
    if (head.d % 4 == 0) return baseline::backwardInVectors(head, gradient, dqkv, scratch);
  }
#if defined(__x86_64__)
  if (ctorch::has_avx512()) return avx512::backward(head, gradient, dqkv, scratch);
#endif
  baseline::backward(head, gradient, dqkv, scratch);
}

/// Calls body(head, first row, first column, scratch) for each head of each sequence.
template <class T, class Body>
void for_each_head(
    const at::Tensor &qkv, const at::Tensor &starts, int64_t heads, double scale, bool causal,
    Dropping dropping, const Body &body) {
  const int64_t width = qkv.size(1) / 3, d = width / heads, sequences = starts.size(0) - 1;
  const T *source = qkv.const_data_ptr<T>();
  const int32_t *start = starts.const_data_ptr<int32_t>();
  int64_t longest = 0;
  for (int64_t s = 0; s < sequences; s++)
    longest = std::max<int64_t>(longest, start[s + 1] - start[s]);
  at::parallel_for(0, sequences * heads, 16 * heads, [&](int64_t from, int64_t to) {
    std::vector<T> scratch(baseline::Room::floats(longest, d));
    for (int64_t unit = from; unit < to; unit++) {
      const int64_t s = unit / heads, column = unit % heads * d, row = start[s];
      const Head<T> head{
          source + row * 3 * width + column, width, start[s + 1] - row, d, static_cast<T>(scale),
          causal, ctorch::salt(dropping.seed, unit), ctorch::threshold(dropping.probability),
          static_cast<T>(1 / (1 - dropping.probability))};
      body(head, row, column, scratch.data());
    }
  });
}

struct SequenceAttention : torch::autograd::Function<SequenceAttention> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &qkv, const at::Tensor &starts,
      int64_t heads, double scale, bool causal, double dropout, int64_t seed) {
    context->save_for_backward({qkv, starts});
    context->saved_data["heads"] = heads;
    context->saved_data["scale"] = scale;
    context->saved_data["causal"] = causal;
    context->saved_data["dropout"] = dropout;
    context->saved_data["seed"] = seed;
    const int64_t width = qkv.size(1) / 3;
    auto result = at::zeros({qkv.size(0), width}, qkv.options());
    AT_DISPATCH_FLOATING_TYPES(qkv.scalar_type(), "sequence_attention", [&] {
      auto *out = result.mutable_data_ptr<scalar_t>();
      for_each_head<scalar_t>(
          qkv, starts, heads, scale, causal, {dropout, static_cast<uint64_t>(seed)},
          [&](const Head<scalar_t> &head, int64_t row, int64_t column, scalar_t *scratch) {
            ::forward(head, out + row * width + column, scratch);
          });
    });
    return result;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &qkv = saved[0];
    auto &data = context->saved_data;
    const int64_t heads = data["heads"].toInt(), width = qkv.size(1) / 3;
    const Dropping dropping{
        data["dropout"].toDouble(), static_cast<uint64_t>(data["seed"].toInt())};
    const auto given = gradients[0].contiguous();
    auto result = at::zeros_like(qkv);
    AT_DISPATCH_FLOATING_TYPES(qkv.scalar_type(), "sequence_attention", [&] {
      const auto *gradient = given.const_data_ptr<scalar_t>();
      auto *out = result.mutable_data_ptr<scalar_t>();
      for_each_head<scalar_t>(
          qkv, saved[1], heads, data["scale"].toDouble(), data["causal"].toBool(), dropping,
          [&](const Head<scalar_t> &head, int64_t row, int64_t column, scalar_t *scratch) {
            ::backward(
                head, gradient + row * width + column, out + row * 3 * width + column, scratch);
          });
    });
    return {result, {}, {}, {}, {}, {}, {}};
  }
};

}  // namespace

ctorch_status ctorch_sequence_attention(
    ctorch_tensor handle, const int32_t *starts, size_t sequences, int32_t heads, float scale,
    bool causal, double dropout, uint64_t seed, ctorch_tensor *out) {
  return ctorch::guarded([&] {
    ctorch::synchronise_threads();
    auto qkv = ctorch::tensor(handle);
    const auto type = qkv.scalar_type();
    TORCH_CHECK(qkv.dim() == 2 && qkv.device().is_cpu(), "a matrix on the CPU is needed");
    ctorch::check_heads(qkv, heads);
    TORCH_CHECK(dropout >= 0 && dropout < 1, "the dropout must be in [0, 1), not ", dropout);
    ctorch::check_starts(starts, sequences, qkv.size(0));
    if (type == at::kBFloat16 || type == at::kHalf) qkv = qkv.to(at::kFloat);
    auto bounds = at::empty({static_cast<int64_t>(sequences) + 1}, at::kInt);
    std::copy(starts, starts + sequences + 1, bounds.mutable_data_ptr<int32_t>());
    auto result = SequenceAttention::apply(
        qkv.contiguous(), bounds, static_cast<int64_t>(heads), static_cast<double>(scale), causal,
        dropout, static_cast<int64_t>(seed));
    *out = ctorch::release(result.to(type));
  });
}
