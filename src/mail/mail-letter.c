/* Letters out of HTML.  Main thread; the work is done by threads that hold nothing of it but strings.  What cannot be quoted with its
 * formats stays quoted as text. */
#include "mail-letter.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mail-draft-private.h"
#include "mime-build.h"

/* A page that somebody pastes; more is nothing that a person wants in a letter. */
#define MAX_PASTED ((gsize)2 * 1024 * 1024)

typedef struct
{
  GBytes *html;
  char **ids;    /* nullable */
  gboolean flat; /* of what came of it */
} Pasted;

static void
pasted_free (gpointer data)
{
  Pasted *pasted = data;

  g_bytes_unref (pasted->html);
  g_strfreev (pasted->ids);
  g_free (pasted);
}

/* MimeHtmlCidFunc: under a number while it is cleaned. */
static char *
keep_id (const char *cid, gpointer user_data)
{
  const Pasted *pasted = user_data;

  for (guint i = 0; pasted->ids != NULL && pasted->ids[i] != NULL; i++)
    if (g_str_equal (pasted->ids[i], cid))
      return g_strdup_printf ("sosik-cid:%u", i);
  return NULL;
}

static char *
get_id (const char *src, gpointer user_data)
{
  const Pasted *pasted = user_data;
  guint64 index;

  return pasted->ids != NULL && pasted->ids[0] != NULL && g_str_has_prefix (src, "sosik-cid:")
                 && g_ascii_string_to_unsigned (src + strlen ("sosik-cid:"), 10, 0,
                                                g_strv_length (pasted->ids) - 1, &index, NULL)
             ? g_strdup (pasted->ids[index])
             : NULL;
}

/* Any thread. */
static void
run_from_html (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Pasted *pasted = data;
  g_autofree char *text = mime_bytes_to_text (pasted->html, NULL);
  g_autofree char *words = mime_html_to_quote (text);

  /* What pictures of the web are said to show is not all that is pasted. */
  if (*g_strchug (words) == '\0') {
    g_task_return_pointer (task, NULL, NULL);
    return;
  }
  g_autofree char *clean = mime_html_clean (text, FALSE, NULL, keep_id, pasted);
  g_autofree char *lines = mime_html_to_letter (
      clean, 0, MAX_PASTED, pasted->ids != NULL ? MIME_LETTER_WRITTEN : MIME_LETTER_PASTED, get_id,
      pasted);

  pasted->flat = mime_html_has_large_table (clean);
  g_task_return_pointer (task, *lines != '\0' ? g_strconcat ("<div>", lines, "</div>", NULL) : NULL,
                         g_free);
}

void
mail_letter_from_html_async (GBytes *html, const char *const *ids, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Pasted *pasted = g_new0 (Pasted, 1);

  pasted->html = g_bytes_ref (html);
  pasted->ids = g_strdupv ((char **)ids);
  g_task_set_task_data (task, pasted, pasted_free);
  g_task_run_in_thread (task, run_from_html);
}

