/* NOTIFY (RFC 5465): being told about all mailboxes on one connection.  Runs in the session's thread; must never pass a server's
 * silence for news that nothing happened: who is not watching says so. */
#include <glib/gi18n.h>

#include "base-error.h"
#include "imap-flight-private.h"

/* The selected mailbox as without NOTIFY, its EXPUNGEs when no command is in the way; the others by STATUS. */
#define WATCHED                                                                                    \
  "(SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) "                                     \
  "(PERSONAL (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))"

gboolean
imap_session_notify (ImapSession *session, gboolean *watching, GCancellable *cancellable,
                     GError **error)
{
  *watching = FALSE;
  if (!imap_talk_check_usable (session, error))
    return FALSE;
  /* not every server does all of it (RFC 5465 5: [BADEVENT]); then what each has to do */
  static const char *const sets[] = {
    "NOTIFY SET STATUS " WATCHED,
    "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) "
    "(PERSONAL (MessageNew MessageExpunge FlagChange))",
  };
  for (guint i = 0; i < G_N_ELEMENTS (sets) && imap_session_has (session, IMAP_CAP_NOTIFY); i++) {
    g_autoptr (ImapFlight) flight = imap_flight_new (session);
    imap_flight_add (flight, imap_command_new (sets[i], FALSE), (ImapTaskTraits)0, "", NULL);
    /* what comes with it is news already */
    session->watching = TRUE;
    if (!imap_flight_run (flight, cancellable, error))
      return FALSE;
    if (imap_flight_get_result (flight, imap_flight_get_index (flight), NULL)) {
      *watching = session->watching;
      return TRUE;
    }
    session->watching = FALSE;
  }
  return TRUE;
}

gboolean
imap_session_is_watching (ImapSession *session)
{
  return session->watching;
}
