/* Accounts: proving settings, saving, passwords.  The main thread
 * only orders the steps; keyring, files and servers are asked in pool threads.  A password lives
 * no longer than the call that needs it, and is wiped. */
#include "mail-engine-private.h"
#include "mail-identity-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "sync-advice.h"
#include "sync-discover.h"

/* ---- the list ---- */

GListModel *
mail_engine_get_accounts (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), NULL);
  return G_LIST_MODEL (self->accounts);
}

MailAccount *
mail_engine_put_account (MailEngine *self, const BaseAccount *settings, gint64 row)
{
  MailAccount *known = mail_engine_find_account (self, settings->id);

  if (known != NULL) {
    mail_account_set_settings (known, settings);
    mail_engine_arrange_accounts (self);
    mail_engine_update_identities (self);
    return known;
  }
  g_autoptr (MailAccount) account = mail_account_new (settings, row);
  g_list_store_append (self->known, account);
  mail_engine_arrange_accounts (self);
  mail_engine_update_views (self);
  return account; /* the list keeps it */
}

static gboolean
is_this_computer (const char *host)
{
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return host != NULL
         && (g_ascii_strcasecmp (host, "localhost") == 0 || g_str_has_suffix (host, ".localhost"));
}

/* A server on this computer (a mail bridge) needs no network. */
static gboolean
any_local (MailEngine *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
    const BaseAccount *settings = mail_account_get_settings (account);

    if (is_this_computer (settings->imap.host) || is_this_computer (settings->smtp.host))
      return TRUE;
  }
  return FALSE;
}

void
mail_engine_update_online (MailEngine *self)
{
  if (self->sync == NULL || self->monitor == NULL)
    return;
  sync_engine_set_metered (self->sync, g_network_monitor_get_network_metered (self->monitor));
  sync_engine_set_online (self->sync, g_network_monitor_get_network_available (self->monitor)
                                          || any_local (self));
}

void
mail_engine_retry (MailEngine *self, MailAccount *account)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  mail_engine_begin_sync (self);
  if (self->sync != NULL)
    sync_engine_retry (self->sync, account != NULL ? mail_account_get_id (account) : NULL);
}

static void
show_inboxes (MailEngine *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
    MailFolder *inbox = mail_account_get_folder_by_role (account, MAIL_ROLE_INBOX);

    if (inbox != NULL)
      mail_engine_show_folder (self, inbox);
  }
}

void
mail_engine_show_folder (MailEngine *self, MailFolder *folder)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_FOLDER (folder));
  MailAccount *account = mail_folder_get_account (folder);

  /* Of the other views each folder has its turn anyway. */
  if (mail_folder_get_id (folder) == MAIL_VIEW_INBOXES)
    show_inboxes (self);
  if (self->sync != NULL && account != NULL)
    sync_engine_show_folder (self->sync, mail_account_get_id (account),
                             mail_folder_get_id (folder));
}

/* ---- proving ---- */

/* Settings and passwords on their way to a thread. */
typedef struct
{
  BasePaths *paths;
  MailCredentials *credentials; /* borrowed; the engine waits for its calls */
  BaseAccount *account;
  char *imap_password, *smtp_password; /* nullable */
  gboolean is_new, remember, session_only;
  gboolean imap_moved, smtp_moved; /* another server or user than those that are saved */
  const char *protocol;            /* static: who refused, or is to get the password */
} AccountJob;

static void
account_job_free (gpointer data)
{
  AccountJob *job = data;

  base_paths_unref (job->paths);
  g_clear_pointer (&job->account, base_account_free);
  mail_password_free (job->imap_password);
  mail_password_free (job->smtp_password);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AccountJob, account_job_free)

static void
account_slot_free (gpointer data)
{
  AccountJob **slot = data;

  g_clear_pointer (slot, account_job_free);
  g_free (slot);
}

static gboolean
is_elsewhere (const BaseServer *server, const BaseServer *before)
{
  return server->host == NULL || before->host == NULL
         || g_ascii_strcasecmp (server->host, before->host) != 0
         || g_strcmp0 (server->user, before->user) != 0;
}

