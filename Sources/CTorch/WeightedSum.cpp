// Sums of gradients.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "CTorchTraining.h"
#include "Shim.hpp"

namespace {

constexpr int64_t BLOCK = 1 << 12;

/// to[i] += weight · from[i], or = for the first.
template <class T, class From>
void add(T *to, const From *from, T weight, int64_t count, bool first) {
  if (first)
    for (int64_t i = 0; i < count; i++) to[i] = weight * static_cast<T>(from[i]);
  else
    for (int64_t i = 0; i < count; i++) to[i] += weight * static_cast<T>(from[i]);
}

template <class T>
double squares(const T *values, int64_t count) {
  constexpr int64_t LANES = 16;
  T lanes[LANES] = {};
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int64_t l = 0; l < LANES; l++) lanes[l] += values[i + l] * values[i + l];
  for (; i < count; i++) lanes[0] += values[i] * values[i];
  double sum = 0;
  for (int64_t l = 0; l < LANES; l++) sum += lanes[l];
  return sum;
}

template <class T>
double weighted_sum(
    at::Tensor &out, const std::vector<at::Tensor> &terms, const double *weights) {
  T *to = out.mutable_data_ptr<T>();
  const int64_t count = out.numel(), blocks = (count + BLOCK - 1) / BLOCK;
  std::vector<double> sums(static_cast<size_t>(blocks));
  // A block at a time, which stays in the cache for its squares.
  at::parallel_for(0, blocks, 16, [&](int64_t first, int64_t last) {
    for (int64_t block = first; block < last; block++) {
      const int64_t start = block * BLOCK, length = std::min(BLOCK, count - start);
      if (terms.empty()) std::fill_n(to + start, length, T(0));
      for (size_t t = 0; t < terms.size(); t++) {
        const T weight = static_cast<T>(weights[t]);
        if (terms[t].scalar_type() == at::kBFloat16)
          add(to + start, terms[t].const_data_ptr<c10::BFloat16>() + start, weight, length, t == 0);
        else
          add(to + start, terms[t].const_data_ptr<T>() + start, weight, length, t == 0);
      }
      sums[static_cast<size_t>(block)] = squares(to + start, length);
    }
  });
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace

ctorch_status ctorch_weighted_sum(
    ctorch_tensor handle, const ctorch_tensor *terms, const double *weights, size_t count,
    double *sum_of_squares) {
  return ctorch::guarded([&] {
    ctorch::synchronise_threads();
    auto out = ctorch::tensor(handle);
    TORCH_CHECK(out.device().is_cpu() && out.is_contiguous(), "a contiguous tensor on the CPU is needed");
    std::vector<at::Tensor> given;
    for (size_t i = 0; i < count; i++) {
      auto term = ctorch::tensor(terms[i]);
      TORCH_CHECK(term.sizes() == out.sizes(), "the shapes differ");
      if (term.scalar_type() != at::kBFloat16) term = term.to(out.scalar_type());
      given.push_back(term.contiguous());
    }
    *sum_of_squares = AT_DISPATCH_FLOATING_TYPES(out.scalar_type(), "weighted_sum", [&] {
      return weighted_sum<scalar_t>(out, given, weights);
    });
  });
}
