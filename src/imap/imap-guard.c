/* What a server may take of our time and memory.  Runs in the session's thread.  A mail server may be slow, talkative and odd, and
 * is to be borne with; one that never comes to an end is not.  Must never fail for what an honest server does: a slow link, a
 * hundred thousand flags changed by another client, "* OK Hang in there" every ten seconds of a long search.
 *
 * Three rules, each for one command: so many responses; so long for the halves of responses, to which each octet adds a
 * little, so that one octet a second is as good as silence; so long altogether. */
#include "imap-session-private.h"

#include <glib/gi18n.h>

#include "base-error.h"

/* Without being asked a server may tell, of each message, its flags a few times over and that it is gone. */
#define RESPONSES_ALWAYS      200000
#define RESPONSES_PER_MESSAGE 8
#define OCTETS_ALWAYS         (G_GUINT64_CONSTANT (64) * 1024 * 1024)
#define OCTETS_PER_MESSAGE    4096
/* Bytes of messages come for those that were asked for, so not much more often than there are messages. */
#define FETCHED_ALWAYS             1000
#define FETCHED_PER_MESSAGE        4
#define FETCHED_OCTETS_ALWAYS      (G_GUINT64_CONSTANT (600) * 1024 * 1024)
#define FETCHED_OCTETS_PER_MESSAGE (G_GUINT64_CONSTANT (64) * 1024 * 1024)
/* What a server says about the number of its messages earns it no more than this. */
#define MESSAGES_BELIEVED 2000000
/* The whole of a command may take that many time-outs; before signing in nothing takes long. */
#define TIMEOUTS_PER_COMMAND 10
/* Of one time-out, what the halves of responses may take: less than all, so that it is over within it. */
#define PARTIAL_PERCENT 75

static gint64
timeout_us (ImapSession *session)
{
  return (gint64)net_connection_get_timeout (session->connection) * 1000;
}

static gint64
earned_us (ImapSession *session)
{
  guint64 received =
      net_connection_get_bytes_in (session->connection) - session->guard.received_before;

  return (gint64)(received * NET_OCTET_US);
}

static void
set_too_slow (ImapSession *session, GError **error)
{
  base_error_set (error, BASE_ERROR_RETRY, NULL, _ ("“%s” answers too slowly to go on with."),
                  session->host);
}

static void
set_endless (ImapSession *session, GError **error)
{
  base_error_set (error, BASE_ERROR_LIMIT, NULL, _ ("“%s” sent an answer that does not end."),
                  session->host);
}

static guint64
get_messages (ImapSession *session)
{
  return MIN (session->selected.exists, MESSAGES_BELIEVED);
}

void
imap_guard_begin (ImapSession *session)
{
  session->guard = (ImapGuard){
    .begun = g_get_monotonic_time (),
    .received_before = net_connection_get_bytes_in (session->connection),
  };
}

static gint64
partial_limit_us (ImapSession *session)
{
  return timeout_us (session) / 100 * PARTIAL_PERCENT + earned_us (session);
}

void
imap_guard_add_wait (ImapSession *session, gint64 since)
{
  if (imap_lexer_is_partial (session->lexer))
    session->guard.partial_us += g_get_monotonic_time () - since;
}

gboolean
imap_guard_check_pace (ImapSession *session, GError **error)
{
  if (session->guard.partial_us <= partial_limit_us (session))
    return TRUE;
  set_too_slow (session, error);
  return FALSE;
}

gboolean
imap_guard_take_response (ImapSession *session, GError **error)
{
  ImapGuard *guard = &session->guard;
  guint64 messages = get_messages (session);

  guard->responses++;
  guard->octets += imap_lexer_get_line_length (session->lexer);
  if (guard->responses <= RESPONSES_ALWAYS + messages * RESPONSES_PER_MESSAGE
      && guard->octets <= OCTETS_ALWAYS + messages * OCTETS_PER_MESSAGE)
    return TRUE;
  set_endless (session, error);
  return FALSE;
}

static gsize
size_of (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_get_size (bytes) : 0;
}

gboolean
imap_guard_take_fetched (ImapSession *session, const ImapFetched *fetched, GError **error)
{
  ImapGuard *guard = &session->guard;
  guint64 messages = get_messages (session);

  guard->fetched++;
  guard->fetched_octets +=
      size_of (fetched->header) + size_of (fetched->text) + size_of (fetched->body);
  for (guint i = 0; fetched->parts != NULL && i < fetched->parts->len; i++)
    guard->fetched_octets +=
        size_of (((ImapSection *)g_ptr_array_index (fetched->parts, i))->bytes);
  if (guard->fetched <= FETCHED_ALWAYS + messages * FETCHED_PER_MESSAGE
      && guard->fetched_octets <= FETCHED_OCTETS_ALWAYS + messages * FETCHED_OCTETS_PER_MESSAGE)
    return TRUE;
  set_endless (session, error);
  return FALSE;
}

gboolean
imap_guard_check_time (ImapSession *session, GError **error)
{
  gint64 limit =
      timeout_us (session) * (session->signed_in ? TIMEOUTS_PER_COMMAND : 1) + earned_us (session);

  if (session->guard.begun == 0 || g_get_monotonic_time () - session->guard.begun <= limit)
    return TRUE;
  set_too_slow (session, error);
  return FALSE;
}

gint64
imap_guard_get_wait (ImapSession *session)
{
  if (!imap_lexer_is_partial (session->lexer))
    return -1;
  return MAX ((partial_limit_us (session) - session->guard.partial_us) / 1000, 0) + 1;
}
