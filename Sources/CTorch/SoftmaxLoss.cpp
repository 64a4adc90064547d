// Cross-entropy of a softmax over many rows of a table, without the matrix of all products.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "CTorchTraining.h"
#include "Processor.hpp"
#include "Shim.hpp"

namespace {
#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
namespace avx512 {
#define LANES 16
#include "Vectors.hpp"
#include "SoftmaxRows.hpp"
#undef LANES
}  // namespace avx512
#pragma clang attribute pop
#endif

namespace baseline {
#define LANES 4
#include "Vectors.hpp"
#include "SoftmaxRows.hpp"
#undef LANES
}  // namespace baseline

template <class T>
float greatest(const T *row, const float *bias, int64_t count) {
#if defined(__x86_64__)
  if (ctorch::has_avx512()) return avx512::greatest(row, bias, count);
#endif
  return baseline::greatest(row, bias, count);
}

template <class T>
double exponentiate(T *row, const float *bias, int64_t count, float top) {
#if defined(__x86_64__)
  if (ctorch::has_avx512()) return avx512::exponentiate(row, bias, count, top);
#endif
  return baseline::exponentiate(row, bias, count, top);
}

// The oracle's precision: plain loops.
double greatest(const double *row, const float *bias, int64_t count) {
  double most = -INFINITY;
  for (int64_t j = 0; j < count; j++) most = std::max(most, row[j] + (bias ? bias[j] : 0));
  return most;
}

double exponentiate(double *row, const float *bias, int64_t count, double top) {
  double sum = 0;
  for (int64_t j = 0; j < count; j++) sum += row[j] = std::exp(row[j] + (bias ? bias[j] : 0) - top);
  return sum;
}

/// Turns a row of products into the gradient by them times the returned sum.
///
/// - Returns: the row's loss and the sum of its exponentials.
template <class T>
std::pair<double, double> differentiate(
    T *row, const float *bias, int64_t count, int64_t target) {
  const double product = static_cast<double>(row[target]);
  // The target competes without its bias.
  const double own = bias ? product - bias[target] : product;
  row[target] = static_cast<T>(own);
  const auto top = greatest(row, bias, count);
  const double sum = exponentiate(row, bias, count, top);
  row[target] = static_cast<T>(static_cast<double>(row[target]) - sum);
  return {std::log(sum) + top - product, sum};
}

struct Parts {
  double loss = 0;
  at::Tensor states, table;  // gradients, undefined where not wanted
};

/// A stretch of rows small enough that its products stay near the processor.
template <class T>
void accumulate(
    const at::Tensor &states, const at::Tensor &table, const float *bias, const int64_t *targets,
    double share, bool wants, int64_t first, Parts &parts) {
  auto products = at::mm(states, table.t());
  const int64_t rows = products.size(0), count = products.size(1);
  auto scales = at::empty({rows, 1}, states.options().dtype(parts.states.scalar_type()));
  std::vector<double> losses(rows);
  T *data = products.mutable_data_ptr<T>();
  AT_DISPATCH_FLOATING_TYPES(scales.scalar_type(), "softmax_loss", [&] {
    auto *scale = scales.template mutable_data_ptr<scalar_t>();
    at::parallel_for(0, rows, 8, [&](int64_t from, int64_t to) {
      for (int64_t i = from; i < to; i++) {
        const auto [loss, sum] = differentiate(data + i * count, bias, count, targets[first + i]);
        losses[i] = loss;
        scale[i] = static_cast<scalar_t>(share / sum);
      }
    });
  });
  for (const double loss : losses) parts.loss += loss * share;
  if (!wants) return;
  parts.states.narrow(0, first, rows).copy_(at::mm(products, table)).mul_(scales);
  parts.table.add_(at::mm(products.t(), states.mul(scales.to(states.scalar_type()))));
}

Parts compute(
    const at::Tensor &states, const at::Tensor &table, const at::Tensor &bias,
    const at::Tensor &targets, bool half, bool wants) {
  const int64_t rows = states.size(0), count = table.size(0);
  // Half a row too many costs less than products that leave the processor's cache.
  const int64_t stretch = std::min<int64_t>(1024, std::max<int64_t>(32, (1 << 22) / count));
  Parts parts{0, at::empty_like(states), at::Tensor()};
  if (wants) parts.table = at::zeros_like(table);
  const auto kind = half ? at::kBFloat16 : states.scalar_type();
  const auto source = states.to(kind), rowsOfTable = table.to(kind);
  const auto offsets = bias.to(at::kFloat).contiguous();
  const float *offset = offsets.numel() > 0 ? offsets.const_data_ptr<float>() : nullptr;
  for (int64_t first = 0; first < rows; first += stretch) {
    const auto part = source.narrow(0, first, std::min(stretch, rows - first));
    const auto *wanted = targets.const_data_ptr<int64_t>();
    const double share = 1.0 / static_cast<double>(rows);
    if (kind == at::kBFloat16)
      accumulate<c10::BFloat16>(part, rowsOfTable, offset, wanted, share, wants, first, parts);
    else if (kind == at::kFloat)
      accumulate<float>(part, rowsOfTable, offset, wanted, share, wants, first, parts);
    else
      accumulate<double>(part, rowsOfTable, offset, wanted, share, wants, first, parts);
  }
  return parts;
}

struct SoftmaxLoss : torch::autograd::Function<SoftmaxLoss> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &states, const at::Tensor &table,
      const at::Tensor &bias, const at::Tensor &targets, bool half) {
    const bool wants = states.requires_grad() || table.requires_grad();
    auto parts = compute(
        states.detach().contiguous(), table.detach().contiguous(), bias, targets, half, wants);
    context->saved_data["states"] = parts.states;
    if (wants) context->saved_data["table"] = parts.table;
    return at::scalar_tensor(parts.loss, states.options());
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list gradients) {
    auto &data = context->saved_data;
    return {
        data["states"].toTensor() * gradients[0], data["table"].toTensor() * gradients[0], {}, {},
        {}};
  }
};

}  // namespace

