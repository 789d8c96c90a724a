/* The log and the protocol trace.  Any thread, one lock around the trace; must never show what was written as a
 * secret, nor the content of literals (other people's mail), nor who writes to whom.
 *
 * The trace shows whole lines: what a connection says in pieces is gathered per connection and direction until
 * the line ends.  A line that ends with {123} or {123+} announces a literal, of which only the size is shown. */
#include "base-log.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "base-secret.h"

#define MAX_LINE 1000
#define MAX_END  32           /* longer than any {12345678901234567890+} */
#define MAX_KEPT (256 * 1024) /* octets of lines */

typedef struct
{
  GString *line;      /* at most some MAX_LINE octets of it */
  GString *end;       /* its last octets so far, where a literal is announced */
  guint64 literal;    /* octets of a literal still to be swallowed */
  gboolean structure; /* the line goes on, behind a literal, with what hide_structure () hides */
  const char *key;    /* Borrowed: in trace_talks */
} Talk;

/* A line of the trace: made for every line of every connection, so it is only made readable, and what nobody may see is only taken out of
 * it, when somebody reads.  Secrets never come this far. */
typedef struct
{
  gint64 time; /* microseconds since 1970 */
  gsize length, begin;
  char direction;
  gboolean structure; /* see Talk */
  char text[];        /* "who direction " and, from `begin` on, what was said */
} Line;

static GMutex trace_lock;
static GHashTable *trace_talks; /* Owned: "who direction" -> Talk; NULL before the first line */
static Talk *trace_last; /* Borrowed: the last that was looked up; NULL: none, or it is gone */
static GQueue trace_kept = G_QUEUE_INIT; /* Owned: of Line, the oldest first */
static gsize trace_octets;               /* of their texts */
static FILE *trace_file;                 /* NULL: only in memory */

void
base_log (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *struck = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  struck = base_hush_strike (text);
  g_log ("sosik", G_LOG_LEVEL_MESSAGE, "%s", struck != NULL ? struck : text);
}

static void
free_talk (gpointer data)
{
  Talk *talk = data;

  g_string_free (talk->line, TRUE);
  g_string_free (talk->end, TRUE);
  g_free (talk);
}

/* Called with the lock held, as all that follows. */
static void
open_trace (void)
{
  const char *path = g_getenv ("SOSIK_TRACE");

  trace_talks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_talk);
  if (path == NULL || *path == '\0')
    return;
  trace_file = strcmp (path, "-") == 0 ? stderr : g_fopen (path, "ae");
  if (trace_file == NULL)
    base_log ("could not open the trace %s: %s", path, g_strerror (errno));
}

/* TRUE: a line with this end announces a literal, maybe one of no octets, and goes on behind it.  `size` is 0 when it does not. */
static gboolean
announced_literal (const GString *line_end, guint64 *size)
{
  const char *brace = strrchr (line_end->str, '{');
  char *end = NULL;
  guint64 announced;

  *size = 0;
  if (brace == NULL || !g_ascii_isdigit (brace[1]))
    return FALSE;
  announced = g_ascii_strtoull (brace + 1, &end, 10);
  if (*end == '+' || *end == '-')
    end++;
  if (strcmp (end, "}") != 0)
    return FALSE;
  *size = announced;
  return TRUE;
}

/* Strings that stand behind one of these words: only their sizes may be seen. */
static void
hide_quoted (GString *line, const char *const *before)
{
  if (strchr (line->str, '"') == NULL)
    return;
  for (guint i = 0; before[i] != NULL; i++) {
    const char *found = line->str;

    while ((found = strstr (found, before[i])) != NULL) {
      gsize at = (gsize)(found - line->str) + strlen (before[i]), end = at;
      g_autofree char *shown = NULL;

      /* Some servers forget to escape: a quote ends it only where something else may follow. */
      while (end < line->len
             && (line->str[end] != '"' || strchr (" ()]", line->str[end + 1]) == NULL))
        end += line->str[end] == '\\' ? 2 : 1;
      end = MIN (end, line->len);
      shown = g_strdup_printf ("(%" G_GSIZE_FORMAT " octets)", end - at);
      g_string_erase (line, (gssize)at, (gssize)(end - at));
      g_string_insert (line, (gssize)at, shown);
      found = line->str + at + strlen (shown);
    }
  }
}

