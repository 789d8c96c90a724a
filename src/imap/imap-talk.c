/* How a command goes out and its answers come in.  Runs in the session's thread; must never write while pushed bytes
 * still lie in the connection's buffer (they are copied away first), and never leave a session usable whose stream
 * stopped in the middle of something. */
#include "imap-session-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"

static gboolean
break_off (ImapSession *session)
{
  session->usable = FALSE;
  return FALSE;
}

gboolean
imap_talk_check_usable (ImapSession *session, GError **error)
{
  if (session->usable)
    return TRUE;
  base_error_set (error, BASE_ERROR_BROKEN, NULL, _ ("The connection to “%s” was lost."),
                  session->host);
  return FALSE;
}

gboolean
imap_talk_fill (ImapSession *session, GCancellable *cancellable, GError **error)
{
  gsize length;
  gint64 begun = g_get_monotonic_time ();
  const guint8 *data = net_connection_read (session->connection, &length, cancellable, error);
  imap_guard_add_wait (session, begun);
  if (data == NULL || !imap_guard_check_pace (session, error))
    return break_off (session);
  imap_lexer_push (session->lexer, data, length);
  return TRUE;
}

gboolean
imap_talk_read (ImapSession *session, ImapResponse *response, GCancellable *cancellable,
                GError **error)
{
  gboolean complete;
  for (;;) {
    if (!imap_lexer_advance (session->lexer, &complete, error))
      return break_off (session);
    if (complete)
      break;
    if (!imap_talk_fill (session, cancellable, error))
      return FALSE;
  }
  if (!imap_guard_take_response (session, error) || !imap_guard_check_time (session, error))
    return break_off (session);
  imap_response_parse (response, session->lexer);
  return TRUE;
}

gboolean
imap_talk_write (ImapSession *session, const char *text, gboolean secret, GCancellable *cancellable,
                 GError **error)
{
  imap_lexer_keep (session->lexer);
  gboolean written =
      secret ? net_connection_write_secret (session->connection, text, cancellable, error)
             : net_connection_write (session->connection, text, strlen (text), cancellable, error);
  return written || break_off (session);
}

gboolean
imap_talk_flush (ImapSession *session, GCancellable *cancellable, GError **error)
{
  imap_lexer_keep (session->lexer);
  return net_connection_flush (session->connection, cancellable, error) || break_off (session);
}

gboolean
imap_talk_wait_continue (ImapSession *session, const ImapTag tag, const ImapExchange *exchange,
                         ImapResponse *answer, GCancellable *cancellable, GError **error)
{
  for (;;) {
    g_auto (ImapResponse) response = { 0 };
    if (!imap_talk_read (session, &response, cancellable, error))
      return FALSE;

    switch (response.kind) {
    case IMAP_RESPONSE_UNTAGGED:
      if (!imap_state_take_untagged (session, &response, exchange, error))
        return break_off (session);
      break;
    case IMAP_RESPONSE_TAGGED:
      if (strcmp (response.tag, tag) != 0) {
        /* or garbage, say behind a literal whose length was wrong */
        imap_idle_take_answer (session, response.tag);
        break;
      }
      imap_guard_begin (session);
      imap_state_take_code (session, &response);
      *answer = response;
      response = (ImapResponse){ 0 };
      return TRUE;
    case IMAP_RESPONSE_CONTINUE:
      *answer = response;
      response = (ImapResponse){ 0 };
      return TRUE;
    }
  }
}

gboolean
imap_talk_finish (ImapSession *session, const ImapTag tag, const ImapExchange *exchange,
                  ImapResponse *answer, GCancellable *cancellable, GError **error)
{
  do {
    imap_response_clear (answer);
    if (!imap_talk_wait_continue (session, tag, exchange, answer, cancellable, error))
      return FALSE;
    /* nothing that is said in clear waits for it */
    if (answer->kind == IMAP_RESPONSE_CONTINUE && !net_connection_is_secure (session->connection)) {
      base_error_set (error, BASE_ERROR_BROKEN, NULL,
                      _ ("“%s” answered something that makes no sense."), session->host);
      return break_off (session);
    }
  } while (answer->kind == IMAP_RESPONSE_CONTINUE);
  return TRUE;
}

