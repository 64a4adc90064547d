#ifndef AKIN_CKERNELS_WINDOWS_H
#define AKIN_CKERNELS_WINDOWS_H

// The hot loop of skip-gram and CBOW with negative sampling. Nothing allocates, locks or fails.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The largest window on either side, and the most negatives of a place.
#define AKIN_WINDOWS_LARGEST 64
#define AKIN_WINDOWS_NEGATIVES 64

/// Sequences of items and the two tables of vectors that are learned from them.
typedef struct {
  /// Sequences end to end, each item below `count`; and where each begins, sequences + 1.
  const int32_t *items;
  const int64_t *offsets;
  /// The number of different items.
  size_t count;
  /// How likely an item stays when frequent ones are thinned out, by item.
  const float *keep;
  /// Walker's table of aliases to draw negatives by: column c gives c with chance stay[c], else
  /// other[c].
  const float *stay;
  const int32_t *other;
  /// Floats of a vector, a multiple of 16.
  size_t dimension;
  /// Places on either side, at most; how many it is at a place is drawn.
  size_t window;
  /// Negatives of a place.
  size_t negatives;
  /// Whether the neighbours of a place are averaged (CBOW) or stand alone (skip-gram).
  int averages;
  /// [count, dimension] each.
  float *inputs, *outputs;
} akin_windows;

/// Floats of scratch memory.
size_t akin_windows_scratch(const akin_windows *work);

/// One pass over sequences `first ..< last` at one pace. `kept` has room for the longest sequence,
/// `state` is the generator's and goes on from call to call.
void akin_windows_learn(int kernel, const akin_windows *work, size_t first, size_t last, float rate,
                        uint64_t *state, int32_t *kept, float *scratch);

#ifdef __cplusplus
}
#endif
#endif
