/* The message itself and what becomes of it: by DATA and a final dot, or by BDAT (RFC 3030).  Runs on the send worker and
 * blocks it; must never call a message unsent whose last octet may have arrived. */
#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "smtp-transaction.h"

#define SLICE 16384
/* Chunks on the wire whose answers are not read yet. */
#define WINDOW 4
/* RFC 5321, 4.5.3.2.5 and .6: a server may take its time over a part of the message, and think for long about the whole. */
#define BLOCK_TIMEOUT_MS (3 * 60 * 1000)
#define FINAL_TIMEOUT_MS (10 * 60 * 1000)
/* Octets of the message that may still be on their way when the last ones follow. */
#define LAST_ON_THE_WAY (64 * 1024)
#define STEP_ON_THE_WAY (256 * 1024) /* after so many of them it is told how far it is */

static gboolean
by_chunks (SmtpTransaction *transaction)
{
  return smtp_session_has (transaction->session, SMTP_CAP_CHUNKING);
}

/* ---- what can go wrong on the way ---- */

/* The network failed while the message was on its way.  Often the server said why before it left (too large, out
 * of space), and that is worth more than the cut itself; it stands behind the answers to what had gone well. */
static void
explain_cut (SmtpTransaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = NULL;
  g_autofree char *sentence = NULL;

  session->usable = FALSE;
  if (error == NULL || !g_error_matches (*error, BASE_ERROR, BASE_ERROR_BROKEN))
    return;

  do {
    g_clear_pointer (&reply, smtp_reply_free);
    reply = smtp_session_get (session, transaction->cancellable, NULL);
    if (reply == NULL)
      return;
  } while (smtp_reply_class (reply) < 4);
  g_clear_error (error);
  sentence =
      g_strdup_printf (_ ("“%s” broke off while the message was being sent."), session->host);
  smtp_session_set_error (session, reply, sentence, error);
}

/* As the protocol says, unless the endpoint knows better. */
static void
set_timeout (SmtpTransaction *transaction, guint timeout_ms)
{
  SmtpSession *session = transaction->session;

  net_connection_set_timeout (session->connection,
                              session->timeout_ms > 0 ? session->timeout_ms : timeout_ms);
}

/* So many octets were given to the network. */
static void
tell_progress (SmtpTransaction *transaction, guint64 given)
{
  const SmtpSendOptions *options = transaction->options;
  guint64 total = transaction->facts.size;
  guint64 untaken = net_connection_get_untaken (transaction->session->connection);

  if (options->progress != NULL && given - MIN (given, untaken) < total)
    (void)options->progress (given - MIN (given, untaken), total, options->data);
}

/* A server that speaks, or leaves, before the last octet has not taken the message, and this is the last moment to
 * know that for certain: so the message is let arrive first, all but a little. */
static gboolean
server_is_quiet (SmtpTransaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = NULL;
  g_autofree char *sentence = NULL;
  gboolean spoke = FALSE;
  gsize most = G_MAXSIZE;

  while (!spoke && most > LAST_ON_THE_WAY) {
    gsize untaken = net_connection_get_untaken (session->connection);

    most = MAX (LAST_ON_THE_WAY, untaken - MIN (untaken, STEP_ON_THE_WAY));
    if (!net_connection_settle (session->connection, most, &spoke, transaction->cancellable, error))
      return FALSE;
    tell_progress (transaction,
                   by_chunks (transaction) ? transaction->sent : transaction->facts.size);
  }
  if (!spoke)
    return TRUE;

  reply = smtp_session_get (session, transaction->cancellable, error);
  if (reply != NULL) {
    sentence =
        g_strdup_printf (_ ("“%s” broke off while the message was being sent."), session->host);
    smtp_session_set_error (session, reply, sentence, error);
  }
  return FALSE;
}

/* For a person: what a no (4xx, 5xx) to the message itself means. */
static char *
refusal_sentence (const SmtpTransaction *transaction, const SmtpReply *reply)
{
  const SmtpSession *session = transaction->session;

  if (smtp_reply_blames_sender (reply, transaction->from, ""))
    return smtp_transaction_dup_sender_sentence (transaction);
  if (smtp_reply_class (reply) == 4)
    return g_strdup_printf (_ ("“%s” could not take the message at the moment."), session->host);
  return g_strdup_printf (
      smtp_reply_to_code (reply) == BASE_ERROR_LIMIT
          ? _ ("The message is too large for “%s”. Remove an attachment and send again.")
          : _ ("“%s” refused the message."),
      session->host);
}

/* ---- DATA ---- */

