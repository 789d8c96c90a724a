/* Reads what is written in an office document of a stranger.  Runs in the process of sosik-unpack, and in its tests.  Nothing is written anywhere, macros and
 * embedded files are never looked at; whatever a file says of its sizes, no more than these limits is unpacked. */
#include "unpack-office.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "unpack-hwp.h"

/* Octets that are unpacked of all its files together, files that are looked at by name, and time. */
#define MOST_UNPACKED (64u << 20)
#define MOST_ENTRIES  5000
#define MOST_US       (5 * G_USEC_PER_SEC)
#define CHUNK         65536

/* ---- what is text in which file ---- */

typedef enum
{
  KIND_RUNS,   /* words stand in <t>, paragraphs end with <p>: Word, PowerPoint, HWPX, comments */
  KIND_SHARED, /* Excel: the texts of all its cells, each an <si> */
  KIND_SHEET,  /* Excel: cells; a number is a text as well */
  KIND_BOOK,   /* Excel: the names of the sheets */
  KIND_OPEN,   /* OpenDocument: all that stands in <text:p> and <text:h> */
} Kind;

/* What most people wrote first: the numbers of a sheet could leave no room for its words. */
static const struct
{
  const char *start, *end;
  Kind kind;
  guint turn;
} places[] = {
  { "word/document", ".xml", KIND_RUNS, 0 },
  { "ppt/slides/slide", ".xml", KIND_RUNS, 0 },
  { "xl/sharedStrings", ".xml", KIND_SHARED, 0 },
  { "xl/workbook.xml", "", KIND_BOOK, 0 },
  { "Contents/section", ".xml", KIND_RUNS, 0 },
  { "content.xml", "", KIND_OPEN, 0 },
  { "word/header", ".xml", KIND_RUNS, 1 },
  { "word/footer", ".xml", KIND_RUNS, 1 },
  { "word/footnotes", ".xml", KIND_RUNS, 1 },
  { "word/endnotes", ".xml", KIND_RUNS, 1 },
  { "word/comments", ".xml", KIND_RUNS, 1 },
  { "ppt/notesSlides/notesSlide", ".xml", KIND_RUNS, 1 },
  { "xl/comments", ".xml", KIND_SHARED, 1 },
  { "xl/worksheets/sheet", ".xml", KIND_SHEET, 1 },
};
#define TURNS 2

typedef struct
{
  GString *text;
  gsize most;
  guint64 unpacked;
  gint64 until;
  gboolean found; /* a file of such a document */

  Kind kind;
  guint inside; /* so many elements that hold text are open */
  guint
      hidden; /* of those whose text is none: readings, what was deleted, what stands there twice, who and when */
  gboolean is_index;
} Reader;

static gboolean
is_full (const Reader *reader)
{
  return reader->text->len >= reader->most || reader->unpacked >= MOST_UNPACKED
         || g_get_monotonic_time () >= reader->until;
}

/* ---- XML ---- */

/* Without the name space: what stands before the colon is the writer's to choose. */
static const char *
local_name (const char *name)
{
  const char *colon = strchr (name, ':');

  return colon != NULL ? colon + 1 : name;
}

static gboolean
is_one_of (const char *name, const char *const *names)
{
  return g_strv_contains (names, name);
}

static gboolean
is_hidden (Kind kind, const char *name)
{
  static const char *const never[] = { "rPh", "tracked-changes", "Fallback", NULL };
  static const char *const noted[] = { "dc:creator", "dc:date", NULL };

  return is_one_of (local_name (name), never) || (kind == KIND_OPEN && is_one_of (name, noted));
}

static gboolean
holds_text (Kind kind, const char *name)
{
  static const char *const open[] = { "text:p", "text:h", NULL };

  switch (kind) {
  case KIND_RUNS:
  case KIND_SHARED:
    return strcmp (local_name (name), "t") == 0;
  case KIND_SHEET:
    return strcmp (local_name (name), "t") == 0 || strcmp (local_name (name), "v") == 0;
  case KIND_OPEN:
    return is_one_of (name, open);
  case KIND_BOOK:
    break;
  }
  return FALSE;
}

/* What stands between words. */
static const char *
blank_of (Kind kind, const char *name)
{
  static const char *const breaks[] = { "br", "cr", "line-break", "lineBreak", NULL };
  const char *local = local_name (name);

  if (is_one_of (local, breaks))
    return "\n";
  if (strcmp (local, "tab") == 0)
    return "\t";
  return kind == KIND_OPEN && strcmp (local, "s") == 0 ? " " : NULL;
}

static gboolean
ends_line (Kind kind, const char *name)
{
  static const char *const lines[] = { "p", "h", "si", "row", NULL };

  return is_one_of (local_name (name), lines);
}

static const char *
get_attribute (const char *name, const char **names, const char **values)
{
  for (guint i = 0; names[i] != NULL; i++) {
    if (strcmp (names[i], name) == 0)
      return values[i];
  }
  return NULL;
}

