// Delimited text, 64 bytes at a time: a mask of the bytes that can matter (delimiter, quote,
// line end), then a small state machine over its set bits.
//
// Arrow's CSV reader was considered. Its InvalidRow handler gives the ordinal of a row
// (arrow/csv/invalid_row.h), not the physical line that a shop opens in its editor, and
// is told only of rows with a wrong number of fields: a quote that nothing closes swallows the
// rest of the block or fails the file. A quality report needs both.
#include "CFeed.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

typedef struct {
  uint64_t special;  // delimiter, quote or line end
  uint64_t unusual;  // NUL or not ASCII
} masks;

typedef masks (*classifier)(const uint8_t *, const cfeed_dialect *);

static inline __attribute__((always_inline)) masks classify_plain(
    const uint8_t *p, const cfeed_dialect *d) {
  masks m = {0, 0};
  for (int i = 0; i < 64; i++) {
    uint8_t c = p[i];
    uint64_t special = c == d->delimiter || c == d->newline || (d->quoting && c == d->quote);
    m.special |= special << i;
    m.unusual |= (uint64_t)(c == 0 || c >= 0x80) << i;
  }
  return m;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static inline __attribute__((always_inline)) masks classify_avx2(
    const uint8_t *p, const cfeed_dialect *d) {
  const __m256i delimiter = _mm256_set1_epi8((char)d->delimiter);
  const __m256i newline = _mm256_set1_epi8((char)d->newline);
  const __m256i quote = _mm256_set1_epi8((char)(d->quoting ? d->quote : d->newline));
  masks m = {0, 0};
  for (int half = 0; half < 2; half++) {
    __m256i v = _mm256_loadu_si256((const __m256i *)(p + half * 32));
    __m256i s = _mm256_or_si256(
        _mm256_or_si256(_mm256_cmpeq_epi8(v, delimiter), _mm256_cmpeq_epi8(v, newline)),
        _mm256_cmpeq_epi8(v, quote));
    __m256i u = _mm256_or_si256(v, _mm256_cmpeq_epi8(v, _mm256_setzero_si256()));
    m.special |= (uint64_t)(uint32_t)_mm256_movemask_epi8(s) << (half * 32);
    m.unusual |= (uint64_t)(uint32_t)_mm256_movemask_epi8(u) << (half * 32);
  }
  return m;
}

static inline __attribute__((always_inline)) masks classify_baseline(
    const uint8_t *p, const cfeed_dialect *d) {
  const __m128i delimiter = _mm_set1_epi8((char)d->delimiter);
  const __m128i newline = _mm_set1_epi8((char)d->newline);
  const __m128i quote = _mm_set1_epi8((char)(d->quoting ? d->quote : d->newline));
  masks m = {0, 0};
  for (int part = 0; part < 4; part++) {
    __m128i v = _mm_loadu_si128((const __m128i *)(p + part * 16));
    __m128i s = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(v, delimiter), _mm_cmpeq_epi8(v, newline)),
        _mm_cmpeq_epi8(v, quote));
    __m128i u = _mm_or_si128(v, _mm_cmpeq_epi8(v, _mm_setzero_si128()));
    m.special |= (uint64_t)(uint32_t)_mm_movemask_epi8(s) << (part * 16);
    m.unusual |= (uint64_t)(uint32_t)_mm_movemask_epi8(u) << (part * 16);
  }
  return m;
}
#elif defined(__aarch64__)
static inline uint64_t bits_of(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
  const uint8x16_t weight = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t ab = vpaddq_u8(vandq_u8(a, weight), vandq_u8(b, weight));
  uint8x16_t cd = vpaddq_u8(vandq_u8(c, weight), vandq_u8(d, weight));
  uint8x16_t all = vpaddq_u8(ab, cd);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

static inline __attribute__((always_inline)) masks classify_baseline(
    const uint8_t *p, const cfeed_dialect *d) {
  const uint8x16_t delimiter = vdupq_n_u8(d->delimiter), newline = vdupq_n_u8(d->newline);
  const uint8x16_t quote = vdupq_n_u8(d->quoting ? d->quote : d->newline);
  uint8x16_t s[4], u[4];
  for (int part = 0; part < 4; part++) {
    uint8x16_t v = vld1q_u8(p + part * 16);
    s[part] = vorrq_u8(vorrq_u8(vceqq_u8(v, delimiter), vceqq_u8(v, newline)), vceqq_u8(v, quote));
    u[part] = vorrq_u8(vcgeq_u8(v, vdupq_n_u8(0x80)), vceqq_u8(v, vdupq_n_u8(0)));
  }
  masks m = {bits_of(s[0], s[1], s[2], s[3]), bits_of(u[0], u[1], u[2], u[3])};
  return m;
}
#else
#define classify_baseline classify_plain
#endif

// What follows a closing quote at `at`: the end of a field, one more quote, or neither.
typedef enum { AFTER_END, AFTER_QUOTE, AFTER_STRAY, AFTER_UNKNOWN } after_quote;

static inline after_quote after(
    const uint8_t *p, size_t n, int final, const cfeed_dialect *d, size_t at) {
  if (at + 1 >= n) return final ? AFTER_END : AFTER_UNKNOWN;
  uint8_t c = p[at + 1];
  if (c == d->quote) return AFTER_QUOTE;
  if (c == d->delimiter || c == d->newline) return AFTER_END;
  if (c != '\r') return AFTER_STRAY;
  if (at + 2 >= n) return final ? AFTER_END : AFTER_UNKNOWN;
  return p[at + 2] == d->newline ? AFTER_END : AFTER_STRAY;
}

// Longer than 40 lines, because the state of the machine must stay in registers.
static inline __attribute__((always_inline)) void scan(
    const uint8_t *p, size_t n, int final, const cfeed_dialect *d, cfeed_field *fields,
    size_t capacity, cfeed_row *row, classifier classify) {
  size_t count = 0, start = 0, closed = 0, skip = SIZE_MAX, lines = 0;
  uint32_t escaped = 0;
  int quoted = 0, inside = 0;
  uint64_t unusual = 0;
  const uint8_t delimiter = d->delimiter, newline = d->newline;
  row->status = CFEED_ROW;

#define FINISH(code, row_length, row_consumed)    \
  do {                                            \
    row->status = (code);                         \
    row->length = (row_length);                   \
    row->consumed = (row_consumed);               \
    row->lines = lines;                           \
    row->fields = count;                          \
    row->suspicious = unusual != 0;               \
    return;                                       \
  } while (0)
#define PUSH(end)                                                        \
  do {                                                                   \
    if (count == capacity) FINISH(CFEED_TOO_MANY, 0, 0);                 \
    fields[count].start = (uint32_t)(quoted ? start + 1 : start);        \
    fields[count].length =                                               \
        (uint32_t)(quoted ? closed - start - 1 : (end) - start);         \
    fields[count].escaped = escaped;                                     \
    count++;                                                             \
  } while (0)

  for (size_t block = 0; block < n; block += 64) {
    masks m = classify(p + block, d);
    if (n - block < 64) {
      uint64_t live = (1ULL << (n - block)) - 1;
      m.special &= live;
      m.unusual &= live;
    }
    unusual |= m.unusual;
    for (uint64_t special = m.special; special; special &= special - 1) {
      size_t at = block + (size_t)__builtin_ctzll(special);
      uint8_t c = p[at];
      if (inside) {
        if (c == newline) lines++;
        if (!d->quoting || c != d->quote || at == skip) continue;
        switch (after(p, n, final, d, at)) {
          case AFTER_END:
            inside = 0;
            closed = at;
            break;
          case AFTER_QUOTE:
            escaped = 1;
            skip = at + 1;
            break;
          case AFTER_STRAY: FINISH(CFEED_STRAY_QUOTE, 0, 0);
          case AFTER_UNKNOWN: FINISH(CFEED_MORE, 0, 0);
        }
        continue;
      }
      if (c == delimiter) {
        PUSH(at);
        start = at + 1;
        quoted = 0;
        escaped = 0;
      } else if (c == newline) {
        size_t end = at;
        if (newline == '\n' && end > 0 && p[end - 1] == '\r' && end > start) end--;
        PUSH(end);
        lines++;
        FINISH(CFEED_ROW, end, at + 1);
      } else if (at == start) {
        inside = quoted = 1;
      }
    }
  }
  if (!final) FINISH(CFEED_MORE, 0, 0);
  if (inside) FINISH(CFEED_OPEN_QUOTE, n, n);
  size_t end = n;
  if (newline == '\n' && end > start && p[end - 1] == '\r') end--;
  PUSH(end);
  FINISH(CFEED_ROW, end, n);
#undef PUSH
#undef FINISH
}

void cfeed_scan_row_plain(
    const uint8_t *bytes, size_t length, int final, const cfeed_dialect *dialect,
    cfeed_field *fields, size_t capacity, cfeed_row *row) {
  scan(bytes, length, final, dialect, fields, capacity, row, classify_plain);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void scan_avx2(
    const uint8_t *bytes, size_t length, int final, const cfeed_dialect *dialect,
    cfeed_field *fields, size_t capacity, cfeed_row *row) {
  scan(bytes, length, final, dialect, fields, capacity, row, classify_avx2);
}
#endif

void cfeed_scan_row(
    const uint8_t *bytes, size_t length, int final, const cfeed_dialect *dialect,
    cfeed_field *fields, size_t capacity, cfeed_row *row) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    scan_avx2(bytes, length, final, dialect, fields, capacity, row);
    return;
  }
#endif
  scan(bytes, length, final, dialect, fields, capacity, row, classify_baseline);
}

