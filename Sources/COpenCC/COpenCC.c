#include "COpenCC.h"

#include <opencc/opencc.h>
#include <stdint.h>
#include <string.h>

// OpenCC's handle is a plain pointer; the name alone gives it a type.
copencc *copencc_open(const char *configuration) {
  opencc_t handle = opencc_open(configuration);
  return handle == (opencc_t)-1 ? NULL : (copencc *)handle;
}

void copencc_close(copencc *converter) {
  if (converter) opencc_close((opencc_t)converter);
}

ptrdiff_t copencc_convert(
    copencc *converter, const uint8_t *bytes, size_t length, uint8_t *out, size_t capacity) {
  char *made = opencc_convert_utf8((opencc_t)converter, (const char *)bytes, length);
  if (!made) return -1;
  size_t count = strlen(made);
  if (count <= capacity) memcpy(out, made, count);
  opencc_convert_utf8_free(made);
  return (ptrdiff_t)count;
}