static AccountJob **
account_job_new (MailEngine *self, const BaseAccount *account, const char *imap_password,
                 const char *smtp_password)
{
  AccountJob **slot = g_new0 (AccountJob *, 1);
  AccountJob *job = *slot = g_new0 (AccountJob, 1);
  MailAccount *known = mail_engine_find_account (self, account->id);

  job->paths = base_paths_ref (self->paths);
  job->credentials = self->credentials;
  job->account = base_account_dup (account);
  job->imap_password = g_strdup (imap_password);
  job->smtp_password = g_strdup (smtp_password);
  job->is_new = known == NULL;
  if (known != NULL) {
    const BaseAccount *saved = mail_account_get_settings (known);

    job->imap_moved = is_elsewhere (&account->imap, &saved->imap);
    job->smtp_moved = is_elsewhere (&account->smtp, &saved->smtp);
  }
  job->remember = TRUE;
  return slot;
}

/* What was typed; else what is stored, for that server and user; else (for SMTP of an account that never had its own) the
 * password for IMAP. */
static char *
choose_password (AccountJob *job, const char *protocol, GCancellable *cancellable, GError **error)
{
  gboolean smtp = g_str_equal (protocol, "smtp");
  const BaseServer *server = smtp ? &job->account->smtp : &job->account->imap;
  const char *typed = smtp ? job->smtp_password : job->imap_password;
  g_autoptr (GError) local = NULL;
  char *stored = NULL;

  if (server->sign_in == BASE_SIGN_IN_OAUTH || job->account->desktop_account != NULL)
    return mail_credentials_lookup_secret (job->credentials, job->account, protocol, TRUE,
                                           cancellable, error);
  if (typed != NULL)
    return g_strdup (typed);
  if (smtp ? job->smtp_moved : job->imap_moved)
    base_error_set (&local, BASE_ERROR_AUTH, NULL,
                    _ ("No password is known for %s. Type the password."), job->account->address);
  else if (!job->is_new || job->imap_password == NULL)
    stored =
        mail_credentials_lookup (job->credentials, job->account, protocol, cancellable, &local);
  if (stored != NULL)
    return stored;
  if (smtp && job->imap_password != NULL && !base_error_is_cancelled (local))
    return g_strdup (job->imap_password);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* One protocol and its secret, on their way to a thread. */
typedef struct
{
  const AccountJob *job;
  const char *protocol;
  GCancellable *cancellable;
  char *secret; /* NULL: a certificate says who it is */
  GError *error;
} Proof;

static gpointer
prove (gpointer data)
{
  Proof *proof = data;

  sync_verify (proof->job->account, proof->protocol, proof->secret, proof->cancellable,
               &proof->error);
  return NULL;
}

/* FALSE: there is nothing to sign in with. */
static gboolean
find_secret (AccountJob *job, Proof *proof, const BaseServer *server)
{
  if (server->sign_in == BASE_SIGN_IN_CERTIFICATE)
    return TRUE;
  proof->secret = choose_password (job, proof->protocol, proof->cancellable, &proof->error);
  return proof->secret != NULL;
}

/* Both at once: each takes a handful of round trips.  What is wrong with the first is told before what is wrong with the second. */
static void
prove_both (AccountJob *job, GCancellable *cancellable, GError **error)
{
  Proof imap = { job, "imap", cancellable, NULL, NULL };
  Proof smtp = { job, "smtp", cancellable, NULL, NULL };
  gboolean sends = base_account_can_send (job->account);
  Proof *bad;

  if (find_secret (job, &imap, &job->account->imap)
      && (!sends || find_secret (job, &smtp, &job->account->smtp))) {
    GThread *thread = sends ? g_thread_new ("sosik-prove", prove, &smtp) : NULL;

    prove (&imap);
    if (thread != NULL)
      g_thread_join (thread);
  }
  bad = imap.error != NULL ? &imap : &smtp;
  job->protocol = bad->error != NULL ? bad->protocol : NULL;
  if (bad->error != NULL)
    g_propagate_error (error, g_steal_pointer (&bad->error));
  g_clear_error (&smtp.error);
  mail_password_free (imap.secret);
  mail_password_free (smtp.secret);
}

/* The failure and whose it is; error NULL: both are fine. */
typedef struct
{
  GError *error;
  const char *protocol;
} Verdict;

static void
verdict_free (gpointer data)
{
  Verdict *verdict = data;

  g_clear_error (&verdict->error);
  g_free (verdict);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Verdict, verdict_free)

/* Pool thread. */
static gpointer
run_verify (gpointer data, GCancellable *cancellable, GError **error)
{
  AccountJob *job = *(AccountJob **)data;
  Verdict *verdict = g_new0 (Verdict, 1);

  if (base_account_check (job->account, &verdict->error))
    prove_both (job, cancellable, &verdict->error);
  verdict->protocol = job->protocol;
  return verdict;
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;
  Verdict *verdict = g_task_propagate_pointer (G_TASK (result), &error);

  mail_engine_end_request (g_task_get_source_object (outer),
                           g_task_get_cancellable (G_TASK (result)));
  if (verdict != NULL)
    g_task_return_pointer (outer, verdict, verdict_free);
  else
    g_task_return_error (outer, error);
}

void
mail_engine_verify_async (MailEngine *self, const BaseAccount *account, const char *imap_password,
                          const char *smtp_password, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && account != NULL);
  GTask *outer = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  if (!mail_engine_check_agreed (self, account, &error)) {
    g_task_return_error (outer, error);
    g_object_unref (outer);
    return;
  }
  g_autoptr (GCancellable) request = mail_engine_begin_request (self, cancellable);
  mail_engine_call_pool (self, g_task_new (NULL, request, on_verified, outer), run_verify,
                         account_job_new (self, account, imap_password, smtp_password),
                         account_slot_free, verdict_free);
}

