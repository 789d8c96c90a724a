/* From the page in the browser to the tokens.  Runs in threads that may wait; must never follow the token endpoint elsewhere,
 * nor repeat to a person what it says of a secret. */
#include "mail-oauth-flow.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "mail-http.h"
#include "mail-keyring.h"
#include "mail-oauth-loopback.h"

const MailOauthTimes mail_oauth_times = { MAIL_OAUTH_TIMEOUT_MS, MAIL_OAUTH_HTTP_MS };

/* ---- the clock of a request ---- */

/* libsoup's own one begins anew with each octet. */
typedef struct
{
  GMutex lock;
  GCond cond;
  GCancellable *stop;
  gint64 end;
  gboolean over, late;
} Clock;

static gpointer
clock_main (gpointer data)
{
  Clock *clock = data;

  g_mutex_lock (&clock->lock);
  while (!clock->over && g_cond_wait_until (&clock->cond, &clock->lock, clock->end))
    ;
  clock->late = !clock->over;
  g_mutex_unlock (&clock->lock);
  if (clock->late)
    g_cancellable_cancel (clock->stop);
  return NULL;
}

static GThread *
clock_start (Clock *clock, GCancellable *stop, guint ms)
{
  g_mutex_init (&clock->lock);
  g_cond_init (&clock->cond);
  clock->stop = stop;
  clock->end = g_get_monotonic_time () + (gint64)ms * 1000;
  return g_thread_new ("sosik-clock", clock_main, clock);
}

static void
clock_stop (Clock *clock, GThread *thread)
{
  g_mutex_lock (&clock->lock);
  clock->over = TRUE;
  g_cond_signal (&clock->cond);
  g_mutex_unlock (&clock->lock);
  g_thread_join (thread);
  g_mutex_clear (&clock->lock);
  g_cond_clear (&clock->cond);
}

/* ---- the request ---- */

static void
set_unreachable (const MailOauth *oauth, const GError *cause, gboolean late, GError **error)
{
  if (late)
    base_error_set (error, BASE_ERROR_RETRY, NULL, _ ("“%s” took too long to sign you in."),
                    oauth->host);
  else if (base_error_is_cancelled (cause))
    g_propagate_error (error, g_error_copy (cause));
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    base_error_set (error, BASE_ERROR_BROKEN, NULL,
                    _ ("“%s” gave an answer that makes no sense when Sosik signed in."),
                    oauth->host);
  else if (cause->domain == G_TLS_ERROR)
    base_error_set (error, BASE_ERROR_RETRY, cause->message,
                    _ ("The certificate of “%s” is not trusted, so Sosik did not sign in there."),
                    oauth->host);
  else
    base_error_set (error, BASE_ERROR_RETRY, cause->message,
                    _ ("“%s” could not be reached to sign you in."), oauth->host);
}

typedef struct
{
  MailOauthSendFunc may_send; /* nullable */
  gpointer user_data;
  GCancellable *stop;
} Door;

/* Connected, and nothing of the request is said. */
static void
on_starting (SoupMessage *message, gpointer data)
{
  const Door *door = data;

  if (door->may_send != NULL && !door->may_send (door->user_data))
    g_cancellable_cancel (door->stop);
}

/* The body of the answer; NULL with error. */
static GByteArray *
post (const MailOauth *oauth, const char *form, guint ms, Door *door, guint *status,
      GCancellable *cancellable, GError **error)
{
  g_autoptr (SoupSession) session = mail_http_session_new ("Sosik", MAX (ms / 1000, 1));
  g_autoptr (GUri) uri = g_uri_parse (oauth->token, SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (SoupMessage) message = mail_http_message_new ("POST", uri);
  g_autoptr (GBytes) bytes = g_bytes_new_static (form, strlen (form));
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GByteArray) body = NULL;
  g_autoptr (GError) local = NULL;
  Clock clock = { 0 };
  GThread *thread = clock_start (&clock, stop, ms);
  gulong chain = mail_http_follow (cancellable, stop);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Accept",
                                "application/json");
  soup_message_set_request_body_from_bytes (message, "application/x-www-form-urlencoded", bytes);
  door->stop = stop;
  g_signal_connect (message, "starting", G_CALLBACK (on_starting), door);
  stream = soup_session_send (session, message, stop, &local);
  if (stream != NULL)
    body = mail_http_read (stream, MAIL_OAUTH_ANSWER_MAX, stop, &local);
  *status = soup_message_get_status (message);
  g_signal_handlers_disconnect_by_data (message, door);
  g_cancellable_disconnect (cancellable, chain);
  clock_stop (&clock, thread);
  soup_session_abort (session);
  if (body == NULL)
    set_unreachable (oauth, local, clock.late, error);
  return g_steal_pointer (&body);
}

