/* Signing in by the browser (OAuth 2), for the window.  Main thread.
 *
 * The wizard: servers with sign_in BASE_SIGN_IN_OAUTH and an `oauth` whose `provider` is the word of the table of providers ("google", "microsoft", "yahoo",
 * "fastmail"); where mail_oauth_is_ready () says no, this build has no client id for it: offer a password for programs, or the
 * account file.  Then mail_engine_authorize_async (), which shows the page; mail_engine_verify_async () and
 * mail_engine_save_account_async () without passwords use and keep what it got.  Who gives up calls mail_engine_drop_grant ().
 *
 * An account that runs: the engine's signal "password-needed", once until somebody did something about it, and mail_account_needs_sign_in ():
 * then mail_engine_sign_in_again_async (). */
#pragma once

#include "mail-desktop.h"
#include "mail-engine.h"
#include "mail-oauth.h"

G_BEGIN_DECLS

/* Shows `page` to the person in the browser of the desktop; main thread, once, before the callback.  Where no browser comes, they can be given the
 * address: it holds nothing that is of use to anybody else, and is good for one attempt. */
typedef void (*MailShowPageFunc) (const char *page, gpointer user_data);

/* Ends when the person did what the page asks for, or said no (REFUSED), after five minutes (REFUSED), or when cancelled.  What was got is kept
 * in memory, for that id and those servers, until the account is saved.  A second one for the same account should wait until the first has ended. */
void mail_engine_authorize_async (MailEngine *engine, const BaseAccount *account,
                                  MailShowPageFunc show, gpointer show_data,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean mail_engine_authorize_finish (MailEngine *engine, GAsyncResult *result, GError **error);
/* The person does not want that account after all: what was granted goes, and the connections that were opened for it, however it would have signed in. */
void mail_engine_drop_grant (MailEngine *engine, const char *account_id);

/* The same for an account that is there; what was got is kept, and the servers are tried at once. */
void mail_engine_sign_in_again_async (MailEngine *engine, MailAccount *account,
                                      MailShowPageFunc show, gpointer show_data,
                                      GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean mail_engine_sign_in_again_finish (MailEngine *engine, GAsyncResult *result,
                                           GError **error);

/* ---- accounts that the desktop knows (GNOME Online Accounts) ---- */

/* GPtrArray of MailDesktopAccount (mail-desktop.h), without those that Sosik has already; empty where the desktop has no such service.  One that is chosen is
 * verified and saved as it is, without passwords; the desktop goes on to keep them. */
void mail_engine_list_desktop_accounts_async (MailEngine *engine, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *mail_engine_list_desktop_accounts_finish (MailEngine *engine, GAsyncResult *result,
                                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
