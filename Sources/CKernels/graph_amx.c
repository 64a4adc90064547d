// The graph's loops for AMX: int8 products on tile registers, the rest as AVX-512.
#include "graph.h"

#if defined(__x86_64__)
#define KERNEL(name) name##_amx
#define TARGET                                                                     \
  __attribute__((min_vector_width(512),                                            \
                 target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma,"  \
                        "amx-tile,amx-int8,bmi")))
#include "graph_avx512.h"

// Eight tile registers of 16 rows of 64 bytes, for the calling thread.
TARGET static inline void configure_tiles(void) {
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } ALIGNED configuration = {.palette = 1};
  for (int t = 0; t < 8; t++) {
    configuration.row_bytes[t] = 64;
    configuration.rows[t] = 16;
  }
  _tile_loadconfig(&configuration);
}
#define ENTER configure_tiles();
#define LEAVE _tile_release();

// Four tiles accumulate 32 x 32 sums, two hold rows, two columns; each instruction does
// 16 x 16 x 64 multiplications.
TARGET static inline void tile_amx(const int8_t *rows, size_t stride, const int32_t *excess,
                                   const int8_t *packed, int32_t *dots) {
  (void)excess;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (size_t k = 0; k < stride; k += 64) {
    _tile_loadd(4, rows + k, stride);
    _tile_loadd(6, packed + k * 16, 64);
    _tile_loadd(7, packed + (stride + k) * 16, 64);
    _tile_dpbssd(0, 4, 6);
    _tile_dpbssd(1, 4, 7);
    _tile_loadd(5, rows + 16 * stride + k, stride);
    _tile_dpbssd(2, 5, 6);
    _tile_dpbssd(3, 5, 7);
  }
  _tile_stored(0, dots, TILE * 4);
  _tile_stored(1, dots + 16, TILE * 4);
  _tile_stored(2, dots + 16 * TILE, TILE * 4);
  _tile_stored(3, dots + 16 * TILE + 16, TILE * 4);
}

#include "graph_scan.inc"
#endif