/* DATA was sent: TRUE when the server wants the message. */
static gboolean
get_data (SmtpTransaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = smtp_session_get (session, transaction->cancellable, error);
  g_autofree char *sentence = NULL;

  if (reply == NULL)
    return FALSE;
  if (reply->code == 354)
    return TRUE;

  sentence =
      g_strdup_printf (smtp_reply_class (reply) == 4 ? _ ("“%s” takes no mail at the moment.")
                                                     : _ ("“%s” refused the message."),
                       session->host);
  smtp_session_set_error (session, reply, sentence, error);
  return FALSE;
}

/* The message without the final dot, all of it given to the network. */
static gboolean
send_body (SmtpTransaction *transaction, GError **error)
{
  NetConnection *connection = transaction->session->connection;
  g_autoptr (GByteArray) out = g_byte_array_sized_new (2 * SLICE);
  SmtpStuff stuff = { 0 };
  gsize length;
  const guint8 *data = g_bytes_get_data (transaction->message, &length);

  for (gsize at = 0; at < length; at += SLICE) {
    g_byte_array_set_size (out, 0);
    smtp_stuff_feed (&stuff, data + at, MIN (SLICE, length - at), out);
    if (!net_connection_write_message (connection, out->data, out->len, transaction->cancellable,
                                       error))
      return FALSE;
    tell_progress (transaction, at);
  }
  g_byte_array_set_size (out, 0);
  smtp_stuff_end (&stuff, out);

  return net_connection_write_message (connection, out->data, out->len, transaction->cancellable,
                                       error)
         && net_connection_flush (connection, transaction->cancellable, error);
}

/* ---- BDAT ---- */

/* BDAT was offered and is not known: what came behind it was taken for commands, and nothing else makes sense here any more. */
static gboolean
is_unknown_chunk (SmtpTransaction *transaction, const SmtpReply *reply, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autofree char *words = NULL;

  if (reply->code != 500 && reply->code != 501 && reply->code != 502 && reply->code != 504)
    return FALSE;
  words = smtp_reply_to_text (reply);
  transaction->unknown |= SMTP_CAP_CHUNKING;
  session->usable = FALSE;
  base_error_set (error, BASE_ERROR_RETRY, words,
                  _ ("“%s” does not know a way of sending that it had offered."), session->host);
  return TRUE;
}

/* Makes sure that a whole chunk, or all that is left, is at hand. */
static void
fill_chunk (SmtpTransaction *transaction)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (transaction->message, &length);

  if (transaction->chunk == NULL)
    transaction->chunk = g_byte_array_sized_new (SMTP_BDAT_SIZE + 2 * SLICE);
  while (transaction->chunk->len < SMTP_BDAT_SIZE && transaction->read < length) {
    gsize part = MIN (SLICE, length - transaction->read);

    smtp_stuff_feed (&transaction->chunking, data + transaction->read, part, transaction->chunk);
    transaction->read += part;
  }
  if (transaction->read == length)
    smtp_stuff_end (&transaction->chunking, transaction->chunk);
}

static guint64
left (SmtpTransaction *transaction)
{
  return transaction->facts.size - transaction->sent;
}

/* Sends the next chunk; the one that holds the end is the LAST. */
static gboolean
put_chunk (SmtpTransaction *transaction, GError **error)
{
  NetConnection *connection = transaction->session->connection;
  guint size = (guint)MIN (left (transaction), SMTP_BDAT_SIZE);

  fill_chunk (transaction);
  if (!smtp_session_put (transaction->session, transaction->cancellable, error, "BDAT %u%s", size,
                         size == left (transaction) ? " LAST" : "")
      || !net_connection_write_message (connection, transaction->chunk->data, size,
                                        transaction->cancellable, error)
      || !net_connection_flush (connection, transaction->cancellable, error)) {
    explain_cut (transaction, error);
    return FALSE;
  }

  g_byte_array_remove_range (transaction->chunk, 0, size);
  transaction->sent += size;
  transaction->unanswered++;
  tell_progress (transaction, transaction->sent);
  return TRUE;
}

/* Reads the answer to a chunk that is not the last. */
static gboolean
get_chunk (SmtpTransaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = smtp_session_get (session, transaction->cancellable, error);
  g_autofree char *sentence = NULL;

  transaction->unanswered--;
  if (reply == NULL)
    return FALSE;
  if (smtp_reply_class (reply) == 2)
    return TRUE;
  if (is_unknown_chunk (transaction, reply, error))
    return FALSE;

  sentence = refusal_sentence (transaction, reply);
  smtp_session_set_error (session, reply, sentence, error);
  return FALSE;
}

