// Random number generators.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/Generator.h>

#include "Generator.hpp"
#include "Shim.hpp"

ctorch_status ctorch_generator_new(
    int32_t device_type, int32_t device_index, uint64_t seed, ctorch_generator *out) {
  return ctorch::guarded([&] {
    const auto type = static_cast<c10::DeviceType>(device_type);
    auto generator = type == c10::kCPU
        ? at::make_generator<at::CPUGeneratorImpl>(seed)
        : at::globalContext().getAcceleratorHooksInterface(type).getNewGenerator(device_index);
    generator.set_current_seed(seed);
    *out = new ctorch_generator_s{std::move(generator)};
  });
}

void ctorch_generator_release(ctorch_generator generator) { delete generator; }
