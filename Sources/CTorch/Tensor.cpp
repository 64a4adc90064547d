// Creation, description and reading of tensors.
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cstring>

#include "Shim.hpp"

using ctorch::guarded;
using ctorch::peek;
using ctorch::tensor;

// The numbers that the Swift side uses.
static_assert(static_cast<int>(at::kByte) == 0 && static_cast<int>(at::kChar) == 1);
static_assert(static_cast<int>(at::kShort) == 2 && static_cast<int>(at::kInt) == 3);
static_assert(static_cast<int>(at::kLong) == 4 && static_cast<int>(at::kHalf) == 5);
static_assert(static_cast<int>(at::kFloat) == 6 && static_cast<int>(at::kDouble) == 7);
static_assert(static_cast<int>(at::kBool) == 11 && static_cast<int>(at::kBFloat16) == 15);
static_assert(static_cast<int>(at::kCPU) == 0 && static_cast<int>(at::kCUDA) == 1);

namespace {

/// Checks that the shape has no negative size, does not overflow and takes exactly `bytes`.
void check_size(at::IntArrayRef shape, at::ScalarType dtype, size_t bytes) {
  uint64_t count = c10::elementSize(dtype);
  for (auto size : shape) {
    TORCH_CHECK(size >= 0, "negative size in shape ", shape);
    TORCH_CHECK(
        !__builtin_mul_overflow(count, static_cast<uint64_t>(size), &count) && count <= INT64_MAX,
        "shape ", shape, " is too large");
  }
  TORCH_CHECK(count == bytes, "shape ", shape, " takes ", count, " bytes but ", bytes, " are given");
}

}  // namespace

ctorch_status ctorch_tensor_copy_in(
    const void *data, size_t bytes, int32_t dtype, const int64_t *shape, size_t rank,
    ctorch_tensor *out) {
  return guarded([&] {
    const auto type = static_cast<at::ScalarType>(dtype);
    const at::IntArrayRef sizes(shape, rank);
    check_size(sizes, type, bytes);
    auto result = at::empty(sizes, at::TensorOptions().dtype(type));
    if (bytes > 0) std::memcpy(result.mutable_data_ptr(), data, bytes);
    *out = ctorch::release(std::move(result));
  });
}

ctorch_status ctorch_tensor_borrow(
    const void *data, size_t bytes, int32_t dtype, const int64_t *shape, size_t rank,
    void (*release)(void *context), void *context, ctorch_tensor *out) {
  // Owned from here on, so that every path below releases the memory exactly once.
  std::shared_ptr<void> owner;
  return guarded([&] {
    try {
      owner = std::shared_ptr<void>(context, release);
    } catch (...) {
      // The constructor has called `release` itself.
      throw;
    }
    const auto type = static_cast<at::ScalarType>(dtype);
    const at::IntArrayRef sizes(shape, rank);
    check_size(sizes, type, bytes);
    auto result = at::from_blob(
        const_cast<void *>(data), sizes, [owner](void *) mutable { owner.reset(); },
        at::TensorOptions().dtype(type));
    *out = ctorch::release(std::move(result));
  });
}

ctorch_tensor ctorch_tensor_retain(ctorch_tensor handle) {
  return ctorch::release(tensor(handle));
}

void ctorch_tensor_release(ctorch_tensor handle) {
  if (handle == nullptr) return;
  // Takes the reference over; the destructor drops it.
  auto owned = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim(peek(handle));
}

int64_t ctorch_tensor_rank(ctorch_tensor handle) { return peek(handle)->dim(); }

const int64_t *ctorch_tensor_sizes(ctorch_tensor handle) {
  const int64_t *sizes = nullptr;
  (void)guarded([&] { sizes = peek(handle)->sizes().data(); });
  return sizes;
}

const int64_t *ctorch_tensor_strides(ctorch_tensor handle) {
  const int64_t *strides = nullptr;
  (void)guarded([&] { strides = peek(handle)->strides().data(); });
  return strides;
}

int64_t ctorch_tensor_count(ctorch_tensor handle) { return peek(handle)->numel(); }

int32_t ctorch_tensor_dtype(ctorch_tensor handle) {
  return static_cast<int32_t>(c10::typeMetaToScalarType(peek(handle)->dtype()));
}

void ctorch_tensor_device(ctorch_tensor handle, int32_t *type, int32_t *index) {
  const auto device = peek(handle)->device();
  *type = static_cast<int32_t>(device.type());
  *index = device.has_index() ? device.index() : 0;
}

bool ctorch_tensor_is_contiguous(ctorch_tensor handle) {
  bool contiguous = false;
  (void)guarded([&] {
    auto value = tensor(handle);
    contiguous = value.layout() == at::kStrided && value.is_contiguous();
  });
  return contiguous;
}

ctorch_status ctorch_tensor_data(ctorch_tensor handle, const void **out) {
  return guarded([&] {
    auto value = tensor(handle);
    TORCH_CHECK(
        value.layout() == at::kStrided && value.device().is_cpu() && value.is_contiguous(),
        "the elements can be seen only of a contiguous tensor on the CPU");
    *out = value.const_data_ptr();
  });
}

ctorch_status ctorch_tensor_copy_out(ctorch_tensor handle, void *out, size_t bytes) {
  return guarded([&] {
    auto value = tensor(handle).detach();
    if (value.layout() != at::kStrided) value = value.to_dense();
    value = value.to(at::kCPU).contiguous();
    TORCH_CHECK(value.nbytes() == bytes, "the tensor holds ", value.nbytes(), " bytes");
    if (bytes > 0) std::memcpy(out, value.const_data_ptr(), bytes);
  });
}

ctorch_status ctorch_tensor_item_double(ctorch_tensor handle, double *out) {
  return guarded([&] { *out = tensor(handle).item().toDouble(); });
}

ctorch_status ctorch_tensor_item_int64(ctorch_tensor handle, int64_t *out) {
  return guarded([&] { *out = tensor(handle).item().toLong(); });
}
