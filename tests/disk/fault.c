/* Preloaded into the engine's process: a disk that is full, or broken, from the nth change on.  A change is a call that writes,
 * syncs, cuts, renames or makes a file or folder below one folder; a full disk takes half of the first write that fails, as real
 * ones do.  Runs in any thread of the program; must do nothing but count while no fault is asked for. */
/* open () and open64 () are two functions here. */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fault.h"

static FaultControl *control;
static const char *folder;

#define REAL(name) ((__typeof__ (name) *)dlsym (RTLD_NEXT, #name))

static void __attribute__ ((constructor)) begin (void)
{
  const char *path = getenv (FAULT_CONTROL);
  int fd = path != NULL ? REAL (open) (path, O_RDWR | O_CLOEXEC) : -1;
  void *page = fd >= 0 ? mmap (NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                       : MAP_FAILED;

  if (fd >= 0)
    close (fd);
  folder = getenv (FAULT_FOLDER);
  if (page != MAP_FAILED && folder != NULL)
    control = page;
}

/* Counts one more; true when it has to fail.  *first: it is the first that fails. */
static bool
fails (bool *first)
{
  uint32_t number = __atomic_add_fetch (&control->count, 1, __ATOMIC_SEQ_CST);
  uint32_t from = control->from;

  *first = number == from;
  if (from == 0 || number < from || (control->until != 0 && number > control->until))
    return false;
  errno = control->error;
  return true;
}

static bool
is_below (const char *path)
{
  return control != NULL && path != NULL && strncmp (path, folder, strlen (folder)) == 0;
}

static bool
is_file_below (int fd)
{
  char link[64], path[PATH_MAX];
  int saved = errno;
  ssize_t length;

  if (control == NULL)
    return false;
  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path - 1);
  errno = saved;
  if (length <= 0)
    return false;
  path[length] = '\0';
  return is_below (path);
}

static bool
path_fails (const char *path)
{
  bool first;

  return is_below (path) && fails (&first);
}

static bool
file_fails (int fd)
{
  bool first;

  return is_file_below (fd) && fails (&first);
}

/* How much of a write goes: all, or (with errno) half at the first failure of a full disk, or none. */
static bool
takes (int fd, size_t *size)
{
  bool first;

  if (!is_file_below (fd) || !fails (&first))
    return true;
  if (!first || control->error != ENOSPC || *size < 2)
    return false;
  *size /= 2;
  return true;
}

/* Opening changes something when it makes a file, or (a broken disk) when it is for writing. */
static bool
open_fails (const char *path, int flags)
{
  bool makes = (flags & (O_CREAT | O_TRUNC)) != 0 || (flags & O_TMPFILE) == O_TMPFILE;

  return (flags & O_ACCMODE) != O_RDONLY && makes && path_fails (path);
}

#define MODE                                                                                       \
  mode_t mode = 0;                                                                                 \
  if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {                                \
    va_list args;                                                                                  \
    va_start (args, flags);                                                                        \
    mode = va_arg (args, mode_t);                                                                  \
    va_end (args);                                                                                 \
  }

int
open (const char *path, int flags, ...)
{
  MODE return open_fails (path, flags) ? -1 : REAL (open) (path, flags, mode);
}

int
open64 (const char *path, int flags, ...)
{
  MODE return open_fails (path, flags) ? -1 : REAL (open64) (path, flags, mode);
}

int
openat (int at, const char *path, int flags, ...)
{
  MODE return open_fails (path, flags) ? -1 : REAL (openat) (at, path, flags, mode);
}

int
openat64 (int at, const char *path, int flags, ...)
{
  MODE return open_fails (path, flags) ? -1 : REAL (openat64) (at, path, flags, mode);
}

ssize_t
write (int fd, const void *data, size_t size)
{
  return takes (fd, &size) ? REAL (write) (fd, data, size) : -1;
}

ssize_t
pwrite (int fd, const void *data, size_t size, off_t offset)
{
  return takes (fd, &size) ? REAL (pwrite) (fd, data, size, offset) : -1;
}

ssize_t
pwrite64 (int fd, const void *data, size_t size, off64_t offset)
{
  return takes (fd, &size) ? REAL (pwrite64) (fd, data, size, offset) : -1;
}

ssize_t
writev (int fd, const struct iovec *pieces, int n)
{
  return file_fails (fd) ? -1 : REAL (writev) (fd, pieces, n);
}

ssize_t
pwritev (int fd, const struct iovec *pieces, int n, off_t offset)
{
  return file_fails (fd) ? -1 : REAL (pwritev) (fd, pieces, n, offset);
}

int
fsync (int fd)
{
  return file_fails (fd) ? -1 : REAL (fsync) (fd);
}

int
fdatasync (int fd)
{
  return file_fails (fd) ? -1 : REAL (fdatasync) (fd);
}

int
ftruncate (int fd, off_t length)
{
  return file_fails (fd) ? -1 : REAL (ftruncate) (fd, length);
}

int
ftruncate64 (int fd, off64_t length)
{
  return file_fails (fd) ? -1 : REAL (ftruncate64) (fd, length);
}

int
fallocate (int fd, int mode, off_t offset, off_t length)
{
  return file_fails (fd) ? -1 : REAL (fallocate) (fd, mode, offset, length);
}

int
fallocate64 (int fd, int mode, off64_t offset, off64_t length)
{
  return file_fails (fd) ? -1 : REAL (fallocate64) (fd, mode, offset, length);
}

int
rename (const char *from, const char *to)
{
  return path_fails (to) ? -1 : REAL (rename) (from, to);
}

int
mkdir (const char *path, mode_t mode)
{
  return path_fails (path) ? -1 : REAL (mkdir) (path, mode);
}
