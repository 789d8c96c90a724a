/* A message as the index takes it, see the header. */
#include "mail-indexer-doc.h"

#include <string.h>

#include "base-error.h"
#include "mail-unpack.h"
#include "store-choice.h"
#include "store-partial.h"

void
mail_indexer_doc_free (MailIndexerDoc *self)
{
  g_clear_pointer (&self->row, store_message_free);
  g_clear_pointer (&self->words, mime_words_free);
  g_free (self);
}

static MimeMessage *
read_partial (StoreDb *db, gint64 message, GError **error)
{
  g_autoptr (StorePartial) partial = store_partial_get (db, message, error);
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (MimeMissing));

  if (partial == NULL)
    return NULL;
  for (guint i = 0; i < partial->parts->len; i++) {
    const StorePart *part = partial->parts->pdata[i];
    MimeMissing one = { part->index, part->size, part->section, part->encoding };

    g_array_append_val (missing, one);
  }
  return mime_message_new_partial (partial->bytes, (const MimeMissing *)(gpointer)missing->data,
                                   missing->len);
}

/* NULL: there is no text (any more), or it cannot be read, which must not keep the others from being found: it is tried again at the next start. */
static MimeMessage *
read_message (StoreDb *db, const StoreIndexTask *task, gboolean *unreadable)
{
  MimeMessage *message;

  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (task->stage == STORE_INDEX_PARTIAL) {
    message = read_partial (db, task->message, &local);
  } else {
    bytes = store_message_get_body (db, task->message, &local);
    message = bytes != NULL ? mime_message_new (bytes) : NULL;
  }
  *unreadable = message == NULL && !g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE);
  return message;
}

/* As the person reads mail of its sender. */
static gboolean
choose_charset (StoreDb *db, const StoreMessage *row, MimeMessage *message, GError **error)
{
  g_autoptr (StoreChoice) choice = NULL;
  g_autofree char *address =
      row->from_address != NULL ? g_utf8_strdown (row->from_address, -1) : NULL;

  if (address == NULL || address[0] == '\0')
    return TRUE;
  if (!store_choice_get (db, STORE_CHOICE_CHARSET_SENDER, address, &choice, error))
    return FALSE;
  if (choice != NULL)
    mime_message_set_charset (message, choice->value);
  return TRUE;
}

static void
add_text (MailIndexerDoc *self, BaseSection section, const char *text, gsize length)
{
  self->texts[self->doc.n_texts++] = (StoreIndexText){ section, text, length };
  self->octets += length;
}

/* Where a row does not read as the bytes do (a charset that a person said), it is found by both. */
static void
add_other (MailIndexerDoc *self, BaseSection section, const char *text)
{
  const GString *words = self->words->sections[section];

  if (text != NULL && text[0] != '\0' && (words == NULL || strstr (words->str, text) == NULL))
    add_text (self, section, text, strlen (text));
}

/* ---- files ---- */

/* What is larger costs more time than its words are worth, and so do more of them. */
#define MOST_OCTETS (16u << 20)
#define MOST_FILES  8
/* Of all files of a message together: no other is begun then. */
#define FILES_US (5 * G_USEC_PER_SEC)

/* What is read so far, and until when more is begun. */
typedef struct
{
  guint n;
  gint64 end;
} FilesRead;

static gboolean
is_named (const MimePart *part, const char *ending)
{
  gsize length = strlen (part->name), n = strlen (ending);

  return length > n && g_ascii_strcasecmp (part->name + length - n, ending) == 0;
}

/* Whether it says that it is something that sosik-unpack reads; which of them it is, that finds out.  Many programs do not say what a file is, or what its
 * kind was before there was XML in it: then the name tells. */
