// The recurrence of gated recurrent units over up to eight sequences at a time, in vectors of LANES
// floats. Included after Vectors.hpp; computes what the plain loops of SequenceGRU.cpp do, where
// LANES divides the width.

/// 1 / (1 + e^-x).
inline vfloat logistic(vfloat x) {
  const vfloat e = exponential(-__builtin_elementwise_abs(x));
  const vfloat small = 1.0f / (1.0f + e);
  const vint positive = x >= 0.0f, whole = __builtin_bit_cast(vint, small);
  const vint other = __builtin_bit_cast(vint, e * small);
  return __builtin_bit_cast(vfloat, (whole & positive) | (other & ~positive));
}

inline vfloat hyperbolicTangent(vfloat x) {
  const vfloat e = exponential(-2.0f * __builtin_elementwise_abs(x));
  const vint size = __builtin_bit_cast(vint, (1.0f - e) / (1.0f + e));
  const vint sign = __builtin_bit_cast(vint, x) & INT32_MIN;
  return __builtin_bit_cast(vfloat, size | sign);
}

/// One time step of the first ROWS sequences of a group.
template <int ROWS>
inline void step(const Unit<float> &unit, const Group &group, int64_t time) {
  const int64_t w = unit.width;
  int64_t rows[ROWS];
  for (int r = 0; r < ROWS; r++) rows[r] = group.starts[r] + time;
  for (int64_t e = 0; e < w; e += LANES) {
    vfloat reset[ROWS], update[ROWS], fresh[ROWS];
    for (int r = 0; r < ROWS; r++) {
      reset[r] = load(unit.bias + e);
      update[r] = load(unit.bias + w + e);
      fresh[r] = load(unit.bias + 2 * w + e);
    }
    if (time > 0) {
      const float *former = unit.states - w, *column = unit.transposed + e;
      for (int64_t k = 0; k < w; k++, column += 3 * w) {
        const vfloat a = load(column), b = load(column + w), c = load(column + 2 * w);
        for (int r = 0; r < ROWS; r++) {
          const float h = former[rows[r] * w + k];
          reset[r] += a * h;
          update[r] += b * h;
          fresh[r] += c * h;
        }
      }
    }
    for (int r = 0; r < ROWS; r++) {
      const float *gates = unit.gates + rows[r] * 3 * w + e;
      const vfloat open = logistic(load(gates) + reset[r]);
      const vfloat stay = logistic(load(gates + w) + update[r]);
      const vfloat next = hyperbolicTangent(load(gates + 2 * w) + open * fresh[r]);
      vfloat state = next - stay * next;
      float *out = unit.states + rows[r] * w + e;
      if (time > 0) state += stay * load(out - w);
      store(out, state);
      if (unit.kept == nullptr) continue;
      float *kept = unit.kept + rows[r] * 4 * w + e;
      store(kept, open);
      store(kept + w, stay);
      store(kept + 2 * w, next);
      store(kept + 3 * w, fresh[r]);
    }
  }
}

/// `carried` plus the gradients of ROWS rows by their gates times the weights.
template <int ROWS, int COLUMNS>
inline void carry(const Unit<float> &unit, const int64_t *rows, int64_t e, float *carried) {
  const int64_t w = unit.width;
  vfloat sum[ROWS][COLUMNS];
  for (int r = 0; r < ROWS; r++)
    for (int c = 0; c < COLUMNS; c++) sum[r][c] = load(carried + r * w + e + c * LANES);
  for (int64_t k = 0; k < 3 * w; k++) {
    vfloat column[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) column[c] = load(unit.weight + k * w + e + c * LANES);
    for (int r = 0; r < ROWS; r++) {
      const float slope = unit.stateSlopes[rows[r] * 3 * w + k];
      for (int c = 0; c < COLUMNS; c++) sum[r][c] += column[c] * slope;
    }
  }
  for (int r = 0; r < ROWS; r++)
    for (int c = 0; c < COLUMNS; c++) store(carried + r * w + e + c * LANES, sum[r][c]);
}

/// The gradient of one time step. `carried` has a row of `width` for each sequence of the group:
/// the gradient by its state that comes from later steps, and afterwards that by its former state.
template <int ROWS>
inline void stepBack(const Unit<float> &unit, const Group &group, int64_t time, float *carried) {
  const int64_t w = unit.width;
  int64_t rows[ROWS];
  for (int r = 0; r < ROWS; r++) {
    const int64_t row = rows[r] = group.starts[r] + time;
    for (int64_t e = 0; e < w; e += LANES) {
      const float *kept = unit.kept + row * 4 * w + e;
      const vfloat open = load(kept), stay = load(kept + w), next = load(kept + 2 * w);
      const vfloat given = load(unit.given + row * w + e) + load(carried + r * w + e);
      const vfloat former = time > 0 ? load(unit.states + (row - 1) * w + e) : vfloat{};
      const vfloat toNext = given * (1.0f - stay) * (1.0f - next * next);
      const vfloat toStay = given * (former - next) * stay * (1.0f - stay);
      const vfloat toOpen = toNext * load(kept + 3 * w) * open * (1.0f - open);
      float *gates = unit.gateSlopes + row * 3 * w + e;
      store(gates, toOpen);
      store(gates + w, toStay);
      store(gates + 2 * w, toNext);
      float *states = unit.stateSlopes + row * 3 * w + e;
      store(states, toOpen);
      store(states + w, toStay);
      store(states + 2 * w, toNext * open);
      store(carried + r * w + e, given * stay);
    }
  }
  if (time == 0) return;
  int64_t e = 0;
  for (; e + 2 * LANES <= w; e += 2 * LANES) carry<ROWS, 2>(unit, rows, e, carried);
  for (; e < w; e += LANES) carry<ROWS, 1>(unit, rows, e, carried);
}

/// Calls `step` with as many of the group's sequences as go on at `time`.
inline void forwardInVectors(const Unit<float> &unit, const Group &group) {
  int alive = group.count;
  for (int64_t time = 0; time < group.lengths[0]; time++) {
    while (group.lengths[alive - 1] <= time) alive--;
    switch (alive) {
      case 8: step<8>(unit, group, time); break;
      case 7: step<7>(unit, group, time); break;
      case 6: step<6>(unit, group, time); break;
      case 5: step<5>(unit, group, time); break;
      case 4: step<4>(unit, group, time); break;
      case 3: step<3>(unit, group, time); break;
      case 2: step<2>(unit, group, time); break;
      default: step<1>(unit, group, time);
    }
  }
}

/// Calls `stepBack` from the end. `carried` is 0 at first.
inline void backwardInVectors(const Unit<float> &unit, const Group &group, float *carried) {
  int alive = 1;
  for (int64_t time = group.lengths[0] - 1; time >= 0; time--) {
    while (alive < group.count && group.lengths[alive] > time) alive++;
    switch (alive) {
      case 8: stepBack<8>(unit, group, time, carried); break;
      case 7: stepBack<7>(unit, group, time, carried); break;
      case 6: stepBack<6>(unit, group, time, carried); break;
      case 5: stepBack<5>(unit, group, time, carried); break;
      case 4: stepBack<4>(unit, group, time, carried); break;
      case 3: stepBack<3>(unit, group, time, carried); break;
      case 2: stepBack<2>(unit, group, time, carried); break;
      default: stepBack<1>(unit, group, time, carried);
    }
  }
}
