/* What changes a mailbox: STORE, COPY, MOVE, UID EXPUNGE.  Runs in the session's thread; must never send EXPUNGE without UIDs
 * nor CLOSE, which destroy what other clients have marked, and never do by several commands what is asked for as one:
 * who asked has to know how far it came when the line is cut. */
#include "imap-flight-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "imap-fetch.h"
#include "imap-utf7.h"

static gboolean
prepare_store (ImapSession *session, ImapTask *task, GError **error)
{
  ImapFlags flags = task->flags;
  if (!session->selected.permanent_keywords)
    flags &= session->selected.permanent_flags | ~(guint)IMAP_FLAGS_KEYWORDS;
  /* Such a change would last as long as the connection, and count as made. */
  if ((flags & ~session->selected.permanent_flags & ~(guint)IMAP_FLAGS_KEYWORDS) != 0) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("The folder “%s” does not keep this mark of messages."),
                    session->selected_name);
    return FALSE;
  }
  if (flags == 0 || *task->set == '\0')
    return TRUE;
  g_autofree char *names = imap_flags_to_string (flags);
  task->command = imap_command_new ("UID STORE ", FALSE);
  imap_command_add (task->command, "%s %cFLAGS.SILENT (%s)", task->set, task->add_flags ? '+' : '-',
                    names);
  return TRUE;
}

guint
imap_flight_store (ImapFlight *flight, const char *set, gboolean add, ImapFlags flags)
{
  /* which flags can be kept is known by the time it is sent: never before its SELECT is answered */
  ImapTask *task = imap_flight_add (flight, NULL, IMAP_TASK_NEEDS_WRITABLE,
                                    _ ("The server did not change the marks of the messages."),
                                    imap_flight_get_mailbox (flight));
  task->set = g_strdup (set);
  task->prepare = prepare_store;
  task->flags = flags;
  task->add_flags = add;
  return imap_flight_get_index (flight);
}

gboolean
imap_session_store (ImapSession *session, const char *set, gboolean add, ImapFlags flags,
                    GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  imap_flight_store (flight, set, add, flags);
  return imap_flight_run_alone (flight, cancellable, error);
}

static gboolean
run_expunging (ImapSession *session, ImapCommand *command, const char *set,
               const ImapExchange *exchange, ImapResponse *answer, GCancellable *cancellable,
               GError **error)
{
  imap_gone_begin (session, set);
  gboolean done = imap_talk_run (session, command, exchange, answer, cancellable, error);
  imap_gone_end (session);
  return done;
}

/* Both go out together: what the STORE did not mark, the UID EXPUNGE does not remove. */
gboolean
imap_session_expunge (ImapSession *session, const char *set, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  guint store = imap_flight_store (flight, set, TRUE, IMAP_FLAG_DELETED);

  if (*set != '\0' && imap_session_has (session, IMAP_CAP_UIDPLUS)) {
    ImapCommand *command = imap_command_new ("UID EXPUNGE ", FALSE);
    imap_command_add (command, "%s", set);
    ImapTask *task =
        imap_flight_add (flight, command, IMAP_TASK_NEEDS_WRITABLE | IMAP_TASK_EXPUNGES,
                         _ ("The server did not delete the messages."), session->selected_name);
    task->set = g_strdup (set);
    task->after = imap_flight_get_task (flight, store);
  }
  return imap_flight_run (flight, cancellable, error)
         && imap_flight_get_result (flight, store, error)
         && imap_flight_get_result (flight, imap_flight_get_index (flight), error);
}

/* COPYUID comes with the tagged OK of COPY, and before it, untagged, with MOVE (RFC 6851 4.3). */
static ImapTaken
take_copyuid (ImapSession *session, const ImapResponse *response, gpointer user_data,
              GError **error)
{
  GHashTable **map = user_data;
  if (*map != NULL || !imap_response_has_code (response, "COPYUID"))
    return IMAP_TAKEN_NOT;
  *map = imap_response_parse_copyuid (response->argument, &session->told_validity);
  session->cuts_copyuid |= *map == NULL;
  return IMAP_TAKEN;
}

guint32
imap_session_get_told_validity (ImapSession *session)
{
  return session->told_validity;
}

gboolean
imap_session_tells_copies (ImapSession *session)
{
  return imap_session_has (session, IMAP_CAP_UIDPLUS) && !session->cuts_copyuid;
}

gboolean
imap_session_copy (ImapSession *session, const char *set, const char *target, GHashTable **map,
                   GCancellable *cancellable, GError **error)
{
  g_autofree char *refused =
      g_strdup_printf (_ ("The server did not copy the messages to the folder “%s”."), target);
  g_autoptr (GHashTable) copied = NULL;
  const ImapExchange exchange = {
    .refused = refused,
    .mailbox = target,
    .data = take_copyuid,
    .user_data = &copied,
  };
  if (map != NULL)
    *map = NULL;
  if (!imap_session_check_selected (session, error))
    return FALSE;
  if (*set == '\0')
    return TRUE;

  g_autofree char *verb = g_strdup_printf ("UID COPY %s", set);
  g_autoptr (ImapCommand) command = imap_mailbox_command (session, verb, target);
  g_auto (ImapResponse) answer = { 0 };
  if (!imap_talk_run (session, command, &exchange, &answer, cancellable, error))
    return FALSE;
  take_copyuid (session, &answer, &copied, NULL);
  if (map != NULL)
    *map = g_steal_pointer (&copied);
  return TRUE;
}

gboolean
imap_session_move (ImapSession *session, const char *set, const char *target, GHashTable **map,
                   GCancellable *cancellable, GError **error)
{
  g_autofree char *refused =
      g_strdup_printf (_ ("The server did not move the messages to the folder “%s”."), target);
  g_autoptr (GHashTable) moved = NULL;
  const ImapExchange exchange = {
    .refused = refused,
    .mailbox = target,
    .data = take_copyuid,
    .user_data = &moved,
  };
  if (map != NULL)
    *map = NULL;
  if (!imap_session_check_writable (session, error))
    return FALSE;
  if (*set == '\0')
    return TRUE;
  if (!imap_session_has (session, IMAP_CAP_MOVE)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s", refused);
    return FALSE;
  }

  g_autofree char *verb = g_strdup_printf ("UID MOVE %s", set);
  g_autoptr (ImapCommand) command = imap_mailbox_command (session, verb, target);
  g_auto (ImapResponse) answer = { 0 };
  if (!run_expunging (session, command, set, &exchange, &answer, cancellable, error))
    return FALSE;
  take_copyuid (session, &answer, &moved, NULL);
  if (map != NULL)
    *map = g_steal_pointer (&moved);
  return TRUE;
}