static gboolean
has_text (const MimePart *part)
{
  static const struct
  {
    const char *type, *ending;
  } kinds[] = {
    { "application/pdf", ".pdf" },
    { "application/x-pdf", ".pdf" },
    { "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx" },
    { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx" },
    { "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx" },
    { "application/vnd.oasis.opendocument.text", ".odt" },
    { "application/vnd.oasis.opendocument.spreadsheet", ".ods" },
    { "application/vnd.oasis.opendocument.presentation", ".odp" },
    { "application/hwp+zip", ".hwpx" },
    { "application/vnd.hancom.hwpx", ".hwpx" },
    { "application/haansofthwpx", ".hwpx" },
    { "application/x-hwp", ".hwp" },
    { "application/hwp", ".hwp" },
    { "application/vnd.hancom.hwp", ".hwp" },
    { "application/vnd.haansoft-hwp", ".hwp" },
    { "application/haansofthwp", ".hwp" },
  };
  static const char *const untold[] = { "application/octet-stream",
                                        "application/zip",
                                        "application/x-zip-compressed",
                                        "application/msword",
                                        "application/vnd.ms-excel",
                                        "application/vnd.ms-powerpoint",
                                        NULL };
  gboolean by_name = g_strv_contains (untold, part->content_type);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (by_name ? is_named (part, kinds[i].ending)
                : strcmp (part->content_type, kinds[i].type) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whatever a stranger's file says or does not say is no error: it has no words then.  FALSE: cancelled. */
static gboolean
read_file (MailIndexerDoc *self, MimeMessage *message, guint index, GCancellable *cancellable,
           GError **error)
{
  g_autofree char *most = g_strdup_printf ("%u", (guint)MIME_WORDS_MAX_FILE);
  const char *const arguments[] = { "text", most, NULL };
  g_autoptr (GBytes) bytes = mime_message_get_part_content (message, index);
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) text =
      bytes != NULL
          ? mail_unpack_run (arguments, bytes, G_VARIANT_TYPE (UNPACK_TEXT), cancellable, &local)
          : NULL;

  if (text != NULL)
    mime_words_add_file_text (self->words, g_variant_get_string (text, NULL));
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
has_room (const FilesRead *read)
{
  return read->n < MOST_FILES && (read->n == 0 || g_get_monotonic_time () < read->end);
}

/* Those of messages that are attached, too, as deep as their words are read. */
static gboolean
read_files (MailIndexerDoc *self, MimeMessage *message, guint depth, FilesRead *read,
            GCancellable *cancellable, GError **error)
{
  GPtrArray *parts = mime_message_get_parts (message);

  for (guint i = 0; i < parts->len && has_room (read); i++) {
    const MimePart *part = parts->pdata[i];

    if (part->is_missing)
      continue;
    if (depth < MIME_WORDS_DEPTH && mime_part_is_message (part)) {
      g_autoptr (GBytes) bytes = mime_message_get_part_content (message, i);
      g_autoptr (MimeMessage) within = bytes != NULL ? mime_message_new (bytes) : NULL;

      if (within != NULL && !read_files (self, within, depth + 1, read, cancellable, error))
        return FALSE;
    }
    if (!has_text (part) || part->size > MOST_OCTETS)
      continue;
    read->n++;
    if (!read_file (self, message, i, cancellable, error))
      return FALSE;
  }
  return TRUE;
}

static void
take_words (MailIndexerDoc *self)
{
  self->octets = 0;
  for (guint i = 1; i < BASE_N_SECTIONS; i++) {
    const GString *words = self->words->sections[i];

    if (words != NULL)
      add_text (self, i, words->str, words->len);
    if (i == BASE_SECTION_SUBJECT)
      add_other (self, i, self->row->subject);
    if (i == BASE_SECTION_FROM)
      add_other (self, i, self->row->from_name);
  }
}

MailIndexerDoc *
mail_indexer_doc_new (StoreDb *db, const StoreIndexTask *task, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (MailIndexerDoc) self = g_new0 (MailIndexerDoc, 1);
  g_autoptr (MimeMessage) message = NULL;
  g_autoptr (GPtrArray) rows = store_message_get_rows (db, &task->message, 1, error);

  if (rows == NULL)
    return NULL;
  self->row = g_steal_pointer (&rows->pdata[0]);
  self->doc.message = task->message;
  self->doc.row = self->row;
  self->doc.texts = self->texts;
  if (self->row == NULL)
    return g_steal_pointer (&self);
  if (task->stage >= STORE_INDEX_PARTIAL)
    message = read_message (db, task, &self->is_unreadable);
  if (message != NULL) {
    FilesRead read = { .end = g_get_monotonic_time () + FILES_US };

    if (!choose_charset (db, self->row, message, error))
      return NULL;
    self->doc.stage = task->stage;
    self->words = mime_words_new (message);
    if (!read_files (self, message, 0, &read, cancellable, error))
      return NULL;
    take_words (self);
    return g_steal_pointer (&self);
  }
  self->doc.stage = self->row->preview != NULL ? STORE_INDEX_LINE : STORE_INDEX_ROW;
  self->doc.n_texts = store_index_list_row_texts (self->row, self->texts);
  return g_steal_pointer (&self);
}