static void
on_start (GMarkupParseContext *context, const char *name, const char **names, const char **values,
          gpointer data, GError **error)
{
  Reader *reader = data;
  const char *blank = blank_of (reader->kind, name), *sheet;

  if (is_hidden (reader->kind, name))
    reader->hidden++;
  else if (holds_text (reader->kind, name))
    reader->inside++;
  if (blank != NULL)
    g_string_append (reader->text, blank);
  if (reader->kind == KIND_SHEET && strcmp (local_name (name), "c") == 0)
    reader->is_index = g_strcmp0 (get_attribute ("t", names, values), "s") == 0;
  if (reader->kind == KIND_BOOK && strcmp (local_name (name), "sheet") == 0
      && (sheet = get_attribute ("name", names, values)) != NULL)
    g_string_append_printf (reader->text, "%s\n", sheet);
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
  Reader *reader = data;

  if (is_hidden (reader->kind, name))
    reader->hidden--;
  else if (holds_text (reader->kind, name))
    reader->inside--;
  if (reader->kind == KIND_SHEET && strcmp (local_name (name), "c") == 0 && !reader->is_index)
    g_string_append_c (reader->text, '\t');
  if (ends_line (reader->kind, name) && reader->text->len > 0
      && reader->text->str[reader->text->len - 1] != '\n')
    g_string_append_c (reader->text, '\n');
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize length, gpointer data,
         GError **error)
{
  Reader *reader = data;
  gboolean is_index = reader->kind == KIND_SHEET && reader->is_index;

  if (reader->inside > 0 && reader->hidden == 0 && !is_index)
    g_string_append_len (reader->text, text, (gssize)MIN (length, reader->most + 1));
}

/* ---- zip ---- */

/* What is broken has said what it said until there. */
static void
read_file (Reader *reader, struct archive *archive, Kind kind)
{
  static const GMarkupParser parser = { .start_element = on_start,
                                        .end_element = on_end,
                                        .text = on_text };
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, reader, NULL);
  g_autofree char *buffer = g_malloc (CHUNK);
  gboolean first = TRUE, good = TRUE;
  la_ssize_t n;

  reader->kind = kind;
  reader->inside = reader->hidden = 0;
  reader->is_index = FALSE;
  while (good && !is_full (reader) && (n = archive_read_data (archive, buffer, CHUNK)) > 0) {
    gsize mark = first && n >= 3 && memcmp (buffer, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    reader->unpacked += (guint64)n;
    good = g_markup_parse_context_parse (context, buffer + mark, n - (la_ssize_t)mark, NULL);
    first = FALSE;
  }
  if (reader->text->len > 0 && reader->text->str[reader->text->len - 1] != '\n')
    g_string_append_c (reader->text, '\n');
}

static void
read_entry (Reader *reader, struct archive *archive, const char *name, guint turn)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    if (!g_str_has_prefix (name, places[i].start) || !g_str_has_suffix (name, places[i].end)
        || (places[i].end[0] == '\0' && strcmp (name, places[i].start) != 0))
      continue;
    reader->found = TRUE;
    if (places[i].turn == turn)
      read_file (reader, archive, places[i].kind);
    return;
  }
}

/* FALSE: this is no zip file. */
static gboolean
read_turn (Reader *reader, GBytes *bytes, guint turn)
{
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  gboolean good = archive != NULL && archive_read_support_format_zip (archive) == ARCHIVE_OK
                  && archive_read_open_memory (archive, data, length) == ARCHIVE_OK;

  for (guint n = 0; good && n < MOST_ENTRIES && !is_full (reader); n++) {
    int result = archive_read_next_header (archive, &entry);
    const char *name = NULL;

    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
      good = n > 0 || result == ARCHIVE_EOF;
      break;
    }
    name = archive_entry_pathname (entry);
    if (name != NULL)
      read_entry (reader, archive, name, turn);
  }
  if (archive != NULL)
    (void)archive_read_free (archive);
  return good;
}

gboolean
unpack_office_is_package (GBytes *bytes)
{
  static const guint8 zip[] = { 'P', 'K', 3, 4 };
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  return unpack_hwp_is_compound (bytes)
         || (length >= sizeof zip && memcmp (data, zip, sizeof zip) == 0);
}

GVariant *
unpack_office_text (GBytes *bytes, guint most, UnpackStatus *status)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Reader reader = { .text = text,
                    .most = MIN (most, UNPACK_MAX_TEXT),
                    .until = g_get_monotonic_time () + MOST_US };
  gboolean good = TRUE;

  if (unpack_hwp_is_compound (bytes))
    return unpack_hwp_text (bytes, most, status);
  for (guint turn = 0; good && turn < TURNS; turn++)
    good = read_turn (&reader, bytes, turn);
  *status = reader.found ? UNPACK_DONE : UNPACK_BROKEN;
  if (!reader.found)
    return NULL;
  /* One text of GMarkup may be longer than all that is wanted: it ends between two characters. */
  if (text->len > reader.most) {
    gsize length = reader.most;

    while (length > 0 && ((guint8)text->str[length] & 0xc0) == 0x80)
      length--;
    g_string_truncate (text, length);
  }
  g_autofree char *valid = g_utf8_make_valid (text->str, (gssize)text->len);
  return g_variant_new_string (valid);
}
