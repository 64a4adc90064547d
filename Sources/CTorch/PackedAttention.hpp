// Attention of one head over one sequence, on vectors of LANES floats. Included once for each
// instruction set, inside a namespace that the compiler targets at it.

typedef float vfloat __attribute__((vector_size(LANES * 4)));
typedef int32_t vint __attribute__((vector_size(LANES * 4)));
typedef uint32_t vuint __attribute__((vector_size(LANES * 4)));
typedef uint16_t vhalf __attribute__((vector_size(LANES * 2)));

inline vfloat load(const float *p) {
  vfloat v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

inline vfloat load(const c10::BFloat16 *p) {
  vhalf h;
  std::memcpy(&h, p, sizeof h);
  const vuint bits = __builtin_convertvector(h, vuint) << 16;
  return __builtin_bit_cast(vfloat, bits);
}

inline void store(float *p, vfloat v) { std::memcpy(p, &v, sizeof v); }

// Rounds to the nearest, ties to even.
inline void store(c10::BFloat16 *p, vfloat v) {
  const vuint bits = __builtin_bit_cast(vuint, v);
  const vuint rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
  const vhalf h = __builtin_convertvector(rounded, vhalf);
  std::memcpy(p, &h, sizeof h);
}

// e^x for x <= 0, relative error below 3e-7: 2^n · 2^f by a polynomial in f = x / ln 2 − n.
inline vfloat exponential(vfloat x) {
  x = __builtin_elementwise_max(x, vfloat{} - 87.0f);
  const vfloat n = __builtin_elementwise_roundeven(x * 1.44269504088896341f);
  const vfloat r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  vfloat p = vfloat{} + 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const vint bits = (__builtin_convertvector(n, vint) + 127) << 23;
  return p * __builtin_bit_cast(vfloat, bits);
}

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
