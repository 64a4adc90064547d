// Attention of one head over one sequence and its gradient, in vectors of LANES floats and several
// queries at a time. Included after AttentionVectors.hpp; computes what SequenceAttention.hpp does
// in plain loops, where LANES divides a head's dimensions.

constexpr float ONES[4] = {1, 1, 1, 1};

/// Columns of keys and values, and rows of weights, with room to the next multiple of LANES.
struct Room {
  int64_t padded;
  float *keys, *values, *weights, *slopes, *dropped;

  static int64_t floats(int64_t longest, int64_t d) {
    const int64_t padded = (longest + 15) / 16 * 16;
    return 2 * padded * d + 3 * 4 * padded;
  }

  Room(const Head<float> &head, float *scratch)
      : padded((head.length + LANES - 1) / LANES * LANES),
        keys(scratch),
        values(keys + padded * head.d),
        weights(values + padded * head.d),
        slopes(weights + 4 * padded),
        dropped(slopes + 4 * padded) {}
};

/// `from` with the dropped places of row i at 0 and the others scaled.
inline void drop(
    const Head<float> &head, int64_t i, const Room &room, const float *from, float *to) {
  vuint lane;
  for (int l = 0; l < LANES; l++) lane[l] = static_cast<uint32_t>(l);
  for (int64_t j = 0; j < room.padded; j += LANES) {
    vuint x = (lane + static_cast<uint32_t>(i * head.length + j)) ^ head.salt;
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    x ^= x >> 16;
    const vint mask = x >= head.limit;
    const vint kept = __builtin_bit_cast(vint, load(from + j) * head.kept_scale) & mask;
    store(to + j, __builtin_bit_cast(vfloat, kept));
  }
}

/// Softmax weights of ROWS rows from row i on.
template <int ROWS>
inline void weights(const Head<float> &head, int64_t i, const Room &room) {
  const float scale = head.scale, factors[4] = {scale, scale, scale, scale};
  multiply<ROWS>(
      head.query(i), 3 * head.width, room.keys, room.padded, head.d, room.padded, factors,
      room.weights, room.padded);
  for (int r = 0; r < ROWS; r++) {
    float *row = room.weights + r * room.padded;
    const float factor = exponentiate(row, head.causal ? i + r + 1 : head.length, room.padded);
    for (int64_t j = 0; j < room.padded; j += LANES) store(row + j, load(row + j) * factor);
  }
}

template <int ROWS>
inline void forward(const Head<float> &head, int64_t i, const Room &room, float *out) {
  weights<ROWS>(head, i, room);
  const float *used = room.weights;
  if (head.limit != 0) {
    for (int r = 0; r < ROWS; r++)
      drop(head, i + r, room, room.weights + r * room.padded, room.dropped + r * room.padded);
    used = room.dropped;
  }
  multiply<ROWS>(
      used, room.padded, head.value(0), 3 * head.width, head.length, head.d, ONES,
      out + i * head.width, head.width);
}

template <int ROWS>
inline void backward(
    const Head<float> &head, int64_t i, const Room &room, const float *gradient, float *dqkv) {
  const int64_t stride = 3 * head.width, padded = room.padded;
  weights<ROWS>(head, i, room);
  const float *given = gradient + i * head.width;
  multiply<ROWS>(
      given, head.width, room.values, padded, head.d, padded, ONES, room.slopes, padded);
  const float *used = room.weights;
  if (head.limit != 0) {
    used = room.dropped;
    for (int r = 0; r < ROWS; r++) {
      drop(head, i + r, room, room.weights + r * padded, room.dropped + r * padded);
      drop(head, i + r, room, room.slopes + r * padded, room.slopes + r * padded);
    }
  }
  for (int r = 0; r < ROWS; r++) {
    const float *weight = room.weights + r * padded;
    float *slope = room.slopes + r * padded;
    vfloat sums = {};
    for (int64_t j = 0; j < padded; j += LANES) sums += load(weight + j) * load(slope + j);
    const float mean = sum_of_lanes(sums);
    for (int64_t j = 0; j < padded; j += LANES)
      store(slope + j, load(weight + j) * (load(slope + j) - mean) * head.scale);
  }
  for (int64_t e = 0; e < head.d; e += LANES) {
    vfloat query[ROWS], slope[ROWS], sum[ROWS] = {};
    for (int r = 0; r < ROWS; r++) {
      query[r] = load(head.query(i + r) + e);
      slope[r] = load(given + r * head.width + e);
    }
    for (int64_t j = 0; j < head.length; j++) {
      const vfloat key = load(head.key(j) + e);
      float *dkey = dqkv + j * stride + head.width + e, *dvalue = dkey + head.width;
      vfloat toKey = load(dkey), toValue = load(dvalue);
      for (int r = 0; r < ROWS; r++) {
        const float s = room.slopes[r * padded + j];
        sum[r] += key * s;
        toKey += query[r] * s;
        toValue += slope[r] * used[r * padded + j];
      }
      store(dkey, toKey);
      store(dvalue, toValue);
    }
    for (int r = 0; r < ROWS; r++) {
      float *dquery = dqkv + (i + r) * stride + e;
      store(dquery, load(dquery) + sum[r]);
    }
  }
}

inline void forwardInVectors(const Head<float> &head, float *out, float *scratch) {
  const Room room(head, scratch);
  turn(head.key(0), 3 * head.width, head.length, room.padded, head.d, room.keys);
  int64_t i = 0;
  for (; i + 4 <= head.length; i += 4) forward<4>(head, i, room, out);
  for (; i < head.length; i++) forward<1>(head, i, room, out);
}

inline void backwardInVectors(
    const Head<float> &head, const float *gradient, float *dqkv, float *scratch) {
  const Room room(head, scratch);
  turn(head.key(0), 3 * head.width, head.length, room.padded, head.d, room.keys);
  turn(head.value(0), 3 * head.width, head.length, room.padded, head.d, room.values);
  int64_t i = 0;
  for (; i + 4 <= head.length; i += 4) backward<4>(head, i, room, gradient, dqkv);
  for (; i < head.length; i++) backward<1>(head, i, room, gradient, dqkv);
}