char *
mail_letter_from_html_finish (GAsyncResult *result, gboolean *flat, GError **error)
{
  const Pasted *pasted = g_task_get_task_data (G_TASK (result));

  *flat = pasted->flat;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- pictures ---- */

/* A quote is not what a person attaches: more than that stays where it is. */
#define MAX_PICTURE  ((gsize)5 * 1000 * 1000)
#define MAX_PICTURES ((gsize)10 * 1000 * 1000)
#define MOST         50

/* Those of a message that its page shows, with what they become in the draft. */
typedef struct
{
  MailParsed *parsed;                        /* borrowed */
  GHashTable *known;                         /* Content-IDs, by src */
  GPtrArray *contents, *types, *names, *ids; /* beside each other */
  gsize size;
  gboolean all; /* however large: they are the person's own */
} Pictures;

static void
pictures_init (Pictures *pictures, MailParsed *parsed)
{
  *pictures = (Pictures){ parsed,
                          g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                          g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
                          g_ptr_array_new (),
                          g_ptr_array_new_with_free_func (g_free),
                          g_ptr_array_new_with_free_func (g_free),
                          0,
                          FALSE };
}

static void
pictures_clear (Pictures *pictures)
{
  g_hash_table_unref (pictures->known);
  g_ptr_array_unref (pictures->contents);
  g_ptr_array_unref (pictures->types);
  g_ptr_array_unref (pictures->names);
  g_ptr_array_unref (pictures->ids);
}

/* By its first octets, whatever its sender calls it; NULL: it is none that is shown everywhere. */
static const char *
picture_type (GBytes *bytes)
{
  static const struct
  {
    const char *type, *start;
    gsize length;
  } types[] = {
    { "image/png", "\x89PNG\r\n", 6 },
    { "image/jpeg", "\xff\xd8\xff", 3 },
    { "image/gif", "GIF8", 4 },
  };
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (size > types[i].length && memcmp (data, types[i].start, types[i].length) == 0)
      return types[i].type;
  return NULL;
}

/* NULL: it is not stored here. */
static GBytes *
read_picture (Pictures *pictures, const char *src)
{
  const char *data = g_str_has_prefix (src, "data:image/") ? strstr (src, ";base64,") : NULL;
  guint64 index;

  if (g_str_has_prefix (src, "sosik-cid:"))
    return g_ascii_string_to_unsigned (src + strlen ("sosik-cid:"), 10, 0, G_MAXINT, &index, NULL)
               ? mail_parsed_decode (pictures->parsed, (guint)index, NULL)
               : NULL;
  if (data == NULL || strlen (data) > 2 * MAX_PICTURE)
    return NULL;
  gsize size;
  guchar *decoded = g_base64_decode (data + strlen (";base64,"), &size);
  return g_bytes_new_take (decoded, size);
}

/* MimeHtmlCidFunc. */
static char *
take_picture (const char *src, gpointer user_data)
{
  Pictures *pictures = user_data;
  const char *known = g_hash_table_lookup (pictures->known, src);

  if (known != NULL || (!pictures->all && pictures->contents->len >= MOST))
    return g_strdup (known);
  g_autoptr (GBytes) bytes = read_picture (pictures, src);
  gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  const char *type = bytes != NULL ? picture_type (bytes) : NULL;
  if (type == NULL
      || (!pictures->all && (size > MAX_PICTURE || pictures->size + size > MAX_PICTURES)))
    return NULL;
  g_autofree char *uuid = g_uuid_string_random ();
  char *id = g_strconcat (uuid, MAIL_QUOTED_PICTURE, NULL);

  pictures->size += size;
  g_ptr_array_add (pictures->ids, id);
  g_ptr_array_add (pictures->types, (gpointer)type);
  g_ptr_array_add (pictures->contents, g_steal_pointer (&bytes));
  g_ptr_array_add (pictures->names, g_strdup_printf ("picture-%u.%s", pictures->contents->len,
                                                     type + strlen ("image/")));
  g_hash_table_insert (pictures->known, g_strdup (src), id);
  return g_strdup (id);
}

/* ---- quotes ---- */

typedef struct
{
  MailParsed *parsed;
  Pictures pictures;
  char *excerpt;        /* HTML; NULL: all of it is quoted */
  char *before, *after; /* of the quote in the text of the draft; NULL: the text stays as it is */
  gboolean forward;
  gboolean below; /* behind it empty lines are to be written in */
  gboolean whole; /* no quote: it is all of the letter */
} Quote;

static void
quote_free (gpointer data)
{
  Quote *quote = data;

  pictures_clear (&quote->pictures);
  mail_parsed_unref (quote->parsed);
  g_free (quote->excerpt);
  g_free (quote->before);
  g_free (quote->after);
  g_free (quote);
}

/* FALSE: the quote is not to be found in the text. */
static gboolean
find_quote (MailDraft *self, MailContent *content, Quote *quote)
{
  const char *all =
      self->quoted_text != NULL ? self->quoted_text : mail_content_get_quote (content);
  g_autofree char *read = NULL;
  g_autofree char *quoted = NULL;
  const char *wanted, *found, *text = self->plain->text;

  /* More is not quoted. */
  if (strlen (all) > MAIL_MAX_QUOTE)
    return FALSE;
  read = g_strchomp (g_strdup (all));
  quoted = mime_quote (read);
  wanted = g_strchomp (self->plain->forward ? read : quoted);
  found = *wanted != '\0' ? strstr (text, wanted) : NULL;

  if (found == NULL)
    return FALSE;
  quote->excerpt = g_strdup (self->quoted_html);
  quote->before = g_strndup (text, (gsize)(found - text));
  quote->after = g_strdup (found + strlen (wanted));
  return TRUE;
}

/* Any thread.  Where the text stays as it is, NULL: only the pictures are wanted. */
static void
run_quote (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Quote *quote = data;
  gboolean bare = quote->forward || quote->whole || quote->before == NULL;
  g_autofree char *lines = mime_html_to_letter (
      quote->excerpt != NULL ? quote->excerpt : quote->parsed->html, bare ? 0 : 1,
      quote->whole ? G_MAXSIZE : MAIL_MAX_QUOTE,
      quote->whole ? MIME_LETTER_WRITTEN : MIME_LETTER_QUOTED, take_picture, &quote->pictures);

  if (quote->whole || quote->before == NULL) {
    char *letter =
        quote->whole && *lines != '\0' ? g_strconcat ("<div>", lines, "</div>", NULL) : NULL;

    g_task_return_pointer (task, letter, g_free);
    return;
  }
  g_autofree char *before = mime_text_to_letter (quote->before);
  g_autofree char *after =
      mime_text_to_letter (quote->below ? quote->after : g_strstrip (quote->after));

  g_task_return_pointer (
      task,
      g_strconcat ("<div>", before, lines, *quote->after != '\0' ? after : "", "</div>", NULL),
      g_free);
}

static void
on_pictures (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailDraft *self = MAIL_DRAFT (source);
  g_autoptr (GError) error = NULL;

  if (!mail_draft_attach_finish (self, result, &error))
    mail_engine_emit_notice (
        self->engine, _ ("The pictures of the message could not be taken along."), error->message);
  g_task_return_boolean (outer, TRUE);
}

static void
on_quoted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailDraft *self = g_task_get_source_object (outer);
  Quote *quote = g_task_get_task_data (G_TASK (result));
  Pictures *pictures = &quote->pictures;
  g_autofree char *html = g_task_propagate_pointer (G_TASK (result), NULL);

  if (html != NULL)
    mail_draft_set_body (self, self->plain->text, html);
  if (pictures->contents->len > 0)
    mail_draft_take_pictures_async (self, pictures->contents, pictures->types, pictures->names,
                                    html != NULL ? pictures->ids : NULL, on_pictures,
                                    g_steal_pointer (&outer));
  else
    g_task_return_boolean (outer, TRUE);
}

