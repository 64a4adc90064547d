// The live index's loops in plain C.
#include "index.h"

#define KERNEL(name) name##_plain
#define TARGET
#include "index_loops.inc"
