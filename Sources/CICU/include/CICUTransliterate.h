#ifndef CICU_TRANSLITERATE_H
#define CICU_TRANSLITERATE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A transliteration of ICU, such as `Han-Latin; Latin-ASCII`. One thread at a time may use one.
typedef struct cicu_transliterator cicu_transliterator;

// NULL when ICU does not know the name, or memory is short.
cicu_transliterator *cicu_transliterator_open(const char *name);
void cicu_transliterator_close(cicu_transliterator *transliterator);

// Writes the transliteration of `bytes` (UTF-8) to `out`. Returns its length, or -1 on an error
// of ICU or where `capacity` is too small.
ptrdiff_t cicu_transliterate(
    cicu_transliterator *transliterator, const uint8_t *bytes, size_t length, uint8_t *out,
    size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
