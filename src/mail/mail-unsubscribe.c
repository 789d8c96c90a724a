/* Leaves a list: the POST runs in a pool thread, the mail goes through the outbox like any other, and what was done is remembered.  Main thread, but for
 * what is marked.  Nothing here asks: whoever calls has asked. */
#include "mail-unsubscribe.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "mail-choices.h"
#include "mail-draft-private.h"
#include "mail-identity-private.h"
#include "mail-remote.h"

/* ---- remembering ---- */

/* The list is left all the same. */
static void
on_remembered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  g_autoptr (GError) error = NULL;

  if (!mail_choices_set_finish (mail_content_get_engine (g_task_get_source_object (outer)), result,
                                &error))
    base_log ("That a list was left could not be remembered: %s", error->message);
  g_task_return_boolean (outer, TRUE);
}

/* Takes the task. */
static void
remember (GTask *outer)
{
  MailContent *content = g_task_get_source_object (outer);
  const MailList *list = mail_content_get_list (content);

  if (list->id == NULL) {
    g_task_return_boolean (outer, TRUE);
    g_object_unref (outer);
    return;
  }
  mail_choices_set_async (mail_content_get_engine (content), MAIL_CHOICE_UNSUBSCRIBED, list->id,
                          NULL, on_remembered, outer);
}

void
mail_content_set_left_async (MailContent *content, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (content));
  remember (g_task_new (content, NULL, callback, user_data));
}

gboolean
mail_content_set_left_finish (MailContent *content, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, content), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailChoice *choice = NULL;
  GError *error = NULL;

  if (!mail_choices_get_finish (mail_content_get_engine (g_task_get_source_object (outer)), result,
                                &choice, &error)) {
    g_task_return_error (outer, error);
    return;
  }
  g_task_return_int (outer, choice != NULL ? (gssize)choice->time : 0);
  g_clear_pointer (&choice, mail_choice_free);
}

void
mail_content_get_left_async (MailContent *content, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (content));
  GTask *outer = g_task_new (content, cancellable, callback, user_data);
  const MailList *list = mail_content_get_list (content);

  if (list->id == NULL) {
    g_task_return_int (outer, 0);
    g_object_unref (outer);
    return;
  }
  mail_choices_get_async (mail_content_get_engine (content), MAIL_CHOICE_UNSUBSCRIBED, list->id,
                          cancellable, on_asked, outer);
}

gint64
mail_content_get_left_finish (MailContent *content, GAsyncResult *result, GError **error)
{
  gssize time;

  g_return_val_if_fail (g_task_is_valid (result, content), 0);
  time = g_task_propagate_int (G_TASK (result), error);
  return MAX (time, 0);
}

/* ---- by a click ---- */

/* Pool thread. */
static gpointer
run_post (gpointer data, GCancellable *cancellable, GError **error)
{
  return mail_remote_post (mail_remote_address_is_public, NULL, data, "List-Unsubscribe=One-Click",
                           cancellable, error)
             ? MAIL_CALL_DONE
             : NULL;
}

static void
on_posted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *outer = user_data;
  GError *error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) != NULL) {
    remember (outer);
    return;
  }
  g_task_return_error (outer, error);
  g_object_unref (outer);
}

/* ---- by a mail ---- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *outer = user_data;
  GError *error = NULL;

  if (mail_draft_send_finish (MAIL_DRAFT (source), result, &error)) {
    remember (outer);
    return;
  }
  g_task_return_error (outer, error);
  g_object_unref (outer);
}

/* To one address and a line each: what else a stranger would have sent in the person's name is not even read. */
static void
send_mail (GTask *outer, const MailList *list)
{
  MailContent *content = g_task_get_source_object (outer);
  MailMessage *message = mail_content_get_message (content);
  MailFolder *folder = message != NULL ? mail_message_get_folder (message) : NULL;
  MailAccount *account = folder != NULL ? mail_folder_get_account (folder) : NULL;
  GError *error = NULL;

  if (account == NULL) {
    base_error_set (&error, BASE_ERROR_GONE, NULL, _ ("This message does not exist any more."));
    g_task_return_error (outer, error);
    g_object_unref (outer);
    return;
  }
  g_autoptr (MailDraft) draft = mail_draft_new (mail_content_get_engine (content), account);
  /* Who is on the list is whom it wrote to. */
  g_autoptr (MailIdentity) subscriber = mail_identity_find_receiver (
      mail_content_get_engine (content), folder, mail_content_get_parsed (content));
  g_autofree char *text =
      g_strconcat (list->leave_text[0] != '\0' ? list->leave_text : "unsubscribe", "\n", NULL);

  mail_draft_put_identity (draft, subscriber);
  mail_draft_set_recipients (draft, list->leave_address, "", "");
  mail_draft_set_subject (draft,
                          list->leave_subject[0] != '\0' ? list->leave_subject : "unsubscribe");
  mail_draft_set_body (draft, text, NULL);
  mail_draft_send_async (draft, NULL, on_sent, outer);
}

void
mail_content_leave_list_async (MailContent *content, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_CONTENT (content));
  GTask *outer = g_task_new (content, cancellable, callback, user_data);
  const MailList *list = mail_content_get_list (content);
  GError *error = NULL;

  switch (list->leave) {
  case MAIL_LEAVE_ONE_CLICK:
    mail_engine_call_waiting (mail_content_get_engine (content),
                              g_task_new (NULL, cancellable, on_posted, outer), run_post,
                              g_strdup (list->leave_uri), g_free, NULL);
    return;
  case MAIL_LEAVE_MAIL:
    send_mail (outer, list);
    return;
  case MAIL_LEAVE_WEB:
  case MAIL_LEAVE_NONE:
    break;
  }
  base_error_set (&error, BASE_ERROR_REFUSED, NULL,
                  _ ("This message does not say how its list can be left."));
  g_task_return_error (outer, error);
  g_object_unref (outer);
}

gboolean
mail_content_leave_list_finish (MailContent *content, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, content), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
