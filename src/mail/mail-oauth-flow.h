/* Signing in by the browser, from the page to the tokens, and getting fresh ones.
 *
 * All (block); any thread but the main one.  HTTP without cookies, stored passwords or redirects.
 * Errors: as mail-oauth.h says; CANCELLED. */
#pragma once

#include "mail-oauth.h"

G_BEGIN_DECLS

#define MAIL_OAUTH_TIMEOUT_MS (5 * 60 * 1000) /* for a person in the browser */
#define MAIL_OAUTH_HTTP_MS    30000           /* for the server that gives tokens */

/* How long is long; tests have shorter times. */
typedef struct
{
  guint browser_ms, http_ms;
} MailOauthTimes;
extern const MailOauthTimes mail_oauth_times;

/* Shows the page to the person, in the browser of the desktop; called in the thread that waits. */
typedef void (*MailOauthShowFunc) (const char *page, gpointer user_data);

MailOauthTokens *mail_oauth_sign_in (const MailOauth *oauth, const char *address,
                                     const MailOauthTimes *times, MailOauthShowFunc show,
                                     gpointer user_data, GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Asked right before the request leaves this computer, in the thread that waits; FALSE: it must not (CANCELLED). */
typedef gboolean (*MailOauthSendFunc) (gpointer user_data);
MailOauthTokens *mail_oauth_refresh (const MailOauth *oauth, const char *refresh,
                                     const MailOauthTimes *times, MailOauthSendFunc may_send,
                                     gpointer user_data, GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
