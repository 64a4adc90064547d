#ifndef TILE_REFUSAL_H
#define TILE_REFUSAL_H

/// The kernel that a process chooses whose system refuses it the tile registers of AMX: asked in a
/// child of this process, in which a filter answers that one system call with EPERM.
///
/// Returns what akin_kernel_best() says there, or a negative number where the child could not be
/// made (-1), the filter not be installed (-2), or the call was not refused (-3).
int akin_kernel_best_without_tiles(void);

#endif