/* Words for types and encodings of parts; all other strings in BODYSTRUCTURE are somebody's: names of files, subjects and addresses
 * of messages within messages. */
static gboolean
is_word_of_structure (const char *text, gsize length)
{
  static const char *const words[] = {
    "text",
    "plain",
    "html",
    "multipart",
    "mixed",
    "alternative",
    "related",
    "signed",
    "encrypted",
    "report",
    "digest",
    "parallel",
    "message",
    "rfc822",
    "delivery-status",
    "disposition-notification",
    "external-body",
    "image",
    "jpeg",
    "png",
    "gif",
    "audio",
    "video",
    "application",
    "octet-stream",
    "pdf",
    "zip",
    "pgp-signature",
    "pgp-encrypted",
    "pkcs7-signature",
    "x-pkcs7-signature",
    "pkcs7-mime",
    "calendar",
    "charset",
    "name",
    "filename",
    "boundary",
    "format",
    "flowed",
    "delsp",
    "type",
    "start",
    "micalg",
    "protocol",
    "method",
    "report-type",
    "inline",
    "attachment",
    "7bit",
    "8bit",
    "binary",
    "base64",
    "quoted-printable",
    "us-ascii",
    "utf-8",
    "euc-kr",
    "ks_c_5601-1987",
    "iso-8859-1",
    "windows-1252",
    "yes",
    "no",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strlen (words[i]) == length && g_ascii_strncasecmp (text, words[i], length) == 0)
      return TRUE;
  }
  return FALSE;
}

static const char *
find_structure (const char *text)
{
  const char *found = strstr (text, "BODYSTRUCTURE (");

  return found != NULL ? found : strstr (text, "ENVELOPE (");
}

/* Behind the word BODYSTRUCTURE (and ENVELOPE, which nobody asks for) only what says how a message is made may be seen; all along
 * where it `goes_on`. */
static void
hide_structure (GString *line, gboolean goes_on)
{
  const char *found = goes_on ? line->str : find_structure (line->str);
  g_autoptr (GString) out = NULL;

  if (found == NULL)
    return;
  out = g_string_new_len (line->str, found - line->str);
  while (*found != '\0') {
    gsize length = 0;

    g_string_append_c (out, *found);
    if (*found++ != '"')
      continue;
    while (found[length] != '\0' && found[length] != '"')
      length += found[length] == '\\' && found[length + 1] != '\0' ? 2 : 1;
    if (is_word_of_structure (found, length))
      g_string_append_len (out, found, (gssize)length);
    else
      g_string_append_printf (out, "(%" G_GSIZE_FORMAT " octets)", length);
    found += length;
    if (*found != '\0')
      g_string_append_c (out, *found++);
  }
  g_string_assign (line, out->str);
}

/* The = at `at` stands between the name of a parameter of SMTP and an address, and is not part of the address, as in
 * bounce+bob=example.com@list. */
static gboolean
begins_parameter (const GString *line, gsize at)
{
  static const char *const names[] = { " ENVID", " ORCPT", " AUTH" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gsize length = strlen (names[i]);

    if (at >= length && g_ascii_strncasecmp (line->str + at - length, names[i], length) == 0)
      return TRUE;
  }
  return FALSE;
}

static gsize
count_backslashes (const GString *line, gsize end)
{
  gsize begin = end;

  while (begin > 0 && line->str[begin - 1] == '\\')
    begin--;
  return end - begin;
}

/* Where "local part" begins, whose second quote stands before `end`; `end` when nothing but blanks is within: that is the space
 * between two strings.  Within a string of IMAP both quotes are escaped, and those between them more than once. */