gboolean
mail_engine_verify_finish (MailEngine *self, GAsyncResult *result, const char **protocol,
                           GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_autoptr (Verdict) verdict = g_task_propagate_pointer (G_TASK (result), error);

  if (protocol != NULL)
    *protocol = verdict != NULL ? verdict->protocol : NULL;
  if (verdict == NULL)
    return FALSE;
  if (verdict->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&verdict->error));
  return FALSE;
}

const char *
mail_engine_find_advice_link (MailEngine *self, const BaseAccount *account, const char *protocol,
                              const GError *error)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self) && account != NULL, NULL);
  const BaseServer *server = g_strcmp0 (protocol, "smtp") == 0 ? &account->smtp : &account->imap;
  const char *link = NULL;

  if (error != NULL)
    sync_advice_find (server, error, NULL, &link);
  return link;
}

/* ---- saving ---- */

/* Store thread: a row first; without its file it means nothing. */
static gpointer
run_ensure_row (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  gint64 row = store_account_ensure (db, data, error);

  return row != 0 ? g_memdup2 (&row, sizeof row) : NULL;
}

/* Pool thread: secrets, and only then the file that makes it an account. */
static gpointer
run_save (gpointer data, GCancellable *cancellable, GError **error)
{
  AccountJob **slot = data;
  AccountJob *job = *slot;
  const BaseAccount *account = job->account;
  const char *smtp_password = job->smtp_password;

  if (!base_account_check (account, error))
    return NULL;
  if (smtp_password == NULL && job->is_new && base_account_can_send (account))
    smtp_password = job->imap_password;
  if (job->imap_password != NULL)
    mail_credentials_store (job->credentials, account, "imap", job->imap_password, TRUE,
                            &job->session_only);
  /* Where the keyring refused once, it is not asked again. */
  if (smtp_password != NULL)
    mail_credentials_store (job->credentials, account, "smtp", smtp_password, !job->session_only,
                            &job->session_only);
  mail_tokens_keep (mail_credentials_get_tokens (job->credentials), account, &job->session_only);
  if (base_account_save (account, job->paths, error))
    return g_steal_pointer (slot);
  if (job->is_new)
    mail_credentials_forget (job->credentials, account->id);
  return NULL;
}

typedef struct
{
  GTask *outer;
  AccountJob **slot; /* until it is handed to the pool */
  gint64 row;
} SaveWait;

static void
on_account_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree SaveWait *wait = user_data;
  g_autoptr (GTask) outer = wait->outer;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;
  g_autoptr (AccountJob) job = g_task_propagate_pointer (G_TASK (result), &error);

  if (job == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  mail_engine_put_account (self, job->account, wait->row);
  mail_engine_reload_folders (self, TRUE);
  if (self->sync != NULL) {
    mail_engine_update_online (self);
    if (!job->account->disabled)
      sync_engine_add_account (self->sync, job->account);
  }
  self->said_session_only |= job->session_only;
  g_task_return_pointer (outer, g_steal_pointer (&job), account_job_free);
}

