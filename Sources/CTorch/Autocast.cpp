// Products in bfloat16 with parameters in float32.
#include <ATen/autocast_mode.h>

#include "CTorchTraining.h"
#include "Shim.hpp"

bool ctorch_set_autocast(bool enabled) {
  bool previous = false;
  (void)ctorch::guarded([&] {
    previous = at::autocast::is_autocast_enabled(at::kCPU);
    at::autocast::set_autocast_enabled(at::kCPU, enabled);
    // The cache of converted weights is one for all threads: whoever leaves first empties it under
    // the others, whose sums over the steps of a recurrent network would then be rounded elsewhere.
    at::autocast::set_autocast_cache_enabled(!enabled);
    if (enabled) at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  });
  return previous;
}
