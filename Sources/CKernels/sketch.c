#include <math.h>

#include "CKernels.h"

static double dot(const double *x, const double *y, size_t count) {
  double sums[8] = {0};
  size_t k = 0;
  for (; k + 8 <= count; k += 8)
    for (int lane = 0; lane < 8; lane++) sums[lane] += x[k + lane] * y[k + lane];
  for (; k < count; k++) sums[0] += x[k] * y[k];
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

void akin_orthonormalise(double *rows, size_t count, size_t dimension) {
  for (size_t r = 0; r < count; r++) {
    double *own = rows + r * dimension;
    const double before = dot(own, own, dimension);
    for (int pass = 0; pass < 2; pass++)
      for (size_t other = 0; other < r; other++) {
        const double *earlier = rows + other * dimension;
        const double share = dot(own, earlier, dimension);
        for (size_t k = 0; k < dimension; k++) own[k] -= share * earlier[k];
      }
    const double left = dot(own, own, dimension);
    const double factor = left > 1e-20 * before ? 1 / sqrt(left) : 0;
    for (size_t k = 0; k < dimension; k++) own[k] *= factor;
  }
}

void akin_sketch_rest(float *sketches, size_t rows, size_t width, const akin_bound *norms) {
  for (size_t r = 0; r < rows; r++) {
    float *sketch = sketches + r * width;
    // As shares of the vector's length, whose square might be no number.
    const double length = norms[r].norm, inverse = length > 0 ? 1 / length : 0;
    double squares[8] = {0};
    float largest[8] = {0};
    sketch[width - 1] = 0;
    for (size_t k = 0; k < width; k += 8)
      for (int lane = 0; lane < 8; lane++) {
        const float value = sketch[k + lane], size = value < 0 ? -value : value;
        squares[lane] += value * inverse * (value * inverse);
        largest[lane] = size > largest[lane] ? size : largest[lane];
      }
    for (int lane = 1; lane < 8; lane++) {
      squares[0] += squares[lane];
      largest[0] = largest[lane] > largest[0] ? largest[lane] : largest[0];
    }
    // The trifle covers the rounding of products, and how far directions are from orthonormal.
    const double rest = (squares[0] < 1 ? 1 - squares[0] : 0) + 4e-6;
    // Half a step more, so that its code is never below it.
    sketch[width - 1] = (float)(length * sqrt(rest)) + largest[0] / 254;
  }
}

void akin_sketch_slack(const float *sketches, const int8_t *codes, const float *largest,
                       size_t rows, size_t width, akin_bound *bounds) {
  for (size_t r = 0; r < rows; r++, sketches += width, codes += width) {
    if (!(largest[r] > 0)) continue;
    const double scale = 1.0 / (double)largest[r];
    double along[8] = {0};
    for (size_t k = 0; k < width; k += 8)
      for (int lane = 0; lane < 8; lane++) {
        const double share = sketches[k + lane] * scale;
        along[lane] += share * (share - codes[k + lane] * (1.0 / 127));
      }
    for (int lane = 1; lane < 8; lane++) along[0] += along[lane];
    const double size = along[0] < 0 ? -along[0] : along[0];
    const float slack = bounds[r].norm > 0 ? (float)(size / bounds[r].norm) : 0;
    if (slack > bounds[r].slack) bounds[r].slack = slack;
  }
}