ctorch_status ctorch_softmax_loss(
    ctorch_tensor states, ctorch_tensor table, ctorch_tensor bias, ctorch_tensor targets,
    bool half, ctorch_tensor *out) {
  return ctorch::guarded([&] {
    ctorch::synchronise_threads();
    auto rows = ctorch::tensor(states), columns = ctorch::tensor(table);
    const auto labels = ctorch::tensor(targets).contiguous();
    // Autograd's functions take no undefined tensor: no elements stand for no bias.
    const auto offsets = bias ? ctorch::tensor(bias).detach() : at::empty({0}, rows.options());
    const auto type = rows.scalar_type();
    TORCH_CHECK(
        rows.dim() == 2 && columns.dim() == 2 && rows.size(1) == columns.size(1) &&
            rows.size(0) > 0 && columns.size(0) > 0,
        "states [n, d] and a table [m, d] are needed");
    TORCH_CHECK(
        labels.scalar_type() == at::kLong && labels.dim() == 1 && labels.size(0) == rows.size(0),
        "int64 targets [n] are needed");
    TORCH_CHECK(
        bias == nullptr || (offsets.dim() == 1 && offsets.size(0) == columns.size(0)),
        "a bias [m] is needed");
    TORCH_CHECK(
        rows.device().is_cpu() && columns.device().is_cpu(), "the softmax loss runs on the CPU");
    const auto *label = labels.const_data_ptr<int64_t>();
    for (int64_t i = 0; i < labels.size(0); i++)
      TORCH_CHECK_INDEX(
          label[i] >= 0 && label[i] < columns.size(0), "target ", label[i], " is no row of ",
          columns.size(0));
    if (type == at::kBFloat16 || type == at::kHalf) rows = rows.to(at::kFloat);
    if (columns.scalar_type() != rows.scalar_type()) columns = columns.to(rows.scalar_type());
    TORCH_CHECK(
        rows.scalar_type() == at::kFloat || rows.scalar_type() == at::kDouble,
        "real numbers are needed");
    *out = ctorch::release(SoftmaxLoss::apply(
        rows, columns, offsets, labels,
        half && rows.scalar_type() == at::kFloat));
  });
}
