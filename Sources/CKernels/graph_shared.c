// What of the graph's work is not worth an instruction set of its own.
#include <math.h>

#include "graph.h"

float akin_unit(const float *largest, const akin_bound *bounds, size_t rows) {
  double longest = 0;
  for (size_t r = 0; r < rows; r++) longest = fmax(longest, (double)largest[r] * bounds[r].norm);
  int exponent = 0;
  frexp(longest, &exponent);
  // Without need, scores keep their very bits.
  if (exponent > -40 && exponent < 40) return 1;
  return ldexpf(1, exponent > 120 ? -120 : exponent < -120 ? 120 : -exponent);
}

void akin_bound_tiles(size_t rows, const akin_bound *bounds, akin_bound *tile_bounds) {
  for (size_t r = 0; r < rows; r++) {
    akin_bound *tile = tile_bounds + r / TILE;
    if (r % TILE == 0) *tile = (akin_bound){0, 0};
    if (bounds[r].norm > tile->norm) tile->norm = bounds[r].norm;
    if (bounds[r].slack > tile->slack) tile->slack = bounds[r].slack;
  }
}

void akin_scale_rows(float unit, size_t rows, float *scale, akin_bound *bounds,
                     akin_bound *tile_bounds) {
  for (size_t r = 0; r < rows; r++) {
    const double largest = (double)scale[r] * unit;
    scale[r] = (float)(largest / 127);
    bounds[r].norm = (float)(largest * bounds[r].norm);
    bounds[r].slack = (float)(largest * bounds[r].slack);
  }
  akin_bound_tiles(rows, bounds, tile_bounds);
}
