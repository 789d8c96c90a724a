/* Opening and closing a session: greeting, encryption, capabilities, LOGOUT.  Runs in the worker thread that owns the
 * session; must never go on in clear, nor believe anything that was said before TLS. */
#include "imap-session-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"

#define LOGOUT_MS 2000

static ImapSession *
session_new (const char *host)
{
  ImapSession *session = g_new0 (ImapSession, 1);
  session->host = g_strdup (host);
  session->lexer = imap_lexer_new (NULL);
  session->mechanisms = g_ptr_array_new_with_free_func (g_free);
  session->wire_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  session->alerts = g_string_new (NULL);
  session->namespaces = g_ptr_array_new_with_free_func ((GDestroyNotify)imap_namespace_free);
  session->news = g_ptr_array_new_with_free_func ((GDestroyNotify)imap_news_free);
  session->usable = TRUE;
  return session;
}

void
imap_session_free (ImapSession *session)
{
  if (session == NULL)
    return;
  imap_state_forget_selected (session);
  imap_gone_forget (session);
  g_clear_pointer (&session->connection, net_connection_free);
  imap_lexer_free (session->lexer);
  g_ptr_array_unref (session->mechanisms);
  g_hash_table_unref (session->wire_names);
  g_string_free (session->alerts, TRUE);
  g_ptr_array_unref (session->news);
  g_free (session->greeting);
  g_free (session->server_id);
  g_ptr_array_unref (session->namespaces);
  g_free (session->host);
  g_free (session->refused_code);
  g_free (session->refused_argument);
  g_strfreev (session->search_charsets);
  g_free (session);
}

/* FALSE for a greeting that ends the matter. */
static gboolean
read_greeting (ImapSession *session, GCancellable *cancellable, GError **error)
{
  g_auto (ImapResponse) greeting = { 0 };
  if (!imap_talk_read (session, &greeting, cancellable, error))
    return FALSE;

  gboolean secure = net_connection_is_secure (session->connection);
  const char *words = imap_talk_get_words (session, &greeting);
  session->greeting = g_strdup (words);
  if (greeting.kind == IMAP_RESPONSE_UNTAGGED && greeting.condition == IMAP_CONDITION_OK) {
    imap_state_take_code (session, &greeting);
    return TRUE;
  }
  if (greeting.kind == IMAP_RESPONSE_UNTAGGED && greeting.condition == IMAP_CONDITION_PREAUTH) {
    if (secure) {
      imap_state_take_code (session, &greeting);
      session->signed_in = TRUE;
      return TRUE;
    }
    base_error_set (
        error, BASE_ERROR_TRUST, words,
        _ ("“%s” wants to go on without encryption. Nothing was sent to it; somebody may be interfering "
           "with the connection."),
        session->host);
  } else if (greeting.kind == IMAP_RESPONSE_UNTAGGED && greeting.condition == IMAP_CONDITION_BYE) {
    base_error_set (error, BASE_ERROR_RETRY, words,
                    _ ("“%s” does not accept connections at the moment."), session->host);
  } else {
    base_error_set (
        error, BASE_ERROR_BROKEN, NULL,
        _ ("“%s” does not answer like a mail server (IMAP). Check the server name and the port."),
        session->host);
  }
  session->usable = FALSE;
  return FALSE;
}

gboolean
imap_session_learn_capabilities (ImapSession *session, GCancellable *cancellable, GError **error)
{
  const ImapExchange exchange = { .refused = _ ("The mail server does not say what it can do.") };
  if (session->capabilities_known)
    return TRUE;
  g_autoptr (ImapCommand) command = imap_command_new ("CAPABILITY", FALSE);
  return imap_talk_run (session, command, &exchange, NULL, cancellable, error);
}

static gboolean
start_tls (ImapSession *session, GCancellable *cancellable, GError **error)
{
  if (!imap_session_learn_capabilities (session, cancellable, error))
    return FALSE;
  if (!imap_session_has (session, IMAP_CAP_STARTTLS)) {
    /* a greeting may tell less than the command does */
    imap_capability_forget (session);
    if (!imap_session_learn_capabilities (session, cancellable, error))
      return FALSE;
  }
  if (!imap_session_has (session, IMAP_CAP_STARTTLS)) {
    base_error_set (
        error, BASE_ERROR_TRUST, NULL,
        _ ("“%s” offers no encryption (STARTTLS), so Sosik did not sign in. Try TLS on port 993, or ask "
           "your provider."),
        session->host);
    return FALSE;
  }

  const ImapExchange exchange = { 0 };
  g_autoptr (ImapCommand) command = imap_command_new ("STARTTLS", FALSE);
  g_auto (ImapResponse) answer = { 0 };
  if (!imap_talk_ask (session, command, &exchange, &answer, cancellable, error))
    return FALSE;
  /* Whoever sits in between can keep us out anyway; what matters is that nothing goes on in clear. */
  if (answer.condition != IMAP_CONDITION_OK
      && (imap_talk_is_for_now (&answer) || imap_response_has_code (&answer, "LIMIT")
          || imap_response_has_code (&answer, "OVERQUOTA"))) {
    base_error_set (error, BASE_ERROR_RETRY, NULL, _ ("“%s” cannot do this at the moment."),
                    session->host);
    return FALSE;
  }
  if (answer.condition != IMAP_CONDITION_OK) {
    base_error_set (
        error, BASE_ERROR_TRUST, NULL,
        _ ("“%s” refused to encrypt the connection (STARTTLS), so Sosik did not sign in."),
        session->host);
    return FALSE;
  }
  if (imap_lexer_is_pending (session->lexer)) {
    base_error_set (
        error, BASE_ERROR_TRUST, NULL,
        _ ("Somebody put words into the connection to “%s” before it was encrypted. Sosik did not sign in."),
        session->host);
    return FALSE;
  }
  return net_connection_start_tls (session->connection, cancellable, error);
}

