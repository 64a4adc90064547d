// Attention of one head over one sequence. Included after Vectors.hpp, whose vectors it uses.

// Scores of ROWS queries against all keys into `scores` (ROWS × padded), then the weights.
template <int ROWS, class T>
inline void score(
    const T *q, int64_t stride, const float *keys, int64_t length, int64_t padded, int64_t d,
    float scale, float *scores, float *inverse) {
  float query[ROWS][MAX_DIMENSION];
  for (int r = 0; r < ROWS; r++)
    for (int64_t e = 0; e < d; e += LANES) store(query[r] + e, load(q + r * stride + e) * scale);
  for (int64_t j = 0; j < padded; j += LANES) {
    vfloat sum[ROWS] = {};
    for (int64_t e = 0; e < d; e++) {
      const vfloat k = load(keys + e * padded + j);
      for (int r = 0; r < ROWS; r++) sum[r] += k * query[r][e];
    }
    for (int r = 0; r < ROWS; r++) store(scores + r * padded + j, sum[r]);
  }
  for (int r = 0; r < ROWS; r++) {
    float *row = scores + r * padded;
    for (int64_t j = length; j < padded; j++) row[j] = -INFINITY;
    vfloat top = load(row);
    for (int64_t j = LANES; j < padded; j += LANES)
      top = __builtin_elementwise_max(top, load(row + j));
    float most = top[0];
    for (int lane = 1; lane < LANES; lane++) most = std::max(most, top[lane]);
    vfloat total = {};
    for (int64_t j = 0; j < padded; j += LANES) {
      const vfloat weight = exponential(load(row + j) - most);
      store(row + j, weight);
      total += weight;
    }
    float all = 0;
    for (int lane = 0; lane < LANES; lane++) all += total[lane];
    inverse[r] = 1 / all;
  }
}

// The weighted sums of the values: rows of d floats.
template <int ROWS, class T>
inline void gather(
    const float *scores, const float *inverse, const float *values, int64_t length, int64_t padded,
    int64_t d, T *out, int64_t stride) {
  for (int64_t e = 0; e < d; e += LANES) {
    vfloat sum[ROWS] = {};
    for (int64_t j = 0; j < length; j++) {
      const vfloat v = load(values + j * d + e);
      for (int r = 0; r < ROWS; r++) sum[r] += v * scores[r * padded + j];
    }
    for (int r = 0; r < ROWS; r++) store(out + r * stride + e, sum[r] * inverse[r]);
  }
}

template <class T>
void attend(const T *qkv, int64_t width, int64_t length, int64_t d, float scale, T *out,
            float *scratch) {
  const int64_t padded = (length + LANES - 1) / LANES * LANES, stride = 3 * width;
  float *keys = scratch, *values = keys + padded * d, *scores = values + padded * d;
  // Keys transposed, [d, padded]; the lanes beyond the length are masked after the product.
  std::memset(keys, 0, sizeof(float) * padded * d);
  for (int64_t j = 0; j < length; j++) {
    const T *k = qkv + j * stride + width, *v = k + width;
    for (int64_t e = 0; e < d; e++) keys[e * padded + j] = static_cast<float>(k[e]);
    for (int64_t e = 0; e < d; e += LANES) store(values + j * d + e, load(v + e));
  }
  float inverse[4];
  int64_t i = 0;
  for (; i + 4 <= length; i += 4) {
    score<4>(qkv + i * stride, stride, keys, length, padded, d, scale, scores, inverse);
    gather<4>(scores, inverse, values, length, padded, d, out + i * width, width);
  }
  for (; i < length; i++) {
    score<1>(qkv + i * stride, stride, keys, length, padded, d, scale, scores, inverse);
    gather<1>(scores, inverse, values, length, padded, d, out + i * width, width);
  }
}
