// The hot loops of reading feeds: delimited text is taken apart here.
#ifndef CFEED_H
#define CFEED_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes that must be readable (of any value) behind every buffer given to these functions.
enum { CFEED_PADDING = 64 };

typedef struct {
  uint8_t delimiter;
  uint8_t quote;    // used when `quoting` is 1
  uint8_t newline;  // '\n' (a '\r' before it belongs to the line end), or '\r' alone
  uint8_t quoting;
} cfeed_dialect;

typedef struct {
  uint32_t start;    // offset in the row, without an opening quote
  uint32_t length;   // without a closing quote
  uint32_t escaped;  // 1 when doubled quotes must be undone (`cfeed_unescape`)
} cfeed_field;

typedef enum {
  CFEED_ROW = 0,           // a whole row
  CFEED_MORE = 1,          // the buffer ends before the row does
  CFEED_STRAY_QUOTE = 2,   // a closing quote that neither delimiter nor line end follows
  CFEED_OPEN_QUOTE = 3,    // a quote that nothing closes before the end of the file
  CFEED_TOO_MANY = 4,      // more fields than there is room for
} cfeed_status;

typedef struct {
  cfeed_status status;
  size_t length;      // of the row without its line end
  size_t consumed;    // with its line end
  size_t lines;       // line ends passed, its own included
  size_t fields;      // fields written; for an error, the field in which it is
  int suspicious;     // 0: surely no NUL and only ASCII; 1: look closer
} cfeed_row;

// Takes one row from the beginning of `bytes`. `final`: nothing follows `length` in the file.
// A quote opens a quoted field only as its first byte; elsewhere it is an ordinary character.
void cfeed_scan_row(
    const uint8_t *bytes, size_t length, int final, const cfeed_dialect *dialect,
    cfeed_field *fields, size_t capacity, cfeed_row *row);

// The same without vector instructions: the oracle of the tests.
void cfeed_scan_row_plain(
    const uint8_t *bytes, size_t length, int final, const cfeed_dialect *dialect,
    cfeed_field *fields, size_t capacity, cfeed_row *row);

// Copies a field with each doubled quote made one; `out` has room for `length` bytes.
// Returns the length of the copy.
size_t cfeed_unescape(const uint8_t *bytes, size_t length, uint8_t quote, uint8_t *out);

// Length of the JSON value that begins at `bytes[0]` (which must be `{` or `[`), by its brackets
// and strings alone. 0 when the buffer ends first. `*lines` is set to the line feeds inside.
size_t cfeed_json_extent(const uint8_t *bytes, size_t length, size_t *lines);

// Counts the bytes equal to `byte`.
size_t cfeed_count(const uint8_t *bytes, size_t length, uint8_t byte);

// Asks for a cache line that will be read soon; `address` need not be valid.
static inline void cfeed_prefetch(const void *address) { __builtin_prefetch(address); }

#ifdef __cplusplus
}
#endif
#endif
