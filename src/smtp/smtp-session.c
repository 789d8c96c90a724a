/* An SMTP connection up to the sign-in, and its end.  Runs on the send worker (or on the thread that proves settings)
 * and blocks it; must never sign in without TLS, nor believe anything that was said before TLS. */
#include "smtp-session.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "net-sasl.h"
#include "smtp-session-private.h"

#define MAX_ROUNDS    8 /* of a sign-in */
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

SmtpReply *
smtp_session_get (SmtpSession *session, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmtpReply) reply = smtp_reply_new ();

  if (!net_connection_flush (session->connection, cancellable, error)) {
    session->usable = FALSE;
    return NULL;
  }
  while (!reply->complete) {
    g_autofree char *line =
        net_connection_read_line (session->connection, SMTP_REPLY_MAX_LINE, cancellable, error);

    if (line == NULL || !smtp_reply_add_line (reply, line, error)) {
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
  const guint *enhanced = reply->enhanced;
  gboolean many = enhanced[1] == 5
                  && enhanced[2] == 3; /* x.5.3: too many recipients, which waiting does not cure */

  switch (smtp_reply_class (reply)) {
  case 4:
    return many ? BASE_ERROR_LIMIT : BASE_ERROR_RETRY;
  case 5:
    if (reply->code == 530 || reply->code == 534 || reply->code == 535 || reply->code == 538)
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
  g_autofree char *words = smtp_reply_to_text (reply);
  BaseErrorCode code = smtp_reply_to_code (reply);

  switch (code) {
  case BASE_ERROR_BROKEN:
    session->usable = FALSE;
    base_error_set (error, code, words,
                    _ ("“%s” answered something that makes no sense. Sosik will try again."),
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

/* One line of the answer to EHLO: a keyword and its parameters. */
static void
take_capability (SmtpSession *session, const char *line)
{
  static const struct
  {
    const char *word;
    SmtpCapability capability;
  } known[] = {
    { "STARTTLS", SMTP_CAP_STARTTLS },
    { "PIPELINING", SMTP_CAP_PIPELINING },
    { "8BITMIME", SMTP_CAP_8BITMIME },
    { "SMTPUTF8", SMTP_CAP_SMTPUTF8 },
    { "SIZE", SMTP_CAP_SIZE },
    { "AUTH", SMTP_CAP_AUTH },
    { "ENHANCEDSTATUSCODES", SMTP_CAP_ENHANCED },
  };
  g_autofree char *upper = g_ascii_strup (line, -1);
  g_auto (GStrv) words = NULL;

  /* "AUTH=LOGIN" is how it was written long ago; some servers still do. */
  if (g_str_has_prefix (upper, "AUTH="))
    upper[4] = ' ';
  words = g_strsplit_set (upper, " \t", -1);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (words[0] == NULL || !g_str_equal (words[0], known[i].word))
      continue;
    session->capabilities |= known[i].capability;
    if (known[i].capability == SMTP_CAP_SIZE && words[1] != NULL)
      session->size_limit = g_ascii_strtoull (words[1], NULL, 10);
    if (known[i].capability == SMTP_CAP_AUTH) {
      g_strfreev (session->mechanisms);
      session->mechanisms = g_strdupv (words + 1);
    }
  }
}

/* EHLO, or HELO where the server is too old for it.  Forgets what was known: after STARTTLS none of it counts. */
static gboolean
greet (SmtpSession *session, GCancellable *cancellable, GError **error)
{
  g_autofree char *literal = net_connection_dup_address_literal (session->connection);
  g_autoptr (SmtpReply) reply = NULL;
  g_autofree char *sentence = NULL;

  session->capabilities = 0;
  session->size_limit = 0;
  g_clear_pointer (&session->mechanisms, g_strfreev);

  if (!smtp_session_put (session, cancellable, error, "EHLO %s", literal))
    return FALSE;
  reply = smtp_session_get (session, cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code == 250) {
    for (guint i = 1; i < reply->lines->len; i++)
      take_capability (session, smtp_reply_line (reply, i));
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

  sentence = g_strdup_printf (_ ("“%s” does not want to talk to this computer. Try again later."),
                              session->host);
  smtp_session_set_error (session, reply, sentence, error);
  return FALSE;
}

static gboolean
start_tls (SmtpSession *session, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmtpReply) reply = NULL;
  g_autofree char *words = NULL;

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
    smtp_session_set_error (
        session, reply, _ ("The mail server is closing down for the moment. Sosik will try again."),
        error);
    return FALSE;
  }
  if (reply->code != 220) {
    words = smtp_reply_to_text (reply);
    base_error_set (
        error, BASE_ERROR_TRUST, words,
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
    g_autofree char *sentence = g_strdup_printf (
        _ ("“%s” accepts no connection at the moment. Try again later."), session->host);

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
  session->usable = TRUE;
  if (!begin (session, endpoint->security, cancellable, error))
    return NULL;

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
smtp_session_has (SmtpSession *session, SmtpCapability capability)
{
  return (session->capabilities & capability) == capability;
}

guint64
smtp_session_get_size_limit (SmtpSession *session)
{
  return session->size_limit;
}

gboolean
smtp_session_is_usable (SmtpSession *session)
{
  return session->usable;
}

static gboolean
put_secret_line (SmtpSession *session, const char *text, GCancellable *cancellable, GError **error)
{
  g_autofree char *line = g_strconcat (text, "\r\n", NULL);
  gboolean done = net_connection_write_secret (session->connection, line, cancellable, error);

  explicit_bzero (line, strlen (line));
  if (!done)
    session->usable = FALSE;
  return done;
}

static gboolean
put_auth (SmtpSession *session, NetSasl *sasl, GCancellable *cancellable, GError **error)
{
  g_autofree char *initial = net_sasl_initial (sasl);
  g_autofree char *command = NULL;

  if (initial == NULL)
    return smtp_session_put (session, cancellable, error, "AUTH %s", net_sasl_get_mechanism (sasl));

  command = g_strconcat ("AUTH ", net_sasl_get_mechanism (sasl), " ", NULL);
  if (!net_connection_write (session->connection, command, strlen (command), cancellable, error)) {
    session->usable = FALSE;
    return FALSE;
  }
  return put_secret_line (session, initial, cancellable, error);
}

/* Ends a sign-in that makes no sense (RFC 4954, 4: "*"), keeping the error that was found. */
static void
abort_auth (SmtpSession *session, GCancellable *cancellable)
{
  g_autoptr (SmtpReply) reply = NULL;

  if (smtp_session_put (session, cancellable, NULL, "*"))
    reply = smtp_session_get (session, cancellable, NULL);
}

/* One mechanism to its end.  The last reply, or NULL when there is nothing more to say. */
static SmtpReply *
authenticate (SmtpSession *session, NetSasl *sasl, GCancellable *cancellable, GError **error)
{
  if (!put_auth (session, sasl, cancellable, error))
    return NULL;

  for (int round = 0; round < MAX_ROUNDS; round++) {
    g_autoptr (SmtpReply) reply = smtp_session_get (session, cancellable, error);
    g_autofree char *response = NULL;

    if (reply == NULL)
      return NULL;
    if (reply->code != 334)
      return g_steal_pointer (&reply);

    response = net_sasl_respond (sasl, smtp_reply_line (reply, 0), error);
    if (response == NULL) {
      abort_auth (session, cancellable);
      return NULL;
    }
    if (!put_secret_line (session, response, cancellable, error))
      return NULL;
  }

  session->usable = FALSE;
  base_error_set (error, BASE_ERROR_BROKEN, NULL,
                  _ ("The sign-in at “%s” does not come to an end."), session->host);
  return NULL;
}

static void
set_auth_error (SmtpSession *session, const SmtpReply *reply, const char *user, GError **error)
{
  g_autofree char *words = smtp_reply_to_text (reply);

  switch (smtp_reply_class (reply)) {
  case 4:
    base_error_set (error, BASE_ERROR_RETRY, words,
                    _ ("“%s” cannot check passwords at the moment. Sosik will try again."),
                    session->host);
    break;
  case 5:
    base_error_set (
        error, BASE_ERROR_AUTH, words,
        _ ("“%s” did not accept the password of “%s”. Check the user name and the password and try again."),
        session->host, user);
    break;
  default:
    smtp_session_set_error (session, reply, "", error);
    break;
  }
}

/* The offered mechanisms without one that turned out not to work. */
static GStrv
without (char **mechanisms, const char *unwanted)
{
  g_autoptr (GStrvBuilder) rest = g_strv_builder_new ();

  for (guint i = 0; mechanisms[i] != NULL; i++) {
    if (!g_str_equal (mechanisms[i], unwanted))
      g_strv_builder_add (rest, mechanisms[i]);
  }

  return g_strv_builder_end (rest);
}

gboolean
smtp_session_sign_in (SmtpSession *session, const char *user, const char *password,
                      GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) mechanisms = g_strdupv (session->mechanisms);

  for (;;) {
    g_autoptr (NetSasl) sasl =
        mechanisms != NULL ? net_sasl_new ((const char *const *)mechanisms, user, password) : NULL;
    g_autoptr (SmtpReply) reply = NULL;
    GStrv rest;

    if (sasl == NULL) {
      g_autofree char *offered =
          session->mechanisms != NULL ? g_strjoinv (" ", session->mechanisms) : NULL;

      base_error_set (
          error, BASE_ERROR_AUTH, offered,
          _ ("“%s” offers no sign-in with a password on this port. Check the port, usually 465 or 587."),
          session->host);
      return FALSE;
    }

    reply = authenticate (session, sasl, cancellable, error);
    if (reply == NULL)
      return FALSE;
    if (reply->code == 235 && net_sasl_is_complete (sasl))
      return TRUE;
    if (reply->code == 235) {
      session->usable = FALSE;
      base_error_set (
          error, BASE_ERROR_TRUST, NULL,
          _ ("“%s” could not prove that it knows this account. It may not be the server it claims to be."),
          session->host);
      return FALSE;
    }
    if (reply->code != 504) {
      set_auth_error (session, reply, user, error);
      return FALSE;
    }

    /* 504: offered, but not there after all. */
    rest = without (mechanisms, net_sasl_get_mechanism (sasl));
    g_strfreev (mechanisms);
    mechanisms = rest;
  }
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