static gboolean
send_literal (ImapSession *session, const ImapPart *part, const ImapTag tag,
              const ImapExchange *exchange, ImapResponse *answer, gboolean *answered,
              GCancellable *cancellable, GError **error)
{
  gsize size = part->bytes != NULL ? g_bytes_get_size (part->bytes) : strlen (part->text);
  gboolean wait;
  g_autofree char *head =
      imap_command_announce (size, imap_session_has (session, IMAP_CAP_LITERAL_PLUS),
                             imap_session_has (session, IMAP_CAP_LITERAL_MINUS), &wait);
  if ((part->kind == IMAP_PART_LITERAL8
       && !imap_talk_write (session, "~", FALSE, cancellable, error))
      || !imap_talk_write (session, head, FALSE, cancellable, error)
      || !imap_talk_write (session, "\r\n", FALSE, cancellable, error))
    return FALSE;

  if (wait) {
    if (!imap_talk_flush (session, cancellable, error)
        || !imap_talk_wait_continue (session, tag, exchange, answer, cancellable, error))
      return FALSE;
    *answered = answer->kind == IMAP_RESPONSE_TAGGED;
    if (*answered)
      return TRUE;
    imap_response_clear (answer);
  }

  if (part->kind == IMAP_PART_SECRET_LITERAL)
    return imap_talk_write (session, part->text, TRUE, cancellable, error);
  imap_lexer_keep (session->lexer);
  if (size > 0
      && !net_connection_write (session->connection, g_bytes_get_data (part->bytes, NULL), size,
                                cancellable, error))
    return break_off (session);
  /* How long our upload took says nothing about the server. */
  imap_guard_begin (session);
  return TRUE;
}

gboolean
imap_talk_must_wait (ImapSession *session, ImapCommand *command, gsize *octets)
{
  gboolean must_wait = FALSE;

  *octets = sizeof (ImapTag) + strlen ("\r\n");
  for (guint i = 0; i < imap_command_get_n_parts (command); i++) {
    ImapPart part = imap_command_get_part (command, i);
    gsize size = part.bytes != NULL ? g_bytes_get_size (part.bytes) : strlen (part.text);
    *octets += size;
    if (part.kind == IMAP_PART_LITERAL || part.kind == IMAP_PART_LITERAL8
        || part.kind == IMAP_PART_SECRET_LITERAL) {
      gboolean wait;
      g_autofree char *head =
          imap_command_announce (size, imap_session_has (session, IMAP_CAP_LITERAL_PLUS),
                                 imap_session_has (session, IMAP_CAP_LITERAL_MINUS), &wait);
      *octets += strlen (head) + strlen ("\r\n");
      must_wait |= wait;
    }
  }
  return must_wait;
}

gboolean
imap_talk_queue (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
                 ImapTag tag, ImapResponse *answer, gboolean *answered, GCancellable *cancellable,
                 GError **error)
{
  *answered = FALSE;
  if (!imap_talk_check_usable (session, error))
    return FALSE;
  imap_guard_begin (session);
  g_snprintf (tag, sizeof (ImapTag), "A%u", ++session->last_tag);
  if (!imap_talk_write (session, tag, FALSE, cancellable, error)
      || !imap_talk_write (session, " ", FALSE, cancellable, error))
    return FALSE;

  for (guint i = 0; i < imap_command_get_n_parts (command) && !*answered; i++) {
    ImapPart part = imap_command_get_part (command, i);
    gboolean sent = FALSE;
    switch (part.kind) {
    case IMAP_PART_TEXT:
    case IMAP_PART_SECRET:
      sent =
          imap_talk_write (session, part.text, part.kind == IMAP_PART_SECRET, cancellable, error);
      break;
    case IMAP_PART_LITERAL:
    case IMAP_PART_LITERAL8:
    case IMAP_PART_SECRET_LITERAL:
      sent = send_literal (session, &part, tag, exchange, answer, answered, cancellable, error);
      break;
    }
    if (!sent)
      return FALSE;
  }
  return *answered || imap_talk_write (session, "\r\n", FALSE, cancellable, error);
}

gboolean
imap_talk_send (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
                ImapTag tag, ImapResponse *answer, gboolean *answered, GCancellable *cancellable,
                GError **error)
{
  return imap_talk_queue (session, command, exchange, tag, answer, answered, cancellable, error)
         && (*answered || imap_talk_flush (session, cancellable, error));
}