void
mail_draft_write_below (MailDraft *self)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  if (!self->answers || self->below)
    return;
  /* The two empty lines that stood above it */
  g_autofree char *text =
      g_strconcat (self->plain->text + strspn (self->plain->text, "\n"),
                   g_str_has_suffix (self->plain->text, "\n") ? "\n" : "\n\n", NULL);

  self->below = TRUE;
  mail_draft_set_shown_text (self, text);
}

gboolean
mail_draft_is_written_below (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), FALSE);
  return self->below;
}

void
mail_draft_quote_async (MailDraft *self, MailContent *content, gboolean rich,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self) && MAIL_IS_CONTENT (content));
  MailParsed *parsed = mail_content_get_parsed (content);
  gboolean html = mail_content_has_html (content) && !mail_content_is_read_as_text (content)
                  && !self->plain->redirect && *self->plain->text != '\0'
                  && (self->quoted_text == NULL || self->quoted_html != NULL);

  /* What is edited as new is no quote, and looks as it did, however new letters look. */
  if (html && !self->answers && !self->plain->forward) {
    mail_draft_read_letter_async (self, content, callback, user_data);
    return;
  }
  g_autoptr (GTask) outer = g_task_new (self, NULL, callback, user_data);
  Quote *quote = g_new0 (Quote, 1);
  quote->parsed = mail_parsed_ref (parsed);
  quote->forward = self->plain->forward;
  quote->below = self->below;
  pictures_init (&quote->pictures, quote->parsed);
  /* What an answer leaves out, its reader has; who gets a message passed on, has nothing. */
  if (!html || (!(rich && find_quote (self, content, quote)) && self->answers)) {
    quote_free (quote);
    g_task_return_boolean (outer, TRUE);
    return;
  }
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_quoted, g_steal_pointer (&outer));
  g_task_set_task_data (task, quote, quote_free);
  g_task_run_in_thread (task, run_quote);
}

void
mail_draft_read_letter_async (MailDraft *self, MailContent *content, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self) && MAIL_IS_CONTENT (content));
  g_autoptr (GTask) outer = g_task_new (self, NULL, callback, user_data);
  Quote *quote;

  if (!mail_content_has_html (content)) {
    g_task_return_boolean (outer, TRUE);
    return;
  }
  quote = g_new0 (Quote, 1);
  quote->parsed = mail_parsed_ref (mail_content_get_parsed (content));
  quote->whole = TRUE;
  pictures_init (&quote->pictures, quote->parsed);
  quote->pictures.all = TRUE;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_quoted, g_steal_pointer (&outer));
  g_task_set_task_data (task, quote, quote_free);
  g_task_run_in_thread (task, run_quote);
}

void
mail_draft_quote_finish (MailDraft *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

void
mail_draft_set_shown_text (MailDraft *self, const char *text)
{
  g_return_if_fail (MAIL_IS_DRAFT (self) && text != NULL);
  if (g_strcmp0 (self->plain->text, self->initial->text) != 0)
    return;
  g_free (self->initial->text);
  self->initial->text = g_strdup (text);
  mail_draft_set_body (self, text, self->plain->html);
}
