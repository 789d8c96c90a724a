/* Waiting for news: IDLE (RFC 2177), or a plain wait and NOOP where the server has none.  Runs in the session's thread;
 * must never sleep over bytes that TLS or the lexer already hold, nor leave IDLE without DONE. */
#include "imap-session-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"

/* A server may end a connection that was silent for 30 minutes (RFC 9051 5.4). */
#define MAX_IDLE_MS ((gint64)29 * 60 * 1000)
/* A server that ends so short an IDLE by itself, so often in a row and without news, would be asked all the time. */
#define SHORT_IDLE_US (5 * G_USEC_PER_SEC)
#define SHORT_IDLES   3

typedef enum
{
  IDLE_WAITING,
  IDLE_STOP,  /* news, a wake or the time-out: say DONE */
  IDLE_ENDED, /* the server ended it by itself */
} IdleState;

/* Takes all that is at hand, without waiting. */
static gboolean
take_what_is_there (ImapSession *session, const ImapTag tag, IdleState *state, GError **error)
{
  for (;;) {
    gboolean complete;
    if (!imap_lexer_advance (session->lexer, &complete, error)) {
      session->usable = FALSE;
      return FALSE;
    }
    if (!complete)
      break;
    if (!imap_guard_take_response (session, error)) {
      session->usable = FALSE;
      return FALSE;
    }
    g_auto (ImapResponse) response = { 0 };
    imap_response_parse (&response, session->lexer);
    if (response.kind == IMAP_RESPONSE_UNTAGGED
        && !imap_state_take_untagged (session, &response, NULL, error)) {
      session->usable = FALSE;
      return FALSE;
    }
    if (response.kind == IMAP_RESPONSE_TAGGED && strcmp (response.tag, tag) == 0)
      *state = IDLE_ENDED;
  }
  if (session->news->len > 0 && *state == IDLE_WAITING)
    *state = IDLE_STOP;
  return TRUE;
}

static gboolean
idle_loop (ImapSession *session, const ImapTag tag, int wake_fd, gint64 deadline, IdleState *state,
           GCancellable *cancellable, GError **error)
{
  *state = IDLE_WAITING;
  for (;;) {
    if (!take_what_is_there (session, tag, state, error))
      return FALSE;
    if (*state != IDLE_WAITING)
      return TRUE;

    NetWait result;
    gint64 now = g_get_monotonic_time ();
    gint64 left = MAX ((deadline - now) / 1000, 0);
    gint64 rest = imap_guard_get_wait (session);
    if (!net_connection_wait (session->connection, wake_fd, rest >= 0 ? MIN (left, rest) : left,
                              &result, cancellable, error)) {
      session->usable = FALSE;
      return FALSE;
    }
    imap_guard_add_wait (session, now);
    /* a response that was begun and not finished in time: asking will show whether the server is still there */
    if (result != NET_WAIT_READABLE)
      *state = IDLE_STOP;
    else if (!imap_talk_fill (session, cancellable, error))
      return FALSE;
  }
}

/* The server ended it by itself.  TRUE: it is not worth being tried again. */
static gboolean
is_hopeless (ImapSession *session, gint64 begun)
{
  if (session->news->len > 0 || g_get_monotonic_time () - begun >= SHORT_IDLE_US)
    session->short_idles = 0;
  else
    session->short_idles++;
  return session->short_idles >= SHORT_IDLES;
}

/* *refused: the server would not idle, though it offers to. */
static gboolean
idle (ImapSession *session, int wake_fd, gint64 deadline, gboolean *refused,
      GCancellable *cancellable, GError **error)
{
  const ImapExchange exchange = { 0 };
  g_autoptr (ImapCommand) command = imap_command_new ("IDLE", FALSE);
  g_auto (ImapResponse) answer = { 0 };
  ImapTag tag;
  gboolean answered;
  gint64 begun = g_get_monotonic_time ();
  IdleState state;

  if (!imap_talk_send (session, command, &exchange, tag, &answer, &answered, cancellable, error)
      || !imap_talk_wait_continue (session, tag, &exchange, &answer, cancellable, error))
    return FALSE;
  *refused = FALSE;
  if (answer.kind == IMAP_RESPONSE_TAGGED) {
    *refused = answer.condition != IMAP_CONDITION_OK || is_hopeless (session, begun);
    return TRUE;
  }
  imap_response_clear (&answer);

  if (!idle_loop (session, tag, wake_fd, deadline, &state, cancellable, error))
    return FALSE;
  if (state == IDLE_ENDED) {
    *refused = is_hopeless (session, begun);
    return TRUE;
  }
  session->short_idles = 0;
  imap_guard_begin (session);
  if (!imap_talk_write (session, "DONE\r\n", FALSE, cancellable, error)
      || !imap_talk_flush (session, cancellable, error))
    return FALSE;
  /* News are not made to wait for the server's farewell; without any, its answer is the sign that it is still there. */
  g_strlcpy (session->idle_tag, tag, sizeof session->idle_tag);
  return session->news->len > 0 || imap_idle_settle (session, cancellable, error);
}

void
imap_idle_take_answer (ImapSession *session, const char *tag)
{
  if (strcmp (session->idle_tag, tag) == 0)
    session->idle_tag[0] = '\0';
}

gboolean
imap_idle_settle (ImapSession *session, GCancellable *cancellable, GError **error)
{
  const ImapExchange exchange = { 0 };
  g_auto (ImapResponse) answer = { 0 };
  ImapTag tag;

  if (session->idle_tag[0] == '\0')
    return TRUE;
  g_strlcpy (tag, session->idle_tag, sizeof tag);
  session->idle_tag[0] = '\0';
  return imap_talk_finish (session, tag, &exchange, &answer, cancellable, error);
}

/* Without IDLE: the NOOP is left out when somebody waits for the session. */
static gboolean
wait_and_ask (ImapSession *session, int wake_fd, gint64 deadline, GCancellable *cancellable,
              GError **error)
{
  NetWait result = NET_WAIT_READABLE;
  gint64 left = MAX ((deadline - g_get_monotonic_time ()) / 1000, 0);

  if (!imap_lexer_is_pending (session->lexer)
      && !net_connection_wait (session->connection, wake_fd, left, &result, cancellable, error)) {
    session->usable = FALSE;
    return FALSE;
  }
  return result == NET_WAIT_WOKEN || imap_session_noop (session, cancellable, error);
}

gboolean
imap_session_idle (ImapSession *session, int wake_fd, gint64 timeout_ms, gboolean *news,
                   GCancellable *cancellable, GError **error)
{
  gint64 deadline;
  gboolean refused = TRUE;

  if (news != NULL)
    *news = FALSE;
  /* Dovecot misses an IDLE that comes along with something else (quirk 50) */
  if (!imap_talk_check_usable (session, error) || !imap_idle_settle (session, cancellable, error))
    return FALSE;
  if (timeout_ms < 0 || timeout_ms > MAX_IDLE_MS)
    timeout_ms = MAX_IDLE_MS;
  deadline = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;

  if (session->news->len == 0) {
    if (imap_session_has (session, IMAP_CAP_IDLE) && !session->no_idle) {
      if (!idle (session, wake_fd, deadline, &refused, cancellable, error))
        return FALSE;
      session->no_idle = refused;
    }
    if (refused && session->news->len == 0
        && !wait_and_ask (session, wake_fd, deadline, cancellable, error))
      return FALSE;
  }
  if (news != NULL)
    *news = imap_session_take_news (session);
  return TRUE;
}
