/* LD_PRELOAD: opening a file whose name ends in ".hang" does not return until one of that name with ".on" behind it is there, as with a share whose server
 * does not answer. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

int hang_open (const char *path, int flags, ...) __asm__("open");
int hang_open64 (const char *path, int flags, ...) __asm__("open64");

static void
wait_for (const char *path)
{
  size_t length = path != NULL ? strlen (path) : 0;
  char on[4096];

  if (length < 5 || strcmp (path + length - 5, ".hang") != 0)
    return;
  snprintf (on, sizeof on, "%s.on", path);
  while (access (on, F_OK) != 0)
    usleep (50000);
}

static int
open_by (const char *name, const char *path, int flags, mode_t mode)
{
  int (*real) (const char *, int, mode_t) =
      (int (*) (const char *, int, mode_t))dlsym (RTLD_NEXT, name);

  wait_for (path);
  return real (path, flags, mode);
}

static mode_t
get_mode (int flags, va_list arguments)
{
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg (arguments, mode_t) : 0;
}

int
hang_open (const char *path, int flags, ...)
{
  va_list arguments;

  va_start (arguments, flags);
  mode_t mode = get_mode (flags, arguments);
  va_end (arguments);
  return open_by ("open", path, flags, mode);
}

int
hang_open64 (const char *path, int flags, ...)
{
  va_list arguments;

  va_start (arguments, flags);
  mode_t mode = get_mode (flags, arguments);
  va_end (arguments);
  return open_by ("open64", path, flags, mode);
}
