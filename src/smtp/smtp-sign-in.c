/* The sign-in.  Runs on the send worker (or on the thread that proves settings) and blocks it; must never say a password
 * without TLS (net_connection_write_secret () sees to that), nor call a sign-in good that the server did not prove. */
#include "smtp-session.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-secret.h"
#include "net-ways.h"
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

static void
set_no_way (SmtpSession *session, const NetLogin *login, GError **error)
{
  g_autofree char *offered =
      session->mechanisms != NULL ? g_strjoinv (" ", session->mechanisms) : NULL;

  if (login->kind == BASE_SIGN_IN_PASSWORD)
    base_error_set (
        error, BASE_ERROR_AUTH, offered,
        _ ("“%s” offers no sign-in with a password on this port. Check the port, usually 465 or 587."),
        session->host);
  else
    net_sasl_set_no_way (error, login, session->host, offered);
}

/* The server let us in: whether that is to be believed. */
static gboolean
take_welcome (SmtpSession *session, NetSasl *sasl, GCancellable *cancellable, GError **error)
{
  if (!net_sasl_is_complete (sasl)) {
    session->usable = FALSE;
    base_error_set (
        error, BASE_ERROR_TRUST, NULL,
        _ ("“%s” could not prove that it knows this account. It may not be the server it claims to be."),
        session->host);
    return FALSE;
  }
  session->proof = net_sasl_get_proof (sasl);
  return greet_again (session, cancellable, error);
}

static NetRefusal
classify (const SmtpReply *reply)
{
  if (net_refusal_is_of_protocol (smtp_reply_line (reply, 0)))
    return NET_REFUSAL_PROTOCOL;
  return smtp_reply_class (reply) == 5 ? NET_REFUSAL_UNKNOWN : NET_REFUSAL_PLAIN;
}

BaseProof
smtp_session_get_proof (SmtpSession *session)
{
  return session->proof;
}

gboolean
smtp_session_sign_in (SmtpSession *session, const NetLogin *login, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (BaseHush) hush = base_hush_new (login->secret);
  static const char *const none[] = { NULL };
  g_autoptr (NetWays) ways = NULL;
  g_autoptr (NetSasl) sasl = NULL;
  g_autoptr (SmtpReply) reply = NULL;
  NetPeer peer;

  net_connection_get_peer (session->connection, &peer);
  ways = net_ways_new (
      session->mechanisms != NULL ? (const char *const *)session->mechanisms : none, login, &peer);
  do {
    g_autoptr (GError) less = NULL;
    g_autoptr (NetSasl) next = net_ways_next (ways, &less);

    if (less != NULL) {
      g_propagate_error (error, g_steal_pointer (&less));
      return FALSE;
    }
    if (next == NULL)
      break;
    g_clear_pointer (&sasl, net_sasl_free);
    g_clear_pointer (&reply, smtp_reply_free);
    sasl = g_steal_pointer (&next);
    reply = authenticate (session, sasl, cancellable, error);
    if (reply == NULL)
      return FALSE;
    if (reply->code == 235)
      return take_welcome (session, sasl, cancellable, error);
  } while (net_ways_go_on (ways, sasl, classify (reply)));

  /* 504: offered, but not there after all. */
  if (reply == NULL || reply->code == 504)
    set_no_way (session, login, error);
  else
    set_auth_error (session, login, sasl, reply, error);
  return FALSE;
}
