/* One message: MAIL, RCPT, DATA.  Runs on the send worker and blocks it; must never leave open whether a message
 * went out where it can be known, and never call a message unsent whose last dot may have arrived. */
#include "smtp-session.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-text.h"
#include "smtp-session-private.h"
#include "smtp-stuff.h"

#define CHUNK 16384
/* Recipients sent before their answers are read: more could fill both directions and stop both sides. */
#define BATCH 100
/* RFC 5321, 4.5.3.2.6: a server may think for long about a whole message. */
#define FINAL_TIMEOUT_MS (10 * 60 * 1000)
#define MAX_ADDRESS      1000

typedef struct
{
  SmtpSession *session; /* Borrowed */
  GCancellable *cancellable;
  char *from;      /* Owned: as it goes over the wire */
  GPtrArray *to;   /* Owned: the same */
  GBytes *message; /* Borrowed */
  SmtpStuff facts; /* of the whole message */
  gboolean utf8;   /* SMTPUTF8 is needed */
} Transaction;

static void
clear_transaction (Transaction *transaction)
{
  g_free (transaction->from);
  if (transaction->to != NULL)
    g_ptr_array_unref (transaction->to);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Transaction, clear_transaction)

/* Nothing that could end the command or begin another one. */
static gboolean
address_is_clean (const char *address)
{
  gsize length = strlen (address);

  if (length > MAX_ADDRESS || !g_utf8_validate (address, -1, NULL))
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    guchar c = (guchar)address[i];

    if (c < ' ' || c == 0x7F || c == '<' || c == '>' || (c == ' ' && address[0] != '"'))
      return FALSE;
  }

  return TRUE;
}

/* The address as it can be sent; NULL with an error.  A domain in other letters has an ASCII form (RFC 5890), a name in
 * front of the @ has not. */
static char *
wire_address (Transaction *transaction, const char *address, GError **error)
{
  const char *at = strrchr (address, '@');
  g_autofree char *local = NULL;
  g_autofree char *domain = NULL;

  if (!address_is_clean (address)) {
    g_autofree char *shown = base_text_one_line (address, 100);

    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("“%s” is not an e-mail address. Correct it and send again."), shown);
    return NULL;
  }
  if (g_str_is_ascii (address))
    return g_strdup (address);
  if (smtp_session_has (transaction->session, SMTP_CAP_SMTPUTF8)) {
    transaction->utf8 = TRUE;
    return g_strdup (address);
  }

  local = at != NULL ? g_strndup (address, (gsize)(at - address)) : NULL;
  domain = at != NULL ? g_hostname_to_ascii (at + 1) : NULL;
  if (local == NULL || domain == NULL || !g_str_is_ascii (local)) {
    base_error_set (
        error, BASE_ERROR_REFUSED, NULL,
        _ ("“%s” cannot send to or from “%s”, because it only knows addresses in Latin letters without "
           "accents."),
        transaction->session->host, address);
    return NULL;
  }

  return g_strconcat (local, "@", domain, NULL);
}

/* All that can be known before a word is said. */
static gboolean
prepare (Transaction *transaction, const char *from, const char *const *recipients, GError **error)
{
  guint64 limit = transaction->session->size_limit;
  gsize length;
  const guint8 *data = g_bytes_get_data (transaction->message, &length);

  transaction->from = wire_address (transaction, from, error);
  if (transaction->from == NULL)
    return FALSE;
  transaction->to = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; recipients[i] != NULL; i++) {
    char *address = wire_address (transaction, recipients[i], error);

    if (address == NULL)
      return FALSE;
    g_ptr_array_add (transaction->to, address);
  }
  if (transaction->to->len == 0) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("The message has no recipient. Add one and send again."));
    return FALSE;
  }

  smtp_stuff_feed (&transaction->facts, data, length, NULL);
  smtp_stuff_end (&transaction->facts, NULL);
  if (limit > 0 && transaction->facts.size > limit) {
    g_autofree char *size = base_text_size (transaction->facts.size);
    g_autofree char *most = base_text_size (limit);

    base_error_set (
        error, BASE_ERROR_LIMIT, NULL,
        _ ("The message is too large: it has %s, and “%s” takes at most %s. Remove an attachment and send "
           "again."),
        size, transaction->session->host, most);
    return FALSE;
  }

  return TRUE;
}

static gboolean
put_mail (Transaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autofree char *size = NULL;

  if (smtp_session_has (session, SMTP_CAP_SIZE))
    size = g_strdup_printf (" SIZE=%" G_GUINT64_FORMAT, transaction->facts.size);
  return smtp_session_put (session, transaction->cancellable, error, "MAIL FROM:<%s>%s%s%s",
                           transaction->from, size != NULL ? size : "",
                           transaction->facts.eight_bit
                                   && smtp_session_has (session, SMTP_CAP_8BITMIME)
                               ? " BODY=8BITMIME"
                               : "",
                           transaction->utf8 ? " SMTPUTF8" : "");
}

