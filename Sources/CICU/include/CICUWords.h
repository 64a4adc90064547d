#ifndef CICU_WORDS_H
#define CICU_WORDS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ICU's word boundaries, by its dictionaries for Chinese, Japanese and Thai. One thread at a
// time may use one.
typedef struct cicu_words cicu_words;

// NULL when ICU's data or memory is missing.
cicu_words *cicu_words_open(void);
void cicu_words_close(cicu_words *words);

// Writes the ends of the words of `units` UTF-16 units of text, ascending, the last one `units`,
// at most `capacity` of them. Returns their number, or -1 on an error of ICU.
int32_t cicu_words_split(
    cicu_words *words, const uint16_t *text, int32_t units, int32_t *ends, int32_t capacity);

#ifdef __cplusplus
}
#endif
#endif
