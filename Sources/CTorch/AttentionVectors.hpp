// What attention over one sequence is made of: rows of keys turned into columns, products,
// softmax. Included after Vectors.hpp; LANES divides d and `padded`.

/// Rows of d, `stride` apart, as columns: `[length, d]` → `[d, padded]`, 0 beyond the length.
template <class T>
inline void turn(
    const T *rows, int64_t stride, int64_t length, int64_t padded, int64_t d, float *columns) {
  for (int64_t j = 0; j < padded; j += LANES) {
    const int64_t count = std::min<int64_t>(LANES, length - j);
    for (int64_t e = 0; e < d; e += LANES) {
      vfloat block[LANES] = {};
      for (int64_t l = 0; l < count; l++) block[l] = load(rows + (j + l) * stride + e);
      transpose(block);
      for (int l = 0; l < LANES; l++) store(columns + (e + l) * padded + j, block[l]);
    }
  }
}

template <int ROWS, int COLUMNS, class T>
inline void multiply_tile(
    const float *rows, int64_t stride, const float *columns, int64_t columns_stride, int64_t count,
    const float *factors, T *out, int64_t out_stride) {
  vfloat sum[ROWS][COLUMNS] = {};
  for (int64_t k = 0; k < count; k++)
    for (int c = 0; c < COLUMNS; c++) {
      const vfloat column = load(columns + k * columns_stride + c * LANES);
      for (int r = 0; r < ROWS; r++) sum[r][c] += column * rows[r * stride + k];
    }
  for (int r = 0; r < ROWS; r++)
    for (int c = 0; c < COLUMNS; c++)
      store(out + r * out_stride + c * LANES, sum[r][c] * factors[r]);
}

/// The product of ROWS rows of `count` with a matrix `[count, width]`, each row times its factor:
/// `[ROWS, width]`. LANES divides `width`; rows of all three are so many elements apart.
template <int ROWS, class T>
inline void multiply(
    const float *rows, int64_t stride, const float *columns, int64_t columns_stride, int64_t count,
    int64_t width, const float *factors, T *out, int64_t out_stride) {
  // Three vectors at a time: enough sums that none waits for its last product.
  int64_t j = 0;
  for (; j + 3 * LANES <= width; j += 3 * LANES)
    multiply_tile<ROWS, 3>(
        rows, stride, columns + j, columns_stride, count, factors, out + j, out_stride);
  if (width - j == 2 * LANES)
    multiply_tile<ROWS, 2>(
        rows, stride, columns + j, columns_stride, count, factors, out + j, out_stride);
  else if (width - j == LANES)
    multiply_tile<ROWS, 1>(
        rows, stride, columns + j, columns_stride, count, factors, out + j, out_stride);
}

/// `v` in the lanes below `count`, `other` in those from it on.
inline vfloat first_lanes(vfloat v, int64_t count, float other) {
  vint lane;
  for (int l = 0; l < LANES; l++) lane[l] = l;
  return lane < static_cast<int32_t>(count) ? v : vfloat{} + other;
}

/// Replaces a row's first `count` products x by exp(x − the greatest), and those up to `padded`
/// by 0.
///
/// Returns 1 over the sum: what makes them softmax weights.
inline float exponentiate(float *row, int64_t count, int64_t padded) {
  const int64_t whole = count / LANES * LANES;
  vfloat most = vfloat{} - INFINITY;
  for (int64_t j = 0; j < whole; j += LANES)
    most = __builtin_elementwise_max(most, load(row + j));
  if (whole < count)
    most = __builtin_elementwise_max(
        most, first_lanes(load(row + whole), count - whole, -INFINITY));
  const float top = greatest_lane(most);
  vfloat sums = {};
  for (int64_t j = 0; j < whole; j += LANES) {
    const vfloat weight = exponential(load(row + j) - top);
    store(row + j, weight);
    sums += weight;
  }
  if (whole < count) {
    const vfloat weight =
        first_lanes(exponential(load(row + whole) - top), count - whole, 0);
    store(row + whole, weight);
    sums += weight;
  }
  for (int64_t j = (count + LANES - 1) / LANES * LANES; j < padded; j += LANES)
    store(row + j, vfloat{});
  return 1 / sum_of_lanes(sums);
}
