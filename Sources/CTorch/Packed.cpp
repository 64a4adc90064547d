// Attention and pooling over sequences laid end to end.
#include "CTorchPacked.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <dlfcn.h>

#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "PackedChecks.hpp"
#include "Processor.hpp"
#include "Shim.hpp"

namespace {
constexpr int64_t MAX_DIMENSION = 256;

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
namespace avx512 {
#define LANES 16
#include "Vectors.hpp"
#include "AttentionVectors.hpp"
#include "PackedAttention.hpp"
#undef LANES
}  // namespace avx512
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
namespace avx2 {
#define LANES 8
#include "Vectors.hpp"
#include "AttentionVectors.hpp"
#include "PackedAttention.hpp"
#undef LANES
}  // namespace avx2
#pragma clang attribute pop
#endif

// Four lanes are what SSE2 and NEON have.
namespace baseline {
#define LANES 4
#include "Vectors.hpp"
#include "AttentionVectors.hpp"
#include "PackedAttention.hpp"
#undef LANES
}  // namespace baseline

namespace plain {
template <class T>
void attend(const T *qkv, int64_t width, int64_t length, int64_t d, float scale, T *out, float *) {
  std::vector<double> weights(length);
  for (int64_t i = 0; i < length; i++) {
    const T *q = qkv + i * 3 * width;
    double top = -INFINITY, total = 0;
    for (int64_t j = 0; j < length; j++) {
      const T *k = qkv + j * 3 * width + width;
      double sum = 0;
      for (int64_t e = 0; e < d; e++) sum += static_cast<double>(q[e]) * static_cast<double>(k[e]);
      weights[j] = sum * scale;
      top = std::max(top, weights[j]);
    }
    for (auto &weight : weights) total += weight = std::exp(weight - top);
    for (int64_t e = 0; e < d; e++) {
      double sum = 0;
      for (int64_t j = 0; j < length; j++)
        sum += weights[j] * static_cast<double>(qkv[j * 3 * width + 2 * width + e]);
      out[i * width + e] = static_cast<T>(static_cast<float>(sum / total));
    }
  }
}
}  // namespace plain

template <class T>
using Attend = void (*)(const T *, int64_t, int64_t, int64_t, float, T *, float *);

template <class T>
Attend<T> fastest(int64_t d) {
#if defined(__x86_64__)
  static const bool medium = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (ctorch::has_avx512() && d % 16 == 0) return avx512::attend<T>;
  if (medium && d % 8 == 0) return avx2::attend<T>;
#endif
  return d % 4 == 0 && d <= MAX_DIMENSION ? baseline::attend<T> : plain::attend<T>;
}

void check_matrix(const at::Tensor &matrix) {
  TORCH_CHECK(
      matrix.dim() == 2 && matrix.is_contiguous() && matrix.device().is_cpu() &&
          (matrix.scalar_type() == at::kFloat || matrix.scalar_type() == at::kBFloat16),
      "a contiguous float32 or bfloat16 matrix on the CPU is needed");
}

template <class T>
void run(
    const at::Tensor &qkv, at::Tensor &result, const int32_t *starts, int64_t sequences,
    int64_t heads, float scale, Attend<T> attend) {
  const int64_t width = result.size(1), d = width / heads;
  int64_t longest = 0;
  for (int64_t s = 0; s < sequences; s++)
    longest = std::max<int64_t>(longest, starts[s + 1] - starts[s]);
  const int64_t padded = (longest + 15) / 16 * 16;
  const T *source = qkv.const_data_ptr<T>();
  T *target = result.mutable_data_ptr<T>();
  std::memset(target, 0, sizeof(T) * starts[0] * width);
  std::memset(
      target + starts[sequences] * width, 0,
      sizeof(T) * (result.size(0) - starts[sequences]) * width);
  at::parallel_for(0, sequences * heads, heads, [&](int64_t from, int64_t to) {
    std::vector<float> scratch(2 * padded * d + 8 * padded);
    for (int64_t unit = from; unit < to; unit++) {
      const int64_t s = unit / heads, column = unit % heads * d, row = starts[s];
      attend(
          source + row * 3 * width + column, width, starts[s + 1] - row, d, scale,
          target + row * width + column, scratch.data());
    }
  });
}

ctorch_status attention(
    ctorch_tensor handle, const int32_t *starts, size_t sequences, int32_t heads, float scale,
    bool oracle, ctorch_tensor *out) {
  return ctorch::guarded([&] {
    ctorch::synchronise_threads();
    const auto qkv = ctorch::tensor(handle);
    check_matrix(qkv);
    ctorch::check_heads(qkv, heads);
    ctorch::check_starts(starts, sequences, qkv.size(0));
    const int64_t width = qkv.size(1) / 3, d = width / heads;
    TORCH_CHECK(d <= MAX_DIMENSION, "a head of ", d, " dimensions is too wide");
    auto result = at::empty({qkv.size(0), width}, qkv.options());
    if (qkv.scalar_type() == at::kFloat)
      run<float>(qkv, result, starts, sequences, heads, scale,
                 oracle ? plain::attend<float> : fastest<float>(d));
    else
      run<c10::BFloat16>(qkv, result, starts, sequences, heads, scale,
                         oracle ? plain::attend<c10::BFloat16> : fastest<c10::BFloat16>(d));
    *out = ctorch::release(std::move(result));
  });
}

template <class T>
void pool(
    const T *states, int64_t hidden, int64_t length, ctorch_pooling pooling, bool normalise,
    float *out) {
  const int64_t rows = pooling == CTORCH_POOL_FIRST ? 1 : length;
  for (int64_t e = 0; e < hidden; e++) out[e] = static_cast<float>(states[e]);
  for (int64_t row = 1; row < rows; row++) {
    const T *state = states + row * hidden;
    if (pooling == CTORCH_POOL_MAXIMUM)
      for (int64_t e = 0; e < hidden; e++) out[e] = std::max(out[e], static_cast<float>(state[e]));
    else
      for (int64_t e = 0; e < hidden; e++) out[e] += static_cast<float>(state[e]);
  }
  float divisor = 1;
  if (pooling == CTORCH_POOL_MEAN) divisor = static_cast<float>(length);
  if (pooling == CTORCH_POOL_MEAN_SQUARE_ROOT) divisor = std::sqrt(static_cast<float>(length));
  if (normalise) {
    double squares = 0;
    for (int64_t e = 0; e < hidden; e++) squares += static_cast<double>(out[e]) * out[e];
    // A vector of zeros stays one.
    divisor = static_cast<float>(std::max(std::sqrt(squares), 1e-12));
  }
  for (int64_t e = 0; e < hidden; e++) out[e] /= divisor;
}
}  // namespace