static gboolean
put_rcpt (Transaction *transaction, guint index, GError **error)
{
  return smtp_session_put (transaction->session, transaction->cancellable, error, "RCPT TO:<%s>",
                           (const char *)g_ptr_array_index (transaction->to, index));
}

/* Makes the server forget the message.  The error that led here is already known; a session that cannot do even
 * this is marked by the talk itself. */
static void
reset (Transaction *transaction)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = NULL;

  if (session->usable && smtp_session_put (session, transaction->cancellable, NULL, "RSET"))
    reply = smtp_session_get (session, transaction->cancellable, NULL);
  if (reply == NULL || reply->code != 250)
    session->usable = FALSE;
}

/* What was refused so far: words for each, and the gravest code. */
typedef struct
{
  GString *words; /* Owned */
  guint count;
  BaseErrorCode code;
} Refusals;

static void
clear_refusals (Refusals *refusals)
{
  g_string_free (refusals->words, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Refusals, clear_refusals)

static void
add_refusal (Refusals *refusals, const char *address, const SmtpReply *reply)
{
  g_autofree char *words = smtp_reply_to_text (reply);
  BaseErrorCode code = smtp_reply_to_code (reply);

  g_string_append_printf (refusals->words, "%s: %s\n", address, words);
  /* What a person has to mend weighs more than what waiting mends. */
  if (refusals->count == 0 || refusals->code == BASE_ERROR_RETRY || code == BASE_ERROR_BROKEN)
    refusals->code = code;
  refusals->count++;
}

static void
set_refusals_error (Transaction *transaction, const Refusals *refusals, GError **error)
{
  const char *host = transaction->session->host;

  switch (refusals->code) {
  case BASE_ERROR_RETRY:
    base_error_set (
        error, BASE_ERROR_RETRY, refusals->words->str,
        ngettext (
            "“%s” cannot take mail for %u recipient at the moment. Nobody got the message; Sosik will "
            "try again.",
            "“%s” cannot take mail for %u recipients at the moment. Nobody got the message; Sosik will "
            "try again.",
            refusals->count),
        host, refusals->count);
    break;
  case BASE_ERROR_BROKEN:
    transaction->session->usable = FALSE;
    base_error_set (error, BASE_ERROR_BROKEN, refusals->words->str,
                    _ ("“%s” answered something that makes no sense. Sosik will try again."), host);
    break;
  case BASE_ERROR_AUTH:
  case BASE_ERROR_LIMIT:
  case BASE_ERROR_REFUSED:
  case BASE_ERROR_TRUST:
  case BASE_ERROR_GONE:
  case BASE_ERROR_DISK:
    base_error_set (
        error, refusals->code, refusals->words->str,
        ngettext (
            "“%s” refused %u recipient. Nobody got the message; correct the address and send again.",
            "“%s” refused %u recipients. Nobody got the message; correct the addresses and send again.",
            refusals->count),
        host, refusals->count);
    break;
  }
}

/* Reads the answer to MAIL. */
static gboolean
get_mail (Transaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = smtp_session_get (session, transaction->cancellable, error);
  g_autofree char *sentence = NULL;

  if (reply == NULL)
    return FALSE;
  if (smtp_reply_class (reply) == 2)
    return TRUE;

  switch (smtp_reply_to_code (reply)) {
  case BASE_ERROR_RETRY:
    sentence = g_strdup_printf (_ ("“%s” takes no mail at the moment. Sosik will try again."),
                                session->host);
    break;
  case BASE_ERROR_LIMIT:
    sentence = g_strdup_printf (
        _ ("The message is too large for “%s”. Remove an attachment and send again."),
        session->host);
    break;
  case BASE_ERROR_AUTH:
  case BASE_ERROR_TRUST:
  case BASE_ERROR_REFUSED:
  case BASE_ERROR_GONE:
  case BASE_ERROR_BROKEN:
  case BASE_ERROR_DISK:
    sentence = g_strdup_printf (
        _ ("“%s” refused to send mail from “%s”. Check the address of the account."), session->host,
        transaction->from);
    break;
  }
  smtp_session_set_error (session, reply, sentence, error);
  return FALSE;
}

/* Reads the answers to the recipients from `first` up to `end`. */
static gboolean
get_rcpts (Transaction *transaction, guint first, guint end, Refusals *refusals, GError **error)
{
  for (guint i = first; i < end; i++) {
    g_autoptr (SmtpReply) reply =
        smtp_session_get (transaction->session, transaction->cancellable, error);

    if (reply == NULL)
      return FALSE;
    if (smtp_reply_class (reply) != 2)
      add_refusal (refusals, g_ptr_array_index (transaction->to, i), reply);
    if (reply->code == 421)
      break;
  }

  return TRUE;
}

/* DATA was sent: TRUE when the server wants the message. */
static gboolean
get_data (Transaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = smtp_session_get (session, transaction->cancellable, error);
  g_autofree char *sentence = NULL;

  if (reply == NULL)
    return FALSE;
  if (reply->code == 354)
    return TRUE;

  sentence = g_strdup_printf (smtp_reply_class (reply) == 4
                                  ? _ ("“%s” takes no mail at the moment. Sosik will try again.")
                                  : _ ("“%s” refused the message."),
                              session->host);
  smtp_session_set_error (session, reply, sentence, error);
  return FALSE;
}

/* MAIL and RCPT, each answered before the next is sent. */
static gboolean
address_slowly (Transaction *transaction, Refusals *refusals, GError **error)
{
  if (!put_mail (transaction, error) || !get_mail (transaction, error))
    return FALSE;
  for (guint i = 0; i < transaction->to->len && transaction->session->usable; i++) {
    if (!put_rcpt (transaction, i, error) || !get_rcpts (transaction, i, i + 1, refusals, error))
      return FALSE;
  }

  return TRUE;
}

/* MAIL and RCPT in batches.  All answers of a batch are read, whatever they are, or the talk is out of step. */
static gboolean
address_pipelined (Transaction *transaction, Refusals *refusals, GError **error)
{
  g_autoptr (GError) mail_error = NULL; /* or of the wire */

  if (!put_mail (transaction, error))
    return FALSE;
  for (guint first = 0; first < transaction->to->len && transaction->session->usable;
       first += BATCH) {
    guint end = MIN (first + BATCH, transaction->to->len);

    for (guint i = first; i < end; i++) {
      if (!put_rcpt (transaction, i, error))
        return FALSE;
    }
    if (first == 0)
      get_mail (transaction, &mail_error);
    if (transaction->session->usable)
      get_rcpts (transaction, first, end, refusals, mail_error == NULL ? &mail_error : NULL);
    if (mail_error != NULL) {
      g_propagate_error (error, g_steal_pointer (&mail_error));
      return FALSE;
    }
  }

  return TRUE;
}

/* With one recipient DATA goes along too: one round trip for all.  With several it does not: were one refused and
 * DATA granted, there would be no way to tell the server in this session that nobody is to get the message. */
static gboolean
address_at_once (Transaction *transaction, Refusals *refusals, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (GError) mail_error = NULL;
  g_autoptr (GError) data_error = NULL;
  gboolean granted;

  if (!put_mail (transaction, error) || !put_rcpt (transaction, 0, error)
      || !smtp_session_put (session, transaction->cancellable, error, "DATA"))
    return FALSE;

  get_mail (transaction, &mail_error);
  if (session->usable)
    get_rcpts (transaction, 0, 1, refusals, mail_error == NULL ? &mail_error : NULL);
  granted = session->usable && get_data (transaction, &data_error);
  if (mail_error == NULL && refusals->count == 0 && granted)
    return TRUE;

  /* Leaving is the one way to take back a granted DATA. */
  if (granted)
    session->usable = FALSE;
  if (mail_error != NULL)
    g_propagate_error (error, g_steal_pointer (&mail_error));
  else if (refusals->count > 0)
    set_refusals_error (transaction, refusals, error);
  else
    g_propagate_error (error, g_steal_pointer (&data_error));
  return FALSE;
}

/* Everything up to the 354. */
static gboolean
address (Transaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_auto (Refusals) refusals = { g_string_new (NULL), 0, BASE_ERROR_REFUSED };
  gboolean pipelining = smtp_session_has (session, SMTP_CAP_PIPELINING);
  gboolean done;

  if (pipelining && transaction->to->len == 1)
    return address_at_once (transaction, &refusals, error);

  done = pipelining ? address_pipelined (transaction, &refusals, error)
                    : address_slowly (transaction, &refusals, error);
  if (!done)
    return FALSE;
  if (refusals.count > 0) {
    set_refusals_error (transaction, &refusals, error);
    return FALSE;
  }

  return smtp_session_put (session, transaction->cancellable, error, "DATA")
         && get_data (transaction, error);
}

/* The message without the final dot, all of it given to the network. */
static gboolean
send_body (Transaction *transaction, GError **error)
{
  NetConnection *connection = transaction->session->connection;
  g_autoptr (GByteArray) out = g_byte_array_sized_new (2 * CHUNK);
  SmtpStuff stuff = { 0 };
  gsize length;
  const guint8 *data = g_bytes_get_data (transaction->message, &length);

  for (gsize at = 0; at < length; at += CHUNK) {
    g_byte_array_set_size (out, 0);
    smtp_stuff_feed (&stuff, data + at, MIN (CHUNK, length - at), out);
    if (!net_connection_write_message (connection, out->data, out->len, transaction->cancellable,
                                       error))
      return FALSE;
  }
  g_byte_array_set_size (out, 0);
  smtp_stuff_end (&stuff, out);

  return net_connection_write_message (connection, out->data, out->len, transaction->cancellable,
                                       error)
         && net_connection_flush (connection, transaction->cancellable, error);
}

/* The network failed while the message was on its way.  Often the server said why before it left (too large, out
 * of space), and that is worth more than the cut itself. */
static void
explain_cut (Transaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = NULL;
  g_autofree char *sentence = NULL;

  session->usable = FALSE;
  if (error == NULL || !g_error_matches (*error, BASE_ERROR, BASE_ERROR_BROKEN))
    return;

  reply = smtp_session_get (session, transaction->cancellable, NULL);
  if (reply == NULL || smtp_reply_class (reply) < 4)
    return;
  g_clear_error (error);
  sentence =
      g_strdup_printf (_ ("“%s” broke off while the message was being sent."), session->host);
  smtp_session_set_error (session, reply, sentence, error);
}

/* A server that speaks, or leaves, before the final dot has not taken the message, and this is the last moment to
 * know that for certain. */
static gboolean
server_is_quiet (Transaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = NULL;
  g_autofree char *sentence = NULL;
  NetWait wait;

  if (!net_connection_wait (session->connection, -1, 0, &wait, transaction->cancellable, error))
    return FALSE;
  if (wait == NET_WAIT_TIMEOUT)
    return TRUE;

  reply = smtp_session_get (session, transaction->cancellable, error);
  if (reply != NULL) {
    sentence =
        g_strdup_printf (_ ("“%s” broke off while the message was being sent."), session->host);
    smtp_session_set_error (session, reply, sentence, error);
  }
  return FALSE;
}

/* The final dot and what becomes of it. */
static SmtpOutcome
finish (Transaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  NetConnection *connection = session->connection;
  g_autoptr (SmtpReply) reply = NULL;
  g_autofree char *sentence = NULL;

  /* The dot travels in a TLS record of its own, which the server can read whole or not at all: when the flush
   * fails, it did not get it. */
  if (!net_connection_write (connection, ".\r\n", 3, transaction->cancellable, error)
      || !net_connection_flush (connection, transaction->cancellable, error)) {
    session->usable = FALSE;
    return SMTP_NOT_SENT;
  }

  if (session->timeout_ms == 0)
    net_connection_set_timeout (connection, FINAL_TIMEOUT_MS);
  reply = smtp_session_get (session, transaction->cancellable, error);
  net_connection_set_timeout (connection, session->timeout_ms);
  if (reply == NULL)
    return SMTP_UNCERTAIN;

  switch (smtp_reply_class (reply)) {
  case 2:
    return SMTP_SENT;
  case 4:
    sentence = g_strdup_printf (
        _ ("“%s” could not take the message at the moment. Sosik will try again."), session->host);
    break;
  case 5:
    sentence = g_strdup_printf (
        smtp_reply_to_code (reply) == BASE_ERROR_LIMIT
            ? _ ("The message is too large for “%s”. Remove an attachment and send again.")
            : _ ("“%s” refused the message."),
        session->host);
    break;
  default:
    smtp_session_set_error (session, reply, "", error);
    return SMTP_UNCERTAIN;
  }
  smtp_session_set_error (session, reply, sentence, error);
  return SMTP_NOT_SENT;
}

SmtpOutcome
smtp_session_send (SmtpSession *session, const char *from, const char *const *recipients,
                   GBytes *message, GCancellable *cancellable, GError **error)
{
  g_auto (Transaction)
      transaction = { .session = session, .cancellable = cancellable, .message = message };

  if (!session->usable) {
    base_error_set (error, BASE_ERROR_BROKEN, NULL,
                    _ ("The connection to “%s” is gone. Sosik will try again."), session->host);
    return SMTP_NOT_SENT;
  }
  if (!prepare (&transaction, from, recipients, error))
    return SMTP_NOT_SENT;
  if (!address (&transaction, error)) {
    reset (&transaction);
    return SMTP_NOT_SENT;
  }
  if (!send_body (&transaction, error)) {
    explain_cut (&transaction, error);
    return SMTP_NOT_SENT;
  }
  if (!server_is_quiet (&transaction, error)) {
    session->usable = FALSE;
    return SMTP_NOT_SENT;
  }

  return finish (&transaction, error);
}
