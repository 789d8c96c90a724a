/* The servers that identities send by: proving and saving, and what is forgotten with them.  Main thread; keyring and servers are asked in pool
 * threads.  Nothing is saved before the server let somebody in; a password lives no longer than the call that needs it. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-keyring.h"
#include "sync-discover.h"

/* ---- proving ---- */

typedef struct
{
  MailCredentials *credentials; /* borrowed; the engine waits for its calls */
  BaseAccount *account;
  const char *protocol; /* static */
  char *password;       /* nullable */
  gboolean moved;       /* it is another server or user than the one that is saved */
} ProveJob;

static void
prove_job_free (gpointer data)
{
  ProveJob *job = data;

  base_account_free (job->account);
  mail_password_free (job->password);
  g_free (job);
}

/* NULL with an error: there is none.  What was typed comes first, and what is stored is for the place that it was stored for. */
static char *
find_password (ProveJob *job, GCancellable *cancellable, GError **error)
{
  if (job->password != NULL)
    return g_strdup (job->password);
  if (!job->moved) {
    /* A person wants it now. */
    mail_keyring_ask_again ();
    return mail_credentials_lookup (job->credentials, job->account, job->protocol, cancellable,
                                    error);
  }
  base_error_set (error, BASE_ERROR_AUTH, NULL,
                  _ ("No password is known for %s. Type the password."),
                  base_account_get_protocol_address (job->account, job->protocol));
  return NULL;
}

/* Pool thread.  As if that server were the account's, for which all else of the account counts. */
static gpointer
run_prove (gpointer data, GCancellable *cancellable, GError **error)
{
  ProveJob *job = data;
  const BaseServer *server = base_account_get_server (job->account, job->protocol);
  g_autoptr (BaseAccount) like = base_account_dup (job->account);
  char *password = NULL;
  gboolean good;

  base_server_clear (&like->smtp);
  base_server_copy (server, &like->smtp);
  if (server->sign_in == BASE_SIGN_IN_PASSWORD) {
    password = find_password (job, cancellable, error);
    if (password == NULL)
      return NULL;
  }
  good = sync_verify (like, "smtp", password, cancellable, error);
  mail_password_free (password);
  return good ? MAIL_CALL_DONE : NULL;
}

/* ---- saving ---- */

typedef struct
{
  GTask *outer;
  MailEdit *edit;
  const char *protocol; /* static */
  char *password;       /* nullable */
} SaveWait;

static void
save_wait_free (SaveWait *wait)
{
  g_object_unref (wait->outer);
  mail_edit_free (wait->edit);
  mail_password_free (wait->password);
  g_free (wait);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;
  gssize session_only = g_task_propagate_int (G_TASK (result), &error);

  if (session_only < 0) {
    g_task_return_error (outer, error);
    return;
  }
  if (session_only > 0)
    mail_engine_say_session_only (self, MAIL_PASSWORD_KEPT);
  g_task_return_boolean (outer, TRUE);
}

static void
save (MailEngine *self, SaveWait *wait, gboolean proved)
{
  g_autoptr (GTask) inner = g_task_new (self, NULL, on_saved, g_object_ref (wait->outer));
  MailChange *change = mail_change_new (inner, wait->edit->before, wait->edit->settings);

  if (proved) {
    mail_engine_begin_sync (self);
    change->secrets =
        mail_account_job_new_for (self, wait->edit->settings, wait->protocol, wait->password);
  }
  mail_engine_queue_change (self, change);
}

static void
on_proved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SaveWait *wait = user_data;
  MailEngine *self = g_task_get_source_object (wait->outer);
  GError *error = NULL;
  gboolean good = g_task_propagate_pointer (G_TASK (result), &error) != NULL;

  mail_engine_end_request (self, g_task_get_cancellable (G_TASK (result)));
  mail_engine_note_keyring (self);
  if (!good)
    g_task_return_error (wait->outer, error);
  else if (!g_task_return_error_if_cancelled (wait->outer))
    save (self, wait, TRUE);
  save_wait_free (wait);
}

static MailEdit *
dup_edit (const MailEdit *edit)
{
  MailEdit *copy = g_new0 (MailEdit, 1);

  copy->settings = base_account_dup (edit->settings);
  copy->before = base_account_dup (edit->before);
  return copy;
}

static void
prove (MailEngine *self, SaveWait *wait)
{
  const BaseAccount *settings = wait->edit->settings;
  const BaseServer *server = base_account_get_server (settings, wait->protocol);
  const BaseServer *before = base_account_get_server (wait->edit->before, wait->protocol);
  ProveJob *job = g_new0 (ProveJob, 1);
  g_autoptr (GCancellable) request =
      mail_engine_begin_request (self, g_task_get_cancellable (wait->outer));

  job->credentials = self->credentials;
  job->account = base_account_dup (settings);
  job->protocol = wait->protocol;
  job->password = g_strdup (wait->password);
  job->moved = before == NULL || g_strcmp0 (before->host, server->host) != 0
               || g_strcmp0 (before->user, server->user) != 0;
  mail_engine_call_pool (self, g_task_new (NULL, request, on_proved, wait), run_prove, job,
                         prove_job_free, NULL);
}

/* Each exception of `a` is one of `b`, too. */
static gboolean
has_all_exceptions (const BaseAccount *a, const BaseAccount *b)
{
  for (guint i = 0; i < a->exceptions->len; i++) {
    const BaseException *one = a->exceptions->pdata[i];
    const BaseException *two = base_account_find_exception (b, one->host, one->port, one->sha256);

    if (two == NULL || two->until != one->until)
      return FALSE;
  }
  return TRUE;
}

