#ifndef CICU_CONVERT_H
#define CICU_CONVERT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A converter of a byte stream in a named encoding to UTF-8.
typedef struct cicu_converter cicu_converter;

// NULL when ICU does not know the name, or memory is short.
cicu_converter *cicu_converter_open(const char *name);
void cicu_converter_close(cicu_converter *converter);

// Room that `cicu_convert` needs for `length` bytes of input.
size_t cicu_convert_bound(size_t length);

// Converts one chunk; characters split between chunks are held back. A sequence that is not
// valid in the encoding becomes the byte 0xFF, which no UTF-8 has, so that the reader of the
// result sees exactly where. `final` marks the last chunk. `capacity` must be at least
// `cicu_convert_bound(length)`. Returns the bytes written, or -1 on an error of ICU.
ptrdiff_t cicu_convert(
    cicu_converter *converter, const uint8_t *bytes, size_t length, int final, uint8_t *out,
    size_t capacity);

// Confidence (0 to 100) of ICU's detector that `bytes` is in the named encoding, or -1 when
// the detector does not list it.
int cicu_detect_confidence(const char *name, const uint8_t *bytes, size_t length);

// Offset of the first ill-formed UTF-8 sequence, or `length` when there is none.
size_t cicu_utf8_error(const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif
#endif
