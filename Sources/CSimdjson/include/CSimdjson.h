// JSON lines and UTF-8 validation by simdjson.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes that must be readable (of any value) behind every text given to `csimdjson_object`.
enum { CSIMDJSON_PADDING = 64 };

typedef struct csimdjson_parser csimdjson_parser;

typedef struct {
  const uint8_t *key;  // unescaped
  size_t key_length;
  const uint8_t *value;  // a string unescaped, everything else as its JSON text; NULL for null
  size_t value_length;
} csimdjson_field;

// NULL when memory is short. Objects and arrays nested deeper than `depth` are refused.
csimdjson_parser *csimdjson_open(size_t depth);
void csimdjson_close(csimdjson_parser *parser);

// Takes one JSON object apart. Returns NULL and sets `fields` and `count` (both valid until the
// next call), or a message that lives for ever. Every value is checked, nested ones too.
const char *csimdjson_object(
    csimdjson_parser *parser, const uint8_t *bytes, size_t length, const csimdjson_field **fields,
    size_t *count);

// 1 when the bytes are well-formed UTF-8.
int csimdjson_is_utf8(const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif
#endif
