/* One message from its beginning to its end: what can be known before a word is said, then the talk (smtp-envelope.c,
 * smtp-body.c).  Runs on the send worker and blocks it; must never leave open whether a message went out where it can be
 * known, and never call a message unsent whose last octet may have arrived. */
#include "smtp-session.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-identity.h"
#include "base-text.h"
#include "smtp-transaction.h"

#define MAX_ADDRESS 1000

static void
clear_transaction (SmtpTransaction *transaction)
{
  g_free (transaction->from);
  if (transaction->to != NULL)
    g_ptr_array_unref (transaction->to);
  if (transaction->chunk != NULL)
    g_byte_array_unref (transaction->chunk);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SmtpTransaction, clear_transaction)

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

/* The address as it can be sent; NULL with an error.  What has an ASCII form goes in it, whatever the server knows: the next one may know less. */
static char *
wire_address (SmtpTransaction *transaction, const char *address, GError **error)
{
  char *ascii = NULL;

  if (!address_is_clean (address)) {
    g_autofree char *shown = base_text_one_line (address, 100);

    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("“%s” is not an e-mail address. Correct it and send again."), shown);
    return NULL;
  }
  ascii = base_address_dup_ascii (address);
  if (ascii != NULL)
    return ascii;
  if (smtp_session_has (transaction->session, SMTP_CAP_SMTPUTF8)) {
    transaction->utf8 = TRUE;
    return g_strdup (address);
  }
  base_error_set (
      error, BASE_ERROR_REFUSED, NULL,
      _ ("“%s” cannot send to or from “%s”, because it only knows addresses in Latin letters without "
         "accents."),
      transaction->session->host, address);
  return NULL;
}

/* FALSE: the server will not hold the mail as wished, and sending it now would be the worst answer. */
static gboolean
check_options (SmtpTransaction *transaction, GError **error)
{
  if (transaction->options->hold_until == 0
      || smtp_session_can_hold (transaction->session, transaction->options->hold_until))
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("“%s” does not keep mail for later. It was not sent."),
                  transaction->session->host);
  return FALSE;
}

/* All that can be known before a word is said. */
static gboolean
prepare (SmtpTransaction *transaction, const char *from, GError **error)
{
  guint64 limit = smtp_session_get_size_limit (transaction->session);
  gsize length;
  const guint8 *data = g_bytes_get_data (transaction->message, &length);

  transaction->from = wire_address (transaction, from, error);
  if (transaction->from == NULL)
    return FALSE;
  transaction->to = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; transaction->recipients[i] != NULL; i++) {
    char *address = wire_address (transaction, transaction->recipients[i], error);

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
  if (transaction->facts.header_eight_bit
      && smtp_session_has (transaction->session, SMTP_CAP_SMTPUTF8))
    transaction->utf8 = TRUE;
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

  return check_options (transaction, error);
}

/* Makes the server forget the message.  The error that led here is already known; a session that cannot do even
 * this is marked by the talk itself. */
static void
reset (SmtpTransaction *transaction)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = NULL;

  if (session->usable && smtp_session_put (session, transaction->cancellable, NULL, "RSET"))
    reply = smtp_session_get (session, transaction->cancellable, NULL);
  if (reply == NULL || reply->code != 250)
    session->usable = FALSE;
}

/* One try. */
static SmtpOutcome
try_once (SmtpTransaction *transaction, const char *from, GError **error)
{
  SmtpSession *session = transaction->session;
  SmtpOutcome outcome = SMTP_NOT_SENT;
  gboolean addressed;

  if (!prepare (transaction, from, error))
    return SMTP_NOT_SENT;
  addressed = smtp_transaction_address (transaction, error);
  if (addressed)
    outcome = smtp_transaction_finish (transaction, error);
  /* A refused message is forgotten by itself, a refused chunk is not. */
  if (outcome == SMTP_NOT_SENT && (!addressed || smtp_session_has (session, SMTP_CAP_CHUNKING)))
    reset (transaction);

  return outcome;
}

/* What the server offered and then did not know is left out in another try, and in doubt for good when that went: else it was
 * something else that the server did not like.  Two cannot be tried: BDAT, for what stood behind it was taken for commands, and it
 * was said in so many words that it is not known; and a mail that is to go later cannot go without saying so. */
static void
take_doubts (SmtpSession *session, SmtpOutcome outcome, SmtpCapability before,
             SmtpCapability left_out)
{
  if (outcome != SMTP_SENT)
    left_out &= SMTP_CAP_CHUNKING | SMTP_CAP_FUTURERELEASE;
  session->doubted |= left_out;
  session->disabled = before | left_out;
}

SmtpOutcome
smtp_session_send (SmtpSession *session, const char *from, const char *const *recipients,
                   GBytes *message, const SmtpSendOptions *options, GCancellable *cancellable,
                   GError **error)
{
  const SmtpSendOptions none = { 0 };
  const SmtpCapability before = session->disabled;
  SmtpCapability left_out = 0;

  if (!session->usable) {
    base_error_set (error, BASE_ERROR_BROKEN, NULL, _ ("The connection to “%s” is gone."),
                    session->host);
    return SMTP_NOT_SENT;
  }

  for (;;) {
    g_auto (SmtpTransaction) transaction = { .session = session,
                                             .cancellable = cancellable,
                                             .options = options != NULL ? options : &none,
                                             .message = message,
                                             .recipients = recipients,
                                             .chunking = { .plain = TRUE } };
    g_autoptr (GError) local = NULL;
    SmtpOutcome outcome = try_once (&transaction, from, &local);

    left_out |= transaction.unknown;
    session->disabled |= left_out;
    /* Ends, for what was not known is not used again. */
    if (outcome == SMTP_NOT_SENT && transaction.unknown != 0 && session->usable)
      continue;
    take_doubts (session, outcome, before, left_out);
    if (local != NULL)
      g_propagate_error (error, g_steal_pointer (&local));
    return outcome;
  }
}
