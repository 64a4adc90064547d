#include "CICUConvert.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

struct cicu_converter {
  UConverter *icu;
  UChar *pivot;
  size_t pivot_units;
};

cicu_converter *cicu_converter_open(const char *name) {
  UErrorCode error = U_ZERO_ERROR;
  UConverter *icu = ucnv_open(name, &error);
  if (U_FAILURE(error)) return NULL;
  // Stop at an invalid sequence, so that the caller's text can carry a mark at that place.
  ucnv_setToUCallBack(icu, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
  cicu_converter *c = U_SUCCESS(error) ? calloc(1, sizeof *c) : NULL;
  if (!c) {
    ucnv_close(icu);
    return NULL;
  }
  c->icu = icu;
  return c;
}

void cicu_converter_close(cicu_converter *c) {
  if (!c) return;
  ucnv_close(c->icu);
  free(c->pivot);
  free(c);
}

// One byte becomes at most one UTF-16 unit (a unit at most 3 bytes), and a few bytes may have
// been held back by the call before.
size_t cicu_convert_bound(size_t length) { return (length + 16) * 3; }

ptrdiff_t cicu_convert(
    cicu_converter *c, const uint8_t *bytes, size_t length, int final, uint8_t *out,
    size_t capacity) {
  size_t units = length + 16;
  if (c->pivot_units < units) {
    UChar *grown = realloc(c->pivot, units * sizeof(UChar));
    if (!grown) return -1;
    c->pivot = grown;
    c->pivot_units = units;
  }
  const char *source = (const char *)bytes, *end = source + length;
  size_t written = 0;
  for (;;) {
    UErrorCode error = U_ZERO_ERROR;
    UChar *target = c->pivot;
    ucnv_toUnicode(
        c->icu, &target, c->pivot + c->pivot_units, &source, end, NULL, final != 0, &error);
    int invalid = error == U_INVALID_CHAR_FOUND || error == U_ILLEGAL_CHAR_FOUND ||
                  error == U_TRUNCATED_CHAR_FOUND || error == U_ILLEGAL_ESCAPE_SEQUENCE;
    if (U_FAILURE(error) && !invalid && error != U_BUFFER_OVERFLOW_ERROR) return -1;

    UErrorCode failure = U_ZERO_ERROR;
    int32_t made = 0;
    u_strToUTF8WithSub(
        (char *)out + written, (int32_t)(capacity - written), &made, c->pivot,
        (int32_t)(target - c->pivot), 0xFFFD, NULL, &failure);
    if (U_FAILURE(failure) || written + (size_t)made >= capacity) return -1;
    written += (size_t)made;
    if (invalid) out[written++] = 0xFF;
    if (error == U_TRUNCATED_CHAR_FOUND) ucnv_resetToUnicode(c->icu);
    if (!invalid && error != U_BUFFER_OVERFLOW_ERROR) return (ptrdiff_t)written;
    if (error == U_TRUNCATED_CHAR_FOUND) return (ptrdiff_t)written;
  }
}

int cicu_detect_confidence(const char *name, const uint8_t *bytes, size_t length) {
  UErrorCode error = U_ZERO_ERROR;
  UCharsetDetector *detector = ucsdet_open(&error);
  if (U_FAILURE(error)) return -1;
  int best = -1;
  ucsdet_setText(detector, (const char *)bytes, (int32_t)length, &error);
  int32_t count = 0;
  const UCharsetMatch **matches = ucsdet_detectAll(detector, &count, &error);
  for (int32_t i = 0; U_SUCCESS(error) && i < count; i++) {
    const char *found = ucsdet_getName(matches[i], &error);
    int confidence = ucsdet_getConfidence(matches[i], &error);
    if (U_SUCCESS(error) && strcmp(found, name) == 0 && confidence > best) best = confidence;
  }
  ucsdet_close(detector);
  return best;
}

size_t cicu_utf8_error(const uint8_t *bytes, size_t length) {
  size_t i = 0;
  while (i < length) {
    size_t start = i;
    UChar32 c;
    U8_NEXT(bytes, i, length, c);
    if (c < 0) return start;
  }
  return length;
}
