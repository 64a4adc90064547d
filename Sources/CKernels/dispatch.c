#include "CKernels.h"
#include "graph.h"

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(__x86_64__)
static int has_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avx512(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni");
}

// The tile registers are 8 KiB of state a thread: Linux saves them only for a process that asked
// (Documentation/arch/x86/xstate.rst). The permission holds for all threads.
static int has_amx(void) {
#if defined(__linux__)
  enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
  if (!has_avx512() || !__builtin_cpu_supports("amx-tile") || !__builtin_cpu_supports("amx-int8"))
    return 0;
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
  return 0;
#endif
}
#endif

int akin_kernel_supported(int kernel) {
  switch (kernel) {
    case AKIN_KERNEL_PLAIN: return 1;
#if defined(__x86_64__)
    case AKIN_KERNEL_AVX2: return has_avx2();
    case AKIN_KERNEL_AVX512: return has_avx512();
    case AKIN_KERNEL_AMX: return has_amx();
#endif
#if defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)
    case AKIN_KERNEL_NEON: return 1;
#endif
    default: return 0;
  }
}

int akin_kernel_best(void) {
  for (int kernel = AKIN_KERNEL_COUNT - 1; kernel > AKIN_KERNEL_PLAIN; kernel--)
    if (akin_kernel_supported(kernel)) return kernel;
  return AKIN_KERNEL_PLAIN;
}

const char *akin_kernel_name(int kernel) {
  switch (kernel) {
    case AKIN_KERNEL_AMX: return "amx";
    case AKIN_KERNEL_AVX512: return "avx512";
    case AKIN_KERNEL_AVX2: return "avx2";
    case AKIN_KERNEL_NEON: return "neon";
    default: return "plain";
  }
}

static const graph_kernel *table(int kernel) {
  switch (kernel) {
#if defined(__x86_64__)
    case AKIN_KERNEL_AMX: return &graph_kernel_amx;
    case AKIN_KERNEL_AVX512: return &graph_kernel_avx512;
    case AKIN_KERNEL_AVX2: return &graph_kernel_avx2;
#endif
#if defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)
    case AKIN_KERNEL_NEON: return &graph_kernel_neon;
#endif
    default: return &graph_kernel_plain;
  }
}

void akin_dot_tile(int kernel, const int8_t *rows, size_t stride, const int8_t *packed,
                   int32_t *dots) {
  table(kernel)->tile(rows, stride, packed, dots);
}

void akin_pack_codes(int kernel, const int8_t *codes, size_t rows, size_t stride, int8_t *packed) {
  table(kernel)->pack(codes, rows, stride, packed);
}

int64_t akin_quantise(int kernel, const float *vectors, size_t rows, size_t dimension,
                      size_t stride, int8_t *codes, float *largest, akin_bound *bounds) {
  return table(kernel)->quantise(vectors, rows, dimension, stride, codes, largest, bounds);
}

void akin_seed(int kernel, const akin_lists *lists, size_t first, size_t last,
               const akin_view *sample, const int8_t *packed, size_t rank, int32_t *nearest) {
  table(kernel)->seed(lists, first, last, sample, packed, rank, nearest);
}

void akin_offer_pairs(int kernel, const akin_lists *lists, akin_span rows, akin_span columns,
                      int8_t *scratch) {
  table(kernel)->offer(lists, rows, &lists->view, columns, 1, scratch);
}

void akin_offer_columns(int kernel, const akin_lists *lists, akin_span rows,
                        const akin_view *view, akin_span columns, int8_t *scratch) {
  table(kernel)->offer(lists, rows, view, columns, 0, scratch);
}

void akin_prune(int kernel, const akin_lists *lists, const int32_t *order, size_t count) {
  table(kernel)->prune(lists, order, count);
}

void akin_rescore(int kernel, const akin_lists *lists, const int32_t *order, size_t count,
                  akin_span window) {
  table(kernel)->rescore(lists, order, count, window);
}

size_t akin_finish(int kernel, const akin_lists *lists, const int32_t *order, size_t count) {
  return table(kernel)->finish(lists, order, count);
}
