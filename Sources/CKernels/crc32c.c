// CRC32C: reflected, polynomial 0x1EDC6F41.
#include <string.h>

#include "CKernelsSearch.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

// What the low four bits of the register become after four steps: 64 bytes, filled in by hand so
// that no thread ever waits for a table to be made.
static const uint32_t nibble[16] = {
    0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3, 0x61C69362, 0x7198540D,
    0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9, 0xC38D26C4, 0xD3D3E1AB, 0xE330A81A, 0xF36E6F75,
};

static inline uint32_t next_byte(uint32_t state, uint8_t byte) {
  state ^= byte;
  state = (state >> 4) ^ nibble[state & 15];
  return (state >> 4) ^ nibble[state & 15];
}

uint32_t akin_crc32c_plain(uint32_t crc, const void *bytes, size_t length) {
  const uint8_t *byte = bytes;
  uint32_t state = ~crc;
  for (size_t i = 0; i < length; i++) state = next_byte(state, byte[i]);
  return ~state;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c_hardware(uint32_t crc, const void *bytes,
                                                                  size_t length) {
  const uint8_t *byte = bytes;
  uint64_t state = ~crc;
  for (; length >= 8; byte += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, byte, 8);
    state = _mm_crc32_u64(state, word);
  }
  for (; length > 0; byte++, length--) state = _mm_crc32_u8((uint32_t)state, *byte);
  return ~(uint32_t)state;
}
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
static uint32_t crc32c_hardware(uint32_t crc, const void *bytes, size_t length) {
  const uint8_t *byte = bytes;
  uint32_t state = ~crc;
  for (; length >= 8; byte += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, byte, 8);
    state = __crc32cd(state, word);
  }
  for (; length > 0; byte++, length--) state = __crc32cb(state, *byte);
  return ~state;
}
#endif

uint32_t akin_crc32c(uint32_t crc, const void *bytes, size_t length) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2")) return crc32c_hardware(crc, bytes, length);
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
  return crc32c_hardware(crc, bytes, length);
#endif
  return akin_crc32c_plain(crc, bytes, length);
}

// A checksum is linear: the syndrome of a flipped bit is what that bit alone leaves in the
// register after the bytes that follow it, all taken for zero.
int64_t akin_crc32c_flipped_bit(uint32_t syndrome, size_t length) {
  uint32_t state[8];
  for (int bit = 0; bit < 8; bit++) state[bit] = next_byte(0, (uint8_t)(1u << bit));
  for (size_t byte = length; byte-- > 0;)
    for (int bit = 0; bit < 8; bit++) {
      if (state[bit] == syndrome) return (int64_t)byte * 8 + bit;
      state[bit] = next_byte(state[bit], 0);
    }
  return -1;
}
