/* Candidate decodings of a message, made in the pool, and the choice among them, kept for its sender.  Main thread, but for what is marked. */
#include "mail-decoding.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-choices.h"
#include "mail-engine-private.h"
#include "mail-private.h"
#include "store-person.h"

#define MOST_ROWS 100 /* of a sender, that are read anew at once; older ones when they are opened */

static void
decoding_free (gpointer data)
{
  MailDecoding *decoding = data;

  g_free (decoding->charset);
  g_free (decoding->line);
  g_free (decoding);
}

static void
parsed_free (gpointer parsed)
{
  mail_parsed_unref (parsed);
}

/* Pool thread. */
static gpointer
run_list (gpointer data, GCancellable *cancellable, GError **error)
{
  MailParsed *parsed = data;
  GPtrArray *list = g_ptr_array_new_with_free_func (decoding_free);
  g_autoptr (GPtrArray) found = NULL;

  g_mutex_lock (&parsed->lock);
  found = mime_message_list_decodings (parsed->mime);
  g_mutex_unlock (&parsed->lock);
  for (guint i = 0; i < found->len; i++) {
    const MimeDecoding *from = found->pdata[i];
    MailDecoding *decoding = g_new0 (MailDecoding, 1);

    decoding->charset = g_strdup (from->charset);
    decoding->line = g_strdup (from->line);
    g_ptr_array_add (list, decoding);
  }
  return list;
}

void
mail_content_list_decodings_async (MailContent *content, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (content));
  mail_engine_call_pool (mail_content_get_engine (content),
                         g_task_new (content, cancellable, callback, user_data), run_list,
                         mail_parsed_ref (mail_content_get_parsed (content)), parsed_free,
                         (GDestroyNotify)g_ptr_array_unref);
}

GPtrArray *
mail_content_list_decodings_finish (MailContent *content, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, content), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
mail_content_get_charset (MailContent *content)
{
  g_return_val_if_fail (MAIL_IS_CONTENT (content), NULL);
  return mail_content_get_parsed (content)->charset;
}

/* ---- the other rows of the sender ---- */

typedef struct
{
  /* Owned */
  MailEngine *engine;
  GPtrArray *rows; /* of StoreMessage */
  guint next;
  gboolean forgotten; /* the choice is: rows are as the messages say themselves again */
} Rows;

static void
rows_free (Rows *rows)
{
  g_object_unref (rows->engine);
  g_clear_pointer (&rows->rows, g_ptr_array_unref);
  g_free (rows);
}

/* Store thread. */
static gpointer
run_rows (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (StorePerson) person = NULL;

  if (!store_person_get (db, data, &person, error))
    return NULL;
  if (person == NULL)
    return g_ptr_array_new ();
  g_autoptr (GArray) ids = store_person_list_messages (db, person->id, MOST_ROWS, error);
  return ids != NULL
             ? store_message_get_rows (db, (const gint64 *)(gpointer)ids->data, ids->len, error)
             : NULL;
}

static void read_next (Rows *rows);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MailContent) content =
      mail_engine_open_message_finish (MAIL_ENGINE (source), result, &error);

  if (base_error_is_cancelled (error)) /* the engine stops */
    rows_free (user_data);
  else
    read_next (user_data);
}

/* One after the other, so that a person who opens a message comes between.  What is not here is not fetched for it. */
static void
read_next (Rows *rows)
{
  while (rows->next < rows->rows->len) {
    const StoreMessage *row = rows->rows->pdata[rows->next++];
    MailFolder *folder =
        row != NULL && row->has_body ? mail_engine_find_folder (rows->engine, row->folder) : NULL;

    if (folder == NULL)
      continue;
    g_autoptr (MailMessage) message = mail_message_new (row->id, folder);
    mail_message_fill (message, row, folder);
    if (rows->forgotten)
      g_object_set_data (G_OBJECT (message), MAIL_CHARSET_GONE, GINT_TO_POINTER (TRUE));
    /* Writes the row, where it reads otherwise */
    mail_engine_open_message_async (rows->engine, message, NULL, on_read, rows);
    return;
  }
  rows_free (rows);
}

static void
on_rows (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Rows *rows = user_data;

  rows->rows = g_task_propagate_pointer (G_TASK (result), NULL);
  if (rows->rows != NULL)
    read_next (rows);
  else
    rows_free (rows);
}

static void
update_rows (MailContent *content, gboolean forgotten)
{
  Rows *rows = g_new0 (Rows, 1);
  const MailAddress *sender = mail_content_get_from (content)->pdata[0];

  rows->engine = g_object_ref (mail_content_get_engine (content));
  rows->forgotten = forgotten;
  if (rows->engine->indexer != NULL) {
    g_autofree char *address = g_utf8_strdown (sender->address, -1);

    mail_indexer_note_sender (rows->engine->indexer, address);
  }
  mail_engine_call_store (rows->engine, g_task_new (NULL, NULL, on_rows, rows), run_rows,
                          g_strdup (sender->address), g_free, (GDestroyNotify)g_ptr_array_unref);
}

/* ---- the choice ---- */

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *engine = mail_content_get_engine (g_task_get_source_object (outer));
  gboolean set = GPOINTER_TO_INT (g_task_get_task_data (outer));
  GError *error = NULL;

  if (set ? mail_choices_set_finish (engine, result, &error)
          : mail_choices_remove_finish (engine, result, &error)) {
    update_rows (g_task_get_source_object (outer), !set);
    g_task_return_boolean (outer, TRUE);
  } else
    g_task_return_error (outer, error);
}

void
mail_content_set_charset_async (MailContent *content, const char *charset,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (content));
  GTask *outer = g_task_new (content, NULL, callback, user_data);
  MailEngine *engine = mail_content_get_engine (content);
  GPtrArray *from = mail_content_get_from (content);
  MailMessage *message = mail_content_get_message (content);
  const MailAddress *sender = from->len > 0 ? from->pdata[0] : NULL;

  if (sender == NULL || sender->address[0] == '\0') {
    GError *error = NULL;

    base_error_set (&error, BASE_ERROR_REFUSED, NULL,
                    _ ("This message names no sender for whom that could be remembered."));
    g_task_return_error (outer, error);
    g_object_unref (outer);
    return;
  }
  g_task_set_task_data (outer, GINT_TO_POINTER (charset != NULL), NULL);
  if (charset != NULL)
    mail_choices_set_async (engine, MAIL_CHOICE_CHARSET_SENDER, sender->address, charset, on_set,
                            outer);
  else if (message != NULL)
    g_object_set_data (G_OBJECT (message), MAIL_CHARSET_GONE, GINT_TO_POINTER (TRUE));
  if (charset == NULL)
    mail_choices_remove_async (engine, MAIL_CHOICE_CHARSET_SENDER, sender->address, on_set, outer);
}

gboolean
mail_content_set_charset_finish (MailContent *content, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, content), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