/* The same connection and nothing else: whatever was said in clear may have been anybody's. */
static ImapSession *
session_begin_anew (ImapSession *old)
{
  ImapSession *session = session_new (old->host);

  session->connection = g_steal_pointer (&old->connection);
  session->last_tag = old->last_tag; /* an answer that was said too early fits no command */
  imap_session_free (old);
  return session;
}

ImapSession *
imap_session_open (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapSession) session = session_new (endpoint->host);

  session->connection = net_connection_open (endpoint, cancellable, error);
  if (session->connection == NULL || !read_greeting (session, cancellable, error))
    return NULL;
  if (!net_connection_is_secure (session->connection)) {
    if (!start_tls (session, cancellable, error))
      return NULL;
    session = session_begin_anew (g_steal_pointer (&session));
  }
  if (!imap_session_learn_capabilities (session, cancellable, error))
    return NULL;
  return g_steal_pointer (&session);
}

void
imap_session_set_timeout (ImapSession *session, guint timeout_ms)
{
  net_connection_set_timeout (session->connection, timeout_ms);
}

gboolean
imap_session_has (ImapSession *session, ImapCapability capability)
{
  return (session->capabilities & capability) == capability;
}

void
imap_session_set_disabled (ImapSession *session, ImapCapability capabilities)
{
  if (capabilities & IMAP_CAP_CONDSTORE)
    capabilities |= IMAP_CAP_QRESYNC;
  session->disabled = capabilities & ~(ImapCapability)(IMAP_CAP_STARTTLS | IMAP_CAP_LOGINDISABLED);
  imap_capability_limit (session);
}

ImapCapability
imap_session_get_doubted (ImapSession *session)
{
  return session->doubted;
}

gboolean
imap_session_is_usable (ImapSession *session)
{
  return session->usable;
}

const char *
imap_session_get_refused_code (ImapSession *session)
{
  return session->refused_code;
}

/* Reads until the tagged answer, the end of the stream, or the deadline. */
static void
await_goodbye (ImapSession *session, gint64 deadline)
{
  for (;;) {
    gboolean complete;
    if (!imap_lexer_advance (session->lexer, &complete, NULL))
      return;
    if (complete) {
      g_auto (ImapResponse) response = { 0 };
      imap_response_parse (&response, session->lexer);
      if (response.kind == IMAP_RESPONSE_TAGGED || response.condition == IMAP_CONDITION_BYE)
        return;
      continue;
    }
    NetWait result;
    gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
    if (left <= 0 || !net_connection_wait (session->connection, -1, left, &result, NULL, NULL)
        || result != NET_WAIT_READABLE || !imap_talk_fill (session, NULL, NULL))
      return;
  }
}

void
imap_session_logout (ImapSession *session)
{
  if (session->usable) {
    const ImapExchange exchange = { 0 };
    g_autoptr (ImapCommand) command = imap_command_new ("LOGOUT", FALSE);
    g_auto (ImapResponse) answer = { 0 };
    ImapTag tag;
    gboolean answered;

    session->leaving = TRUE;
    if (imap_talk_send (session, command, &exchange, tag, &answer, &answered, NULL, NULL))
      await_goodbye (session, g_get_monotonic_time () + LOGOUT_MS * G_TIME_SPAN_MILLISECOND);
  }
  session->usable = FALSE;
  imap_state_forget_selected (session);
  g_clear_pointer (&session->connection, net_connection_free);
}

const char *
imap_session_get_selected_name (ImapSession *session)
{
  return session->selected_name;
}

guint
imap_session_get_selection (ImapSession *session)
{
  return session->selections;
}

const ImapSelected *
imap_session_get_selected (ImapSession *session)
{
  return &session->selected;
}

void
imap_session_remark (ImapSession *session, const char *what)
{
  if (session->connection != NULL)
    net_connection_remark (session->connection, what);
}