/* All chunks but the last, as many at once as the window lets.  The last waits for all answers: it is what makes the
 * mail theirs, and the shorter it is on its way, the rarer is a cut that leaves nobody knowing. */
static gboolean
send_chunks (SmtpTransaction *transaction, GError **error)
{
  guint window = smtp_session_has (transaction->session, SMTP_CAP_PIPELINING) ? WINDOW : 1;
  gboolean good = TRUE;

  while (good && (left (transaction) > SMTP_BDAT_SIZE || transaction->unanswered > 0)) {
    if (left (transaction) > SMTP_BDAT_SIZE && transaction->unanswered < window)
      good = put_chunk (transaction, error);
    else
      good = get_chunk (transaction, error);
  }
  /* What is on the wire already is answered too (RFC 3030, 2). */
  while (!good && transaction->unanswered > 0 && transaction->session->usable)
    (void)get_chunk (transaction, NULL);

  return good;
}

/* ---- both ---- */

gboolean
smtp_transaction_put_first (SmtpTransaction *transaction, GError **error)
{
  if (!by_chunks (transaction))
    return smtp_session_put (transaction->session, transaction->cancellable, error, "DATA");

  return left (transaction) <= SMTP_BDAT_SIZE || put_chunk (transaction, error);
}

gboolean
smtp_transaction_get_first (SmtpTransaction *transaction, GError **error)
{
  if (!by_chunks (transaction))
    return get_data (transaction, error);

  return transaction->unanswered == 0 || get_chunk (transaction, error);
}

/* All but what makes the mail theirs: the final dot, the last chunk. */
static gboolean
send_most (SmtpTransaction *transaction, GError **error)
{
  if (by_chunks (transaction))
    return send_chunks (transaction, error);
  if (send_body (transaction, error))
    return TRUE;

  explain_cut (transaction, error);
  return FALSE;
}

/* What is sent here travels in TLS records of its own, which the server can read whole or not at all: when it cannot be
 * handed to the network to its end, the server did not get it. */
static gboolean
send_last (SmtpTransaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;

  if (by_chunks (transaction))
    return put_chunk (transaction, error);
  if (net_connection_write (session->connection, ".\r\n", 3, transaction->cancellable, error)
      && net_connection_flush (session->connection, transaction->cancellable, error))
    return TRUE;

  session->usable = FALSE;
  return FALSE;
}

/* Reads what became of it. */
static SmtpOutcome
get_outcome (SmtpTransaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = NULL;
  g_autofree char *sentence = NULL;

  set_timeout (transaction, FINAL_TIMEOUT_MS);
  reply = smtp_session_get (session, transaction->cancellable, error);
  if (reply == NULL)
    return SMTP_UNCERTAIN;
  if (by_chunks (transaction) && is_unknown_chunk (transaction, reply, error))
    return SMTP_NOT_SENT;

  switch (smtp_reply_class (reply)) {
  case 2:
    return SMTP_SENT;
  case 4:
  case 5:
    sentence = refusal_sentence (transaction, reply);
    break;
  default:
    smtp_session_set_error (session, reply, "", error);
    return SMTP_UNCERTAIN;
  }
  smtp_session_set_error (session, reply, sentence, error);
  return SMTP_NOT_SENT;
}

/* The last moment. */
static gboolean
may_end (SmtpTransaction *transaction, GError **error)
{
  const SmtpSendOptions *options = transaction->options;
  guint64 total = transaction->facts.size;

  if (options->progress == NULL || options->progress (total, total, options->data))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("The message was stopped."));
  return FALSE;
}

/* All of it. */
static SmtpOutcome
send_message (SmtpTransaction *transaction, GError **error)
{
  if (!send_most (transaction, error))
    return SMTP_NOT_SENT;
  if (!server_is_quiet (transaction, error) || !may_end (transaction, error)) {
    transaction->session->usable = FALSE;
    return SMTP_NOT_SENT;
  }
  if (!send_last (transaction, error))
    return SMTP_NOT_SENT;
  if (transaction->options->waiting != NULL)
    transaction->options->waiting (transaction->options->data);

  return get_outcome (transaction, error);
}

SmtpOutcome
smtp_transaction_finish (SmtpTransaction *transaction, GError **error)
{
  SmtpOutcome outcome;

  set_timeout (transaction, BLOCK_TIMEOUT_MS);
  outcome = send_message (transaction, error);
  set_timeout (transaction, 0);
  return outcome;
}
