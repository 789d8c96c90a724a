/* Signing in by the browser.  The main thread only shows the page; the port for its answer and the servers of the
 * provider are a pool thread's.  What was got never leaves the credentials. */
#include "mail-engine-private.h"
#include "mail-private.h"
#include "mail-sign-in.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-tokens.h"
#include "sync-discover.h"

/* The page on its way to the main thread; not shown any more once it is over. */
typedef struct
{
  gatomicrefcount ref_count;
  GMainContext *context;
  MailShowPageFunc func; /* main thread only */
  gpointer data;
} Show;

typedef struct
{
  Show *show;
  char *page;
} Page;

/* On its way to a pool thread. */
typedef struct
{
  MailTokens *tokens; /* borrowed; the engine waits for its calls */
  BaseAccount *account;
  Show *show;
  gboolean keep, session_only;
} SignInJob;

static void
show_unref (gpointer data)
{
  Show *show = data;

  if (!g_atomic_ref_count_dec (&show->ref_count))
    return;
  g_main_context_unref (show->context);
  g_free (show);
}

static void
page_free (gpointer data)
{
  Page *page = data;

  show_unref (page->show);
  g_free (page->page);
  g_free (page);
}

static gboolean
show_page (gpointer data)
{
  Page *page = data;

  if (page->show->func != NULL)
    page->show->func (page->page, page->show->data);
  return G_SOURCE_REMOVE;
}

/* Pool thread. */
static void
on_page (const char *address, gpointer user_data)
{
  Show *show = user_data;
  Page *page = g_new0 (Page, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_atomic_ref_count_inc (&show->ref_count);
  page->show = show;
  page->page = g_strdup (address);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, show_page, page, page_free);
  g_source_attach (source, show->context);
}

static void
job_free (gpointer data)
{
  SignInJob *job = data;

  base_account_free (job->account);
  show_unref (job->show);
  g_free (job);
}

static void
job_slot_free (gpointer data)
{
  SignInJob **slot = data;

  g_clear_pointer (slot, job_free);
  g_free (slot);
}

/* Pool thread. */
static gpointer
run_sign_in (gpointer data, GCancellable *cancellable, GError **error)
{
  SignInJob **slot = data, *job = *slot;
  g_autoptr (MailOauth) oauth = mail_oauth_new (job->account->oauth, error);
  MailOauthTokens *got;

  if (oauth == NULL)
    return NULL;
  got = mail_oauth_sign_in (oauth, job->account->address, &mail_oauth_times, on_page, job->show,
                            cancellable, error);
  if (got == NULL)
    return NULL;
  mail_tokens_offer (job->tokens, job->account, got);
  /* A person was at work just now. */
  mail_keyring_ask_again ();
  if (job->keep && !mail_tokens_keep (job->tokens, job->account, &job->session_only)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("The settings of “%s” were changed elsewhere meanwhile. Sign in once more."),
                    job->account->address);
    return NULL;
  }
  return g_steal_pointer (slot);
}

/* Where it goes in by the tokens. */
static void
retry_by_oauth (MailEngine *self, const BaseAccount *account)
{
  static const char *const protocols[] = { "imap", "smtp" };

  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (base_account_get_server (account, protocols[i])->sign_in == BASE_SIGN_IN_OAUTH)
      sync_engine_retry_protocol (self->sync, account->id, protocols[i], FALSE);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  Show *show = g_task_get_task_data (outer);
  GError *error = NULL;
  SignInJob *job = g_task_propagate_pointer (G_TASK (result), &error);

  show->func = NULL;
  if (job == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  if (job->keep && self->sync != NULL)
    retry_by_oauth (self, job->account);
  mail_engine_note_keyring (self);
  if (job->keep && job->session_only)
    mail_engine_say_session_only (self, MAIL_SIGN_IN_KEPT);
  job_free (job);
  g_task_return_boolean (outer, TRUE);
}

static void
begin (MailEngine *self, const BaseAccount *account, gboolean keep, MailShowPageFunc func,
       gpointer show_data, GTask *outer)
{
  SignInJob **slot = g_new0 (SignInJob *, 1), *job = *slot = g_new0 (SignInJob, 1);
  Show *show = g_new0 (Show, 1);
  GTask *inner;

  g_atomic_ref_count_init (&show->ref_count);
  show->context = g_main_context_ref (self->context);
  show->func = func;
  show->data = show_data;
  g_atomic_ref_count_inc (&show->ref_count);
  g_task_set_task_data (outer, show, show_unref);
  job->tokens = mail_credentials_get_tokens (self->credentials);
  job->account = base_account_dup (account);
  job->show = show;
  job->keep = keep;
  inner = g_task_new (NULL, g_task_get_cancellable (outer), on_signed_in, outer);
  g_task_set_check_cancellable (inner, FALSE);
  mail_engine_call_waiting (self, inner, run_sign_in, slot, job_slot_free, job_free);
}

void
mail_engine_authorize_async (MailEngine *self, const BaseAccount *account, MailShowPageFunc show,
                             gpointer show_data, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && account != NULL && show != NULL);
  begin (self, account, FALSE, show, show_data,
         g_task_new (self, cancellable, callback, user_data));
}

gboolean
mail_engine_authorize_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mail_engine_drop_grant (MailEngine *self, const char *account_id)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && account_id != NULL);
  mail_tokens_drop_offer (mail_credentials_get_tokens (self->credentials), account_id);
  sync_give_up (account_id);
}

void
mail_engine_sign_in_again_async (MailEngine *self, MailAccount *account, MailShowPageFunc show,
                                 gpointer show_data, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_ACCOUNT (account) && show != NULL);
  begin (self, mail_account_get_settings (account), TRUE, show, show_data,
         g_task_new (self, cancellable, callback, user_data));
}

gboolean
mail_engine_sign_in_again_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- accounts of the desktop ---- */

/* Pool thread. */
static gpointer
run_list_desktop (gpointer data, GCancellable *cancellable, GError **error)
{
  return mail_desktop_list (cancellable, error);
}

static gboolean
has_desktop_account (MailEngine *self, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->known)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->known), i);

    if (g_strcmp0 (mail_account_get_settings (account)->desktop_account, id) == 0)
      return TRUE;
  }
  return FALSE;
}

void
mail_engine_list_desktop_accounts_async (MailEngine *self, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  mail_engine_call_waiting (self, g_task_new (self, cancellable, callback, user_data),
                            run_list_desktop, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
}

GPtrArray *
mail_engine_list_desktop_accounts_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  GPtrArray *list = g_task_propagate_pointer (G_TASK (result), error);

  for (guint i = list != NULL ? list->len : 0; i-- > 0;)
    if (has_desktop_account (self,
                             ((MailDesktopAccount *)list->pdata[i])->account->desktop_account))
      g_ptr_array_remove_index (list, i);
  return list;
}
