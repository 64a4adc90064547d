// Product feeds in XML by libxml2's push parser: RSS 2.0 `<item>` and Atom `<entry>`.
#ifndef CXML_H
#define CXML_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cxml_parser cxml_parser;

typedef struct {
  const uint8_t *text;
  size_t length;
} cxml_text;

// One item. Field `i` belongs to column `columns[i]`; an element that the item has several
// times comes as one field with a JSON array of its texts.
typedef struct {
  size_t line;
  cxml_text raw;  // `name=value`, parted by tabs
  const size_t *columns;
  const cxml_text *values;
  size_t count;
} cxml_item;

// The character of an HTML entity beyond the 253 of HTML 4 (`comma`), 0 where there is none.
typedef uint32_t (*cxml_resolve)(const char *name);

// `encoding` (may be NULL) overrules the document's declaration. Names of HTML stand for their
// characters; `resolve` (may be NULL) is asked for further ones. NULL when memory is short.
cxml_parser *cxml_open(
    const char *encoding, size_t maximum_item_bytes, size_t maximum_columns,
    cxml_resolve resolve);
void cxml_close(cxml_parser *parser);

// Feeds a chunk; items completed by it are then waiting. Returns NULL, or why the document ends
// here (valid as long as the parser); items completed before that are waiting all the same.
const char *cxml_push(cxml_parser *parser, const uint8_t *bytes, size_t length, int final);

// Line of the failure.
size_t cxml_failure_line(const cxml_parser *parser);

// 1 when the failure is that the bytes end before the document does.
int cxml_ends_early(const cxml_parser *parser);

// The next waiting item, or 0. What it points to is valid until the next `cxml_push`.
int cxml_next(cxml_parser *parser, cxml_item *item);

size_t cxml_column_count(const cxml_parser *parser);
const char *cxml_column_name(const cxml_parser *parser, size_t column);

// 1 when the document has shown any element that holds items (`rss`, `feed`, `channel`, `RDF`)
// or an item.
int cxml_is_feed(const cxml_parser *parser);

#ifdef __cplusplus
}
#endif
#endif
