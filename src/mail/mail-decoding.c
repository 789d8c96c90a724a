/* Candidate decodings of a message, made in the pool, and the choice among them, kept for its sender.  Main thread, but for what is marked. */
#include "mail-decoding.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-choices.h"
#include "mail-engine-private.h"
#include "mail-private.h"

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

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *engine = mail_content_get_engine (g_task_get_source_object (outer));
  gboolean set = GPOINTER_TO_INT (g_task_get_task_data (outer));
  GError *error = NULL;

  if (set ? mail_choices_set_finish (engine, result, &error)
          : mail_choices_remove_finish (engine, result, &error))
    g_task_return_boolean (outer, TRUE);
  else
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
