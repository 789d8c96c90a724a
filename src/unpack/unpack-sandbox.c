/* The walls around sosik-unpack: rlimits and a seccomp filter.  A library that a file has taken over can still compute and read, but
 * all it can say goes to Sosik, which shows it to the person it came from and sends it to nobody. */
#include "unpack-sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <seccomp.h>

#define MAX_MEMORY  (1536ul * 1024 * 1024)
#define MAX_SECONDS 20

static gboolean
limit (int resource, rlim_t value)
{
  struct rlimit limits = { value, value };

  return setrlimit (resource, &limits) == 0;
}

static gboolean
filter (void)
{
  static const int refused[] = {
    SCMP_SYS (socket),
    SCMP_SYS (socketpair),
    SCMP_SYS (connect),
    SCMP_SYS (bind),
    SCMP_SYS (listen),
    SCMP_SYS (accept),
    SCMP_SYS (accept4),
    SCMP_SYS (sendto),
    SCMP_SYS (sendmsg),
    SCMP_SYS (sendmmsg),
    SCMP_SYS (execve),
    SCMP_SYS (execveat),
    SCMP_SYS (fork),
    SCMP_SYS (vfork),
    SCMP_SYS (ptrace),
    SCMP_SYS (process_vm_readv),
    SCMP_SYS (process_vm_writev),
    SCMP_SYS (pidfd_getfd),
    SCMP_SYS (pidfd_send_signal),
    SCMP_SYS (kill),
    SCMP_SYS (tkill),
    SCMP_SYS (rt_sigqueueinfo),
    SCMP_SYS (rt_tgsigqueueinfo),
    SCMP_SYS (creat),
    SCMP_SYS (truncate),
    SCMP_SYS (ftruncate),
    SCMP_SYS (unlink),
    SCMP_SYS (unlinkat),
    SCMP_SYS (rename),
    SCMP_SYS (renameat),
    SCMP_SYS (renameat2),
    SCMP_SYS (mkdir),
    SCMP_SYS (mkdirat),
    SCMP_SYS (rmdir),
    SCMP_SYS (link),
    SCMP_SYS (linkat),
    SCMP_SYS (symlink),
    SCMP_SYS (symlinkat),
    SCMP_SYS (mknod),
    SCMP_SYS (mknodat),
    SCMP_SYS (chmod),
    SCMP_SYS (fchmod),
    SCMP_SYS (fchmodat),
    SCMP_SYS (chown),
    SCMP_SYS (fchown),
    SCMP_SYS (fchownat),
    SCMP_SYS (lchown),
    SCMP_SYS (mount),
    SCMP_SYS (umount2),
    SCMP_SYS (unshare),
    SCMP_SYS (setns),
    SCMP_SYS (bpf),
    SCMP_SYS (keyctl),
    SCMP_SYS (add_key),
    SCMP_SYS (request_key),
    SCMP_SYS (shmget),
    SCMP_SYS (msgget),
    SCMP_SYS (mq_open),
    SCMP_SYS (perf_event_open),
    SCMP_SYS (utimensat),
    SCMP_SYS (setxattr),
    SCMP_SYS (lsetxattr),
    SCMP_SYS (fsetxattr),
    SCMP_SYS (inotify_init1),
  };
  static const int unknown[] = { SCMP_SYS (openat2), SCMP_SYS (clone3), SCMP_SYS (io_uring_setup) };
  scmp_filter_ctx context = seccomp_init (SCMP_ACT_ALLOW);
  int result = context ? 0 : -ENOMEM;

  for (gsize i = 0; i < G_N_ELEMENTS (refused) && result == 0; i++)
    result = seccomp_rule_add (context, SCMP_ACT_ERRNO (EPERM), refused[i], 0);
  for (gsize i = 0; i < G_N_ELEMENTS (unknown) && result == 0; i++)
    result = seccomp_rule_add (context, SCMP_ACT_ERRNO (ENOSYS), unknown[i], 0);
  /* A thread may end its own program, and nobody else's. */
  if (result == 0)
    result = seccomp_rule_add (context, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (tgkill), 1,
                               SCMP_A0 (SCMP_CMP_NE, (guint64)getpid ()));
  /* Nothing is typed into the terminal that Sosik was started from. */
  static const unsigned long typing[] = { TIOCSTI, TIOCLINUX };
  for (gsize i = 0; i < G_N_ELEMENTS (typing) && result == 0; i++)
    result = seccomp_rule_add (context, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (ioctl), 1,
                               SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffffu, typing[i]));
  /* Threads, but no processes. */
  if (result == 0)
    result = seccomp_rule_add (context, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (clone), 1,
                               SCMP_A0 (SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  /* Files to read, none to write. */
  static const int writing[] = { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC };
  for (gsize i = 0; i < G_N_ELEMENTS (writing) && result == 0; i++) {
    guint64 bits = (guint64)writing[i];
    result = seccomp_rule_add (context, SCMP_ACT_ERRNO (EACCES), SCMP_SYS (open), 1,
                               SCMP_A1 (SCMP_CMP_MASKED_EQ, bits, bits));
    if (result == 0)
      result = seccomp_rule_add (context, SCMP_ACT_ERRNO (EACCES), SCMP_SYS (openat), 1,
                                 SCMP_A2 (SCMP_CMP_MASKED_EQ, bits, bits));
  }
  if (result == 0)
    result = seccomp_load (context);
  if (context)
    seccomp_release (context);
  if (result != 0)
    g_printerr ("No filter of system calls: %s\n", g_strerror (-result));
  return result == 0;
}

gboolean
unpack_sandbox_enter (void)
{
  gboolean good = prctl (PR_SET_PDEATHSIG, SIGKILL) == 0;

  /* Without a terminal of its own there is no /dev/tty to open. */
  good = (setsid () >= 0 || getsid (0) == getpid ()) && good;
  good = prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && good;
  good = prctl (PR_SET_DUMPABLE, 0) == 0 && good;
  good = limit (RLIMIT_CORE, 0) && good;
  good = limit (RLIMIT_CPU, MAX_SECONDS) && good;
  good = limit (RLIMIT_FSIZE, 0) && good;
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ /* which want terabytes of addresses */
  good = limit (RLIMIT_AS, MAX_MEMORY) && good;
#endif
  return filter () && good;
}