/* Its server waits for a person, who has come to mend it: shown is only one of those that do. */
static gboolean
is_blocked (const SaveWait *wait)
{
  MailEngine *self = g_task_get_source_object (wait->outer);

  return self->sync != NULL
         && sync_engine_is_blocked (self->sync, wait->edit->settings->id, wait->protocol);
}

/* Whether anything that signing in there depends on was changed: a name or a signature is nobody's business but the file's. */
static gboolean
must_prove (const SaveWait *wait)
{
  const BaseAccount *settings = wait->edit->settings, *saved = wait->edit->before;
  const BaseServer *server = base_account_get_server (settings, wait->protocol);
  const BaseServer *before = base_account_get_server (saved, wait->protocol);

  if (!base_server_is_used (server))
    return FALSE;
  return wait->password != NULL || is_blocked (wait) || !base_server_is_used (before)
         || !base_server_is_same_place (server, before)
         || base_server_get_proof (server) != base_server_get_proof (before)
         || !has_all_exceptions (settings, saved) || !has_all_exceptions (saved, settings);
}

gboolean
mail_engine_save_identity_async (MailEngine *self, const MailEdit *edit, const char *id,
                                 const char *password, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self) && edit != NULL && id != NULL, FALSE);
  g_autofree char *protocol = g_strconcat (BASE_PROTOCOL_IDENTITY, id, NULL);
  SaveWait *wait = g_new0 (SaveWait, 1);
  GError *error = NULL;

  wait->outer = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (wait->outer, FALSE);
  wait->edit = dup_edit (edit);
  wait->protocol = g_intern_string (protocol);
  wait->password = g_strdup (password);
  if (!base_account_check (edit->settings, &error)) {
    g_task_return_error (wait->outer, error);
    save_wait_free (wait);
    return FALSE;
  }
  if (must_prove (wait)) {
    prove (self, wait);
    return TRUE;
  }
  save (self, wait, FALSE);
  save_wait_free (wait);
  return FALSE;
}

gboolean
mail_engine_save_identity_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- what follows from settings that were saved ---- */

static const BaseServer *
find_used (const BaseAccount *account, const char *id)
{
  g_autofree char *protocol = g_strconcat (BASE_PROTOCOL_IDENTITY, id, NULL);
  const BaseServer *server = base_account_get_server (account, protocol);

  return base_server_is_used (server) ? server : NULL;
}

/* Each of `a` is there in `b`. */
static gboolean
has_all (const BaseAccount *a, const BaseAccount *b)
{
  for (guint i = 0; i < a->identities->len; i++) {
    const char *id = ((BaseIdentity *)a->identities->pdata[i])->id;
    const BaseServer *one = find_used (a, id), *two = find_used (b, id);

    if (one != NULL && (two == NULL || !base_server_is_same_place (one, two)))
      return FALSE;
  }
  return TRUE;
}

gboolean
mail_engine_same_senders (const BaseAccount *a, const BaseAccount *b)
{
  return has_all (a, b) && has_all (b, a);
}

typedef struct
{
  MailCredentials *credentials; /* borrowed; the engine waits for its calls */
  char *account, *protocol;
} ForgetJob;

static void
forget_job_free (gpointer data)
{
  ForgetJob *job = data;

  g_free (job->account);
  g_free (job->protocol);
  g_free (job);
}

/* Pool thread. */
static gpointer
run_forget (gpointer data, GCancellable *cancellable, GError **error)
{
  const ForgetJob *job = data;

  mail_credentials_forget_protocol (job->credentials, job->account, job->protocol);
  return MAIL_CALL_DONE;
}

static void
forget (MailEngine *self, const char *account_id, const char *id)
{
  ForgetJob *job = g_new0 (ForgetJob, 1);

  job->credentials = self->credentials;
  job->account = g_strdup (account_id);
  job->protocol = g_strconcat (BASE_PROTOCOL_IDENTITY, id, NULL);
  mail_engine_call_pool (self, g_task_new (NULL, NULL, NULL, NULL), run_forget, job,
                         forget_job_free, NULL);
}

static char *
removed_key (const BaseAccount *account, const char *id)
{
  return g_strjoin (" ", account->id, id, NULL);
}

void
mail_engine_forget_senders (MailEngine *self, const BaseAccount *before, const BaseAccount *saved)
{
  for (guint i = 0; i < before->identities->len; i++) {
    const BaseIdentity *identity = before->identities->pdata[i];
    g_autoptr (BaseIdentity) left = base_account_dup_identity (saved, identity->id);

    if (identity->smtp != NULL && left == NULL)
      g_hash_table_add (self->removed, removed_key (saved, identity->id));
    else if (identity->smtp != NULL && left->smtp == NULL)
      forget (self, saved->id, identity->id);
  }
}

void
mail_engine_forget_identity (MailEngine *self, MailAccount *account, const char *id)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account) && id != NULL);
  g_autoptr (BaseAccount) settings = mail_engine_dup_expected (self, account);
  g_autoptr (BaseIdentity) back = base_account_dup_identity (settings, id);
  g_autofree char *key = removed_key (settings, id);

  if (g_hash_table_remove (self->removed, key) && back == NULL)
    forget (self, settings->id, id);
}

void
mail_engine_forget_removed (MailEngine *self)
{
  g_autofree gpointer *keys = g_hash_table_get_keys_as_array (self->removed, NULL);
  g_auto (GStrv) copies = g_strdupv ((GStrv)keys);

  for (guint i = 0; copies[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (copies[i], " ", 2);
    MailAccount *account = mail_engine_find_account (self, words[0]);

    if (account != NULL)
      mail_engine_forget_identity (self, account, words[1]);
  }
}
