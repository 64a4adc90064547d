// The live index's loops for 64-bit Arm with the dot product instructions.
#include "index.h"

#if defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)
#include <arm_neon.h>

#define KERNEL(name) name##_neon
#define TARGET

static inline void group_neon(const uint8_t *codes, size_t stride, const akin_query *query,
                              int32_t *dots) {
  const uint8x16_t flip = vdupq_n_u8(0x80);
  int32x4_t sums[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
  for (size_t quad = 0; quad < stride / 4; quad++) {
    int32_t four;
    memcpy(&four, query->codes + quad * 4, 4);
    const int8x16_t words = vreinterpretq_s8_s32(vdupq_n_s32(four));
    for (int part = 0; part < 4; part++) {
      const uint8x16_t line = vld1q_u8(codes + quad * 64 + part * 16);
      sums[part] = vdotq_s32(sums[part], vreinterpretq_s8_u8(veorq_u8(line, flip)), words);
    }
  }
  for (int part = 0; part < 4; part++) vst1q_s32(dots + part * 4, sums[part]);
}

#include "index_lanes.inc"
#include "index_loops.inc"
#endif