size_t cfeed_unescape(const uint8_t *bytes, size_t length, uint8_t quote, uint8_t *out) {
  size_t written = 0, at = 0;
  while (at < length) {
    const uint8_t *found = memchr(bytes + at, quote, length - at);
    size_t end = found ? (size_t)(found - bytes) + 1 : length;
    memcpy(out + written, bytes + at, end - at);
    written += end - at;
    at = end;
    if (found && at < length && bytes[at] == quote) at++;
  }
  return written;
}

size_t cfeed_json_extent(const uint8_t *bytes, size_t length, size_t *lines) {
  size_t depth = 0, breaks = 0;
  for (size_t at = 0; at < length; at++) {
    switch (bytes[at]) {
      case '\n': breaks++; break;
      case '{':
      case '[': depth++; break;
      case '}':
      case ']':
        if (--depth == 0) {
          *lines = breaks;
          return at + 1;
        }
        break;
      case '"':
        for (at++; at < length && bytes[at] != '"'; at++) {
          if (bytes[at] == '\\') at++;
          else if (bytes[at] == '\n') breaks++;
        }
        break;
      default: break;
    }
  }
  return 0;
}

size_t cfeed_count(const uint8_t *bytes, size_t length, uint8_t byte) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) count += bytes[i] == byte;
  return count;
}
