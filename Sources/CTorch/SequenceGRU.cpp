// Gated recurrent units over sequences laid end to end, with their gradient: the recurrence of one
// layer in one function, so that a step costs its products and not the calls of ten operators.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "CTorchTraining.h"
#include "PackedChecks.hpp"
#include "Processor.hpp"
#include "Shim.hpp"

namespace {

/// Sequences that are read side by side, the longest first.
struct Group {
  static constexpr int MOST = 8;
  int count = 0;
  int64_t starts[MOST], lengths[MOST];
};

/// What a layer reads and writes. Gates stand in the order reset, update, new.
template <class T>
struct Unit {
  int64_t width;
  const T *gates;       // [rows, 3 * width], of the inputs
  const T *weight;      // [3 * width, width], by which the former state is multiplied
  const T *transposed;  // [width, 3 * width], forward only
  const T *bias;        // [3 * width]
  T *states;            // [rows, width]
  T *kept;              // [rows, 4 * width]: gates, and the former state's part of the new one
  // Backward only.
  const T *given;  // [rows, width]
  T *gateSlopes;   // [rows, 3 * width], by the inputs' gates
  T *stateSlopes;  // [rows, 3 * width], by the products with the former state
};

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
namespace avx512 {
#define LANES 16
#include "Vectors.hpp"
#include "SequenceGRUVectors.hpp"
#undef LANES
}  // namespace avx512
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
namespace avx2 {
#define LANES 8
#include "Vectors.hpp"
#include "SequenceGRUVectors.hpp"
#undef LANES
}  // namespace avx2
#pragma clang attribute pop
#endif

// Four lanes are what SSE2 and NEON have.
namespace baseline {
#define LANES 4
#include "Vectors.hpp"
#include "SequenceGRUVectors.hpp"
#undef LANES
}  // namespace baseline

// float64, and widths that no vector fits.
namespace plain {
template <class T>
void forward(const Unit<T> &unit, const Group &group) {
  const int64_t w = unit.width;
  std::vector<T> products(3 * w);
  for (int s = 0; s < group.count; s++) {
    for (int64_t time = 0; time < group.lengths[s]; time++) {
      const int64_t row = group.starts[s] + time;
      const T *former = unit.states + (row - 1) * w, *gates = unit.gates + row * 3 * w;
      for (int64_t g = 0; g < 3 * w; g++) {
        products[g] = unit.bias[g];
        for (int64_t k = 0; time > 0 && k < w; k++)
          products[g] += unit.weight[g * w + k] * former[k];
      }
      for (int64_t e = 0; e < w; e++) {
        const T open = 1 / (1 + std::exp(-gates[e] - products[e]));
        const T stay = 1 / (1 + std::exp(-gates[w + e] - products[w + e]));
        const T next = std::tanh(gates[2 * w + e] + open * products[2 * w + e]);
        unit.states[row * w + e] = (1 - stay) * next + (time > 0 ? stay * former[e] : 0);
        if (unit.kept == nullptr) continue;
        T *kept = unit.kept + row * 4 * w + e;
        kept[0] = open, kept[w] = stay, kept[2 * w] = next, kept[3 * w] = products[2 * w + e];
      }
    }
  }
}

template <class T>
void backward(const Unit<T> &unit, const Group &group, T *carried) {
  const int64_t w = unit.width;
  for (int s = 0; s < group.count; s++) {
    for (int64_t time = group.lengths[s] - 1; time >= 0; time--) {
      const int64_t row = group.starts[s] + time;
      T *own = carried + s * w, *inputs = unit.gateSlopes + row * 3 * w;
      T *states = unit.stateSlopes + row * 3 * w;
      for (int64_t e = 0; e < w; e++) {
        const T *kept = unit.kept + row * 4 * w + e;
        const T open = kept[0], stay = kept[w], next = kept[2 * w];
        const T given = unit.given[row * w + e] + own[e];
        const T former = time > 0 ? unit.states[(row - 1) * w + e] : 0;
        const T toNext = given * (1 - stay) * (1 - next * next);
        inputs[e] = states[e] = toNext * kept[3 * w] * open * (1 - open);
        inputs[w + e] = states[w + e] = given * (former - next) * stay * (1 - stay);
        inputs[2 * w + e] = toNext;
        states[2 * w + e] = toNext * open;
        own[e] = given * stay;
      }
      for (int64_t g = 0; time > 0 && g < 3 * w; g++)
        for (int64_t e = 0; e < w; e++) own[e] += states[g] * unit.weight[g * w + e];
    }
  }
}
}  // namespace plain

template <class T>
void forward(const Unit<T> &unit, const Group &group) {
  if constexpr (std::is_same_v<T, float>) {
#if defined(__x86_64__)
    static const bool medium = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (ctorch::has_avx512() && unit.width % 16 == 0) return avx512::forwardInVectors(unit, group);
    if (medium && unit.width % 8 == 0) return avx2::forwardInVectors(unit, group);
#endif
    if (unit.width % 4 == 0) return baseline::forwardInVectors(unit, group);
  }
  plain::forward(unit, group);
}

template <class T>
void backward(const Unit<T> &unit, const Group &group, T *carried) {
  if constexpr (std::is_same_v<T, float>) {
#if defined(__x86_64__)
    static const bool medium = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (ctorch::has_avx512() && unit.width % 16 == 0)
      return avx512::backwardInVectors(unit, group, carried);
    if (medium && unit.width % 8 == 0) return avx2::backwardInVectors(unit, group, carried);
#endif
    if (unit.width % 4 == 0) return baseline::backwardInVectors(unit, group, carried);
  }
  plain::backward(unit, group, carried);
}

/// Sequences of like lengths together.
std::vector<Group> grouped(const at::Tensor &starts) {
  const int32_t *start = starts.const_data_ptr<int32_t>();
  std::vector<int64_t> order(starts.size(0) - 1);
  std::iota(order.begin(), order.end(), 0);
  const auto length = [&](int64_t s) { return static_cast<int64_t>(start[s + 1]) - start[s]; };
  std::stable_sort(
      order.begin(), order.end(), [&](int64_t a, int64_t b) { return length(a) > length(b); });
  std::vector<Group> groups;
  for (const int64_t s : order) {
    if (groups.empty() || groups.back().count == Group::MOST) groups.emplace_back();
    Group &group = groups.back();
    group.starts[group.count] = start[s];
    group.lengths[group.count++] = length(s);
  }
  return groups;
}

/// The state before each row, 0 before the first of a sequence.
at::Tensor former(const at::Tensor &states, const at::Tensor &starts) {
  auto result = at::zeros_like(states);
  const int32_t *start = starts.const_data_ptr<int32_t>();
  const auto size = states.element_size() * states.size(1);
  auto *to = static_cast<char *>(result.mutable_data_ptr());
  const auto *from = static_cast<const char *>(states.const_data_ptr());
  for (int64_t s = 0; s + 1 < starts.size(0); s++)
    std::memcpy(
        to + (start[s] + 1) * size, from + start[s] * size, (start[s + 1] - start[s] - 1) * size);
  return result;
}

struct SequenceGRU : torch::autograd::Function<SequenceGRU> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &gates, const at::Tensor &weight,
      const at::Tensor &bias, const at::Tensor &starts, bool half) {
    const int64_t rows = gates.size(0), width = weight.size(1);
    const bool wants = gates.requires_grad() || weight.requires_grad() || bias.requires_grad();
    auto states = at::zeros({rows, width}, gates.options());
    auto kept = at::empty({wants ? rows : 0, 4 * width}, gates.options());
    const auto transposed = weight.t().contiguous();
    const auto groups = grouped(starts);
    AT_DISPATCH_FLOATING_TYPES(gates.scalar_type(), "sequence_gru", [&] {
      Unit<scalar_t> unit{};
      unit.width = width;
      unit.gates = gates.const_data_ptr<scalar_t>();
      unit.weight = weight.const_data_ptr<scalar_t>();
      unit.transposed = transposed.const_data_ptr<scalar_t>();
      unit.bias = bias.const_data_ptr<scalar_t>();
      unit.states = states.mutable_data_ptr<scalar_t>();
      unit.kept = wants ? kept.mutable_data_ptr<scalar_t>() : nullptr;
      at::parallel_for(0, groups.size(), 4, [&](int64_t from, int64_t to) {
        for (int64_t g = from; g < to; g++) ::forward(unit, groups[g]);
      });
    });
    context->save_for_backward({weight, starts, states, kept});
    context->saved_data["half"] = half;
    return states;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &weight = saved[0], &starts = saved[1], &states = saved[2], &kept = saved[3];
    const int64_t width = weight.size(1);
    const auto given = gradients[0].contiguous();
    auto gateSlopes = at::zeros({states.size(0), 3 * width}, states.options());
    auto stateSlopes = at::zeros_like(gateSlopes);
    const auto groups = grouped(starts);
    AT_DISPATCH_FLOATING_TYPES(states.scalar_type(), "sequence_gru", [&] {
      Unit<scalar_t> unit{};
      unit.width = width;
      unit.weight = weight.const_data_ptr<scalar_t>();
      unit.states = const_cast<scalar_t *>(states.const_data_ptr<scalar_t>());
      unit.kept = const_cast<scalar_t *>(kept.const_data_ptr<scalar_t>());
      unit.given = given.const_data_ptr<scalar_t>();
      unit.gateSlopes = gateSlopes.mutable_data_ptr<scalar_t>();
      unit.stateSlopes = stateSlopes.mutable_data_ptr<scalar_t>();
      at::parallel_for(0, groups.size(), 4, [&](int64_t from, int64_t to) {
        std::vector<scalar_t> carried(Group::MOST * width);
        for (int64_t g = from; g < to; g++) {
          std::fill(carried.begin(), carried.end(), scalar_t(0));
          ::backward(unit, groups[g], carried.data());
        }
      });
    });
    const auto kind = context->saved_data["half"].toBool() ? at::kBFloat16 : states.scalar_type();
    const auto toWeight = at::mm(stateSlopes.to(kind).t(), former(states, starts).to(kind));
    return {gateSlopes, toWeight.to(weight.scalar_type()), stateSlopes.sum(0), {}, {}};
  }
};

}  // namespace

