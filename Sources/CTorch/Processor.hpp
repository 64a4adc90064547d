// Which of the compiled instruction sets the processor has.
#pragma once

namespace ctorch {

/// Whether code compiled for `avx512f,avx512bw,avx512dq,avx512vl` may run.
inline bool has_avx512() {
#if defined(__x86_64__)
  static const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return wide;
#else
  return false;
#endif
}

}  // namespace ctorch
