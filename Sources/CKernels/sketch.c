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
    float squares[16] = {0}, largest[16] = {0};
    sketch[width - 1] = 0;
    for (size_t k = 0; k < width; k += 16)
      for (int lane = 0; lane < 16; lane++) {
        const float value = sketch[k + lane], size = value < 0 ? -value : value;
        squares[lane] += value * value;
        largest[lane] = size > largest[lane] ? size : largest[lane];
      }
    for (int lane = 1; lane < 16; lane++) {
      squares[0] += squares[lane];
      largest[0] = largest[lane] > largest[0] ? largest[lane] : largest[0];
    }
    const float whole = norms[r].norm * norms[r].norm;
    // The trifle covers the rounding of both sums, and how far directions are from orthonormal.
    const float rest = (whole > squares[0] ? whole - squares[0] : 0) + 4e-6f * whole;
    // Half a step more, so that its code is never below it.
    sketch[width - 1] = sqrtf(rest) + largest[0] / 254;
  }
}