ctorch_status ctorch_sequence_gru(
    ctorch_tensor gates, ctorch_tensor weight, ctorch_tensor bias, const int32_t *starts,
    size_t sequences, ctorch_tensor *out) {
  return ctorch::guarded([&] {
    ctorch::synchronise_threads();
    auto inputs = ctorch::tensor(gates), matrix = ctorch::tensor(weight);
    auto offsets = ctorch::tensor(bias);
    TORCH_CHECK(
        inputs.dim() == 2 && matrix.dim() == 2 && offsets.dim() == 1 &&
            inputs.size(1) == 3 * matrix.size(1) && matrix.size(0) == inputs.size(1) &&
            offsets.size(0) == inputs.size(1),
        "gates [n, 3 d], a weight [3 d, d] and a bias [3 d] are needed");
    TORCH_CHECK(
        inputs.device().is_cpu() && matrix.device().is_cpu() && offsets.device().is_cpu(),
        "the recurrence runs on the CPU");
    ctorch::check_starts(starts, sequences, inputs.size(0));
    // Sums over time are kept in the parameters' precision.
    const auto kind = matrix.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    auto bounds = at::empty({static_cast<int64_t>(sequences) + 1}, at::kInt);
    std::copy(starts, starts + sequences + 1, bounds.mutable_data_ptr<int32_t>());
    *out = ctorch::release(SequenceGRU::apply(
        inputs.to(kind).contiguous(), matrix.to(kind).contiguous(), offsets.to(kind).contiguous(),
        bounds, inputs.scalar_type() == at::kBFloat16));
  });
}
