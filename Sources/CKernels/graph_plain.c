// The graph's loops in plain C, for any processor.
#include "graph.h"

#define KERNEL(name) name##_plain
#define TARGET

static void tile_plain(const int8_t *rows, size_t stride, const int32_t *excess,
                      const int8_t *packed, int32_t *dots) {
  (void)excess;
  for (size_t r = 0; r < TILE; r++)
    for (size_t group = 0; group < TILE / 16; group++) {
      int32_t sums[16] = {0};
      for (size_t quad = 0; quad < stride / 4; quad++) {
        const int8_t *row = rows + r * stride + quad * 4;
        const int8_t *columns = packed + group * 16 * stride + quad * 64;
        for (int c = 0; c < 16; c++)
          for (int b = 0; b < 4; b++) sums[c] += row[b] * columns[c * 4 + b];
      }
      memcpy(dots + r * TILE + group * 16, sums, sizeof sums);
    }
}

#include "graph_generic.inc"
#include "graph_scan.inc"
