// bfloat16: the upper half of a float32.
#ifndef AKIN_HALVES_INTERNAL_H
#define AKIN_HALVES_INTERNAL_H

#include <stdint.h>
#include <string.h>

static inline float widened(uint16_t half) {
  const uint32_t bits = (uint32_t)half << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// To the nearest, ties to even; the largest numbers become infinite.
static inline uint16_t halved(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

#endif
