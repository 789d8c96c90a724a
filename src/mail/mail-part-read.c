/* Looking into an attachment: pictures, pages, text, messages, cards.  The main thread asks and gets plain values; a pool thread fetches,
 * decodes and waits for sosik-unpack.  It must never parse what a stranger wrote in a library that has had memory errors: that
 * is the other process's work. */
#include "mail-engine-private.h"
#include "mail-part-private.h"
#include "mail-unpack.h"

#include <string.h>

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-name.h"

#define MAX_TEXT  (2u * 1024 * 1024)
#define MAX_DEPTH 10

/* ---- what it is ---- */

static gboolean
ends_with (const char *name, const char *const *ends)
{
  const char *dot = strrchr (name, '.');

  for (; dot != NULL && *ends != NULL; ends++)
    if (g_ascii_strcasecmp (dot + 1, *ends) == 0)
      return TRUE;
  return FALSE;
}

static MailPartKind
guess_kind (MailPart *self)
{
  static const char *const pictures[] = { "png", "jpg",  "jpeg", "gif", "webp", "bmp",
                                          "tif", "tiff", "svg",  "ico", NULL };
  static const char *const texts[] = { "txt",  "csv", "tsv", "log",  "md",   "ini",   "conf",
                                       "json", "xml", "yml", "yaml", "diff", "patch", "c",
                                       "h",    "cpp", "cc",  "hpp",  "java", "rs",    "go",
                                       "css",  "sql", "tex", "srt",  "toml", NULL };
  static const char *const pages[] = { "html", "htm", "xhtml", NULL };
  static const char *const pdf[] = { "pdf", NULL }, *const mail[] = { "eml", NULL };
  static const char *const calendar[] = { "ics", NULL }, *const card[] = { "vcf", NULL };

  const char *type = self->content_type, *name = self->name;
  /* Many programs send everything as application/octet-stream: then the name says what it is. */
  gboolean vague =
      strcmp (type, "application/octet-stream") == 0 || strcmp (type, "text/plain") == 0;

  if (g_str_has_prefix (type, "image/") || (vague && ends_with (name, pictures)))
    return MAIL_PART_PICTURE;
  if (strcmp (type, "application/pdf") == 0 || strcmp (type, "application/x-pdf") == 0
      || (vague && ends_with (name, pdf)))
    return MAIL_PART_PDF;
  if (strcmp (type, "message/rfc822") == 0 || strcmp (type, "message/global") == 0
      || (vague && ends_with (name, mail)))
    return MAIL_PART_MESSAGE;
  if (strcmp (type, "text/calendar") == 0 || strcmp (type, "application/ics") == 0
      || (vague && ends_with (name, calendar)))
    return MAIL_PART_CALENDAR;
  if (strcmp (type, "text/vcard") == 0 || strcmp (type, "text/x-vcard") == 0
      || strcmp (type, "text/directory") == 0 || (vague && ends_with (name, card)))
    return MAIL_PART_CARD;
  if (strcmp (type, "text/html") == 0 || strcmp (type, "application/xhtml+xml") == 0
      || (vague && ends_with (name, pages)))
    return MAIL_PART_HTML;
  if (g_str_has_prefix (type, "text/") || strcmp (type, "application/json") == 0
      || strcmp (type, "application/xml") == 0 || strcmp (type, "message/delivery-status") == 0
      || (vague && ends_with (name, texts)))
    return MAIL_PART_TEXT;
  return MAIL_PART_OTHER;
}

MailPartKind
mail_part_get_kind (MailPart *self)
{
  g_return_val_if_fail (MAIL_IS_PART (self), MAIL_PART_OTHER);
  MailPartKind kind = guess_kind (self);
  MailDanger danger = mail_danger_judge (self->name, "", NULL);

  /* What calls itself a picture and has the name of a program is a program; of a script the text can be read. */
  if (danger == MAIL_DANGER_DISGUISED || (danger == MAIL_DANGER_PROGRAM && kind != MAIL_PART_TEXT))
    return MAIL_PART_OTHER;
  return kind;
}

guint64
mail_part_get_size (MailPart *self)
{
  g_return_val_if_fail (MAIL_IS_PART (self), 0);
  return self->size;
}

/* ---- pictures ---- */

static void
picture_free (gpointer picture)
{
  mail_picture_free (picture);
}

