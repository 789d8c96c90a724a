/* Accounts: proving settings, saving, passwords.  The main thread
 * only orders the steps; keyring, files and servers are asked in pool threads.  A password lives
 * no longer than the call that needs it, and is wiped. */
#include "mail-engine-private.h"
#include "mail-identity-private.h"
#include "mail-network.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "sync-advice.h"
#include "sync-discover.h"

/* ---- the list ---- */

void
mail_engine_describe_again (MailEngine *self)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->known)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->known), i);

    mail_account_describe_again (account);
  }
  mail_engine_reload_folders (self, TRUE);
  mail_engine_reload_outgoing (self);
}

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

/* The desktop says that something is otherwise, which it does for less than that too. */
static gboolean
has_moved (MailEngine *self)
{
  g_autofree char *before = g_steal_pointer (&self->network);

  self->network = mail_network_describe ();
  return before != NULL && !g_str_equal (before, self->network);
}

void
mail_engine_update_online (MailEngine *self)
{
  if (self->sync == NULL || self->monitor == NULL)
    return;
  if (has_moved (self))
    sync_engine_moved (self->sync);
  sync_engine_set_metered (self->sync, g_network_monitor_get_network_metered (self->monitor));
  sync_engine_set_online (self->sync, g_network_monitor_get_network_available (self->monitor)
                                          || any_local (self));
}

void
mail_engine_unlock (MailEngine *self)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  mail_keyring_ask_again ();
  if (self->sync != NULL)
    sync_engine_unlocked (self->sync);
}

void
mail_engine_note_keyring (MailEngine *self)
{
  if (self->sync != NULL && mail_keyring_is_open ())
    sync_engine_unlocked (self->sync);
}

