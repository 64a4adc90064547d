#ifndef CARROW_STREAM_H
#define CARROW_STREAM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { CARROW_GZIP = 0, CARROW_ZSTD = 1 } carrow_codec;

typedef struct carrow_decompressor carrow_decompressor;

// NULL when this build of Arrow lacks the codec, or memory is short.
carrow_decompressor *carrow_decompressor_open(carrow_codec codec);
void carrow_decompressor_close(carrow_decompressor *decompressor);

// Decompresses some of `input` into `output` and says how much of both was used. Members that
// follow each other (`cat a.gz b.gz`) come out as one stream. Returns NULL, or a message that is
// valid until the next call.
const char *carrow_decompress(
    carrow_decompressor *decompressor, const uint8_t *input, size_t input_length, uint8_t *output,
    size_t output_capacity, size_t *consumed, size_t *produced);

// 1 when the input given so far ends where a member ends: the end of a whole file.
int carrow_decompressor_is_complete(const carrow_decompressor *decompressor);

// Compresses `input` as one member. Returns its length, or 0 when it does not fit.
size_t carrow_compress(
    carrow_codec codec, const uint8_t *input, size_t input_length, uint8_t *output,
    size_t output_capacity);

#ifdef __cplusplus
}
#endif
#endif