static gsize
find_quoted (const GString *line, gsize end)
{
  gboolean escaped = count_backslashes (line, end - 1) % 2 == 1, is_blank = TRUE;
  gsize begin = end - 1;

  while (begin > 0) {
    begin--;
    if (line->str[begin] == '"') {
      gsize backslashes = count_backslashes (line, begin);

      if (escaped ? backslashes == 1 : backslashes % 2 == 0)
        break;
    }
    is_blank = is_blank && line->str[begin] == ' ';
  }
  if (is_blank)
    return end;
  return begin > 0 && escaped ? begin - 1 : begin;
}

/* Who writes to whom is nobody's business, and no bug hangs on it; the domain says which server it is about. */
static void
hide_addresses (GString *line)
{
  static const char ends[] = " \t\"<>()[],;:@";
  gsize at = 0;

  for (const char *found; (found = strchr (line->str + at, '@')) != NULL;) {
    gsize end = (gsize)(found - line->str), begin = end;

    if (begin > 0 && line->str[begin - 1] == '"')
      begin = find_quoted (line, end);
    else
      while (begin > 0 && strchr (ends, line->str[begin - 1]) == NULL
             && !(line->str[begin - 1] == '=' && begins_parameter (line, begin - 1)))
        begin--;
    if (begin < end) {
      g_string_erase (line, (gssize)begin, (gssize)(end - begin));
      g_string_insert (line, (gssize)begin, "…");
      end = begin + strlen ("…");
    }
    at = end + 1;
  }
}