void
mail_engine_retry (MailEngine *self, MailAccount *account)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  mail_engine_begin_sync (self);
  if (account != NULL && mail_account_needs_unlock (account)) {
    mail_engine_unlock (self);
    return;
  }
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
typedef struct _MailAccountJob
{
  BasePaths *paths;
  MailCredentials *credentials; /* borrowed; the engine waits for its calls */
  BaseAccount *account;
  char *imap_password, *smtp_password; /* nullable */
  gboolean is_own;                     /* it is about `protocol` of an identity alone */
  char *own_password;                  /* nullable: for that */
  gboolean is_new, remember, session_only;
  gboolean is_proved;              /* its servers have let a person in by it */
  gboolean both;                   /* out: the password is that of IMAP and of SMTP */
  gboolean imap_moved, smtp_moved; /* another server or user than those that are saved */
  gboolean was_oauth;              /* what is saved signs in by OAuth */
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
  mail_password_free (job->own_password);
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

static gboolean
uses_oauth (const BaseAccount *account)
{
  return account->imap.sign_in == BASE_SIGN_IN_OAUTH || account->smtp.sign_in == BASE_SIGN_IN_OAUTH;
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
    job->was_oauth = uses_oauth (saved);
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
  else if (!job->is_new || job->imap_password == NULL) {
    /* A person wants it now. */
    mail_keyring_ask_again ();
    stored =
        mail_credentials_lookup (job->credentials, job->account, protocol, cancellable, &local);
  }
  if (stored != NULL)
    return stored;
  if (smtp && job->imap_password != NULL && !base_error_is_cancelled (local))
    return g_strdup (job->imap_password);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* FALSE: there is nothing to sign in with.  A certificate says by itself who it is: *secret stays NULL. */
static gboolean
find_secret (AccountJob *job, const char *protocol, char **secret, GCancellable *cancellable,
             GError **error)
{
  const BaseServer *server =
      g_str_equal (protocol, "imap") ? &job->account->imap : &job->account->smtp;

  job->protocol = protocol;
  if (server->sign_in == BASE_SIGN_IN_CERTIFICATE)
    return TRUE;
  *secret = choose_password (job, protocol, cancellable, error);
  return *secret != NULL;
}

static void
prove_both (AccountJob *job, GCancellable *cancellable, GError **error)
{
  char *imap = NULL, *smtp = NULL;
  gboolean sends = base_account_can_send (job->account);

  if (find_secret (job, "imap", &imap, cancellable, error)
      && (!sends || find_secret (job, "smtp", &smtp, cancellable, error))) {
    if (sends)
      job->protocol = sync_verify_both (job->account, imap, smtp, cancellable, error);
    else
      job->protocol = sync_verify (job->account, "imap", imap, cancellable, error) ? NULL : "imap";
  }
  mail_password_free (imap);
  mail_password_free (smtp);
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
  mail_engine_note_keyring (g_task_get_source_object (outer));
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
  const BaseServer *server = protocol != NULL ? base_account_get_server (account, protocol) : NULL;
  const char *link = NULL;

  if (error != NULL && server != NULL)
    sync_advice_find (server, error, NULL, &link);
  return link;
}

/* ---- saving ---- */

MailAccountJob *
mail_account_job_new_for (MailEngine *self, const BaseAccount *account, const char *protocol,
                          const char *password)
{
  g_autofree AccountJob **slot = account_job_new (self, account, NULL, NULL);

  (*slot)->is_own = (*slot)->is_proved = TRUE;
  (*slot)->protocol = protocol;
  (*slot)->own_password = g_strdup (password);
  return *slot;
}

void
mail_account_job_free (MailAccountJob *job)
{
  account_job_free (job);
}

static gboolean
is_for (const MailAccountJob *job, const char *password, const char *protocol,
        const BaseAccount *account)
{
  return password == NULL || base_account_is_same_place (job->account, account, protocol);
}

static void
set_changed (GError **error, const BaseAccount *account)
{
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("The servers of “%s” were changed elsewhere meanwhile. Nothing was saved: "
                     "open the settings again."),
                  account->address);
}

gboolean
mail_account_job_fits (const MailAccountJob *job, const BaseAccount *account, GError **error)
{
  if (is_for (job, job->imap_password, "imap", account)
      && is_for (job, job->smtp_password, "smtp", account)
      && is_for (job, job->own_password, job->protocol, account))
    return TRUE;
  set_changed (error, account);
  return FALSE;
}

/* Pool thread. */
void
mail_account_job_keep (MailAccountJob *job, const BaseAccount *account, gboolean *session_only)
{
  const char *smtp_password = job->smtp_password;

  /* A person has just typed it. */
  if (job->own_password != NULL || job->imap_password != NULL || smtp_password != NULL)
    mail_keyring_ask_again ();
  if (job->own_password != NULL)
    mail_credentials_store (job->credentials, account, job->protocol, job->own_password, TRUE,
                            session_only);
  if (job->is_own)
    return;
  if (smtp_password == NULL && job->is_new && base_account_can_send (account))
    smtp_password = job->imap_password;
  if (job->imap_password != NULL)
    mail_credentials_store (job->credentials, account, "imap", job->imap_password, TRUE,
                            session_only);
  /* Where the keyring refused once, it is not asked again. */
  if (smtp_password != NULL)
    mail_credentials_store (job->credentials, account, "smtp", smtp_password, !*session_only,
                            session_only);
}

/* Pool thread. */
void
mail_account_job_keep_tokens (MailAccountJob *job, const BaseAccount *account,
                              gboolean *session_only)
{
  MailTokens *tokens = mail_credentials_get_tokens (job->credentials);
  gboolean only_now = FALSE;

  if (job->is_own)
    return;
  mail_tokens_bind (tokens, account);
  if (mail_tokens_keep (tokens, account, &only_now))
    *session_only |= only_now;
  if (job->was_oauth && !uses_oauth (account))
    mail_credentials_forget_tokens (job->credentials, account->id);
}

static void
retry_both (const AccountJob *job, SyncEngine *sync)
{
  sync_engine_retry_protocol (sync, job->account->id, "imap", job->is_proved);
  sync_engine_retry_protocol (sync, job->account->id, "smtp", job->is_proved);
}

void
mail_account_job_retry (const MailAccountJob *job, SyncEngine *sync)
{
  if (!job->is_proved)
    return;
  if (job->is_own)
    sync_engine_retry_protocol (sync, job->account->id, job->protocol, TRUE);
  else
    retry_both (job, sync);
}

/* Pool thread. */
void
mail_account_job_undo (MailAccountJob *job)
{
  if (job->is_new)
    mail_credentials_forget (job->credentials, job->account->id);
}

/* `before` NULL: all of it counts.  `proved`: the servers have let a person in by it. */
static void
save_account (MailEngine *self, GTask *taken, const BaseAccount *before, const BaseAccount *after,
              const char *imap_password, const char *smtp_password, gboolean proved)
{
  g_autoptr (GTask) outer = taken;
  g_autofree AccountJob **slot = NULL;
  MailChange *change = NULL;
  GError *error = NULL;

  if (!mail_engine_check_agreed (self, after, &error)) {
    g_task_return_error (outer, error);
    return;
  }
  mail_engine_begin_sync (self);
  /* Saved or not saved: nothing between. */
  g_task_set_check_cancellable (outer, FALSE);
  slot = account_job_new (self, after, imap_password, smtp_password);
  (*slot)->is_proved = proved;
  change = mail_change_new (outer, before, after);
  change->secrets = *slot;
  mail_engine_queue_change (self, change);
}

void
mail_engine_save_account_async (MailEngine *self, const BaseAccount *account,
                                const char *imap_password, const char *smtp_password,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && account != NULL);
  save_account (self, g_task_new (self, cancellable, callback, user_data), NULL, account,
                imap_password, smtp_password, TRUE);
}

