/* The log and the protocol trace.  Any thread, one lock around the trace; must never show what was written as a
 * secret, nor the content of literals (other people's mail).
 *
 * The trace shows whole lines: what a connection says in pieces is gathered per connection and direction until
 * the line ends.  A line that ends with {123} or {123+} announces a literal, of which only the size is shown. */
#include "base-log.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define MAX_LINE 1000

typedef struct
{
  GString *line;
  guint64 literal; /* octets of a literal still to be swallowed */
} Talk;

static GMutex trace_lock;
static FILE *trace_file;        /* NULL: no trace */
static GHashTable *trace_talks; /* Owned: "who direction" -> Talk */

void
base_log (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_logv ("sosik", G_LOG_LEVEL_MESSAGE, format, args);
  va_end (args);
}

static void
free_talk (gpointer data)
{
  Talk *talk = data;

  g_string_free (talk->line, TRUE);
  g_free (talk);
}

static void
open_trace (void)
{
  const char *path = g_getenv ("SOSIK_TRACE");

  if (path == NULL || *path == '\0')
    return;

  trace_file = strcmp (path, "-") == 0 ? stderr : g_fopen (path, "ae");
  if (trace_file == NULL) {
    base_log ("could not open the trace %s: %s", path, g_strerror (errno));
    return;
  }
  trace_talks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_talk);
}

gboolean
base_log_tracing (void)
{
  static gsize opened = 0;

  if (g_once_init_enter (&opened)) {
    open_trace ();
    g_once_init_leave (&opened, 1);
  }

  return trace_file != NULL;
}

/* The size of the literal that `line` announces, 0 when none. */
static guint64
announced_literal (const GString *line)
{
  const char *brace = strrchr (line->str, '{');
  char *end = NULL;
  guint64 size;

  if (brace == NULL || !g_ascii_isdigit (brace[1]))
    return 0;
  size = g_ascii_strtoull (brace + 1, &end, 10);
  if (*end == '+' || *end == '-')
    end++;

  return strcmp (end, "}") == 0 ? size : 0;
}

static void
print_line (const char *who, char direction, GString *line)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S.%f");

  fprintf (trace_file, "%s %s %c %s\n", time, who, direction, line->str);
  fflush (trace_file);
  g_string_truncate (line, 0);
}

static void
end_line (const char *who, char direction, Talk *talk)
{
  talk->literal = announced_literal (talk->line);
  print_line (who, direction, talk->line);
  if (talk->literal > 0)
    g_string_append_printf (talk->line, "(%" G_GUINT64_FORMAT " octets)", talk->literal);
}

static void
add_byte (Talk *talk, guchar c)
{
  if (talk->line->len == MAX_LINE)
    g_string_append (talk->line, "…");
  if (talk->line->len > MAX_LINE)
    return;

  if (c == '\r')
    return;
  if (c < 0x20 || c == 0x7F)
    g_string_append_printf (talk->line, "\\x%02x", c);
  else
    g_string_append_c (talk->line, (char)c);
}

/* Called with the lock held. */
static Talk *
find_talk (const char *who, char direction)
{
  g_autofree char *key = g_strdup_printf ("%s %c", who, direction);
  Talk *talk = g_hash_table_lookup (trace_talks, key);

  if (talk == NULL) {
    talk = g_new0 (Talk, 1);
    talk->line = g_string_new (NULL);
    g_hash_table_insert (trace_talks, g_steal_pointer (&key), talk);
  }

  return talk;
}

/* The connection told something about itself: what is half said by either side is told first. */
static void
trace_remark (const char *who, const guchar *bytes, gsize length)
{
  g_autoptr (GString) remark = g_string_new_len ((const char *)bytes, (gssize)length);

  for (const char *directions = "<>"; *directions != '\0'; directions++) {
    g_autofree char *key = g_strdup_printf ("%s %c", who, *directions);
    Talk *talk = g_hash_table_lookup (trace_talks, key);

    if (talk != NULL && talk->line->len > 0)
      print_line (who, *directions, talk->line);
    g_hash_table_remove (trace_talks, key);
  }
  print_line (who, '-', remark);
}

void
base_log_trace (const char *who, char direction, const void *data, gsize length)
{
  g_autoptr (GMutexLocker) locker = NULL;
  const guchar *bytes = data;
  Talk *talk;

  if (!base_log_tracing ())
    return;

  locker = g_mutex_locker_new (&trace_lock);
  if (direction == '-') {
    trace_remark (who, bytes, length);
    return;
  }

  talk = find_talk (who, direction);
  while (length > 0) {
    if (talk->literal > 0) {
      gsize part = (gsize)MIN (talk->literal, length);

      talk->literal -= part;
      bytes += part;
      length -= part;
      continue;
    }
    if (*bytes == '\n')
      end_line (who, direction, talk);
    else
      add_byte (talk, *bytes);
    bytes++;
    length--;
  }
}

void
base_log_trace_hidden (const char *who, char direction, const char *shown, gsize length,
                       gboolean ends_line)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Talk *talk;

  if (!base_log_tracing ())
    return;

  locker = g_mutex_locker_new (&trace_lock);
  talk = find_talk (who, direction);
  talk->literal -= MIN (talk->literal, length);
  g_string_append (talk->line, shown);
  if (ends_line)
    end_line (who, direction, talk);
}
