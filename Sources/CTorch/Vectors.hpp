// Vectors of LANES floats. Included once for each instruction set, inside a namespace that the
// compiler targets at it.

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

// The lanes, S further on.
template <int S, int... I>
inline vfloat rotated(vfloat v, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(v, v, ((I + S) % LANES)...);
}

// The sum and the greatest of all lanes, by halves.
template <int S = LANES / 2>
inline float sum_of_lanes(vfloat v) {
  v += rotated<S>(v, std::make_integer_sequence<int, LANES>{});
  if constexpr (S > 1) return sum_of_lanes<S / 2>(v);
  return v[0];
}

template <int S = LANES / 2>
inline float greatest_lane(vfloat v) {
  v = __builtin_elementwise_max(v, rotated<S>(v, std::make_integer_sequence<int, LANES>{}));
  if constexpr (S > 1) return greatest_lane<S / 2>(v);
  return v[0];
}

// Swaps the blocks of S lanes that lie off the diagonal of a and b.
template <int S, int... I>
inline void exchange(vfloat &a, vfloat &b, std::integer_sequence<int, I...>) {
  const vfloat first = __builtin_shufflevector(a, b, (I & S ? LANES + I - S : I)...);
  b = __builtin_shufflevector(a, b, (I & S ? LANES + I : I + S)...);
  a = first;
}

template <int S = 1>
inline void transpose(vfloat (&rows)[LANES]) {
  for (int i = 0; i < LANES; i++)
    if ((i & S) == 0) exchange<S>(rows[i], rows[i + S], std::make_integer_sequence<int, LANES>{});
  if constexpr (2 * S < LANES) transpose<2 * S>(rows);
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