ctorch_status ctorch_packed_attention(
    ctorch_tensor qkv, const int32_t *starts, size_t sequences, int32_t heads, float scale,
    ctorch_tensor *out) {
  return attention(qkv, starts, sequences, heads, scale, false, out);
}

ctorch_status ctorch_packed_attention_plain(
    ctorch_tensor qkv, const int32_t *starts, size_t sequences, int32_t heads, float scale,
    ctorch_tensor *out) {
  return attention(qkv, starts, sequences, heads, scale, true, out);
}

ctorch_status ctorch_packed_pool(
    ctorch_tensor handle, const int32_t *starts, size_t sequences, ctorch_pooling pooling,
    bool normalise, const int64_t *rows, float *out) {
  return ctorch::guarded([&] {
    const auto states = ctorch::tensor(handle);
    check_matrix(states);
    ctorch::check_starts(starts, sequences, states.size(0));
    const int64_t hidden = states.size(1);
    for (size_t s = 0; s < sequences; s++) {
      const int64_t first = starts[s], length = starts[s + 1] - first;
      float *row = out + rows[s] * hidden;
      if (states.scalar_type() == at::kFloat)
        pool(states.const_data_ptr<float>() + first * hidden, hidden, length, pooling, normalise, row);
      else
        pool(states.const_data_ptr<c10::BFloat16>() + first * hidden, hidden, length, pooling,
             normalise, row);
    }
  });
}

ctorch_status ctorch_serially(void (*body)(void *context), void *context) {
  return ctorch::guarded([&] {
    ctorch::synchronise_threads();
    // OpenMP's setting belongs to the calling thread and comes with libtorch; a libtorch without
    // OpenMP just runs the body.
    static const auto get = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads"));
    static const auto set =
        reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
    const bool known = get != nullptr && set != nullptr;
    const int former = known ? get() : 1;
    if (known && former > 1) set(1);
    body(context);
    if (known && former > 1) set(former);
  });
}

ctorch_status ctorch_share(
    int64_t count, int64_t grain, void (*body)(void *context, int64_t first, int64_t last),
    void *context) {
  return ctorch::guarded([&] {
    ctorch::synchronise_threads();
    at::parallel_for(
        0, count, grain, [&](int64_t first, int64_t last) { body(context, first, last); });
  });
}
