/* The envelope: MAIL, RCPT and what may go along with them.  Runs on the send worker and blocks it; must read an answer for
 * every command it sent, whatever the answers are, or the talk is out of step. */
#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "smtp-transaction.h"

/* Recipients sent before their answers are read: more could fill both directions and stop both sides. */
#define BATCH           100
#define MAX_ENVELOPE_ID 100 /* RFC 3461, 4.4 */

/* ---- commands ---- */

/* RFC 3461, 4: what is not plain ASCII, and "+" and "=", as +HH. */
static void
append_xtext (GString *command, const char *text)
{
  for (const guchar *c = (const guchar *)text; *c != '\0'; c++) {
    if (*c > ' ' && *c < 0x7F && *c != '+' && *c != '=')
      g_string_append_c (command, (char)*c);
    else
      g_string_append_printf (command, "+%02X", *c);
  }
}

/* RFC 6533, 3 (utf-8-addr-xtext): as \x{HHHH}. */
static void
append_utf8_xtext (GString *command, const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (character > ' ' && character < 0x7F && strchr ("+=\\", (int)character) == NULL)
      g_string_append_c (command, (char)character);
    else
      g_string_append_printf (command, "\\x{%02X}", character);
  }
}

static gboolean
wants_reports (SmtpTransaction *transaction)
{
  return transaction->options->notify != 0 && smtp_session_has (transaction->session, SMTP_CAP_DSN);
}

static void
append_hold (SmtpTransaction *transaction, GString *command)
{
  g_autoptr (GDateTime) until = g_date_time_new_from_unix_utc (transaction->options->hold_until);
  g_autofree char *text = g_date_time_format (until, "%Y-%m-%dT%H:%M:%SZ");

  transaction->used |= SMTP_CAP_FUTURERELEASE;
  g_string_append_printf (command, " HOLDUNTIL=%s", text);
}

static gboolean
put_mail (SmtpTransaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  const SmtpSendOptions *options = transaction->options;
  g_autoptr (GString) command = g_string_new (NULL);

  g_string_printf (command, "MAIL FROM:<%s>", transaction->from);
  if (smtp_session_has (session, SMTP_CAP_SIZE)) {
    transaction->used |= SMTP_CAP_SIZE;
    g_string_append_printf (command, " SIZE=%" G_GUINT64_FORMAT, transaction->facts.size);
  }
  if (transaction->facts.eight_bit && smtp_session_has (session, SMTP_CAP_8BITMIME)) {
    transaction->used |= SMTP_CAP_8BITMIME;
    g_string_append (command, " BODY=8BITMIME");
  }
  if (transaction->utf8)
    g_string_append (command, " SMTPUTF8");
  if (wants_reports (transaction)) {
    transaction->used |= SMTP_CAP_DSN;
    g_string_append (command, " RET=HDRS");
    if (options->envelope_id != NULL && strlen (options->envelope_id) <= MAX_ENVELOPE_ID) {
      g_string_append (command, " ENVID=");
      append_xtext (command, options->envelope_id);
    }
  }
  if (options->hold_until > 0)
    append_hold (transaction, command);

  return smtp_session_put (session, transaction->cancellable, error, "%s", command->str);
}

static gboolean
put_rcpt (SmtpTransaction *transaction, guint index, GError **error)
{
  static const struct
  {
    SmtpNotify notify;
    const char *word;
  } wishes[] = {
    { SMTP_NOTIFY_SUCCESS, "SUCCESS" },
    { SMTP_NOTIFY_FAILURE, "FAILURE" },
    { SMTP_NOTIFY_DELAY, "DELAY" },
  };
  const char *address = g_ptr_array_index (transaction->to, index);
  g_autoptr (GString) command = g_string_new (NULL);
  char separator = '=';

  g_string_printf (command, "RCPT TO:<%s>", address);
  if (wants_reports (transaction)) {
    g_string_append (command, " NOTIFY");
    for (guint i = 0; i < G_N_ELEMENTS (wishes); i++) {
      if ((transaction->options->notify & wishes[i].notify) == 0)
        continue;
      g_string_append_printf (command, "%c%s", separator, wishes[i].word);
      separator = ',';
    }
    if (g_str_is_ascii (address)) {
      g_string_append (command, " ORCPT=rfc822;");
      append_xtext (command, address);
    } else {
      g_string_append (command, " ORCPT=utf-8;");
      append_utf8_xtext (command, address);
    }
  }

  return smtp_session_put (transaction->session, transaction->cancellable, error, "%s",
                           command->str);
}

