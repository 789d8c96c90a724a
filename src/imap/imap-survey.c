/* Which mailboxes there are and how each of them stands, in one flight, and from then on without asking (NOTIFY, RFC 5465).
 * Runs in the session's thread; must never pass a server's silence for news that nothing happened: who is not watching says so,
 * and nothing may happen unseen between the answer and the watching. */
#include <string.h>

#include "base-error.h"
#include "imap-flight-private.h"

/* The selected mailbox as without NOTIFY, its EXPUNGEs when no command is in the way; the others by STATUS. */
#define WATCH_ALL                                                                                  \
  "(SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) "                                     \
  "(PERSONAL (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))"
/* Not every server does all of it (RFC 5465 5: [BADEVENT]); this each has to do. */
#define WATCH_MESSAGES                                                                             \
  "(SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) "                                     \
  "(PERSONAL (MessageNew MessageExpunge FlagChange))"

static ImapTask *
add_notify (ImapFlight *flight, const char *what)
{
  g_autofree char *text = g_strconcat ("NOTIFY SET ", what, NULL);
  ImapTask *task =
      imap_flight_add (flight, imap_command_new (text, FALSE), (ImapTaskTraits)0, "", NULL);

  /* what comes with it is news already */
  imap_flight_get_session (flight)->watching = TRUE;
  return task;
}

/* A STATUS behind the list belongs to what was listed; that of a mailbox which is not there any more to nobody. */
static ImapTaken
take_status (ImapMailbox *status, gpointer user_data)
{
  ImapTask *listing = user_data;
  ImapMailbox *mailbox = g_hash_table_lookup (listing->names, status->name);

  if (mailbox != NULL)
    imap_mailbox_set_status (mailbox, status);
  return IMAP_TAKEN;
}

static void
add_status (ImapFlight *flight, ImapTask *listing, const char *name)
{
  g_autofree char *items = imap_mailbox_status_items (imap_flight_get_session (flight));
  ImapCommand *command = imap_mailbox_command (imap_flight_get_session (flight), "STATUS", name);

  imap_command_add (command, " %s", items);
  ImapTask *task = imap_flight_add (flight, command, IMAP_TASK_STATUS, "", name);
  task->exchange.status = take_status;
  task->exchange.user_data = listing;
}

guint
imap_flight_survey (ImapFlight *flight, gboolean watch, const char *const *known)
{
  ImapSession *session = imap_flight_get_session (flight);
  gboolean told = imap_flight_lists_status (session);
  ImapTask *notify = NULL;

  watch = watch && imap_session_has (session, IMAP_CAP_NOTIFY) && !session->watching;
  /* before the list: what happens from then on is told, and what happened earlier is in the list */
  if (watch && told)
    notify = add_notify (flight, WATCH_ALL);
  guint index = imap_flight_list (flight);
  ImapTask *listing = imap_flight_get_task (flight, index);
  if (watch && !told) {
    notify = add_notify (flight, "STATUS " WATCH_ALL);
    notify->exchange.status = take_status;
    notify->exchange.user_data = listing;
  }
  for (guint i = 0; !told && notify == NULL && known != NULL && known[i] != NULL; i++)
    add_status (flight, listing, known[i]);
  listing->notify = notify;
  return index;
}

/* The server would not do all of it: then the least, and what happened before that has to be asked for once more. */
static gboolean
watch_less (ImapSession *session, GCancellable *cancellable, GError **error)
{
  session->watching = FALSE;
  if (!imap_session_has (session, IMAP_CAP_NOTIFY))
    return TRUE;
  g_autoptr (GError) local = NULL;
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  add_notify (flight, WATCH_MESSAGES);
  if (imap_flight_run_alone (flight, cancellable, &local)) {
    imap_news_add_number (session, IMAP_NEWS_MAILBOXES, 0);
    return TRUE;
  }
  session->watching = FALSE;
  if (session->usable)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

GPtrArray *
imap_flight_finish_survey (ImapFlight *flight, guint index, GCancellable *cancellable,
                           GError **error)
{
  ImapSession *session = imap_flight_get_session (flight);
  const ImapTask *notify = imap_flight_get_task (flight, index)->notify;

  if (notify != NULL && notify->error != NULL && !watch_less (session, cancellable, error))
    return NULL;
  g_autoptr (GPtrArray) mailboxes = imap_flight_finish_list (flight, index, cancellable, error);
  /* a question for each of those that have none yet: few, if any */
  if (mailboxes == NULL
      || (!imap_flight_lists_status (session)
          && !imap_session_fill_status (session, mailboxes, cancellable, error)))
    return NULL;
  return g_steal_pointer (&mailboxes);
}

gboolean
imap_session_is_watching (ImapSession *session)
{
  return session->watching && !session->lists_shared;
}
