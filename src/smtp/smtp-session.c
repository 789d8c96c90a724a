/* An SMTP connection: its beginning up to the sign-in, talking, and its end.  Runs on the send worker (or on the thread that proves settings)
 * and blocks it; must never believe anything that was said before TLS. */
#include "smtp-session.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "smtp-session-private.h"

#define QUIT_LIMIT_MS 2000

gboolean
smtp_session_put (SmtpSession *session, GCancellable *cancellable, GError **error,
                  const char *format, ...)
{
  g_autofree char *command = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  command = g_strdup_vprintf (format, args);
  va_end (args);

  line = g_strconcat (command, "\r\n", NULL);
  if (net_connection_write (session->connection, line, strlen (line), cancellable, error))
    return TRUE;

  session->usable = FALSE;
  return FALSE;
}

/* The server's words for a person; NULL in clear, where they may be anybody's. */
static char *
dup_words (SmtpSession *session, const SmtpReply *reply)
{
  return net_connection_is_secure (session->connection) ? smtp_reply_to_text (reply) : NULL;
}

static gboolean
add_line (SmtpSession *session, SmtpReply *reply, const char *line, GError **error)
{
  g_autoptr (GError) senseless = NULL;

  if (smtp_reply_add_line (reply, line, &senseless))
    return TRUE;
  base_error_set (error, (BaseErrorCode)senseless->code,
                  net_connection_is_secure (session->connection) ? base_error_get_detail (senseless)
                                                                 : NULL,
                  "%s", senseless->message);
  return FALSE;
}

SmtpReply *
smtp_session_get (SmtpSession *session, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmtpReply) reply = smtp_reply_new ();
  gint64 deadline = 0;

  reply->simple = (session->disabled & SMTP_CAP_ENHANCED) != 0;
  if (!net_connection_flush (session->connection, cancellable, error)) {
    session->usable = FALSE;
    return NULL;
  }
  while (!reply->complete) {
    g_autofree char *line =
        net_connection_read_line (session->connection, SMTP_REPLY_MAX_LINE, cancellable, error);

    if (line == NULL || !add_line (session, reply, line, error)) {
      session->usable = FALSE;
      return NULL;
    }
    /* Each line may take the time-out, but a reply of many lines not the time-out of each. */
    if (deadline == 0)
      deadline =
          g_get_monotonic_time () + (gint64)net_connection_get_timeout (session->connection) * 1000;
    if (!reply->complete && g_get_monotonic_time () > deadline) {
      base_error_set (error, BASE_ERROR_RETRY, NULL, _ ("“%s” answers too slowly to go on with."),
                      session->host);
      session->usable = FALSE;
      return NULL;
    }
  }
  if (reply->code == 421)
    session->usable = FALSE;

  return g_steal_pointer (&reply);
}

BaseErrorCode
smtp_reply_to_code (const SmtpReply *reply)
{
  static const guint none[3] = { 0, 0, 0 };
  const guint *enhanced = reply->simple ? none : reply->enhanced;
  gboolean many = enhanced[1] == 5
                  && enhanced[2] == 3; /* x.5.3: too many recipients, which waiting does not cure */

  switch (smtp_reply_class (reply)) {
  case 4:
    return many ? BASE_ERROR_LIMIT : BASE_ERROR_RETRY;
  case 5:
    if (reply->code == 530 || reply->code == 534 || reply->code == 535 || reply->code == 538
        || (enhanced[1] == 7 && enhanced[2] == 8))
      return BASE_ERROR_AUTH;
    if (reply->code == 552 || (enhanced[1] == 3 && enhanced[2] == 4)
        || (enhanced[1] == 2 && enhanced[2] == 2) || many)
      return BASE_ERROR_LIMIT;
    return BASE_ERROR_REFUSED;
  default:
    return BASE_ERROR_BROKEN;
  }
}

void
smtp_session_set_error (SmtpSession *session, const SmtpReply *reply, const char *sentence,
                        GError **error)
{
  g_autofree char *words = dup_words (session, reply);
  BaseErrorCode code = smtp_reply_to_code (reply);

  /* Who has not been asked yet to let anybody in has no password to refuse: a person who is asked for it then, and again at
   * the next greeting, gives it up to whoever asks. */
  if (code == BASE_ERROR_AUTH && !session->open)
    code = BASE_ERROR_REFUSED;
  switch (code) {
  case BASE_ERROR_BROKEN:
    session->usable = FALSE;
    base_error_set (error, code, words, _ ("“%s” answered something that makes no sense."),
                    session->host);
    break;
  case BASE_ERROR_AUTH:
    base_error_set (
        error, code, words,
        _ ("“%s” takes no mail before a sign-in that it accepts. Check the user name and the password."),
        session->host);
    break;
  case BASE_ERROR_RETRY:
  case BASE_ERROR_LIMIT:
  case BASE_ERROR_REFUSED:
  case BASE_ERROR_TRUST:
  case BASE_ERROR_GONE:
  case BASE_ERROR_DISK:
    base_error_set (error, code, words, "%s", sentence);
    break;
  }
}

