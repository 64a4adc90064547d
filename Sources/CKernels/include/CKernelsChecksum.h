#ifndef AKIN_CKERNELS_CHECKSUM_H
#define AKIN_CKERNELS_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// CRC32C (Castagnoli; RFC 3720, appendix B.4) of `length` bytes that follow those of which `crc`
/// is the checksum; 0 to begin with. By the processor's instruction where it has one.
uint32_t akin_crc32c(uint32_t crc, const void *bytes, size_t length);

/// The same by a table, a byte at a time.
uint32_t akin_crc32c_plain(uint32_t crc, const void *bytes, size_t length);

/// Which single bit of `length` bytes, if flipped, turns their checksum into that `xor syndrome`:
/// 8 * byte + bit, or -1 where no single bit does. The answer is unique up to 2^31 bits. O(length).
int64_t akin_crc32c_flipped_bit(uint32_t syndrome, size_t length);

#ifdef __cplusplus
}
#endif
#endif
