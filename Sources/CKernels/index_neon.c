// The live index's loops for 64-bit Arm with the dot product instructions.
#include "index.h"

#if defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)
#define KERNEL(name) name##_neon
#define TARGET
#include "index_loops.inc"
#endif
