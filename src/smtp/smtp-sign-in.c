/* The sign-in.  Runs on the send worker (or on the thread that proves settings) and blocks it; must never say a password
 * without TLS (net_connection_write_secret () sees to that), nor call a sign-in good that the server did not prove. */
#include "smtp-session.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-secret.h"
#include "net-sasl.h"
#include "smtp-session-private.h"

#define MAX_ROUNDS 8 /* of one mechanism */
/* A command with its CRLF (RFC 5321, 4.5.3.1.4): what is longer goes as an answer of its own (RFC 4954, 4). */
#define MAX_COMMAND 512

static gboolean
put_secret_line (SmtpSession *session, const char *text, GCancellable *cancellable, GError **error)
{
  g_autoptr (BaseSecret) line = g_strconcat (text, "\r\n", NULL);
  gboolean done = net_connection_write_secret (session->connection, line, cancellable, error);

  if (!done)
    session->usable = FALSE;
  return done;
}

/* `*later`: the first response is to be the answer to the first challenge. */
static gboolean
put_auth (SmtpSession *session, NetSasl *sasl, gboolean *later, GCancellable *cancellable,
          GError **error)
{
  g_autoptr (BaseSecret) initial = net_sasl_initial (sasl);
  g_autofree char *command = NULL;

  if (initial != NULL)
    command = g_strconcat ("AUTH ", net_sasl_get_mechanism (sasl), " ", NULL);
  *later = command != NULL && strlen (command) + strlen (initial) + 2 > MAX_COMMAND;
  if (initial == NULL || *later)
    return smtp_session_put (session, cancellable, error, "AUTH %s", net_sasl_get_mechanism (sasl));

  if (!net_connection_write (session->connection, command, strlen (command), cancellable, error)) {
    session->usable = FALSE;
    return FALSE;
  }
  return put_secret_line (session, *initial != '\0' ? initial : "=", cancellable, error);
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
  gboolean later;

  if (!put_auth (session, sasl, &later, cancellable, error))
    return NULL;

  for (int round = 0; round < MAX_ROUNDS; round++) {
    g_autoptr (SmtpReply) reply = smtp_session_get (session, cancellable, error);
    g_autoptr (BaseSecret) response = NULL;

    if (reply == NULL)
      return NULL;
    if (reply->code != 334)
      return g_steal_pointer (&reply);

    /* What it asks for with is not told apart: what is due is the first response (Exchange says more than nothing). */
    response = later ? net_sasl_initial (sasl)
                     : net_sasl_respond (sasl, smtp_reply_line (reply, 0), error);
    later = FALSE;
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
set_auth_error (SmtpSession *session, const NetLogin *login, NetSasl *sasl, const SmtpReply *reply,
                GError **error)
{
  g_autofree char *words = smtp_reply_to_text (reply);

  switch (smtp_reply_class (reply)) {
  case 4:
    base_error_set (error, BASE_ERROR_RETRY, words,
                    _ ("“%s” cannot check passwords at the moment."), session->host);
    break;
  case 5:
    if (login->kind != BASE_SIGN_IN_PASSWORD) {
      net_sasl_set_refused (error, login, session->host, sasl, words);
      break;
    }
    base_error_set (
        error, BASE_ERROR_AUTH, words,
        _ ("“%s” did not accept the password of “%s”. Check the user name and the password and try again."),
        session->host, login->user);
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
smtp_session_sign_in (SmtpSession *session, const NetLogin *login, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (BaseHush) hush = base_hush_new (login->secret);
  g_auto (GStrv) mechanisms = g_strdupv (session->mechanisms);
  NetPeer peer;

  net_connection_get_peer (session->connection, &peer);

  for (;;) {
    g_autoptr (NetSasl) sasl =
        mechanisms != NULL ? net_sasl_new ((const char *const *)mechanisms, login, &peer) : NULL;
    g_autoptr (SmtpReply) reply = NULL;
    GStrv rest;

    if (sasl == NULL) {
      g_autofree char *offered =
          session->mechanisms != NULL ? g_strjoinv (" ", session->mechanisms) : NULL;

      if (login->kind != BASE_SIGN_IN_PASSWORD) {
        net_sasl_set_no_way (error, login, session->host, offered);
        return FALSE;
      }
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
      set_auth_error (session, login, sasl, reply, error);
      return FALSE;
    }

    /* 504: offered, but not there after all. */
    rest = without (mechanisms, net_sasl_get_mechanism (sasl));
    g_strfreev (mechanisms);
    mechanisms = rest;
  }
}
