// What the files of the shim share: error capture and the two faces of a tensor handle.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include "CTorch.h"

namespace ctorch {

/// Records the exception in flight for the calling thread and names its kind.
ctorch_status capture_exception() noexcept;
ctorch_status fail(ctorch_status status, const char *message) noexcept;

/// Applies the process's number of threads to the calling thread if that is not yet so.
void synchronise_threads();

/// Runs `body`; an exception becomes a status.
template <class Body>
ctorch_status guarded(Body &&body) noexcept {
  try {
    body();
    return CTORCH_OK;
  } catch (...) {
    return capture_exception();
  }
}

/// Another reference to the tensor behind a handle.
inline at::Tensor tensor(ctorch_tensor handle) {
  return at::Tensor(c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim_copy(
      reinterpret_cast<at::TensorImpl *>(handle)));
}

/// The implementation behind a handle, without touching its reference count.
inline at::TensorImpl *peek(ctorch_tensor handle) {
  return reinterpret_cast<at::TensorImpl *>(handle);
}

/// Gives the reference away; an undefined tensor becomes null.
inline ctorch_tensor release(at::Tensor &&tensor) {
  if (!tensor.defined()) return nullptr;
  return reinterpret_cast<ctorch_tensor>(tensor.unsafeReleaseTensorImpl());
}

}  // namespace ctorch