void
mail_engine_change_account_async (MailEngine *self, const BaseAccount *before,
                                  const BaseAccount *after, const char *imap_password,
                                  const char *smtp_password, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && before != NULL && after != NULL);
  save_account (self, g_task_new (self, cancellable, callback, user_data), before, after,
                imap_password, smtp_password, TRUE);
}

gboolean
mail_engine_save_account_finish (MailEngine *self, GAsyncResult *result, gboolean *session_only,
                                 GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  gssize kept = g_task_propagate_int (G_TASK (result), error);

  /* Whoever asks says it. */
  if (kept > 0)
    self->said_session_only = TRUE;
  if (kept >= 0 && session_only != NULL)
    *session_only = kept != 0;
  return kept >= 0;
}

/* ---- certificates that a person took ---- */

void
mail_engine_add_exception_async (MailEngine *self, MailAccount *account, const BaseTrust *trust,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account) && trust != NULL);
  g_return_if_fail (base_trust_may_except (trust));
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (self, account);

  base_account_add_exception (
      edit->settings, trust->host, trust->port, trust->sha256,
      base_trust_get_agreed_until (trust, g_get_real_time () / G_USEC_PER_SEC));
  save_account (self, g_task_new (self, NULL, callback, user_data), edit->before, edit->settings,
                NULL, NULL, FALSE);
}

void
mail_engine_remove_exception_async (MailEngine *self, MailAccount *account, const char *host,
                                    guint16 port, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account) && host != NULL);
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (self, account);

  base_account_remove_exception (edit->settings, host, port);
  save_account (self, g_task_new (self, NULL, callback, user_data), edit->before, edit->settings,
                NULL, NULL, FALSE);
}

/* ---- a password a person gave ---- */

/* Once is enough. */
void
mail_engine_say_session_only (MailEngine *self, MailKept what)
{
  if (self->said_session_only)
    return;
  self->said_session_only = TRUE;
  mail_engine_emit_notice (
      self,
      mail_keyring_is_declined ()
          ? _ ("The keyring stays locked. What you signed in with is kept until you quit Sosik.")
      : what == MAIL_PASSWORD_KEPT
          ? _ ("There is no keyring that takes the password. It is kept until you quit Sosik.")
          : _ ("There is no keyring that takes the sign-in. It is kept until you quit Sosik."),
      NULL);
}

/* Pool thread. */
static gpointer
run_set_password (gpointer data, GCancellable *cancellable, GError **error)
{
  AccountJob **slot = data;
  AccountJob *job = *slot;

  mail_keyring_ask_again ();
  job->both = mail_credentials_replace (job->credentials, job->account, job->protocol,
                                        job->imap_password, job->remember, &job->session_only);
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
  if (self->sync != NULL && job->both)
    retry_both (job, self->sync);
  else if (self->sync != NULL)
    sync_engine_retry_protocol (self->sync, job->account->id, job->protocol, FALSE);
  mail_engine_note_keyring (self);
  if (job->remember && job->session_only)
    mail_engine_say_session_only (self, MAIL_PASSWORD_KEPT);
  g_task_return_boolean (outer, TRUE);
}

/* Whoever would be told the password now is who would have been then: of an account's own it may be for both. */
static gboolean
is_still_asked (MailEngine *self, const BaseAccount *asked, const char *protocol)
{
  MailAccount *account = mail_engine_find_account (self, asked->id);
  const BaseAccount *now = account != NULL ? mail_account_get_settings (account) : NULL;

  if (now == NULL)
    return FALSE;
  if (g_str_has_prefix (protocol, BASE_PROTOCOL_IDENTITY))
    return base_account_is_same_place (asked, now, protocol);
  return base_account_is_same_place (asked, now, "imap")
         && base_account_is_same_place (asked, now, "smtp");
}

void
mail_engine_set_password_async (MailEngine *self, const BaseAccount *asked, const char *protocol,
                                const char *password, gboolean remember,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && asked != NULL);
  g_return_if_fail (protocol != NULL && password != NULL);
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  AccountJob **slot;

  if (!is_still_asked (self, asked, protocol)) {
    base_error_set (&error, BASE_ERROR_REFUSED, NULL,
                    _ ("“%s” has another server by now, so the password was given to nobody. Where "
                       "one is still missing, you are asked for it again."),
                    base_account_get_protocol_address (asked, protocol));
    g_task_return_error (outer, error);
    g_object_unref (outer);
    return;
  }
  slot = account_job_new (self, asked, password, NULL);
  (*slot)->remember = remember;
  (*slot)->protocol = protocol;
  mail_engine_call_pool (self, g_task_new (NULL, NULL, on_password_set, outer), run_set_password,
                         slot, account_slot_free, account_job_free);
}

gboolean
mail_engine_set_password_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
