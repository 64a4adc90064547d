// The live index's loops in plain C.
#include "index.h"

#define KERNEL(name) name##_plain
#define TARGET

static inline void group_plain(const uint8_t *codes, size_t stride, const akin_query *query,
                               int32_t *dots) {
  for (int r = 0; r < GROUP; r++) dots[r] = query->offset;
  for (size_t quad = 0; quad < stride / 4; quad++)
    for (int r = 0; r < GROUP; r++)
      for (int b = 0; b < 4; b++)
        dots[r] += codes[quad * 64 + (size_t)r * 4 + (size_t)b] * query->codes[quad * 4 + (size_t)b];
}

#include "index_lanes.inc"
#include "index_loops.inc"
