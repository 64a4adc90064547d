// Randomness without a state: a number for each seed and position.
#pragma once

#include <cstdint>

namespace ctorch {

/// A well mixed 32-bit number for a position (Chris Wellon's "lowbias32"), cheap in SIMD lanes.
inline uint32_t mixed(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  x ^= x >> 16;
  return x;
}

/// What `mixed` is given, for the 2^32 positions of one block.
inline uint32_t salt(uint64_t seed, uint64_t block) {
  const uint64_t x = (seed + block * 0x9E3779B97F4A7C15ULL) * 0xBF58476D1CE4E5B9ULL;
  return mixed(static_cast<uint32_t>(x >> 32) ^ static_cast<uint32_t>(x));
}

/// A number is kept when its hash is at least this: the share that is dropped of 2^32.
inline uint32_t threshold(double probability) {
  return static_cast<uint32_t>(probability * 4294967295.0);
}

}  // namespace ctorch
