// Attention of one head over one sequence and its gradient, in plain loops that the compiler turns
// into vectors. Included once for each instruction set, inside a namespace targeted at it.

template <class T>
inline T dot(const T *a, const T *b, int64_t d) {
  constexpr int64_t LANES = 16;
  T lanes[LANES] = {};
  int64_t e = 0;
  for (; e + LANES <= d; e += LANES)
    for (int64_t l = 0; l < LANES; l++) lanes[l] += a[e + l] * b[e + l];
  for (; e < d; e++) lanes[0] += a[e] * b[e];
  T sum = 0;
  for (int64_t l = 0; l < LANES; l++) sum += lanes[l];
  return sum;
}

template <class T>
inline void add(T *to, const T *from, T weight, int64_t d) {
  for (int64_t e = 0; e < d; e++) to[e] += weight * from[e];
}

/// Softmax weights of row i over keys 0 ..< count, into `weights`.
template <class T>
inline void weigh(const Head<T> &head, int64_t i, int64_t count, T *weights) {
  T top = -std::numeric_limits<T>::infinity();
  for (int64_t j = 0; j < count; j++) {
    weights[j] = head.scale * dot(head.query(i), head.key(j), head.d);
    top = std::max(top, weights[j]);
  }
  T total = 0;
  for (int64_t j = 0; j < count; j++) total += weights[j] = std::exp(weights[j] - top);
  for (int64_t j = 0; j < count; j++) weights[j] /= total;
}

template <class T>
void forward(const Head<T> &head, T *out, T *scratch) {
  for (int64_t i = 0; i < head.length; i++) {
    const int64_t count = head.causal ? i + 1 : head.length;
    weigh(head, i, count, scratch);
    T *row = out + i * head.width;
    for (int64_t e = 0; e < head.d; e++) row[e] = 0;
    for (int64_t j = 0; j < count; j++)
      if (const T kept = head.kept(i, j)) add(row, head.value(j), scratch[j] * kept, head.d);
  }
}

template <class T>
void backward(const Head<T> &head, const T *gradient, T *dqkv, T *scratch) {
  const int64_t stride = 3 * head.width;
  T *weights = scratch, *slopes = scratch + head.length;
  for (int64_t i = 0; i < head.length; i++) {
    const int64_t count = head.causal ? i + 1 : head.length;
    weigh(head, i, count, weights);
    const T *row = gradient + i * head.width;
    T mean = 0;
    for (int64_t j = 0; j < count; j++) {
      const T kept = head.kept(i, j);
      slopes[j] = kept ? kept * dot(row, head.value(j), head.d) : 0;
      mean += weights[j] * slopes[j];
      if (kept) add(dqkv + j * stride + 2 * head.width, row, weights[j] * kept, head.d);
    }
    for (int64_t j = 0; j < count; j++) {
      const T slope = head.scale * weights[j] * (slopes[j] - mean);
      add(dqkv + i * stride, head.key(j), slope, head.d);
      add(dqkv + j * stride + head.width, head.query(i), slope, head.d);
    }
  }
}
