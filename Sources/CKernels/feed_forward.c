#include "CKernels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Rows that go through both products together: their hidden features stay in the second-level cache.
enum { BLOCK = 48, TILE_ROWS = 12, LANES = 16 };

// What the rows of a block are on their way.
typedef struct {
  float *x, *hidden, *y, *scales, *lows;
  uint8_t *codes;
} room;

static size_t rows_at_once(size_t rows) { return rows < BLOCK ? rows : BLOCK; }

size_t akin_feed_forward_scratch(const akin_feed_forward *layer, size_t rows) {
  const size_t width = layer->expansion.inputs, wide = layer->expansion.outputs;
  return rows_at_once(rows) *
         ((2 * width + wide + 2) * sizeof(float) + (width > wide ? width : wide));
}

static room divided(const akin_feed_forward *layer, size_t rows, void *scratch) {
  const size_t width = layer->expansion.inputs, wide = layer->expansion.outputs;
  const size_t count = rows_at_once(rows);
  room room;
  room.x = scratch;
  room.y = room.x + count * width;
  room.hidden = room.y + count * width;
  room.scales = room.hidden + count * wide;
  room.lows = room.scales + count;
  room.codes = (uint8_t *)(room.lows + count);
  return room;
}

void akin_code_linear(const float *weights, size_t outputs, size_t inputs, int8_t *codes,
                      float *scales, float *sums) {
  for (size_t o = 0; o < outputs; o++) {
    const float *row = weights + o * inputs;
    float most = 0;
    for (size_t i = 0; i < inputs; i++) most = fmaxf(most, fabsf(row[i]));
    const float steps = most > 0 ? 127 / most : 0;
    scales[o] = most / 127;
    int32_t sum = 0;
    int8_t *panel = codes + o / 32 * 32 * inputs;
    for (size_t i = 0; i < inputs; i++) {
      const int8_t code = (int8_t)lrintf(row[i] * steps);
      panel[i / 4 * 128 + o % 32 * 4 + i % 4] = code;
      sum += code;
    }
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
#include "feed_forward.inc"
#undef TARGET
#undef KERNEL

#if defined(__x86_64__)
#define TARGET                        \
  __attribute__((min_vector_width(512),      \
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
#include "feed_forward.inc"
#endif

int akin_feed_forward_supported(void) { return akin_kernel_supported(AKIN_KERNEL_AVX512); }

void akin_feed_forward_rows(int plainly, const akin_feed_forward *layer, const void *x, int half,
                            size_t rows, void *out, void *scratch) {
  const room room = divided(layer, rows, scratch);
#if defined(__x86_64__)
  if (!plainly && akin_feed_forward_supported())
    return feed_forward_avx512(layer, x, half, rows, out, &room);
#endif
  feed_forward_plain(layer, x, half, rows, out, &room);
}