/* Takes what is `secret` out of what may be told. */
static void
keep_to_ourselves (GError **error, const char *secret)
{
  const char *detail = *error != NULL ? base_error_get_detail (*error) : NULL;
  g_autoptr (GError) old = NULL;

  if (detail == NULL || strstr (detail, secret) == NULL)
    return;
  old = g_steal_pointer (error);
  base_error_set (error, old->code, NULL, "%s", old->message);
}

/* Wipes and frees `form`. */
static MailOauthTokens *
ask (const MailOauth *oauth, char *form, const char *secret, guint ms, Door *door,
     GCancellable *cancellable, GError **error)
{
  guint status = 0;
  g_autoptr (GError) local = NULL;
  g_autoptr (GByteArray) body = post (oauth, form, ms, door, &status, cancellable, &local);
  MailOauthTokens *tokens = NULL;

  mail_password_free (form);
  if (body != NULL) {
    tokens = mail_oauth_read_answer (oauth, status, (const char *)body->data, body->len, &local);
    explicit_bzero (body->data, body->len);
  }
  keep_to_ourselves (&local, secret);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return tokens;
}

MailOauthTokens *
mail_oauth_refresh (const MailOauth *oauth, const char *refresh, const MailOauthTimes *times,
                    MailOauthSendFunc may_send, gpointer user_data, GCancellable *cancellable,
                    GError **error)
{
  Door door = { may_send, user_data, NULL };

  return ask (oauth, mail_oauth_dup_refresh_form (oauth, refresh), refresh, times->http_ms, &door,
              cancellable, error);
}

/* ---- the whole way ---- */

/* A code that is not taken is no refresh token that is not taken: here a person is at work, who begins once more. */
static void
set_not_taken (const MailOauth *oauth, GError **error, GError *local)
{
  g_autoptr (GError) cause = local;

  if (!g_error_matches (cause, BASE_ERROR, BASE_ERROR_AUTH)) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return;
  }
  base_error_set (error, BASE_ERROR_REFUSED, base_error_get_detail (cause),
                  _ ("“%s” did not let Sosik sign in."), oauth->host);
}

MailOauthTokens *
mail_oauth_sign_in (const MailOauth *oauth, const char *address, const MailOauthTimes *times,
                    MailOauthShowFunc show, gpointer user_data, GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (MailOauthAttempt) attempt = mail_oauth_attempt_new ();
  g_autoptr (MailOauthLoopback) loopback = mail_oauth_loopback_new (attempt->state, error);
  g_autoptr (MailOauthTokens) tokens = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *page = NULL;
  Door door = { NULL, NULL, NULL };
  char *code;

  if (loopback == NULL)
    return NULL;
  page = mail_oauth_dup_page (oauth, attempt, mail_oauth_loopback_get_redirect (loopback), address);
  show (page, user_data);
  code = mail_oauth_loopback_wait (loopback, times->browser_ms, cancellable, error);
  if (code == NULL)
    return NULL;
  tokens = ask (
      oauth,
      mail_oauth_dup_code_form (oauth, attempt, mail_oauth_loopback_get_redirect (loopback), code),
      code, times->http_ms, &door, cancellable, &local);
  mail_password_free (code);
  if (tokens == NULL) {
    set_not_taken (oauth, error, g_steal_pointer (&local));
    return NULL;
  }
  if (tokens->refresh == NULL) {
    base_error_set (
        error, BASE_ERROR_REFUSED, NULL,
        _ ("“%s” let Sosik in for a short time only. Look whether the scope allows access while you are away (often “offline_access”)."),
        oauth->host);
    return NULL;
  }
  /* Who gave up while the answer came, did not sign in. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&tokens);
}
