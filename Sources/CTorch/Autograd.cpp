// Gradients.
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>
#include <new>

#include "Shim.hpp"

using ctorch::guarded;
using ctorch::tensor;

static_assert(sizeof(c10::InferenceMode) <= sizeof(ctorch_inference));
static_assert(alignof(c10::InferenceMode) <= alignof(ctorch_inference));

bool ctorch_tensor_requires_grad(ctorch_tensor handle) {
  bool required = false;
  (void)guarded([&] { required = tensor(handle).requires_grad(); });
  return required;
}

ctorch_status ctorch_tensor_set_requires_grad(ctorch_tensor handle, bool value) {
  return guarded([&] { tensor(handle).requires_grad_(value); });
}

ctorch_status ctorch_tensor_grad(ctorch_tensor handle, ctorch_tensor *out) {
  return guarded([&] { *out = ctorch::release(at::Tensor(tensor(handle).grad())); });
}

ctorch_status ctorch_tensor_set_grad(ctorch_tensor handle, ctorch_tensor gradient) {
  return guarded([&] {
    auto value = tensor(handle);
    if (gradient == nullptr) {
      value.mutable_grad().reset();
      return;
    }
    auto given = tensor(gradient);
    TORCH_CHECK(
        given.sizes() == value.sizes() && given.scalar_type() == value.scalar_type() &&
            given.device() == value.device(),
        "the gradient's shape, type or device is not the tensor's");
    value.mutable_grad() = given;
  });
}

ctorch_status ctorch_backward(ctorch_tensor handle, ctorch_tensor gradient, bool keep_graph) {
  return guarded([&] {
    ctorch::synchronise_threads();
    tensor(handle).backward(gradient ? tensor(gradient) : at::Tensor(), keep_graph, false);
  });
}

ctorch_status ctorch_gradients(
    ctorch_tensor output, const ctorch_tensor *inputs, size_t count, bool create_graph,
    ctorch_tensor *out) {
  return guarded([&] {
    ctorch::synchronise_threads();
    torch::autograd::variable_list sources;
    for (size_t i = 0; i < count; i++) sources.push_back(tensor(inputs[i]));
    auto gradients = torch::autograd::grad(
        {tensor(output)}, sources, {}, create_graph, create_graph, /*allow_unused=*/true);
    for (size_t i = 0; i < count; i++) out[i] = ctorch::release(std::move(gradients[i]));
  });
}

bool ctorch_set_gradient_recording(bool enabled) {
  const bool previous = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(enabled);
  return previous;
}

bool ctorch_gradient_recording(void) { return c10::GradMode::is_enabled(); }

void ctorch_inference_enter(ctorch_inference *scope) {
  new (scope->storage) c10::InferenceMode();
}

void ctorch_inference_leave(ctorch_inference *scope) {
  std::destroy_at(std::launder(reinterpret_cast<c10::InferenceMode *>(scope->storage)));
}