/* ---- answers ---- */

/* The parameters were offered, but this says that they are not known. */
static gboolean
is_unknown_parameter (const SmtpReply *reply)
{
  return reply->code == 555
         || ((reply->code == 501 || reply->code == 504)
             && (reply->enhanced[0] == 0 || (reply->enhanced[1] == 5 && reply->enhanced[2] == 4)));
}

/* What was refused so far: words for each, and the gravest code. */
typedef struct
{
  GString *words; /* Owned */
  guint count;
  guint of_sender; /* of them */
  BaseErrorCode code;
} Refusals;

static void
clear_refusals (Refusals *refusals)
{
  g_string_free (refusals->words, TRUE);
}

static void
add_refusal (Refusals *refusals, const char *from, const char *address, const SmtpReply *reply)
{
  g_autofree char *words = smtp_reply_to_text (reply);
  BaseErrorCode code = smtp_reply_to_code (reply);

  g_string_append_printf (refusals->words, "%s: %s\n", address, words);
  /* What a person has to mend weighs more than what waiting mends. */
  if (refusals->count == 0 || refusals->code == BASE_ERROR_RETRY || code == BASE_ERROR_BROKEN)
    refusals->code = code;
  refusals->of_sender += smtp_reply_blames_sender (reply, from, address);
  refusals->count++;
}

char *
smtp_transaction_dup_sender_sentence (const SmtpTransaction *transaction)
{
  return g_strdup_printf (
      _ ("“%s” refused to send mail from “%s”. Edit the message and choose another address in From, "
         "or allow this one at your provider."),
      transaction->session->host, transaction->from);
}

static void
set_refusals_error (SmtpTransaction *transaction, const Refusals *refusals, GError **error)
{
  const char *host = transaction->session->host;
  g_autofree char *sentence = NULL;

  if (refusals->of_sender == refusals->count) {
    sentence = smtp_transaction_dup_sender_sentence (transaction);
    base_error_set (error, BASE_ERROR_REFUSED, refusals->words->str, "%s", sentence);
    return;
  }
  switch (refusals->code) {
  case BASE_ERROR_RETRY:
    base_error_set (error, BASE_ERROR_RETRY, refusals->words->str,
                    ngettext ("“%s” cannot take mail for %'u recipient at the moment.",
                              "“%s” cannot take mail for %'u recipients at the moment.",
                              refusals->count),
                    host, refusals->count);
    break;
  case BASE_ERROR_BROKEN:
    transaction->session->usable = FALSE;
    base_error_set (error, BASE_ERROR_BROKEN, refusals->words->str,
                    _ ("“%s” answered something that makes no sense."), host);
    break;
  case BASE_ERROR_AUTH:
  case BASE_ERROR_LIMIT:
  case BASE_ERROR_REFUSED:
  case BASE_ERROR_TRUST:
  case BASE_ERROR_GONE:
  case BASE_ERROR_DISK:
    base_error_set (error, refusals->code, refusals->words->str,
                    ngettext ("“%s” refused %'u recipient. Correct the address and send again.",
                              "“%s” refused %'u recipients. Correct the addresses and send again.",
                              refusals->count),
                    host, refusals->count);
    break;
  }
}

/* Reads the answer to MAIL. */
static gboolean
get_mail (SmtpTransaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_autoptr (SmtpReply) reply = smtp_session_get (session, transaction->cancellable, error);
  g_autofree char *sentence = NULL;

  if (reply == NULL)
    return FALSE;
  if (smtp_reply_class (reply) == 2)
    return TRUE;
  if (is_unknown_parameter (reply))
    transaction->unknown |= transaction->used;

  switch (smtp_reply_to_code (reply)) {
  case BASE_ERROR_RETRY:
    sentence = g_strdup_printf (_ ("“%s” takes no mail at the moment."), session->host);
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
    sentence = smtp_transaction_dup_sender_sentence (transaction);
    break;
  }
  smtp_session_set_error (session, reply, sentence, error);
  return FALSE;
}

/* Reads the answers to the recipients from `first` up to `end`. */
static gboolean
get_rcpts (SmtpTransaction *transaction, guint first, guint end, Refusals *refusals, GError **error)
{
  for (guint i = first; i < end; i++) {
    g_autoptr (SmtpReply) reply =
        smtp_session_get (transaction->session, transaction->cancellable, error);

    if (reply == NULL)
      return FALSE;
    if (smtp_reply_class (reply) != 2)
      add_refusal (refusals, transaction->from, transaction->recipients[i], reply);
    if (is_unknown_parameter (reply))
      transaction->unknown |= transaction->used & SMTP_CAP_DSN;
    if (reply->code == 421)
      break;
  }

  return TRUE;
}