static void
on_row_ensured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SaveWait *wait = user_data;
  MailEngine *self = g_task_get_source_object (wait->outer);
  GError *error = NULL;
  g_autofree gint64 *row = g_task_propagate_pointer (G_TASK (result), &error);

  if (row == NULL) {
    g_autoptr (GTask) outer = wait->outer;

    g_task_return_error (outer, error);
    account_slot_free (wait->slot);
    g_free (wait);
    return;
  }
  wait->row = *row;
  mail_engine_call_pool (self, g_task_new (NULL, NULL, on_account_saved, wait), run_save,
                         g_steal_pointer (&wait->slot), account_slot_free, account_job_free);
}

void
mail_engine_save_account_async (MailEngine *self, const BaseAccount *account,
                                const char *imap_password, const char *smtp_password,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && account != NULL);
  g_autoptr (GTask) outer = g_task_new (self, cancellable, callback, user_data);
  SaveWait *wait = NULL;
  GError *error = NULL;

  if (!mail_engine_check_agreed (self, account, &error)) {
    g_task_return_error (outer, error);
    return;
  }
  mail_engine_begin_sync (self);
  /* Saved or not saved: nothing between. */
  g_task_set_check_cancellable (outer, FALSE);
  wait = g_new0 (SaveWait, 1);
  wait->outer = g_steal_pointer (&outer);
  wait->slot = account_job_new (self, account, imap_password, smtp_password);
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_row_ensured, wait), run_ensure_row,
                          g_strdup (account->id), g_free, g_free);
}

gboolean
mail_engine_save_account_finish (MailEngine *self, GAsyncResult *result, gboolean *session_only,
                                 GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_autoptr (AccountJob) job = g_task_propagate_pointer (G_TASK (result), error);

  if (job != NULL && session_only != NULL)
    *session_only = job->session_only;
  return job != NULL;
}

/* ---- certificates that a person took ---- */

void
mail_engine_add_exception_async (MailEngine *self, MailAccount *account, const BaseTrust *trust,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account) && trust != NULL);
  g_return_if_fail (base_trust_may_except (trust));
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (account);

  base_account_add_exception (
      settings, trust->host, trust->port, trust->sha256,
      base_trust_get_agreed_until (trust, g_get_real_time () / G_USEC_PER_SEC));
  mail_engine_save_account_async (self, settings, NULL, NULL, NULL, callback, user_data);
}

void
mail_engine_remove_exception_async (MailEngine *self, MailAccount *account, const char *host,
                                    guint16 port, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account) && host != NULL);
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (account);

  base_account_remove_exception (settings, host, port);
  mail_engine_save_account_async (self, settings, NULL, NULL, NULL, callback, user_data);
}

/* ---- a password a person gave ---- */

/* Pool thread. */
static gpointer
run_set_password (gpointer data, GCancellable *cancellable, GError **error)
{
  AccountJob **slot = data;
  AccountJob *job = *slot;

  mail_credentials_replace (job->credentials, job->account, job->protocol, job->imap_password,
                            job->remember, &job->session_only);
  return g_steal_pointer (slot);
}

static void
on_password_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;
  g_autoptr (AccountJob) job = g_task_propagate_pointer (G_TASK (result), &error);

  if (job == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  if (self->sync != NULL)
    sync_engine_retry (self->sync, job->account->id);
  if (job->remember && job->session_only && !self->said_session_only) {
    self->said_session_only = TRUE;
    mail_engine_emit_notice (
        self, _ ("There is no keyring that takes the password. It is kept until you quit Sosik."),
        NULL);
  }
  g_task_return_boolean (outer, TRUE);
}

void
mail_engine_set_password_async (MailEngine *self, MailAccount *account, const char *password,
                                gboolean remember, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account) && password != NULL);
  AccountJob **slot = account_job_new (self, mail_account_get_settings (account), password, NULL);
  GTask *outer = g_task_new (self, NULL, callback, user_data);

  (*slot)->remember = remember;
  (*slot)->protocol = mail_account_get_asked (account);
  mail_engine_call_pool (self, g_task_new (NULL, NULL, on_password_set, outer), run_set_password,
                         slot, account_slot_free, account_job_free);
}

gboolean
mail_engine_set_password_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
