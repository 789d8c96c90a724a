/* The sign-in.  Runs on the send worker (or on the thread that proves settings) and blocks it; must never say a password
 * without TLS (net_connection_write_secret () sees to that), nor call a sign-in good that the server did not prove. */
#include "smtp-session.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "net-sasl.h"
#include "smtp-session-private.h"

#define MAX_ROUNDS 8 /* of one mechanism */

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
                    _ ("“%s” cannot check passwords at the moment."), session->host);
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

/* A server may offer more, or take more, from those it knows (RFC 4954, 4 lets it change its mind).  One that refuses the
 * question has changed nothing. */
static gboolean
greet_again (SmtpSession *session, GCancellable *cancellable, GError **error)
{
  g_autofree char *literal = net_connection_dup_address_literal (session->connection);
  g_autoptr (SmtpReply) reply = NULL;

  if (!smtp_session_put (session, cancellable, error, "EHLO %s", literal))
    return FALSE;
  reply = smtp_session_get (session, cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code == 421) {
    smtp_session_set_error (session, reply, _ ("The mail server is closing down for the moment."),
                            error);
    return FALSE;
  }
  if (reply->code == 250)
    smtp_session_take_extensions (session, reply);
  return TRUE;
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
      return greet_again (session, cancellable, error);
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
