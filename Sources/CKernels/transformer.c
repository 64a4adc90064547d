#include "CKernels.h"
#include "halves.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Rows that go through both products together: their hidden features stay in the second-level cache.
enum { BLOCK = 48, TILE_ROWS = 12, LANES = 16 };

// What becomes of a product.
typedef enum { NOTHING, GELU, ADD } after;

// Rows as codes: value ≈ low + scale · code.
typedef struct {
  const uint8_t *codes;
  size_t stride;
  const float *scales, *lows;
} coded_rows;

// What a block of rows is on its way: rows of the inputs, of the outputs, and results.
typedef struct {
  float *narrow, *wide, *sums, *scales, *lows;
  uint8_t *codes;
} room;

static size_t rows_at_once(size_t rows) { return rows < BLOCK ? rows : BLOCK; }

size_t akin_transformer_scratch(size_t rows, size_t inputs, size_t outputs) {
  const size_t larger = inputs > outputs ? inputs : outputs;
  return rows_at_once(rows) * ((inputs + outputs + larger + 2) * sizeof(float) + larger);
}

static room divided(const akin_rows *rows, size_t inputs, size_t outputs) {
  const size_t count = rows_at_once(rows->count), larger = inputs > outputs ? inputs : outputs;
  room room;
  room.narrow = rows->scratch;
  room.wide = room.narrow + count * inputs;
  room.sums = room.wide + count * outputs;
  room.scales = room.sums + count * larger;
  room.lows = room.scales + count;
  room.codes = (uint8_t *)(room.lows + count);
  return room;
}

void akin_code_linear(const float *weights, size_t outputs, size_t inputs, int8_t *codes,
                      float *scales, float *sums) {
  for (size_t o = 0; o < outputs; o++) {
    const float *row = weights + o * inputs;
    int8_t *panel = codes + o / 32 * 32 * inputs + o % 32 * 4;
    float most = 0, nothing = 0;
    for (size_t i = 0; i < inputs; i++) {
      most = fmaxf(most, fabsf(row[i]));
      nothing += row[i] * 0;
    }
    // An output with a weight that is no number must not look like one.
    const int missing = nothing != 0;
    const float steps = !missing && most > 0 ? 127 / most : 0;
    int32_t sum = 0;
    for (size_t i = 0; i < inputs; i++) {
      const int8_t code = missing ? 0 : (int8_t)lrintf(row[i] * steps);
      panel[i / 4 * 128 + i % 4] = code;
      sum += code;
    }
    scales[o] = missing ? NAN : most / 127;
    sums[o] = scales[o] * (float)sum;
  }
}

#define TARGET
#define KERNEL(name) name##_plain
static void tile_plain(const uint8_t *rows, size_t stride, size_t count, const int8_t *panel,
                       size_t inputs, int32_t sums[TILE_ROWS][32]) {
  for (size_t r = 0; r < count; r++)
    for (int c = 0; c < 32; c++) {
      int32_t sum = 0;
      for (size_t i = 0; i < inputs; i++)
        sum += (int32_t)rows[r * stride + i] * panel[i / 4 * 128 + (size_t)c * 4 + i % 4];
      sums[r][c] = sum;
    }
}
#include "transformer.inc"
#undef TARGET
#undef KERNEL

#if defined(__x86_64__)
#define TARGET                          \
  __attribute__((min_vector_width(512), \
                 target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma")))
#define KERNEL(name) name##_avx512

// COUNT rows times 32 outputs: two vectors of sums a row.
#define TILE(COUNT)                                                                            \
  TARGET static inline void tile##COUNT(const uint8_t *rows, size_t stride,                    \
                                        const int8_t *panel, size_t inputs, int32_t *sums) {   \
    __m512i a[COUNT], b[COUNT];                                                                \
    for (int r = 0; r < COUNT; r++) a[r] = b[r] = _mm512_setzero_si512();                      \
    for (size_t i = 0; i < inputs; i += 4) {                                                   \
      const __m512i left = _mm512_loadu_si512(panel + i * 32);                                 \
      const __m512i right = _mm512_loadu_si512(panel + i * 32 + 64);                           \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < COUNT; r++) {                     \
        int32_t four;                                                                          \
        memcpy(&four, rows + (size_t)r * stride + i, sizeof four);                             \
        const __m512i codes = _mm512_set1_epi32(four);                                         \
        a[r] = _mm512_dpbusd_epi32(a[r], codes, left);                                         \
        b[r] = _mm512_dpbusd_epi32(b[r], codes, right);                                        \
      }                                                                                        \
    }                                                                                          \
    for (int r = 0; r < COUNT; r++) {                                                          \
      _mm512_storeu_si512(sums + r * 32, a[r]);                                                \
      _mm512_storeu_si512(sums + r * 32 + 16, b[r]);                                           \
    }                                                                                          \
  }
TILE(12)
TILE(6)
TILE(2)
TILE(1)

TARGET static inline void tile_avx512(const uint8_t *rows, size_t stride, size_t count,
                                      const int8_t *panel, size_t inputs,
                                      int32_t sums[TILE_ROWS][32]) {
  if (count == TILE_ROWS) return tile12(rows, stride, panel, inputs, sums[0]);
  size_t r = 0;
  for (; r + 6 <= count; r += 6) tile6(rows + r * stride, stride, panel, inputs, sums[r]);
  for (; r + 2 <= count; r += 2) tile2(rows + r * stride, stride, panel, inputs, sums[r]);
  if (r < count) tile1(rows + r * stride, stride, panel, inputs, sums[r]);
}
#include "transformer.inc"
#endif

int akin_transformer_supported(void) { return akin_kernel_supported(AKIN_KERNEL_AVX512); }

#if defined(__x86_64__)
#define RUN(part, ...)                          \
  if (!plainly && akin_transformer_supported()) \
    part##_avx512(__VA_ARGS__);                 \
  else                                          \
    part##_plain(__VA_ARGS__)
#else
#define RUN(part, ...) (void)plainly, part##_plain(__VA_ARGS__)
#endif

void akin_project_rows(int plainly, const akin_coded_linear *layer, const akin_rows *rows) {
  RUN(project, layer, rows);
}

void akin_attach_rows(int plainly, const akin_coded_linear *layer, const akin_norm *norm,
                      const akin_rows *rows) {
  RUN(attach, layer, norm, rows);
}

void akin_feed_forward_rows(int plainly, const akin_coded_linear *expansion,
                            const akin_coded_linear *contraction, const akin_norm *norm,
                            const akin_rows *rows) {
  RUN(feed_forward, expansion, contraction, norm, rows);
}
