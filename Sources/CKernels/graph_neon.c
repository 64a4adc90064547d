// The graph's loops for 64-bit Arm with the dot product instructions (Armv8.4, or 8.2 with them).
#include "graph.h"

#if defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)
#include <arm_neon.h>

#define KERNEL(name) name##_neon
#define TARGET

// Four rows against one group of 16 columns: 16 sums of four lanes stay in registers.
static inline void block_neon(const int8_t *rows, size_t stride, const int8_t *group,
                              int32_t *dots) {
  int32x4_t sums[4][4];
  for (int r = 0; r < 4; r++)
    for (int c = 0; c < 4; c++) sums[r][c] = vdupq_n_s32(0);
  for (size_t quad = 0; quad < stride / 4; quad++) {
    int8x16_t columns[4];
    for (int c = 0; c < 4; c++) columns[c] = vld1q_s8(group + quad * 64 + c * 16);
    for (int r = 0; r < 4; r++) {
      int32_t four;
      memcpy(&four, rows + (size_t)r * stride + quad * 4, 4);
      const int8x16_t row = vreinterpretq_s8_s32(vdupq_n_s32(four));
      for (int c = 0; c < 4; c++) sums[r][c] = vdotq_s32(sums[r][c], columns[c], row);
    }
  }
  for (int r = 0; r < 4; r++)
    for (int c = 0; c < 4; c++) vst1q_s32(dots + r * TILE + c * 4, sums[r][c]);
}

static void tile_neon(const int8_t *rows, size_t stride, const int32_t *excess,
                      const int8_t *packed, int32_t *dots) {
  (void)excess;
  for (size_t group = 0; group < TILE / 16; group++)
    for (size_t r = 0; r < TILE; r += 4)
      block_neon(rows + r * stride, stride, packed + group * 16 * stride,
                 dots + r * TILE + group * 16);
}

#include "graph_generic.inc"
#include "graph_scan.inc"
#endif
