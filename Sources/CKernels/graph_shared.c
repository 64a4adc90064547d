// What of the graph's work is not worth an instruction set of its own.
#include <math.h>

#include "graph.h"

enum { RUN = 64 };

// Sorts a short run by counting, for each key, how many are smaller: no branch depends on data.
// Keys differ, because identities do; equal ones keep their order.
static void sort_run(uint64_t *keys, uint64_t *spare, size_t count) {
  for (size_t a = 0; a < count; a++) {
    size_t before = 0;
    for (size_t b = 0; b < count; b++) before += keys[b] < keys[a];
    for (size_t b = 0; b < a; b++) before += keys[b] == keys[a];
    spare[before] = keys[a];
  }
  memcpy(keys, spare, sizeof *keys * count);
}

static void merge(const uint64_t *left, size_t left_count, const uint64_t *right,
                  size_t right_count, uint64_t *out) {
  size_t l = 0, r = 0;
  while (l < left_count && r < right_count) {
    const int take = right[r] < left[l];
    *out++ = take ? right[r] : left[l];
    r += (size_t)take;
    l += (size_t)!take;
  }
  memcpy(out, left + l, sizeof *out * (left_count - l));
  memcpy(out + (left_count - l), right + r, sizeof *out * (right_count - r));
}

void graph_sort(uint64_t *keys, uint64_t *spare, size_t count) {
  for (size_t first = 0; first < count; first += RUN)
    sort_run(keys + first, spare, count - first < RUN ? count - first : RUN);
  for (size_t width = RUN; width < count; width *= 2) {
    for (size_t first = 0; first < count; first += 2 * width) {
      const size_t middle = first + width < count ? first + width : count;
      const size_t last = middle + width < count ? middle + width : count;
      merge(keys + first, middle - first, keys + middle, last - middle, spare + first);
    }
    memcpy(keys, spare, sizeof *keys * count);
  }
}

float akin_unit(const float *largest, const akin_bound *bounds, size_t rows) {
  double longest = 0;
  for (size_t r = 0; r < rows; r++) longest = fmax(longest, (double)largest[r] * bounds[r].norm);
  int exponent = 0;
  frexp(longest, &exponent);
  // Without need, scores keep their very bits.
  if (exponent > -40 && exponent < 40) return 1;
  return ldexpf(1, exponent > 120 ? -120 : exponent < -120 ? 120 : -exponent);
}

void akin_scale_rows(float unit, size_t rows, float *scale, akin_bound *bounds,
                     akin_bound *tile_bounds) {
  for (size_t r = 0; r < rows; r++) {
    const double largest = (double)scale[r] * unit;
    scale[r] = (float)(largest / 127);
    bounds[r].norm = (float)(largest * bounds[r].norm);
    bounds[r].slack = (float)(largest * bounds[r].slack);
    akin_bound *tile = tile_bounds + r / TILE;
    if (r % TILE == 0) *tile = (akin_bound){0, 0};
    if (bounds[r].norm > tile->norm) tile->norm = bounds[r].norm;
    if (bounds[r].slack > tile->slack) tile->slack = bounds[r].slack;
  }
}
