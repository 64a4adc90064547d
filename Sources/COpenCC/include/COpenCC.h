// Conversion between Chinese scripts by OpenCC, whose C functions catch their own exceptions.
#ifndef COPENCC_H
#define COPENCC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct copencc copencc;

// Opens a conversion by the name of its configuration, `t2s.json`; NULL when it or its
// dictionaries cannot be read. One thread at a time may use the result.
copencc *copencc_open(const char *configuration);
void copencc_close(copencc *converter);

// Converts `length` bytes of UTF-8 into `out`. Returns the length of the whole result, which is
// more than `capacity` when it did not fit (nothing useful is in `out` then: call again with
// room), or -1 on an error.
ptrdiff_t copencc_convert(
    copencc *converter, const uint8_t *bytes, size_t length, uint8_t *out, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
