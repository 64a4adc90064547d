// Dropout by a hash of the position.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "CTorchTraining.h"
#include "Hash.hpp"
#include "Shim.hpp"

namespace {

template <class T>
#if defined(__x86_64__)
__attribute__((target("avx2")))
#endif
void mask(const T *from, T *to, uint32_t first, int64_t count, uint32_t salt, uint32_t limit, T scale) {
  for (int64_t i = 0; i < count; i++) {
    const uint32_t hash = ctorch::mixed((first + static_cast<uint32_t>(i)) ^ salt);
    to[i] = hash >= limit ? from[i] * scale : T(0);
  }
}

at::Tensor masked(const at::Tensor &input, double probability, uint64_t seed) {
  const auto source = input.contiguous();
  auto result = at::empty_like(source);
  const uint32_t limit = ctorch::threshold(probability);
  constexpr int64_t BLOCK = 1 << 14;
  const int64_t count = source.numel();
  AT_DISPATCH_FLOATING_TYPES(source.scalar_type(), "dropout", [&] {
    const auto *from = source.const_data_ptr<scalar_t>();
    auto *to = result.mutable_data_ptr<scalar_t>();
    at::parallel_for(0, (count + BLOCK - 1) / BLOCK, 1, [&](int64_t first, int64_t last) {
      for (int64_t block = first; block < last; block++) {
        const int64_t start = block * BLOCK;
        mask<scalar_t>(
            from + start, to + start, 0, std::min(BLOCK, count - start), ctorch::salt(seed, block),
            limit, static_cast<scalar_t>(1 / (1 - probability)));
      }
    });
  });
  return result;
}

struct Dropout : torch::autograd::Function<Dropout> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &input, double probability,
      int64_t seed) {
    context->saved_data["probability"] = probability;
    context->saved_data["seed"] = seed;
    return masked(input, probability, static_cast<uint64_t>(seed));
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list gradients) {
    return {
        masked(
            gradients[0], context->saved_data["probability"].toDouble(),
            static_cast<uint64_t>(context->saved_data["seed"].toInt())),
        {},
        {}};
  }
};

}  // namespace

ctorch_status ctorch_dropout(
    ctorch_tensor input, double probability, uint64_t seed, ctorch_tensor *out) {
  return ctorch::guarded([&] {
    ctorch::synchronise_threads();
    TORCH_CHECK(
        probability >= 0 && probability < 1, "the probability must be in [0, 1), not ", probability);
    auto value = ctorch::tensor(input);
    TORCH_CHECK(value.device().is_cpu(), "dropout by hash runs on the CPU only");
    const auto type = value.scalar_type();
    if (type == at::kBFloat16 || type == at::kHalf) value = value.to(at::kFloat);
    auto result = Dropout::apply(value, probability, static_cast<int64_t>(seed));
    *out = ctorch::release(result.to(type));
  });
}
