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