/* ---- the flight ---- */

/* What the answers said so far. */
typedef struct
{
  GError *error; /* Owned: of MAIL, or of the wire */
  Refusals refusals;
  gboolean has_first;  /* DATA or the first chunk was sent along */
  gboolean granted;    /* and may go on */
  GError *first_error; /* Owned */
} Answers;

static void
clear_answers (Answers *answers)
{
  g_clear_error (&answers->error);
  g_clear_error (&answers->first_error);
  clear_refusals (&answers->refusals);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answers, clear_answers)

/* Sends the recipients from `first` up to `end`, with MAIL before and DATA or a chunk behind them where they belong. */
static gboolean
put_flight (SmtpTransaction *transaction, guint first, guint end, Answers *answers, GError **error)
{
  if (first == 0 && !put_mail (transaction, error))
    return FALSE;
  for (guint i = first; i < end; i++) {
    if (!put_rcpt (transaction, i, error))
      return FALSE;
  }
  /* Not behind a refusal of an earlier flight: nobody is going to get it. */
  answers->has_first = end == transaction->to->len && answers->refusals.count == 0;
  return !answers->has_first || smtp_transaction_put_first (transaction, error);
}

static void
get_flight (SmtpTransaction *transaction, guint first, guint end, Answers *answers)
{
  SmtpSession *session = transaction->session;

  if (first == 0)
    get_mail (transaction, &answers->error);
  if (session->usable)
    get_rcpts (transaction, first, end, &answers->refusals,
               answers->error == NULL ? &answers->error : NULL);
  if (answers->has_first && session->usable)
    answers->granted = smtp_transaction_get_first (transaction, &answers->first_error);
}

/* All in as few flights as can be: one round trip up to a hundred recipients. */
static gboolean
address_at_once (SmtpTransaction *transaction, Answers *answers, GError **error)
{
  SmtpSession *session = transaction->session;

  for (guint first = 0; first < transaction->to->len && session->usable && answers->error == NULL;
       first += BATCH) {
    guint end = MIN (first + BATCH, transaction->to->len);

    if (!put_flight (transaction, first, end, answers, error))
      return FALSE;
    get_flight (transaction, first, end, answers);
  }

  return TRUE;
}

/* Each answered before the next is sent. */
static gboolean
address_slowly (SmtpTransaction *transaction, Answers *answers, GError **error)
{
  SmtpSession *session = transaction->session;

  if (!put_mail (transaction, error) || !get_mail (transaction, error))
    return FALSE;
  for (guint i = 0; i < transaction->to->len && session->usable; i++) {
    if (!put_rcpt (transaction, i, error)
        || !get_rcpts (transaction, i, i + 1, &answers->refusals, error))
      return FALSE;
  }
  if (answers->refusals.count > 0)
    return TRUE;
  if (!smtp_transaction_put_first (transaction, error))
    return FALSE;
  answers->granted = smtp_transaction_get_first (transaction, &answers->first_error);
  return TRUE;
}

gboolean
smtp_transaction_address (SmtpTransaction *transaction, GError **error)
{
  SmtpSession *session = transaction->session;
  g_auto (Answers) answers = { .refusals = { g_string_new (NULL), 0, 0, BASE_ERROR_REFUSED } };

  if (!(smtp_session_has (session, SMTP_CAP_PIPELINING)
            ? address_at_once (transaction, &answers, error)
            : address_slowly (transaction, &answers, error)))
    return FALSE;
  if (answers.error == NULL && answers.refusals.count == 0 && answers.granted)
    return TRUE;

  /* A granted DATA cannot be taken back: the final dot would send an empty mail to whoever was welcome.  Leaving is the one
   * way out, and rare enough that everybody else saves a round trip.  A chunk is taken back by RSET. */
  if (answers.granted && !smtp_session_has (session, SMTP_CAP_CHUNKING))
    session->usable = FALSE;
  if (answers.error != NULL)
    g_propagate_error (error, g_steal_pointer (&answers.error));
  else if (answers.refusals.count > 0)
    set_refusals_error (transaction, &answers.refusals, error);
  else
    g_propagate_error (error, g_steal_pointer (&answers.first_error));
  return FALSE;
}
