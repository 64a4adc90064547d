#ifndef AKIN_CKERNELS_GRAPH_H
#define AKIN_CKERNELS_GRAPH_H

// The hot loops of the exact similarity graph: quantisation to int8, the scan of all pairs, the
// candidate lists, the float32 re-rank. Who calls what in which order is Swift's part, in
// SimilarityGraph.swift, whose documentation explains the algorithm. Nothing here allocates more
// than a few kilobytes of stack, locks or fails; different ranges may be worked on by different
// threads where a function says so.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Rows and columns of a tile: row counts of codes, scales and thresholds are rounded up to it.
#define AKIN_TILE 32

/// Columns that are packed at a time: with 384 dimensions they fill 768 KiB of second-level cache.
#define AKIN_PANEL_COLUMNS 2048

/// The largest rank akin_seed takes.
#define AKIN_LARGEST_RANK 64

/// Rows `first ..< last`.
typedef struct {
  size_t first, last;
} akin_span;

/// What bounds the error of a coded product: |<x, y> - scale·scale·dot| is taken to be at most
/// x.norm · y.slack + x.slack · y.norm.
typedef struct {
  float norm, slack;
} akin_bound;

/// Someone's score of somebody else; exact once re-ranked.
typedef struct {
  float score;
  int32_t id;
} akin_candidate;

/// Codes of rows, `stride` bytes each, a multiple of 64. Arrays hold the rows rounded up to
/// AKIN_TILE, with codes and scales of zero in those beyond.
typedef struct {
  size_t stride;
  const int8_t *codes;
  const float *scale;
  const akin_bound *bounds;
  /// The largest norm and slack of each AKIN_TILE rows.
  const akin_bound *tile_bounds;
} akin_coded_rows;

/// Coded rows, read only. Row r stands for vector `identity ? identity[r] : first + r`.
typedef struct {
  size_t count, first;
  const int32_t *identity;
  akin_coded_rows full;
  /// Codes of fewer components, whose products are at least those of the vectors, less the codes'
  /// errors: a scan looks at the full ones only where these reach a threshold. `codes` is null
  /// where there are none.
  akin_coded_rows sketch;
} akin_view;

/// The candidate lists of a view's rows.
typedef struct {
  akin_view view;
  /// All vectors, row-major float32, `dimension` each, and the power of two that the coded rows'
  /// scales and bounds were multiplied by.
  const float *vectors;
  size_t dimension;
  float unit;
  /// The bounds of all vectors, by identity.
  const akin_bound *bounds;
  /// Neighbours wanted, and room of a list; k < capacity.
  size_t k, capacity;
  /// No pair whose upper bound is below its row's threshold can matter; infinite beyond `count`.
  float *threshold;
  int32_t *filled;
  /// One of akin_list_state.
  uint8_t *state;
  /// Sum and sum of squares of (exact - coded) / bound over a list's candidates.
  float *deviation;
  akin_candidate *candidates;
} akin_lists;

enum akin_list_state {
  /// All scores are of codes.
  AKIN_LIST_CODED = 0,
  /// The first k scores are exact.
  AKIN_LIST_EXACT = 1,
  /// The list could not be shown to be complete; its row must be compared in float32.
  AKIN_LIST_DOUBTFUL = 2,
};

/// dots[r * 32 + c] = <row r, column c> of int8 codes, 32 x 32. `rows` is row-major, `stride`
/// bytes a row, a multiple of 64; `packed` holds 32 columns as akin_pack_codes lays them out.
void akin_dot_tile(int kernel, const int8_t *rows, size_t stride, const int8_t *packed,
                   int32_t *dots);

/// Packs `rows` (a multiple of 16) coded rows of `stride` bytes: [row / 16][stride / 4][16][4], so
/// that four consecutive components of 16 rows fill 64 bytes.
void akin_pack_codes(int kernel, const int8_t *codes, size_t rows, size_t stride, int8_t *packed);

/// Codes rows as round(127 x / max|x|) and reports, relative to max|x| = largest[r], the norm and
/// the slack. `codes` are padded with zeros to `stride`.
/// Returns the first row with a NaN or an infinity, or -1.
int64_t akin_quantise(int kernel, const float *vectors, size_t rows, size_t dimension,
                      size_t stride, int8_t *codes, float *largest, akin_bound *bounds);

/// The power of two that brings the longest of the vectors near length 1.
float akin_unit(const float *largest, const akin_bound *bounds, size_t rows);

/// Turns what akin_quantise left into scales and bounds in units of `unit`, and fills tile_bounds.
void akin_scale_rows(float unit, size_t rows, float *scale, akin_bound *bounds,
                     akin_bound *tile_bounds);

/// The largest norm and slack of each AKIN_TILE rows.
void akin_bound_tiles(size_t rows, const akin_bound *bounds, akin_bound *tile_bounds);

/// Thresholds for rows first ..< last from a packed sample: the rank-th best score, less its
/// bound. nearest[r] is the index of the best sample row. 1 <= rank <= AKIN_LARGEST_RANK.
/// `first` is a multiple of 64 or the ranges of different threads do not share a tile.
void akin_seed(int kernel, const akin_lists *lists, size_t first, size_t last,
               const akin_view *sample, const int8_t *packed, size_t rank, int32_t *nearest);

/// Scores every pair of `rows` x `columns` once and offers it to both lists; equal spans mean the
/// pairs within. Spans start at multiples of AKIN_TILE. Touches the lists of both spans only.
/// `scratch`: AKIN_PANEL_COLUMNS * stride bytes, 64-byte aligned.
void akin_offer_pairs(int kernel, const akin_lists *lists, akin_span rows, akin_span columns,
                      int8_t *scratch);

/// Scores `rows` against the columns of another view and offers to the rows' lists only.
void akin_offer_columns(int kernel, const akin_lists *lists, akin_span rows,
                        const akin_view *view, akin_span columns, int8_t *scratch);

/// Drops from the lists order[0 ..< count] what by its bounds is not among the k best.
void akin_prune(int kernel, const akin_lists *lists, const int32_t *order, size_t count);

/// Replaces the scores of candidates with identity in `window` by exact ones, for the lists
/// order[0 ..< count].
void akin_rescore(int kernel, const akin_lists *lists, const int32_t *order, size_t count,
                  akin_span window);

/// Sorts the lists order[0 ..< count], best first, ties by identity, scores in the vectors' own
/// units; lists in doubt become AKIN_LIST_DOUBTFUL. Returns how many did.
size_t akin_finish(int kernel, const akin_lists *lists, const int32_t *order, size_t count);

#ifdef __cplusplus
}
#endif
#endif
