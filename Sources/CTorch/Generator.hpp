#pragma once

#include <ATen/core/Generator.h>

#include "CTorch.h"

struct ctorch_generator_s {
  at::Generator value;
};
