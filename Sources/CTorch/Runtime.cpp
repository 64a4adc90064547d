// Threads, devices and the processor.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/cpu/Utils.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/csrc/api/include/torch/version.h>

#include <atomic>

#include "Shim.hpp"

namespace {
// OpenMP keeps the number of threads per calling thread, so the wish is kept here and every
// thread adopts it before its next operator.
std::atomic<int32_t> wished{0};
thread_local int32_t adopted = 0;
}  // namespace

void ctorch::synchronise_threads() {
  const int32_t count = wished.load(std::memory_order_relaxed);
  if (count == adopted) return;
  at::set_num_threads(count);
  adopted = count;
}

ctorch_status ctorch_set_threads(int32_t count) {
  return ctorch::guarded([&] {
    TORCH_CHECK(count > 0, "the number of threads must be positive, not ", count);
    wished.store(count, std::memory_order_relaxed);
    ctorch::synchronise_threads();
  });
}

int32_t ctorch_threads(void) {
  int32_t count = wished.load(std::memory_order_relaxed);
  if (count == 0) (void)ctorch::guarded([&] { count = at::get_num_threads(); });
  return count;
}

ctorch_status ctorch_set_interop_threads(int32_t count) {
  return ctorch::guarded([&] { at::set_num_interop_threads(count); });
}

int32_t ctorch_interop_threads(void) {
  int32_t count = 0;
  (void)ctorch::guarded([&] { count = static_cast<int32_t>(at::get_num_interop_threads()); });
  return count;
}

const char *ctorch_version(void) { return TORCH_VERSION; }

int32_t ctorch_cuda_device_count(void) {
  int32_t count = 0;
  (void)ctorch::guarded([&] {
    if (at::detail::getCUDAHooks().hasCUDA()) count = at::detail::getCUDAHooks().deviceCount();
  });
  return count;
}

bool ctorch_processor_has(const char *feature) {
  bool present = false;
  (void)ctorch::guarded([&] {
    static const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto found = capabilities.find(feature);
    present = found != capabilities.end() && found->second.isBool() && found->second.toBool();
  });
  return present;
}
