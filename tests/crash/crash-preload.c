/* Loaded into the child before everything else (LD_PRELOAD): counts each call by which it changes its files or talks to a
 * server, and kills the process before, within, or after the one that CRASH_AT names.
 *
 * Runs in whatever thread makes the call; must not allocate, nor count what goes to pipes (the test's own).  CRASH_COUNT
 * names a file of one 64-bit number, where the parent finds how far it came.  CRASH_AT = 3 × call (from 0) + 0 before,
 * 1 when half of it is done (writes and sends), 2 after.  CRASH_KEEPER: see crash-power.h. */
/* Both spellings of pwrite and the like are wanted. */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "crash-power.h"

static _Atomic uint64_t *count;
static uint64_t crash_at = UINT64_MAX;
static const char *keeper;

#define NEXT(name)                                                                                 \
  static __typeof__ (name) *next;                                                                  \
  if (next == NULL)                                                                                \
  next = (__typeof__ (name) *)dlsym (RTLD_NEXT, #name)

__attribute__ ((constructor)) static void
begin (void)
{
  const char *file = getenv ("CRASH_COUNT"), *at = getenv ("CRASH_AT");
  int fd = file != NULL ? open (file, O_RDWR | O_CLOEXEC) : -1;

  if (fd < 0)
    return;
  count = mmap (NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (count == MAP_FAILED)
    abort ();
  close (fd);
  keeper = getenv ("CRASH_KEEPER");
  if (at != NULL)
    crash_at = strtoull (at, NULL, 10);
}

static void
die (void)
{
  kill (getpid (), SIGKILL);
  for (;;)
    pause ();
}

/* The number of this call times 3; dies when that is the place. */
static uint64_t
enter (void)
{
  uint64_t position;

  if (count == NULL)
    return UINT64_MAX;
  position = 3 * (*count)++;
  if (position == crash_at)
    die ();
  return position;
}

static int
is_half (uint64_t position)
{
  return position != UINT64_MAX && position + 1 == crash_at;
}

static void
leave (uint64_t position)
{
  if (position != UINT64_MAX && (position + 2 == crash_at || position + 1 == crash_at)) {
    int kept = errno;

    die ();
    errno = kept;
  }
}

/* Files and sockets count, pipes and event descriptors do not. */
static int
counts (int fd)
{
  struct stat info;
  int kept = errno,
      result = fstat (fd, &info) == 0 && (S_ISREG (info.st_mode) || S_ISSOCK (info.st_mode));

  errno = kept;
  return result;
}

ssize_t
write (int fd, const void *data, size_t size)
{
  NEXT (write);
  if (!counts (fd))
    return next (fd, data, size);
  uint64_t position = enter ();
  ssize_t result = next (fd, data, is_half (position) ? size / 2 : size);
  leave (position);
  return result;
}

ssize_t
pwrite (int fd, const void *data, size_t size, off_t offset)
{
  NEXT (pwrite);
  uint64_t position = enter ();
  ssize_t result = next (fd, data, is_half (position) ? size / 2 : size, offset);
  leave (position);
  return result;
}

ssize_t
pwrite64 (int fd, const void *data, size_t size, off64_t offset)
{
  NEXT (pwrite64);
  uint64_t position = enter ();
  ssize_t result = next (fd, data, is_half (position) ? size / 2 : size, offset);
  leave (position);
  return result;
}

ssize_t
writev (int fd, const struct iovec *parts, int n)
{
  NEXT (writev);
  if (!counts (fd))
    return next (fd, parts, n);
  uint64_t position = enter ();
  ssize_t result = next (fd, parts, is_half (position) ? (n + 1) / 2 : n);
  leave (position);
  return result;
}

ssize_t
send (int fd, const void *data, size_t size, int flags)
{
  NEXT (send);
  uint64_t position = enter ();
  ssize_t result = next (fd, data, is_half (position) ? size / 2 : size, flags);
  leave (position);
  return result;
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  NEXT (sendmsg);
  uint64_t position = enter ();
  ssize_t result = next (fd, message, flags);
  leave (position);
  return result;
}

ssize_t
recv (int fd, void *data, size_t size, int flags)
{
  NEXT (recv);
  uint64_t position = enter ();
  ssize_t result = next (fd, data, is_half (position) ? size / 2 : size, flags);
  leave (position);
  return result;
}

#define SIMPLE(name, parameters, arguments)                                                        \
  int name parameters                                                                              \
  {                                                                                                \
    NEXT (name);                                                                                   \
    uint64_t position = enter ();                                                                  \
    int result = next arguments;                                                                   \
    leave (position);                                                                              \
    return result;                                                                                 \
  }

#define SYNC(name)                                                                                 \
  int name (int fd)                                                                                \
  {                                                                                                \
    NEXT (name);                                                                                   \
    uint64_t position = enter ();                                                                  \
    if (keeper != NULL)                                                                            \
      crash_power_keep (keeper, fd);                                                               \
    int result = next (fd);                                                                        \
    leave (position);                                                                              \
    return result;                                                                                 \
  }

SYNC (fsync)
SYNC (fdatasync)
SIMPLE (ftruncate, (int fd, off_t size), (fd, size))
SIMPLE (ftruncate64, (int fd, off64_t size), (fd, size))
SIMPLE (truncate, (const char *path, off_t size), (path, size))
SIMPLE (truncate64, (const char *path, off64_t size), (path, size))
SIMPLE (rename, (const char *from, const char *to), (from, to))
SIMPLE (unlink, (const char *path), (path))
SIMPLE (unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
SIMPLE (mkdir, (const char *path, mode_t mode), (path, mode))
SIMPLE (rmdir, (const char *path), (path))
SIMPLE (posix_fallocate, (int fd, off_t offset, off_t size), (fd, offset, size))

/* Reading the authorities of the system costs each start more than all the rest, and no server here is signed by them. */
int gnutls_certificate_set_x509_system_trust (void *credentials);
int
gnutls_certificate_set_x509_system_trust (void *credentials)
{
  return 0;
}
