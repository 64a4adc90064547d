#include "TileRefusal.h"
#include "CKernels.h"

#if defined(__x86_64__) && defined(__linux__)
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18, FAILED_FILTER = 201, NOT_REFUSED = 202 };

// Documentation/userspace-api/seccomp_filter.rst: arch_prctl(REQUEST_PERMISSION, …) is answered
// with EPERM, everything else goes on.
static int refuse_tiles(void) {
  struct sock_filter program[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_arch_prctl, 0, 3),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REQUEST_PERMISSION, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof program / sizeof *program, program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

int akin_kernel_best_without_tiles(void) {
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    if (!refuse_tiles()) _exit(FAILED_FILTER);
    if (syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) != -1 || errno != EPERM)
      _exit(NOT_REFUSED);
    _exit(akin_kernel_best());
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  switch (WEXITSTATUS(status)) {
    case FAILED_FILTER: return -2;
    case NOT_REFUSED: return -3;
    default: return WEXITSTATUS(status);
  }
}
#else
int akin_kernel_best_without_tiles(void) { return akin_kernel_best(); }
#endif