/* As it may be shown. */
static char *
line_to_text (const Line *line)
{
  /* Short pieces of a message that come as strings, not as literals; and what a person looks for. */
  static const char *const pieces[] = { "PREVIEW \"", "] \"", "> \"", NULL };
  static const char *const searched[] = { "TEXT \"", "X-GM-RAW \"", NULL };
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (line->time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autofree char *time = g_date_time_format (local, "%H:%M:%S");
  g_autoptr (GString) said =
      g_string_new_len (line->text + line->begin, (gssize)(line->length - line->begin));

  hide_quoted (said, line->direction == '<' ? pieces : searched);
  if (line->direction == '<')
    hide_structure (said, line->structure);
  hide_addresses (said);
  return g_strdup_printf ("%s.%06d %.*s%s\n", time, (int)(line->time % G_USEC_PER_SEC),
                          (int)line->begin, line->text, said->str);
}

/* Takes what `text` holds, a line of one connection; `structure`: see hide_structure (). */
static void
keep_line (const char *who, char direction, GString *text, gboolean structure)
{
  g_autofree char *struck = base_hush_strike (text->str);
  const char *said = struck != NULL ? struck : text->str;
  gsize begin = strlen (who) + 3, length = begin + strlen (said);
  Line *line = g_malloc (sizeof (Line) + length + 1);

  line->time = g_get_real_time ();
  line->length = length;
  line->begin = begin;
  line->direction = direction;
  line->structure = structure;
  memcpy (line->text, who, begin - 3);
  line->text[begin - 3] = ' ';
  line->text[begin - 2] = direction;
  line->text[begin - 1] = ' ';
  memcpy (line->text + begin, said, length - begin + 1);
  g_string_truncate (text, 0);
  g_queue_push_tail (&trace_kept, line);
  trace_octets += length;
  while (trace_octets > MAX_KEPT) {
    g_autofree Line *oldest = g_queue_pop_head (&trace_kept);

    trace_octets -= oldest->length;
  }
  if (trace_file != NULL) {
    g_autofree char *shown = line_to_text (line);

    fputs (shown, trace_file);
    fflush (trace_file);
  }
}

static void
end_line (const char *who, char direction, Talk *talk)
{
  gboolean goes_on = announced_literal (talk->end, &talk->literal);
  /* What is not kept of it may have been the word that hide_structure () looks for. */
  gboolean was_cut = talk->line->len > MAX_LINE, was_structure = talk->structure;

  g_string_truncate (talk->end, 0);
  talk->structure = goes_on && direction == '<'
                    && (was_structure || was_cut || find_structure (talk->line->str) != NULL);
  keep_line (who, direction, talk->line, was_structure);
  if (goes_on)
    g_string_append_printf (talk->line, "(%" G_GUINT64_FORMAT " octets)", talk->literal);
}

/* Adds octets of one line, without its end. */
static void
add_text (Talk *talk, const guchar *bytes, gsize length)
{
  for (gsize i = 0; i < length && talk->line->len <= MAX_LINE; i++) {
    gsize plain = i, room = MIN (length - i, MAX_LINE - talk->line->len);

    /* Most of most lines: as it is. */
    while (plain - i < room && bytes[plain] >= 0x20 && bytes[plain] != 0x7F)
      plain++;
    if (plain > i) {
      g_string_append_len (talk->line, (const char *)bytes + i, (gssize)(plain - i));
      i = plain - 1;
    } else if (talk->line->len == MAX_LINE) {
      g_string_append (talk->line, "…");
    } else if (bytes[i] != '\r') {
      g_string_append_printf (talk->line, "\\x%02x", bytes[i]);
    }
  }
  if (length > 0 && bytes[length - 1] == '\r')
    length--;
  g_string_append_len (talk->end, (const char *)bytes + length - MIN (length, MAX_END),
                       (gssize)MIN (length, MAX_END));
  if (talk->end->len > MAX_END)
    g_string_erase (talk->end, 0, (gssize)(talk->end->len - MAX_END));
}

/* "who direction" */
static gboolean
is_key_of (const char *key, const char *who, char direction)
{
  gsize length = strlen (who);

  return strncmp (key, who, length) == 0 && key[length] == ' ' && key[length + 1] == direction
         && key[length + 2] == '\0';
}

static Talk *
find_talk (const char *who, char direction)
{
  g_autofree char *key = NULL;

  /* One connection speaks for long before another does. */
  if (trace_last != NULL && is_key_of (trace_last->key, who, direction))
    return trace_last;
  key = g_strdup_printf ("%s %c", who, direction);
  trace_last = g_hash_table_lookup (trace_talks, key);
  if (trace_last == NULL) {
    trace_last = g_new0 (Talk, 1);
    trace_last->line = g_string_new (NULL);
    trace_last->end = g_string_new (NULL);
    trace_last->key = key;
    g_hash_table_insert (trace_talks, g_steal_pointer (&key), trace_last);
  }

  return trace_last;
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
      keep_line (who, *directions, talk->line, talk->structure);
    trace_last = NULL;
    g_hash_table_remove (trace_talks, key);
  }
  keep_line (who, '-', remark, FALSE);
}

void
base_log_trace (const char *who, char direction, const void *data, gsize length)
{
  g_autoptr (GMutexLocker) locker = NULL;
  const guchar *bytes = data;
  Talk *talk;

  locker = g_mutex_locker_new (&trace_lock);
  if (trace_talks == NULL)
    open_trace ();
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
    const guchar *end = memchr (bytes, '\n', length);
    gsize part = end != NULL ? (gsize)(end - bytes) : length;

    add_text (talk, bytes, part);
    if (end != NULL) {
      end_line (who, direction, talk);
      part++;
    }
    bytes += part;
    length -= part;
  }
}

void
base_log_trace_hidden (const char *who, char direction, const char *shown, gsize length,
                       gboolean ends_line)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Talk *talk;

  locker = g_mutex_locker_new (&trace_lock);
  if (trace_talks == NULL)
    open_trace ();
  talk = find_talk (who, direction);
  talk->literal -= MIN (talk->literal, length);
  g_string_append (talk->line, shown);
  if (ends_line)
    end_line (who, direction, talk);
}

char *
base_log_dup_trace (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&trace_lock);
  GString *trace = g_string_new (NULL);

  for (const GList *link = trace_kept.head; link != NULL; link = link->next) {
    g_autofree char *line = line_to_text (link->data);

    g_string_append (trace, line);
  }
  return g_string_free (trace, FALSE);
}