/* Pool thread. */
static gpointer
run_picture (gpointer data, GCancellable *cancellable, GError **error)
{
  MailPartJob *job = data;
  g_autofree char *edge = g_strdup_printf ("%u", job->edge);
  const char *const arguments[] = { "picture", edge, NULL };
  g_autoptr (GBytes) bytes = mail_part_job_decode (job, cancellable, error);
  g_autoptr (GVariant) value =
      bytes != NULL
          ? mail_unpack_run (arguments, bytes, G_VARIANT_TYPE (UNPACK_PICTURE), cancellable, error)
          : NULL;

  return value != NULL ? mail_unpack_to_picture (value, error) : NULL;
}

void
mail_part_read_picture_async (MailPart *self, guint edge, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  MailPartJob *job = mail_part_job_new (self, task);

  job->edge = edge;
  mail_unpack_call (self->engine, task, run_picture, job, mail_part_job_free, picture_free);
}

MailPicture *
mail_part_read_picture_finish (MailPart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- pages ---- */

static MailPages *
pages_ref (MailPages *pages)
{
  g_atomic_ref_count_inc (&pages->ref_count);
  return pages;
}

void
mail_pages_unref (MailPages *pages)
{
  if (!g_atomic_ref_count_dec (&pages->ref_count))
    return;
  g_bytes_unref (pages->file);
  g_free (pages->title);
  g_free (pages->sizes);
  g_free (pages);
}

static void
pages_free (gpointer pages)
{
  mail_pages_unref (pages);
}

/* Pool thread. */
static gpointer
run_pages (gpointer data, GCancellable *cancellable, GError **error)
{
  MailPartJob *job = data;
  const char *const arguments[] = { "pdf", NULL };
  g_autoptr (GBytes) bytes = mail_part_job_decode (job, cancellable, error);
  g_autoptr (GVariant) value =
      bytes != NULL
          ? mail_unpack_run (arguments, bytes, G_VARIANT_TYPE (UNPACK_PDF), cancellable, error)
          : NULL;
  g_autoptr (GVariant) sizes = NULL;
  const char *title;

  if (value == NULL)
    return NULL;
  g_variant_get (value, "(&s@a(dd))", &title, &sizes);
  gsize n = MIN (g_variant_n_children (sizes), UNPACK_MAX_PAGES);
  if (n == 0) {
    base_error_set (error, BASE_ERROR_BROKEN, NULL, _ ("There is no page in this file."));
    return NULL;
  }
  MailPages *pages = g_new0 (MailPages, 1);
  g_atomic_ref_count_init (&pages->ref_count);
  pages->file = g_bytes_ref (bytes);
  pages->title = g_strdup (title);
  pages->n = (guint)n;
  pages->sizes = g_new0 (double, n * 2);
  for (gsize i = 0; i < n; i++) {
    double width, height;

    g_variant_get_child (sizes, i, "(dd)", &width, &height);
    pages->sizes[i * 2] = width >= 1 && width < 1e6 ? width : 595;
    pages->sizes[i * 2 + 1] = height >= 1 && height < 1e6 ? height : 842;
  }
  return pages;
}

void
mail_part_read_pages_async (MailPart *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  mail_unpack_call (self->engine, task, run_pages, mail_part_job_new (self, task),
                    mail_part_job_free, pages_free);
}

MailPages *
mail_part_read_pages_finish (MailPart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Pool thread. */
static gpointer
run_page (gpointer data, GCancellable *cancellable, GError **error)
{
  MailPartJob *job = data;
  g_autofree char *page = g_strdup_printf ("%u", job->page);
  g_autofree char *edge = g_strdup_printf ("%u", job->edge);
  const char *const arguments[] = { "pdf-page", page, edge, NULL };
  g_autoptr (GVariant) value = mail_unpack_run (
      arguments, job->pages->file, G_VARIANT_TYPE (UNPACK_PICTURE), cancellable, error);

  return value != NULL ? mail_unpack_to_picture (value, error) : NULL;
}

void
mail_part_read_page_async (MailPart *self, MailPages *pages, guint index, guint width,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  MailPartJob *job = mail_part_job_new (self, task);

  job->pages = pages_ref (pages);
  job->page = index;
  job->edge = width;
  mail_unpack_call (self->engine, task, run_page, job, mail_part_job_free, picture_free);
}

MailPicture *
mail_part_read_page_finish (MailPart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- text ---- */

typedef struct
{
  char *text;
  gboolean cut;
} Text;

static void
text_free (gpointer data)
{
  Text *text = data;

  g_free (text->text);
  g_free (text);
}

/* Pool thread. */
static gpointer
run_text (gpointer data, GCancellable *cancellable, GError **error)
{
  MailPartJob *job = data;
  g_autoptr (GBytes) bytes = mail_part_job_decode (job, cancellable, error);

  if (bytes == NULL)
    return NULL;
  gsize length = g_bytes_get_size (bytes);
  g_autoptr (GBytes) start = g_bytes_new_from_bytes (bytes, 0, MIN (length, MAX_TEXT));
  Text *text = g_new0 (Text, 1);
  text->cut = length > MAX_TEXT;
  text->text = mime_bytes_to_text (start, job->charset);
  return text;
}

void
mail_part_read_text_async (MailPart *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  mail_engine_call_waiting (self->engine, task, run_text, mail_part_job_new (self, task),
                            mail_part_job_free, text_free);
}

char *
mail_part_read_text_finish (MailPart *self, GAsyncResult *result, gboolean *cut, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  Text *text = g_task_propagate_pointer (G_TASK (result), error);

  if (text == NULL)
    return NULL;
  char *found = g_steal_pointer (&text->text);
  if (cut != NULL)
    *cut = text->cut;
  text_free (text);
  return found;
}

/* ---- messages, HTML ---- */

static void
parsed_free (gpointer parsed)
{
  mail_parsed_unref (parsed);
}

/* A page as a message that is nothing else, so that the one road by which HTML comes to the screen is this one's too. */
static GBytes *
wrap_html (const MailPartJob *job, GBytes *bytes)
{
  g_autofree char *text = mime_bytes_to_text (bytes, job->charset);
  GString *message = g_string_new ("Content-Type: text/html; charset=utf-8\r\n"
                                   "Content-Transfer-Encoding: 8bit\r\n\r\n");

  g_string_append (message, text);
  return g_string_free_to_bytes (message);
}

/* Pool thread. */
static gpointer
run_open (gpointer data, GCancellable *cancellable, GError **error)
{
  MailPartJob *job = data;
  g_autoptr (GBytes) bytes = mail_part_job_decode (job, cancellable, error);

  if (bytes == NULL)
    return NULL;
  g_autoptr (GBytes) message = job->page ? wrap_html (job, bytes) : g_bytes_ref (bytes);
  return mail_parsed_new (message, NULL, 0);
}

void
mail_part_open_async (MailPart *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  if (self->depth >= MAX_DEPTH) {
    GError *error = NULL;

    base_error_set (&error, BASE_ERROR_LIMIT, NULL,
                    _ ("This message is packed into too many others. Save it to look at it."));
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  MailPartJob *job = mail_part_job_new (self, task);
  job->page = mail_part_get_kind (self) == MAIL_PART_HTML;
  mail_engine_call_waiting (self->engine, task, run_open, job, mail_part_job_free, parsed_free);
}

MailContent *
mail_part_open_finish (MailPart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_autoptr (MailParsed) parsed = g_task_propagate_pointer (G_TASK (result), error);

  if (parsed == NULL)
    return NULL;
  /* Nobody's row: nothing can be done to it. */
  g_autoptr (MailMessage) message = mail_message_new (0, NULL);
  return mail_content_new_nested (self->engine, message, parsed, self->depth + 1);
}

/* ---- cards ---- */

static void
field_free (gpointer data)
{
  MailCardField *field = data;

  g_free (field->kind);
  g_free (field->label);
  g_free (field->value);
  g_free (field);
}

static void
card_free (gpointer data)
{
  MailCard *card = data;

  g_ptr_array_unref (card->fields);
  g_free (card->name);
  g_clear_pointer (&card->photo, g_bytes_unref);
  g_free (card);
}

/* BASE_NAME_PARTS: it is no part of a name. */
static BaseNamePart
find_name_part (const char *kind)
{
  static const char *const kinds[BASE_NAME_PARTS] = { [BASE_NAME_FAMILY] = "family",
                                                      [BASE_NAME_GIVEN] = "given",
                                                      [BASE_NAME_ADDITIONAL] = "additional",
                                                      [BASE_NAME_PREFIX] = "prefix",
                                                      [BASE_NAME_SUFFIX] = "suffix" };
  BaseNamePart part = BASE_NAME_FAMILY;

  while (part < BASE_NAME_PARTS && strcmp (kinds[part], kind) != 0)
    part++;
  return part;
}

static MailCard *
card_from_value (GVariant *value)
{
  MailCard *card = g_new0 (MailCard, 1);
  const char *kind, *label, *text, *name = NULL, *parts[BASE_NAME_PARTS] = { NULL };
  GVariantIter iter;

  card->fields = g_ptr_array_new_with_free_func (field_free);
  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &kind, &label, &text)) {
    if (strcmp (kind, "photo") == 0) {
      gsize length;
      guint8 *photo = card->photo == NULL ? g_base64_decode (text, &length) : NULL;

      if (photo != NULL)
        card->photo = g_bytes_new_take (photo, length);
    } else if (strcmp (kind, "name") == 0) {
      name = text;
    } else if (find_name_part (kind) < BASE_NAME_PARTS) {
      parts[find_name_part (kind)] = text;
    } else {
      MailCardField *field = g_new0 (MailCardField, 1);

      field->kind = g_strdup (kind);
      field->label = g_strdup (label);
      field->value = g_strdup (text);
      g_ptr_array_add (card->fields, field);
    }
  }
  card->name = base_name_mend (name, parts);
  return card;
}

/* Pool thread. */
static gpointer
run_cards (gpointer data, GCancellable *cancellable, GError **error)
{
  MailPartJob *job = data;
  const char *const arguments[] = { "card", NULL };
  g_autoptr (GBytes) bytes = mail_part_job_decode (job, cancellable, error);
  g_autoptr (GVariant) value =
      bytes != NULL
          ? mail_unpack_run (arguments, bytes, G_VARIANT_TYPE (UNPACK_CARDS), cancellable, error)
          : NULL;

  if (value == NULL)
    return NULL;
  GPtrArray *cards = g_ptr_array_new_with_free_func (card_free);
  for (gsize i = 0; i < MIN (g_variant_n_children (value), UNPACK_MAX_CARDS); i++) {
    g_autoptr (GVariant) fields = g_variant_get_child_value (value, i);

    g_ptr_array_add (cards, card_from_value (fields));
  }
  return cards;
}

void
mail_part_read_cards_async (MailPart *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  mail_unpack_call (self->engine, task, run_cards, mail_part_job_new (self, task),
                    mail_part_job_free, (GDestroyNotify)g_ptr_array_unref);
}

GPtrArray *
mail_part_read_cards_finish (MailPart *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- winmail.dat ---- */

gboolean
mail_part_is_winmail (MailPart *self)
{
  return strcmp (self->content_type, "application/ms-tnef") == 0
         || strcmp (self->content_type, "application/vnd.ms-tnef") == 0
         || g_ascii_strcasecmp (self->name, "winmail.dat") == 0;
}

static void
variant_free (gpointer value)
{
  g_variant_unref (value);
}

/* Pool thread. */
static gpointer
run_unpack (gpointer data, GCancellable *cancellable, GError **error)
{
  const char *const arguments[] = { "tnef", NULL };
  g_autoptr (GBytes) bytes = mail_part_job_decode (data, cancellable, error);

  return bytes != NULL
             ? mail_unpack_run (arguments, bytes, G_VARIANT_TYPE (UNPACK_FILES), cancellable, error)
             : NULL;
}

void
mail_part_unpack_async (MailPart *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  mail_unpack_call (self->engine, task, run_unpack, mail_part_job_new (self, task),
                    mail_part_job_free, variant_free);
}

GPtrArray *
mail_part_unpack_finish (MailPart *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) files = g_task_propagate_pointer (G_TASK (result), error);

  if (files == NULL)
    return NULL;
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; i < MIN (g_variant_n_children (files), UNPACK_MAX_FILES); i++) {
    const char *name, *type;
    g_autoptr (GVariant) content = NULL;

    g_variant_get_child (files, i, "(&s&s@ay)", &name, &type, &content);
    g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (content);
    g_autofree char *lower = g_ascii_strdown (type, -1);
    g_ptr_array_add (parts, mail_part_new_unpacked (self, name, lower, bytes));
  }
  return parts;
}

/* ---- danger ---- */

/* Pool thread.  One more than the danger, for NULL is an error. */
static gpointer
run_judge (gpointer data, GCancellable *cancellable, GError **error)
{
  MailPartJob *job = data;
  g_autoptr (GBytes) bytes = mail_part_job_decode (job, cancellable, error);

  return bytes != NULL
             ? GINT_TO_POINTER (mail_danger_judge (job->name, job->content_type, bytes) + 1)
             : NULL;
}

void
mail_part_judge_async (MailPart *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (MAIL_IS_PART (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  mail_engine_call_waiting (self->engine, task, run_judge, mail_part_job_new (self, task),
                            mail_part_job_free, NULL);
}

gboolean
mail_part_judge_finish (MailPart *self, GAsyncResult *result, MailDanger *danger, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  gpointer found = g_task_propagate_pointer (G_TASK (result), error);

  if (found != NULL)
    *danger = (MailDanger)(GPOINTER_TO_INT (found) - 1);
  return found != NULL;
}
