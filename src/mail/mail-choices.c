/* Choices for senders, domains and lists, kept by the store thread.  Main thread, but for what is marked. */
#include "mail-choices.h"

#include "mail-engine-private.h"
#include "store-choice.h"
#include "store-message.h"

G_STATIC_ASSERT ((int)MAIL_CHOICE_IMAGES_SENDER == (int)STORE_CHOICE_IMAGES_SENDER);
G_STATIC_ASSERT ((int)MAIL_CHOICE_IMAGES_DOMAIN == (int)STORE_CHOICE_IMAGES_DOMAIN);
G_STATIC_ASSERT ((int)MAIL_CHOICE_CHARSET_SENDER == (int)STORE_CHOICE_CHARSET_SENDER);
G_STATIC_ASSERT ((int)MAIL_CHOICE_UNSUBSCRIBED == (int)STORE_CHOICE_UNSUBSCRIBED);
G_STATIC_ASSERT ((int)MAIL_CHOICE_INVITATION == (int)STORE_CHOICE_INVITATION);

void
mail_choice_free (MailChoice *choice)
{
  g_free (choice->subject);
  g_free (choice->value);
  g_free (choice);
}

static void
choice_free (gpointer choice)
{
  mail_choice_free (choice);
}

static MailChoice *
choice_new (const StoreChoice *row)
{
  MailChoice *choice = g_new0 (MailChoice, 1);

  choice->kind = (MailChoiceKind)row->kind;
  choice->subject = g_strdup (row->subject);
  choice->value = g_strdup (row->value);
  choice->time = row->time;
  return choice;
}

typedef struct
{
  StoreChoiceKind kind;
  char *subject, *value;
} ChoiceJob;

static void
choice_job_free (gpointer data)
{
  ChoiceJob *job = data;

  g_free (job->subject);
  g_free (job->value);
  g_free (job);
}

static void
start (MailEngine *engine, MailStoreFunc func, MailChoiceKind kind, const char *subject,
       const char *value, GTask *task, GDestroyNotify free_result)
{
  ChoiceJob *job = g_new0 (ChoiceJob, 1);

  job->kind = (StoreChoiceKind)kind;
  job->subject = subject != NULL ? g_utf8_strdown (subject, -1) : NULL;
  job->value = g_strdup (value);
  mail_engine_call_store (engine, task, func, job, choice_job_free, free_result);
}

/* ---- set and remove ---- */

/* Store thread, as those below. */
static gpointer
run_set (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const ChoiceJob *job = data;

  return store_choice_set (db, job->kind, job->subject, job->value, 0, error) ? MAIL_CALL_DONE
                                                                              : NULL;
}

void
mail_choices_set_async (MailEngine *engine, MailChoiceKind kind, const char *subject,
                        const char *value, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (engine) && subject != NULL);
  start (engine, run_set, kind, subject, value, g_task_new (engine, NULL, callback, user_data),
         NULL);
}

gboolean
mail_choices_set_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}

static gpointer
run_remove (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const ChoiceJob *job = data;

  return store_choice_remove (db, job->kind, job->subject, error) ? MAIL_CALL_DONE : NULL;
}

void
mail_choices_remove_async (MailEngine *engine, MailChoiceKind kind, const char *subject,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (engine) && subject != NULL);
  start (engine, run_remove, kind, subject, NULL, g_task_new (engine, NULL, callback, user_data),
         NULL);
}

gboolean
mail_choices_remove_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  return mail_choices_set_finish (engine, result, error);
}

/* ---- get and list: both as an array ---- */

static GPtrArray *
array_new (void)
{
  return g_ptr_array_new_with_free_func (choice_free);
}

static void
array_free (gpointer array)
{
  g_ptr_array_unref (array);
}

static gpointer
run_get (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const ChoiceJob *job = data;
  g_autoptr (StoreChoice) row = NULL;

  if (!store_choice_get (db, job->kind, job->subject, &row, error))
    return NULL;
  GPtrArray *choices = array_new ();
  if (row != NULL)
    g_ptr_array_add (choices, choice_new (row));
  return choices;
}

void
mail_choices_get_async (MailEngine *engine, MailChoiceKind kind, const char *subject,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (engine) && subject != NULL);
  start (engine, run_get, kind, subject, NULL,
         g_task_new (engine, cancellable, callback, user_data), array_free);
}

gboolean
mail_choices_get_finish (MailEngine *engine, GAsyncResult *result, MailChoice **choice,
                         GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  g_autoptr (GPtrArray) choices = g_task_propagate_pointer (G_TASK (result), error);

  *choice = choices != NULL && choices->len > 0 ? g_ptr_array_steal_index (choices, 0) : NULL;
  return choices != NULL;
}

static gpointer
run_list (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const ChoiceJob *job = data;
  g_autoptr (GPtrArray) rows = store_choice_list (db, job->kind, error);

  if (rows == NULL)
    return NULL;
  GPtrArray *choices = array_new ();
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (choices, choice_new (rows->pdata[i]));
  return choices;
}

void
mail_choices_list_async (MailEngine *engine, MailChoiceKind kind, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (engine));
  start (engine, run_list, kind, NULL, NULL, g_task_new (engine, cancellable, callback, user_data),
         array_free);
}

GPtrArray *
mail_choices_list_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- images ---- */

static gboolean
is_chosen (StoreDb *db, StoreChoiceKind kind, const char *subject)
{
  g_autoptr (StoreChoice) choice = NULL;

  return store_choice_get (db, kind, subject, &choice, NULL) && choice != NULL;
}

gboolean
mail_choices_read_images (StoreDb *db, gint64 message)
{
  g_autoptr (StoreMessage) row = store_message_get (db, message, NULL);
  const char *from = row != NULL ? row->from_address : NULL, *at;

  if (from == NULL || (at = strrchr (from, '@')) == NULL)
    return FALSE;
  g_autofree char *sender = g_utf8_strdown (from, -1), *domain = g_utf8_strdown (at + 1, -1);
  return is_chosen (db, STORE_CHOICE_IMAGES_SENDER, sender)
         || is_chosen (db, STORE_CHOICE_IMAGES_DOMAIN, domain);
}
