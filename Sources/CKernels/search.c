#include "CKernelsSearch.h"

// Plain loops on purpose: they scatter into arrays that the second-level cache holds, which no
// instruction set beyond the plain one does faster.

#define PRODUCT(posting) ((posting)&0xFFFF)
#define FIELDS(posting) (((posting) >> 16) & 31)
#define IMPACT(posting) ((float)((posting) >> 21))

void akin_postings_best(const uint32_t *postings, size_t count, float scale, uint32_t fields,
                        float *best) {
  for (size_t i = 0; i < count; i++) {
    uint32_t posting = postings[i];
    if (!(FIELDS(posting) & fields)) continue;
    float value = scale * IMPACT(posting);
    float *slot = best + PRODUCT(posting);
    *slot = value > *slot ? value : *slot;
  }
}

void akin_postings_collect(const uint32_t *postings, size_t count, uint32_t bit, float *best,
                           akin_match *matches) {
  for (size_t i = 0; i < count; i++) {
    uint32_t product = PRODUCT(postings[i]);
    if (best[product] <= 0) continue;
    matches[product].score += best[product];
    matches[product].concepts |= bit;
    best[product] = 0;
  }
}

void akin_postings_add(const uint32_t *postings, size_t count, float scale, uint32_t fields,
                       uint32_t bit, akin_match *matches) {
  for (size_t i = 0; i < count; i++) {
    uint32_t posting = postings[i];
    if (!(FIELDS(posting) & fields)) continue;
    akin_match *match = matches + PRODUCT(posting);
    match->score += scale * IMPACT(posting);
    match->concepts |= bit;
  }
}

/// The first place from `at` on with a product of at least `wanted`, by doubling steps.
static size_t lower_bound(const uint32_t *postings, size_t count, size_t at, uint32_t wanted) {
  if (at >= count || PRODUCT(postings[at]) >= wanted) return at;
  size_t step = 1;
  while (at + step < count && PRODUCT(postings[at + step]) < wanted) {
    at += step;
    step <<= 1;
  }
  size_t high = at + step < count ? at + step : count;
  at++;
  while (at < high) {
    size_t middle = at + (high - at) / 2;
    if (PRODUCT(postings[middle]) < wanted)
      at = middle + 1;
    else
      high = middle;
  }
  return at;
}

void akin_postings_raise(const uint32_t *const *postings, const size_t *counts, size_t lists,
                         float scale, uint32_t fields, const uint16_t *products, size_t count,
                         float *best) {
  size_t places[32] = {0};
  if (lists == 0 || lists > 32) return;
  for (size_t i = 0; i < count; i++) {
    float impact = 0;
    size_t list = 0;
    for (; list < lists; list++) {
      size_t at = lower_bound(postings[list], counts[list], places[list], products[i]);
      places[list] = at;
      if (at == counts[list]) return;
      uint32_t posting = postings[list][at];
      if (PRODUCT(posting) != products[i] || !(FIELDS(posting) & fields)) break;
      impact += IMPACT(posting);
    }
    if (list < lists) continue;
    float value = scale * (impact / (float)lists);
    if (value > best[i]) best[i] = value;
  }
}

size_t akin_products_take(uint16_t *products, size_t count, float *best, uint32_t bit, int required,
                          akin_match *matches) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    uint16_t product = products[i];
    float value = best[i];
    best[i] = 0;
    if (value > 0) {
      matches[product].score += value;
      matches[product].concepts |= bit;
    } else if (required) {
      continue;
    }
    products[kept++] = product;
  }
  return kept;
}

void akin_postings_mark(const uint32_t *postings, size_t count, uint32_t fields,
                        uint64_t *bitmap) {
  for (size_t i = 0; i < count; i++) {
    uint32_t posting = postings[i];
    uint32_t product = PRODUCT(posting);
    if (FIELDS(posting) & fields) bitmap[product >> 6] |= (uint64_t)1 << (product & 63);
  }
}

size_t akin_matches_select(const akin_match *matches, size_t count, uint32_t required,
                           const uint64_t *allowed, uint16_t *products) {
  size_t found = 0;
  for (size_t first = 0; first < count; first += 64) {
    uint64_t word = allowed[first >> 6];
    if (!word) continue;
    size_t end = count - first < 64 ? count - first : 64;
    for (size_t i = 0; i < end; i++) {
      const akin_match *match = matches + first + i;
      products[found] = (uint16_t)(first + i);
      found += (match->concepts & required) == required && match->score > 0 && (word >> i & 1);
    }
  }
  return found;
}

void akin_facets_count(const uint16_t *products, size_t count, const uint32_t *offsets,
                       const uint32_t *facets, uint32_t *counts) {
  for (size_t i = 0; i < count; i++)
    for (uint32_t at = offsets[products[i]]; at < offsets[products[i] + 1]; at++)
      counts[facets[at]]++;
}
