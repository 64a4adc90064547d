// Attention of one head over one sequence. Included after AttentionVectors.hpp.

// ROWS queries over all keys.
template <int ROWS, class T>
inline void attend(
    const T *q, int64_t stride, const float *keys, const float *values, int64_t length,
    int64_t padded, int64_t d, float scale, float *scores, T *out, int64_t width) {
  float query[ROWS][MAX_DIMENSION], factors[ROWS];
  for (int r = 0; r < ROWS; r++)
    for (int64_t e = 0; e < d; e += LANES) store(query[r] + e, load(q + r * stride + e));
  for (int r = 0; r < ROWS; r++) factors[r] = scale;
  multiply<ROWS>(query[0], MAX_DIMENSION, keys, padded, d, padded, factors, scores, padded);
  for (int r = 0; r < ROWS; r++) factors[r] = exponentiate(scores + r * padded, length, padded);
  multiply<ROWS>(scores, padded, values, d, length, d, factors, out, width);
}

template <class T>
void attend(const T *qkv, int64_t width, int64_t length, int64_t d, float scale, T *out,
            float *scratch) {
  const int64_t padded = (length + LANES - 1) / LANES * LANES, stride = 3 * width;
  float *keys = scratch, *values = keys + padded * d, *scores = values + padded * d;
  turn(qkv + width, stride, length, padded, d, keys);
  for (int64_t j = 0; j < length; j++)
    for (int64_t e = 0; e < d; e += LANES)
      store(values + j * d + e, load(qkv + j * stride + 2 * width + e));
  // As many queries at a time as there are registers for their sums.
  constexpr int ROWS = LANES == 16 ? 8 : 4;
  int64_t i = 0;
  for (; i + ROWS <= length; i += ROWS)
    attend<ROWS>(qkv + i * stride, stride, keys, values, length, padded, d, scale, scores,
                 out + i * width, width);
  for (; i + 2 <= length; i += 2)
    attend<2>(qkv + i * stride, stride, keys, values, length, padded, d, scale, scores,
              out + i * width, width);
  for (; i < length; i++)
    attend<1>(qkv + i * stride, stride, keys, values, length, padded, d, scale, scores,
              out + i * width, width);
}
