#include "CICUTransliterate.h"

#include <stdlib.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

cicu_transliterator *cicu_transliterator_open(const char *name) {
  UErrorCode error = U_ZERO_ERROR;
  UChar id[128];
  int32_t units = 0;
  u_strFromUTF8(id, 128, &units, name, -1, &error);
  UTransliterator *made = utrans_openU(id, units, UTRANS_FORWARD, NULL, 0, NULL, &error);
  return U_SUCCESS(error) ? (cicu_transliterator *)made : NULL;
}

void cicu_transliterator_close(cicu_transliterator *transliterator) {
  if (transliterator) utrans_close((UTransliterator *)transliterator);
}

ptrdiff_t cicu_transliterate(
    cicu_transliterator *transliterator, const uint8_t *bytes, size_t length, uint8_t *out,
    size_t capacity) {
  if (length > INT32_MAX / 16) return -1;
  // A Chinese character becomes at most seven letters and a blank.
  int32_t room = (int32_t)length * 8 + 64;
  UChar *text = malloc((size_t)room * sizeof(UChar));
  if (!text) return -1;
  UErrorCode error = U_ZERO_ERROR;
  int32_t units = 0;
  u_strFromUTF8WithSub(
      text, room, &units, (const char *)bytes, (int32_t)length, 0xFFFD, NULL, &error);
  int32_t limit = units;
  utrans_transUChars(
      (UTransliterator *)transliterator, text, &units, room, 0, &limit, &error);
  int32_t written = 0;
  if (U_SUCCESS(error))
    u_strToUTF8(
        (char *)out, capacity > INT32_MAX ? INT32_MAX : (int32_t)capacity, &written, text, units,
        &error);
  free(text);
  return U_FAILURE(error) ? -1 : written;
}
