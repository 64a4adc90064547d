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

/// Rows of int8 codes: [row / 16][stride / 4][16][4] bytes, each a code plus 128. The product of a
/// row with a vector is about scale[row] times that of its codes.
typedef struct {
  /// Bytes of a row's codes, a multiple of 64.
  size_t stride;
  /// Whole groups of 16 rows.
  const uint8_t *codes;
  const float *scale;
} akin_codes;

/// A coded query and the best rows it has met: `filled` of `capacity` places are taken; at least
/// `keep` of the best are among them, and nothing below `threshold` needs to come in.
typedef struct {
  /// [stride], zero beyond the dimension.
  const int8_t *codes;
  float scale;
  /// -128 times the sum of the codes.
  int32_t offset;
  float threshold;
  /// keep + 16 <= capacity.
  size_t keep, filled, capacity;
  float *scores;
  int32_t *rows;
} akin_probe;

/// Turns packed codes as akin_pack_codes lays them out into those of akin_codes.
void akin_index_flip(int8_t *packed, size_t bytes);

/// Sets a probe's codes, scale and offset from what akin_quantise left.
void akin_probe_set(akin_probe *probe, const int8_t *codes, size_t stride, float largest);

/// Offers rows first ..< last to each of `count` probes. A row comes in only where its bit in
/// `allowed` (16 rows a word; NULL: all) is set.
void akin_probe_rows(int kernel, const akin_codes *codes, size_t first, size_t last,
                     const uint16_t *allowed, akin_probe *const *probes, size_t count);

/// Drops all but the `keep` best and raises the threshold to the worst of them.
void akin_probe_shrink(akin_probe *probe);

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

#ifdef __cplusplus
}
#endif
#endif
