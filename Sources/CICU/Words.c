#include "CICUWords.h"

#include <unicode/ubrk.h>

cicu_words *cicu_words_open(void) {
  UErrorCode error = U_ZERO_ERROR;
  UBreakIterator *iterator = ubrk_open(UBRK_WORD, "zh", NULL, 0, &error);
  return U_SUCCESS(error) ? (cicu_words *)iterator : NULL;
}

void cicu_words_close(cicu_words *words) {
  if (words) ubrk_close((UBreakIterator *)words);
}

int32_t cicu_words_split(
    cicu_words *words, const uint16_t *text, int32_t units, int32_t *ends, int32_t capacity) {
  UErrorCode error = U_ZERO_ERROR;
  UBreakIterator *iterator = (UBreakIterator *)words;
  ubrk_setText(iterator, (const UChar *)text, units, &error);
  if (U_FAILURE(error)) return -1;
  int32_t count = 0;
  ubrk_first(iterator);
  for (int32_t end = ubrk_next(iterator); end != UBRK_DONE && count < capacity;
       end = ubrk_next(iterator))
    ends[count++] = end;
  return count;
}
