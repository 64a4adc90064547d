// Passes over one row of products. Included after Vectors.hpp, whose vectors they use.

/// The greatest of row[j] + bias[j]; `bias` may be null.
template <class T>
float greatest(const T *row, const float *bias, int64_t count) {
  vfloat top = vfloat{} - INFINITY;
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    vfloat x = load(row + j);
    if (bias) x += load(bias + j);
    top = __builtin_elementwise_max(top, x);
  }
  float most = greatest_lane(top);
  for (; j < count; j++) most = std::max(most, static_cast<float>(row[j]) + (bias ? bias[j] : 0));
  return most;
}

/// Replaces row[j] by exp(row[j] + bias[j] - top) and returns the sum.
template <class T>
double exponentiate(T *row, const float *bias, int64_t count, float top) {
  vfloat total = {};
  int64_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    vfloat x = load(row + j) - top;
    if (bias) x += load(bias + j);
    const vfloat weight = exponential(x);
    store(row + j, weight);
    total += weight;
  }
  double sum = 0;
  for (int lane = 0; lane < LANES; lane++) sum += total[lane];
  for (; j < count; j++) {
    const float weight = std::exp(static_cast<float>(row[j]) - top + (bias ? bias[j] : 0));
    row[j] = static_cast<T>(weight);
    sum += weight;
  }
  return sum;
}