gboolean
imap_talk_ask (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
               ImapResponse *answer, GCancellable *cancellable, GError **error)
{
  ImapTag tag;
  gboolean answered;
  return imap_talk_send (session, command, exchange, tag, answer, &answered, cancellable, error)
         && (answered || imap_talk_finish (session, tag, exchange, answer, cancellable, error));
}

/* What some servers say, without a code, while they are overloaded or their back end is away: no matter of passwords, nor of
 * this very command (quirks 18, 34). */
static gboolean
says_later (const ImapResponse *answer)
{
  static const char *const words[] = { "authenticated but not connected", "unexpected exception",
                                       "throttl" };
  g_autofree char *text = g_ascii_strdown (answer->text != NULL ? answer->text : "", -1);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strstr (text, words[i]) != NULL)
      return TRUE;
  }
  return FALSE;
}

void
imap_talk_doubt (ImapSession *session, const ImapCommand *command, const ImapResponse *answer)
{
  if (answer->condition != IMAP_CONDITION_BAD || says_later (answer))
    return;
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < imap_command_get_n_parts (command); i++) {
    ImapPart part = imap_command_get_part (command, i);
    if (part.kind == IMAP_PART_TEXT)
      g_string_append (text, part.text);
  }
  session->doubted |= imap_quirks_of_command (text->str);
  session->qresync &= (session->doubted & IMAP_CAP_QRESYNC) == 0;
  imap_capability_limit (session);
}

gboolean
imap_talk_run (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
               ImapResponse *answer, GCancellable *cancellable, GError **error)
{
  g_auto (ImapResponse) response = { 0 };
  if (!imap_talk_ask (session, command, exchange, &response, cancellable, error))
    return FALSE;
  if (response.condition != IMAP_CONDITION_OK) {
    imap_talk_doubt (session, command, &response);
    imap_talk_set_refused (session, &response, exchange, error);
    return FALSE;
  }
  if (answer != NULL) {
    *answer = response;
    response = (ImapResponse){ 0 };
  }
  return TRUE;
}

static gboolean
has_one_of (const ImapResponse *answer, const char *const *codes)
{
  return answer->code != NULL && g_strv_contains (codes, answer->code);
}

gboolean
imap_talk_is_for_now (const ImapResponse *answer)
{
  static const char *const later[] = { "UNAVAILABLE", "INUSE", "THROTTLED", "SERVERBUG", NULL };

  return has_one_of (answer, later) || says_later (answer);
}

const char *
imap_talk_get_words (ImapSession *session, const ImapResponse *response)
{
  return net_connection_is_secure (session->connection) ? response->text : NULL;
}

void
imap_talk_set_refused (ImapSession *session, const ImapResponse *answer,
                       const ImapExchange *exchange, GError **error)
{
  static const char *const gone[] = { "NONEXISTENT", "TRYCREATE", NULL };
  const char *words = imap_talk_get_words (session, answer);

  g_free (session->refused_code);
  session->refused_code = g_strdup (answer->code);
  g_free (session->refused_argument);
  session->refused_argument = g_strdup (answer->argument);
  if (imap_talk_is_for_now (answer)) {
    base_error_set (error, BASE_ERROR_RETRY, words, _ ("“%s” cannot do this at the moment."),
                    session->host);
  } else if (has_one_of (answer, gone) && exchange->mailbox != NULL) {
    base_error_set (error, BASE_ERROR_GONE, words,
                    _ ("The folder “%s” does not exist on the server."), exchange->mailbox);
  } else if (imap_response_has_code (answer, "OVERQUOTA")) {
    base_error_set (
        error, BASE_ERROR_LIMIT, words,
        _ ("Your mailbox on “%s” is full. Delete messages there, or ask your provider for more space."),
        session->host);
  } else if (imap_response_has_code (answer, "TOOBIG")) {
    base_error_set (error, BASE_ERROR_LIMIT, words, _ ("The message is larger than “%s” accepts."),
                    session->host);
  } else if (imap_response_has_code (answer, "LIMIT")) {
    base_error_set (error, BASE_ERROR_LIMIT, words, _ ("This is more than “%s” allows at once."),
                    session->host);
  } else {
    base_error_set (error, BASE_ERROR_REFUSED, words, "%s", exchange->refused);
  }
}