/* EHLO, or HELO where the server is too old for it.  Forgets what was known: after STARTTLS none of it counts. */
static gboolean
greet (SmtpSession *session, GCancellable *cancellable, GError **error)
{
  /* Which address this computer has in its own network is for the server alone. */
  g_autofree char *literal = net_connection_is_secure (session->connection)
                                 ? net_connection_dup_address_literal (session->connection)
                                 : g_strdup ("[127.0.0.1]");
  g_autoptr (SmtpReply) reply = NULL;
  g_autofree char *sentence = NULL;

  smtp_session_forget_extensions (session);
  if (!smtp_session_put (session, cancellable, error, "EHLO %s", literal))
    return FALSE;
  reply = smtp_session_get (session, cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code == 250) {
    smtp_session_take_extensions (session, reply);
    return TRUE;
  }

  /* HELO knows no STARTTLS, so it is of use only where TLS stands already. */
  if (smtp_reply_class (reply) == 5 && net_connection_is_secure (session->connection)) {
    g_clear_pointer (&reply, smtp_reply_free);
    if (!smtp_session_put (session, cancellable, error, "HELO %s", literal))
      return FALSE;
    reply = smtp_session_get (session, cancellable, error);
    if (reply == NULL)
      return FALSE;
    if (reply->code == 250)
      return TRUE;
  }

  sentence = g_strdup_printf (_ ("“%s” does not want to talk to this computer."), session->host);
  smtp_session_set_error (session, reply, sentence, error);
  return FALSE;
}

static gboolean
start_tls (SmtpSession *session, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmtpReply) reply = NULL;

  if (!smtp_session_has (session, SMTP_CAP_STARTTLS)) {
    base_error_set (
        error, BASE_ERROR_TRUST, NULL,
        _ ("“%s” offers no encryption (STARTTLS) on this port. No password was sent. Try the port for TLS, "
           "usually 465."),
        session->host);
    return FALSE;
  }
  if (!smtp_session_put (session, cancellable, error, "STARTTLS"))
    return FALSE;
  reply = smtp_session_get (session, cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code == 421) {
    smtp_session_set_error (session, reply, _ ("The mail server is closing down for the moment."),
                            error);
    return FALSE;
  }
  /* Whoever sits in between can keep us out anyway; what matters is that nothing goes on in clear. */
  if (smtp_reply_class (reply) == 4) {
    base_error_set (error, BASE_ERROR_RETRY, NULL,
                    _ ("“%s” cannot encrypt the connection at the moment."), session->host);
    return FALSE;
  }
  if (reply->code != 220) {
    base_error_set (
        error, BASE_ERROR_TRUST, NULL,
        _ ("“%s” refused to encrypt the connection (STARTTLS). No password was sent. Try the port for TLS, "
           "usually 465, or ask the people who run the server."),
        session->host);
    return FALSE;
  }

  if (!net_connection_start_tls (session->connection, cancellable, error)) {
    session->usable = FALSE;
    return FALSE;
  }

  return greet (session, cancellable, error);
}

static gboolean
begin (SmtpSession *session, BaseSecurity security, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmtpReply) reply = smtp_session_get (session, cancellable, error);

  if (reply == NULL)
    return FALSE;
  if (reply->code != 220) {
    g_autofree char *sentence =
        g_strdup_printf (_ ("“%s” does not accept connections at the moment."), session->host);

    smtp_session_set_error (session, reply, sentence, error);
    return FALSE;
  }
  if (!greet (session, cancellable, error))
    return FALSE;

  return security == BASE_SECURITY_TLS || start_tls (session, cancellable, error);
}

SmtpSession *
smtp_session_open (const NetEndpoint *endpoint, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmtpSession) session = NULL;
  NetConnection *connection = net_connection_open (endpoint, cancellable, error);

  if (connection == NULL)
    return NULL;

  session = g_new0 (SmtpSession, 1);
  session->connection = connection;
  session->host = g_strdup (endpoint->host);
  session->timeout_ms = endpoint->timeout_ms;
  session->disabled = smtp_quirk_disabled (endpoint->host);
  session->usable = TRUE;
  if (!begin (session, endpoint->security, cancellable, error))
    return NULL;

  session->open = TRUE;
  return g_steal_pointer (&session);
}

void
smtp_session_free (SmtpSession *session)
{
  if (session == NULL)
    return;

  net_connection_free (session->connection);
  g_strfreev (session->mechanisms);
  g_free (session->host);
  g_free (session);
}

gboolean
smtp_session_is_usable (SmtpSession *session)
{
  return session->usable;
}

gboolean
smtp_session_is_quiet (SmtpSession *session)
{
  return session->usable && net_connection_is_quiet (session->connection);
}

void
smtp_session_quit (SmtpSession *session)
{
  g_autoptr (SmtpReply) reply = NULL;

  if (!session->usable)
    return;

  net_connection_set_timeout (session->connection, QUIT_LIMIT_MS);
  if (smtp_session_put (session, NULL, NULL, "QUIT"))
    reply = smtp_session_get (session, NULL, NULL);
  session->usable = FALSE;
}
