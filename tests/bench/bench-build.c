/* Building a message with large files, beside base64 of the same octets by GMime alone; both read files and write one.
 * usage: bench-build FOLDER MEGABYTES build|base64
 * Prints "seconds processor_seconds megabytes": of how much its memory grew at most, the pages of mapped files among it. */
#include <gio/gio.h>
#include <gio/gunixoutputstream.h>
#include <gmime/gmime.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mime-build.h"

#define N_FILES 5

static char *
name_file (const char *folder, guint i)
{
  return g_strdup_printf ("%s/file-%u", folder, i);
}

static void
make_files (const char *folder, gsize megabytes)
{
  for (guint i = 0; i < N_FILES; i++) {
    g_autofree char *path = name_file (folder, i);
    gsize length = megabytes * 1000000 / N_FILES;
    g_autofree guint32 *data = g_malloc (length + sizeof *data);

    if (g_file_test (path, G_FILE_TEST_EXISTS))
      continue;
    for (gsize at = 0; at <= length / sizeof *data; at++)
      data[at] = g_random_int ();
    if (!g_file_set_contents (path, (const char *)data, (gssize)length, NULL))
      g_error ("cannot write %s", path);
  }
}

static void
build (const char *folder, const char *to)
{
  g_autoptr (MimeDraft) draft = mime_draft_new ();
  g_autoptr (GOutputStream) out = NULL;
  g_autoptr (GError) error = NULL;

  draft->from_address = g_strdup ("me@example.org");
  draft->to = g_strdup ("you@example.org");
  draft->subject = g_strdup ("사진");
  draft->text = g_strdup ("text\n");
  draft->html = g_strdup ("<p>text</p>");
  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
  for (guint i = 0; i < N_FILES; i++) {
    g_autofree char *path = name_file (folder, i);
    g_autoptr (GFile) file = g_file_new_for_path (path);
    g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &error);

    if (stream == NULL)
      g_error ("%s", error->message);
    g_ptr_array_add (draft->attachments, mime_attachment_new_stream ("사진.bin", "image/jpeg",
                                                                     G_INPUT_STREAM (stream)));
  }
  out = g_unix_output_stream_new (open (to, O_WRONLY | O_CREAT | O_TRUNC, 0600), TRUE);
  if (!mime_build_to_stream (draft, out, NULL, &error)
      || !g_output_stream_close (out, NULL, &error))
    g_error ("%s", error->message);
}

static void
encode (const char *folder, const char *to)
{
  GMimeStream *out = g_mime_stream_fs_new (open (to, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  GMimeStream *filtered = g_mime_stream_filter_new (out);
  GMimeFilter *filter = g_mime_filter_basic_new (GMIME_CONTENT_ENCODING_BASE64, TRUE);

  g_mime_stream_filter_add (GMIME_STREAM_FILTER (filtered), filter);
  for (guint i = 0; i < N_FILES; i++) {
    g_autofree char *path = name_file (folder, i);
    GMimeStream *in = g_mime_stream_fs_new (open (path, O_RDONLY));

    if (g_mime_stream_write_to_stream (in, filtered) < 0)
      g_error ("cannot encode");
    g_object_unref (in);
  }
  g_mime_stream_flush (filtered);
  g_object_unref (filter);
  g_object_unref (filtered);
  g_object_unref (out);
}

/* "VmRSS:" or "VmHWM:", the most so far; kB. */
static long
memory_kb (const char *key)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL)
      || (line = strstr (status, key)) == NULL)
    g_error ("no %s", key);
  return strtol (line + strlen (key), NULL, 10);
}

static double
processor_s (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int
main (int argc, char **argv)
{
  g_autofree char *to = NULL;
  gint64 begin;
  double used;
  long before;
  int fd;

  if (argc != 4)
    return 2;
  g_mime_init ();
  to = g_build_filename (argv[1], "message", NULL);
  make_files (argv[1], (gsize)atoi (argv[2]));
  fd = open ("/proc/self/clear_refs", O_WRONLY);
  if (fd < 0 || write (fd, "5", 1) != 1)
    g_error ("the most memory so far cannot be forgotten");
  close (fd);
  before = memory_kb ("VmRSS:");
  used = processor_s ();
  begin = g_get_monotonic_time ();
  if (strcmp (argv[3], "build") == 0)
    build (argv[1], to);
  else
    encode (argv[1], to);
  g_print ("%.4f %.4f %.1f\n", (double)(g_get_monotonic_time () - begin) / 1e6,
           processor_s () - used, (double)(memory_kb ("VmHWM:") - before) / 1024);
  return 0;
}
