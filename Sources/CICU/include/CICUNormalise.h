#ifndef CICU_NORMALISE_H
#define CICU_NORMALISE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { CICU_NFC = 0, CICU_NFKC = 1 } cicu_form;

// 1 when `bytes` (valid UTF-8) is in the form already, 0 when it is not or that is not quickly
// known, -1 on an error of ICU. ASCII is answered without calling ICU.
int cicu_is_normalised(cicu_form form, const uint8_t *bytes, size_t length);

// Writes the normal form of `bytes` (UTF-8; an ill-formed sequence becomes U+FFFD) to `out`.
// Returns the length of the whole result, which is more than `capacity` when it did not fit
// (nothing useful is in `out` then: call again with room), or -1 on an error of ICU.
ptrdiff_t cicu_normalise(
    cicu_form form, const uint8_t *bytes, size_t length, uint8_t *out, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
