#ifndef AKIN_CKERNELS_SEARCH_H
#define AKIN_CKERNELS_SEARCH_H

// The inner loops of lexical search over one segment of at most 65,536 products. A posting is one
// word: the product in the low 16 bits, the fields that hold the term in 5, the impact in 11.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a query came to for one product.
typedef struct {
  /// The sum of its concepts' scores.
  float score;
  /// One bit for each concept that it matches.
  uint32_t concepts;
} akin_match;

/// best[product] = max(best[product], scale * impact) for postings in one of `fields`.
void akin_postings_best(const uint32_t *postings, size_t count, float scale, uint32_t fields,
                        float *best);

/// Adds best[product] to the product's score, sets `bit`, and clears best[product], for the
/// postings' products whose best is above zero: what ends a concept of several alternatives.
void akin_postings_collect(const uint32_t *postings, size_t count, uint32_t bit, float *best,
                           akin_match *matches);

/// Both in one, for a concept of one term.
void akin_postings_add(const uint32_t *postings, size_t count, float scale, uint32_t fields,
                       uint32_t bit, akin_match *matches);

/// Raises best[i] to scale * mean impact where products[i] has a posting in one of `fields` in each of
/// the `lists` (at most 32). `products` ascend, as postings do: each list is walked once, by doubling
/// steps. O(count · lists · log).
void akin_postings_raise(const uint32_t *const *postings, const size_t *counts, size_t lists,
                         float scale, uint32_t fields, const uint16_t *products, size_t count,
                         float *best);

/// Adds best[i] to the match of products[i] and sets `bit` where it is above zero; leaves out the
/// others where the concept is `required`. Clears `best`; returns how many products are left.
size_t akin_products_take(uint16_t *products, size_t count, float *best, uint32_t bit, int required,
                          akin_match *matches);

/// Sets the bits of the postings' products in `bitmap`, 64 products a word.
void akin_postings_mark(const uint32_t *postings, size_t count, uint32_t fields, uint64_t *bitmap);

/// Writes the products below `count` whose matches have all bits of `required`, a score above zero
/// and a bit in `allowed`, ascending; returns how many. `products` has room for `count`.
size_t akin_matches_select(const akin_match *matches, size_t count, uint32_t required,
                           const uint64_t *allowed, uint16_t *products);

/// counts[facet] += 1 for every facet of the products; `facets` holds those of product p from
/// offsets[p] to offsets[p + 1].
void akin_facets_count(const uint16_t *products, size_t count, const uint32_t *offsets,
                       const uint32_t *facets, uint32_t *counts);

/// CRC32C (Castagnoli; RFC 3720, appendix B.4) of `length` bytes that follow those of which `crc`
/// is the checksum; 0 to begin with. By the processor's instruction where it has one.
uint32_t akin_crc32c(uint32_t crc, const void *bytes, size_t length);

/// The same by a table, half a byte at a time.
uint32_t akin_crc32c_plain(uint32_t crc, const void *bytes, size_t length);

/// Which single bit of `length` bytes, if flipped, turns their checksum into that `xor syndrome`:
/// 8 * byte + bit, or -1 where no single bit does. The answer is unique up to 2^31 bits. O(length).
int64_t akin_crc32c_flipped_bit(uint32_t syndrome, size_t length);

#ifdef __cplusplus
}
#endif
#endif
