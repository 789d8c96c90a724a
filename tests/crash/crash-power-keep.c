/* See crash-power.h: the half that runs in the child as well.  Calls nothing that crash-preload.c wraps but by another name. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash-power.h"

static void
keep_bytes (int from, int to, off_t size)
{
  off_t offset = 0;

  while (offset < size && sendfile (to, from, &offset, (size_t)(size - offset)) > 0)
    ;
}

static void
keep_names (int from, int to)
{
  DIR *folder = fdopendir (dup (from));
  const struct dirent *entry;

  while (folder != NULL && (entry = readdir (folder)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      dprintf (to, "%c %llu %s\n", entry->d_type == DT_DIR ? 'd' : 'f',
               (unsigned long long)entry->d_ino, entry->d_name);
  if (folder != NULL)
    closedir (folder);
}

void
crash_power_keep (const char *keeper, int fd)
{
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  char self[64], path[512], fresh[512];
  struct stat info;
  int from, to;

  if (fstat (fd, &info) != 0 || (!S_ISREG (info.st_mode) && !S_ISDIR (info.st_mode)))
    return;
  snprintf (self, sizeof self, "/proc/self/fd/%d", fd);
  snprintf (path, sizeof path, "%s/%llu", keeper, (unsigned long long)info.st_ino);
  snprintf (fresh, sizeof fresh, "%s/fresh", keeper);
  pthread_mutex_lock (&lock);
  from = open (self, O_RDONLY | O_CLOEXEC);
  to = open (fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (from >= 0 && to >= 0 && fstat (from, &info) == 0) {
    if (S_ISDIR (info.st_mode))
      keep_names (from, to);
    else
      keep_bytes (from, to, info.st_size);
    renameat (AT_FDCWD, fresh, AT_FDCWD, path);
  }
  if (from >= 0)
    close (from);
  if (to >= 0)
    close (to);
  pthread_mutex_unlock (&lock);
}
