#ifndef CARROW_PARQUET_H
#define CARROW_PARQUET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct carrow_parquet carrow_parquet;

// A run of rows, rendered as UTF-8. Row `r` is `text[rows[r] ..< rows[r + 1] - 1]`, its values
// parted by tabs; value `c` of it is `text[starts[r * columns + c]]`, `lengths[…]` bytes long,
// with a length of -1 for null. Valid until the next call.
typedef struct {
  const uint8_t *text;
  const size_t *rows;
  const uint32_t *starts;  // offsets from the beginning of the row
  const int32_t *lengths;
  size_t row_count;
} carrow_rows;

// Opens a Parquet file to read `columns` (all when `column_count` is 0). NULL on failure, with a
// message in `message`.
carrow_parquet *carrow_parquet_open(
    const char *path, const char *const *columns, size_t column_count, size_t batch_rows,
    char *message, size_t message_capacity);
void carrow_parquet_close(carrow_parquet *parquet);

size_t carrow_parquet_column_count(const carrow_parquet *parquet);
const char *carrow_parquet_column_name(const carrow_parquet *parquet, size_t column);
int64_t carrow_parquet_row_count(const carrow_parquet *parquet);

// Renders the next rows; `row_count` 0 is the end. Returns NULL or a message that is valid until
// the next call.
const char *carrow_parquet_next(carrow_parquet *parquet, carrow_rows *rows);

#ifdef __cplusplus
}
#endif
#endif
