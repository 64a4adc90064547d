#include "CICUNormalise.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

// ICU's C interface normalises UTF-16; UTF-8 comes and goes through a stack buffer.
enum { STACK_UNITS = 1024 };

static const UNormalizer2 *normaliser(cicu_form form) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2 *n =
      form == CICU_NFKC ? unorm2_getNFKCInstance(&error) : unorm2_getNFCInstance(&error);
  return U_SUCCESS(error) ? n : NULL;
}

static int is_ascii(const uint8_t *bytes, size_t length) {
  size_t i = 0;
  for (; i + 8 <= length; i += 8) {
    uint64_t word;
    memcpy(&word, bytes + i, 8);
    if (word & 0x8080808080808080ULL) return 0;
  }
  for (; i < length; i++)
    if (bytes[i] & 0x80) return 0;
  return 1;
}

// UTF-16 of `bytes` in `stack` or in fresh memory (then `*heap` must be freed); NULL on error.
static UChar *utf16(
    const uint8_t *bytes, size_t length, UChar *stack, UChar **heap, int32_t *units) {
  *heap = NULL;
  if (length > INT32_MAX / 4) return NULL;
  UChar *text = stack;
  if (length > STACK_UNITS) {
    text = *heap = malloc(length * sizeof(UChar));
    if (!text) return NULL;
  }
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8WithSub(
      text, (int32_t)(length > STACK_UNITS ? length : STACK_UNITS), units, (const char *)bytes,
      (int32_t)length, 0xFFFD, NULL, &error);
  if (U_FAILURE(error)) {
    free(*heap);
    *heap = NULL;
    return NULL;
  }
  return text;
}

int cicu_is_normalised(cicu_form form, const uint8_t *bytes, size_t length) {
  if (is_ascii(bytes, length)) return 1;
  const UNormalizer2 *n = normaliser(form);
  if (!n) return -1;
  UChar stack[STACK_UNITS], *heap;
  int32_t units = 0;
  UChar *text = utf16(bytes, length, stack, &heap, &units);
  if (!text) return -1;
  UErrorCode error = U_ZERO_ERROR;
  UNormalizationCheckResult result = unorm2_quickCheck(n, text, units, &error);
  free(heap);
  return U_FAILURE(error) ? -1 : result == UNORM_YES;
}

ptrdiff_t cicu_normalise(
    cicu_form form, const uint8_t *bytes, size_t length, uint8_t *out, size_t capacity) {
  if (is_ascii(bytes, length)) {
    if (length && length <= capacity) memcpy(out, bytes, length);
    return (ptrdiff_t)length;
  }
  const UNormalizer2 *n = normaliser(form);
  if (!n) return -1;
  UChar stack[STACK_UNITS], *heap;
  int32_t units = 0;
  UChar *text = utf16(bytes, length, stack, &heap, &units);
  if (!text) return -1;

  UErrorCode error = U_ZERO_ERROR;
  UChar room[STACK_UNITS], *grown = NULL, *normal = room;
  int32_t made = unorm2_normalize(n, text, units, room, STACK_UNITS, &error);
  if (error == U_BUFFER_OVERFLOW_ERROR) {
    error = U_ZERO_ERROR;
    normal = grown = malloc((size_t)made * sizeof(UChar));
    if (!grown) {
      free(heap);
      return -1;
    }
    made = unorm2_normalize(n, text, units, grown, made, &error);
  }
  int32_t written = 0;
  if (U_SUCCESS(error)) {
    int32_t limit = capacity > INT32_MAX ? INT32_MAX : (int32_t)capacity;
    u_strToUTF8((char *)out, limit, &written, normal, made, &error);
    if (error == U_BUFFER_OVERFLOW_ERROR) error = U_ZERO_ERROR;
  }
  free(grown);
  free(heap);
  return U_FAILURE(error) ? -1 : written;
}
