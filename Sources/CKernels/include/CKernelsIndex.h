#ifndef AKIN_CKERNELS_INDEX_H
#define AKIN_CKERNELS_INDEX_H

// The hot loops of the live index: inverted lists of int8 codes, and float32 scores of single rows.
// Nothing here allocates, locks or fails; calls that share no probe may run on different threads.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Rows whose codes are interleaved, and whose bits of a filter fill one 16-bit word.
#define AKIN_GROUP 16

/// Probes that are scored together.
#define AKIN_PROBES 8

/// Rows of int8 codes, each byte a code plus 128: [row / 16][stride / 4][16][4] bytes, or row-major
/// where a function says so. The product of a row with a vector is about scale[row] times that of its
/// codes.
typedef struct {
  /// Bytes of a row's codes, a multiple of 64.
  size_t stride;
  /// Whole groups of 16 rows.
  const uint8_t *codes;
  const float *scale;
} akin_codes;

/// A coded vector that rows are multiplied by.
typedef struct {
  /// [stride], zero beyond the dimension.
  const int8_t *codes;
  float scale;
  /// -128 times the sum of the codes.
  int32_t offset;
} akin_query;

/// A query and the best rows it has met: `filled` of `capacity` places are taken; at least `keep` of
/// the best are among them, and nothing below `threshold` needs to come in.
typedef struct {
  akin_query query;
  /// Where rows have sketches: the query's, and how far a row's score may be above its sketch's by
  /// the errors of codes.
  akin_query sketch;
  float margin;
  float threshold;
  /// keep + 16 <= capacity.
  size_t keep, filled, capacity;
  float *scores;
  int32_t *rows;
} akin_probe;

/// Turns packed codes as akin_pack_codes lays them out into those of akin_codes.
void akin_index_flip(int8_t *packed, size_t bytes);

/// Sets a query from what akin_quantise left.
void akin_query_set(akin_query *query, const int8_t *codes, size_t stride, float largest);

/// Offers rows first ..< last to each of `count` probes. A row comes in only where its bit in
/// `allowed` (16 rows a word; NULL: all) is set. Where there are `sketches` of the rows (else NULL),
/// codes are row-major, and only those of rows are read that their sketches do not rule out.
void akin_probe_rows(int kernel, const akin_codes *codes, const akin_codes *sketches, size_t first,
                     size_t last, const uint16_t *allowed, akin_probe *const *probes, size_t count);

/// Keeps the `keep` best, of equal ones those met first, in their order, and raises the threshold to
/// the worst of them; does nothing where there are no more than that.
void akin_probe_shrink(int kernel, akin_probe *probe);

/// scores[p * line + r] = the probes' scores of rows r < rows; `line` >= rows rounded up to 16.
void akin_index_scores(int kernel, const akin_codes *codes, size_t rows,
                       akin_probe *const *probes, size_t count, float *scores, size_t line);

/// Which lists to search, the best first and the others in order: those of the highest scores that
/// together weigh at least `budget`, and a few more. Lists of no weight are left out.
/// `chosen` has room for `lists`. Returns how many.
size_t akin_choose_lists(const float *scores, const int32_t *weights, size_t lists, int64_t budget,
                         int32_t *chosen);

/// For each of `rows` (a multiple of 32) row-major codes, the column of the highest
/// scale[c] * <row, column c> among `columns` packed as by akin_pack_codes, padded to 32.
void akin_index_assign(int kernel, const int8_t *codes, size_t rows, size_t stride,
                       const int8_t *packed, const float *scale, size_t columns, int32_t *nearest);

/// scores[i] = <query, row rows[i] of vectors> in float32, for i < count. `vectors` is row-major.
/// A row's score does not depend on the other rows.
void akin_index_score(int kernel, const float *query, const float *vectors, size_t dimension,
                      const int32_t *rows, size_t count, float *scores);

/// The same for rows of bfloat16; the query, products and sums are float32.
void akin_index_score_halves(int kernel, const float *query, const uint16_t *vectors,
                             size_t dimension, const int32_t *rows, size_t count, float *scores);

/// Rounds finite float32 numbers to finite bfloat16 ones: to the nearest, ties to even.
void akin_index_halve(const float *values, size_t count, uint16_t *halves);

/// The float32 numbers that bfloat16 ones are.
void akin_index_widen(const uint16_t *halves, size_t count, float *values);

#ifdef __cplusplus
}
#endif
#endif
