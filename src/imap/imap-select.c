/* Opening a mailbox and asking what is in it: SELECT, EXAMINE, FETCH, SEARCH, NOOP.  Runs in the session's thread;
 * must never report an empty mailbox because a server forgot to answer. */
#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "imap-fetch.h"
#include "imap-flight-private.h"

gboolean
imap_session_check_selected (ImapSession *session, GError **error)
{
  if (!imap_talk_check_usable (session, error))
    return FALSE;
  if (session->selected_name != NULL)
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("No folder is open on “%s”."), session->host);
  return FALSE;
}

gboolean
imap_session_check_writable (ImapSession *session, GError **error)
{
  if (!imap_session_check_selected (session, error))
    return FALSE;
  if (session->selected.read_only)
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("The folder “%s” can only be read, not changed."), session->selected_name);
  return !session->selected.read_only;
}

/* ---- opening ---- */

/* `parameters` nullable: what stands in parentheses behind the name. */
static ImapTask *
add_select (ImapFlight *flight, const char *name, gboolean read_only, guint32 uid_validity,
            const char *parameters)
{
  g_autofree char *refused = g_strdup_printf (_ ("The server did not open the folder “%s”."), name);
  ImapCommand *command = imap_mailbox_command (imap_flight_get_session (flight),
                                               read_only ? "EXAMINE" : "SELECT", name);
  if (parameters != NULL)
    imap_command_add (command, " (%s)", parameters);
  ImapTask *task = imap_flight_add (flight, command, IMAP_TASK_SELECTS, refused, name);
  task->read_only = read_only;
  task->uid_validity = uid_validity;
  return task;
}

guint
imap_flight_select (ImapFlight *flight, const char *name, gboolean read_only, guint32 uid_validity)
{
  gboolean condstore = imap_session_has (imap_flight_get_session (flight), IMAP_CAP_CONDSTORE);
  add_select (flight, name, read_only, uid_validity, condstore ? "CONDSTORE" : NULL);
  return imap_flight_get_index (flight);
}

gboolean
imap_session_select (ImapSession *session, const char *name, gboolean read_only,
                     GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  imap_flight_select (flight, name, read_only, 0);
  return imap_flight_run_alone (flight, cancellable, error);
}

/* ---- FETCH ---- */

/* Takes `command` (nullable: nothing is asked for), which asks for `set`. */
static ImapTask *
add_fetch (ImapFlight *flight, ImapCommand *command, const char *set, gboolean by_sequence,
           ImapFetchItems items, ImapFetchFunc func, gpointer user_data)
{
  ImapTask *task = imap_flight_add (
      flight, command,
      IMAP_TASK_NEEDS_MAILBOX
          | (by_sequence ? IMAP_TASK_BY_SEQUENCE | IMAP_TASK_HOLDS_NUMBERS : (ImapTaskTraits)0),
      _ ("The server did not send the messages that were asked for."),
      imap_flight_get_mailbox (flight));
  task->set = g_strdup (set);
  task->asked = set != NULL ? base_uid_set_parse (set) : NULL;
  task->exchange.set = task->set;
  task->exchange.uids = task->asked;
  task->exchange.by_sequence = by_sequence;
  task->exchange.items = items;
  task->exchange.fetch = func;
  task->exchange.fetch_data = user_data;
  return task;
}

/* `set` nullable: nothing. */
static ImapTask *
add_fetch_items (ImapFlight *flight, const char *set, gboolean by_sequence, ImapFetchItems items,
                 const char *modifiers, ImapFetchFunc func, gpointer user_data)
{
  g_autofree char *wanted =
      imap_fetch_items_to_string (items, imap_flight_get_session (flight)->capabilities);
  ImapCommand *command = NULL;

  if (set != NULL && *set != '\0') {
    command = imap_command_new (by_sequence ? "FETCH" : "UID FETCH", FALSE);
    imap_command_add (command, " %s %s", set, wanted);
    if (modifiers != NULL)
      imap_command_add (command, " (%s)", modifiers);
  }
  return add_fetch (flight, command, set, by_sequence, items, func, user_data);
}

guint
imap_flight_fetch (ImapFlight *flight, const char *set, ImapFetchItems items, guint64 changed_since,
                   ImapFetchFunc func, gpointer user_data)
{
  gboolean condstore = imap_session_has (imap_flight_get_session (flight), IMAP_CAP_CONDSTORE);
  g_autofree char *modifiers =
      condstore && changed_since > 0
          ? g_strdup_printf ("CHANGEDSINCE %" G_GUINT64_FORMAT, changed_since)
          : NULL;
  add_fetch_items (flight, set, FALSE, items, modifiers, func, user_data);
  return imap_flight_get_index (flight);
}

guint
imap_flight_fetch_seq (ImapFlight *flight, guint32 first, guint32 last, ImapFetchItems items,
                       ImapFetchFunc func, gpointer user_data)
{
  g_autofree char *set = NULL;
  first = MAX (first, 1);
  if (last == 0)
    set = g_strdup_printf ("%u:*", first);
  else if (first <= last)
    set = g_strdup_printf ("%u:%u", first, last);
  add_fetch_items (flight, set, TRUE, items, NULL, func, user_data);
  return imap_flight_get_index (flight);
}

/* Takes `items`. */
static guint
add_fetch_sections (ImapFlight *flight, guint32 uid, GString *items, ImapFetchFunc func,
                    gpointer user_data)
{
  g_autofree char *set = g_strdup_printf ("%u", uid);
  g_autofree char *wanted = g_string_free (items, FALSE);
  ImapCommand *command = imap_command_new ("UID FETCH", FALSE);

  imap_command_add (command, " %s (UID%s)", set, wanted);
  add_fetch (flight, command, set, FALSE, IMAP_FETCH_PART, func, user_data);
  return imap_flight_get_index (flight);
}

guint
imap_flight_fetch_start (ImapFlight *flight, guint32 uid, guint64 octets, ImapFetchFunc func,
                         gpointer user_data)
{
  GString *items = g_string_new (NULL);

  g_string_append_printf (items, " BODYSTRUCTURE BODY.PEEK[]<0.%" G_GUINT64_FORMAT ">", octets);
  return add_fetch_sections (flight, uid, items, func, user_data);
}

guint
imap_flight_fetch_sections (ImapFlight *flight, guint32 uid, const char *const *sections,
                            ImapFetchFunc func, gpointer user_data)
{
  GString *items = g_string_new (NULL);

  for (gsize i = 0; sections[i] != NULL; i++)
    g_string_append_printf (items, " BODY.PEEK[%s]", sections[i]);
  return add_fetch_sections (flight, uid, items, func, user_data);
}

guint
imap_flight_fetch_chunk (ImapFlight *flight, guint32 uid, const char *section, gboolean decoded,
                         guint64 origin, guint64 octets, ImapFetchFunc func, gpointer user_data)
{
  GString *items = g_string_new (NULL);

  if (decoded && origin == 0)
    g_string_append_printf (items, " BINARY.SIZE[%s]", section);
  g_string_append_printf (items, " %s[%s]<%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ">",
                          decoded ? "BINARY.PEEK" : "BODY.PEEK", section, origin, octets);
  return add_fetch_sections (flight, uid, items, func, user_data);
}

gboolean
imap_session_fetch (ImapSession *session, const char *set, ImapFetchItems items,
                    guint64 changed_since, ImapFetchFunc func, gpointer user_data,
                    GCancellable *cancellable, GError **error)
{
  if (!imap_session_check_selected (session, error))
    return FALSE;
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  imap_flight_fetch (flight, set, items, changed_since, func, user_data);
  return imap_flight_run_alone (flight, cancellable, error);
}

gboolean
imap_session_fetch_seq (ImapSession *session, guint32 first, guint32 last, ImapFetchItems items,
                        ImapFetchFunc func, gpointer user_data, GCancellable *cancellable,
                        GError **error)
{
  if (!imap_session_check_selected (session, error))
    return FALSE;
  if (last == 0)
    return TRUE;
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  imap_flight_fetch_seq (flight, first, last, items, func, user_data);
  return imap_flight_run_alone (flight, cancellable, error);
}

/* ---- what changed since an earlier visit ---- */

#define CHANGE_ITEMS (IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ)
/* A longer set of known UIDs is left out: then the server tells of more than we ever had, which does no harm. */
#define MAX_KNOWN_OCTETS 500

static gboolean
take_changed (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  ImapTask *task = user_data;
  return task->changed == NULL || task->changed (fetched, task->resync_data, error);
}

static gboolean
take_vanished (const BaseUidSet *uids, gpointer user_data, GError **error)
{
  ImapTask *task = user_data;
  return task->vanished == NULL || task->vanished (uids, task->resync_data, error);
}

static void
listen_for_changes (ImapTask *task, ImapFetchFunc changed, ImapVanishedFunc vanished,
                    gpointer user_data)
{
  task->changed = changed;
  task->vanished = vanished;
  task->resync_data = user_data;
  task->exchange.items = CHANGE_ITEMS;
  task->exchange.fetch = take_changed;
  task->exchange.vanished = take_vanished;
  task->exchange.fetch_data = task;
}

/* Only what a mailbox with numbers of its own tells can be believed. */
static gboolean
finish_resync (ImapSession *session, ImapTask *task, const ImapResponse *answer, GError **error)
{
  if (task->selected.uid_validity == task->uid_validity && task->selected.highest_modseq > 0)
    task->resync = task->changes != NULL ? IMAP_RESYNC_CHANGES : IMAP_RESYNC_ALL;
  return TRUE;
}

static ImapTask *
add_changes (ImapFlight *flight, guint64 modseq, ImapFetchFunc changed, ImapVanishedFunc vanished,
             gpointer user_data)
{
  ImapSession *session = imap_flight_get_session (flight);
  g_autofree char *modifiers = g_strdup_printf ("CHANGEDSINCE %" G_GUINT64_FORMAT "%s", modseq,
                                                session->qresync ? " VANISHED" : "");
  /* Where a message has labels, their change counts as its change. */
  ImapFetchItems items = CHANGE_ITEMS;
  if (imap_session_has (session, IMAP_CAP_GMAIL))
    items |= IMAP_FETCH_LABELS;
  ImapTask *task = add_fetch_items (flight, "1:*", FALSE, items, modifiers, NULL, NULL);
  listen_for_changes (task, changed, vanished, user_data);
  task->exchange.items = items;
  return task;
}

static char *
dup_qresync (const ImapSyncPoint *point)
{
  g_autofree char *known = point->known != NULL ? base_uid_set_to_string (point->known) : NULL;
  gboolean tell = known != NULL && *known != '\0' && strlen (known) <= MAX_KNOWN_OCTETS;
  return g_strdup_printf ("QRESYNC (%u %" G_GUINT64_FORMAT "%s%s)", point->uid_validity,
                          point->modseq, tell ? " " : "", tell ? known : "");
}

guint
imap_flight_resync (ImapFlight *flight, const char *name, gboolean read_only,
                    const ImapSyncPoint *point, ImapFetchFunc changed, ImapVanishedFunc vanished,
                    gpointer user_data)
{
  ImapSession *session = imap_flight_get_session (flight);
  gboolean condstore = imap_session_has (session, IMAP_CAP_CONDSTORE);

  if (!condstore || point->modseq == 0 || point->uid_validity == 0)
    return imap_flight_select (flight, name, read_only, point->uid_validity);
  if (session->qresync) {
    g_autofree char *parameter = dup_qresync (point);
    ImapTask *task = add_select (flight, name, read_only, point->uid_validity, parameter);
    listen_for_changes (task, changed, vanished, user_data);
    task->finish = finish_resync;
    return imap_flight_get_index (flight);
  }
  ImapTask *select = add_select (flight, name, read_only, point->uid_validity, "CONDSTORE");
  guint index = imap_flight_get_index (flight);
  select->finish = finish_resync;
  select->changes = add_changes (flight, point->modseq, changed, vanished, user_data);
  return index;
}

guint
imap_flight_changes (ImapFlight *flight, guint64 modseq, ImapFetchFunc changed,
                     ImapVanishedFunc vanished, gpointer user_data)
{
  ImapSession *session = imap_flight_get_session (flight);
  ImapTask *task = add_changes (flight, modseq, changed, vanished, user_data);
  if (!imap_session_has (session, IMAP_CAP_CONDSTORE) || modseq == 0)
    base_error_set (&task->error, BASE_ERROR_REFUSED, NULL,
                    _ ("“%s” does not tell what has changed."), session->host);
  task->resync = session->qresync ? IMAP_RESYNC_ALL : IMAP_RESYNC_CHANGES;
  return imap_flight_get_index (flight);
}

/* ---- SEARCH ---- */

static void
take_found (const ImapFound *found, gpointer user_data)
{
  ImapTask *task = user_data;

  task->answered = TRUE;
  task->garbled |= !found->whole;
  base_uid_set_add_set (task->uids, found->uids);
}

/* What made no sense is no answer, nor is silence where one must be given (RFC 4731 3.1): "nothing found" would send a
 * message again.  A plain search that is answered by its OK alone is taken at its word, for that is how some say nothing. */
static gboolean
check_found (ImapTask *task, GError **error)
{
  if (!task->garbled && (task->answered || !task->must_answer))
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s", task->refused);
  return FALSE;
}

static gboolean
finish_search (ImapSession *session, ImapTask *task, const ImapResponse *answer, GError **error)
{
  return check_found (task, error);
}

/* Takes `command`, which has everything behind UID SEARCH [RETURN (ALL)]. */
static ImapTask *
add_search (ImapFlight *flight, ImapCommand *command)
{
  ImapTask *task = imap_flight_add (flight, command, IMAP_TASK_NEEDS_MAILBOX,
                                    _ ("The server did not search the folder."),
                                    imap_flight_get_mailbox (flight));
  task->uids = base_uid_set_new ();
  task->exchange.found = take_found;
  task->must_answer = imap_session_has (imap_flight_get_session (flight), IMAP_CAP_ESEARCH);
  task->finish = finish_search;
  return task;
}

ImapCommand *
imap_search_command_new (ImapSession *session)
{
  return imap_command_new (imap_session_has (session, IMAP_CAP_ESEARCH) ? "UID SEARCH RETURN (ALL)"
                                                                        : "UID SEARCH",
                           session->utf8);
}

/* More than exist, by so many, is no answer: a message may come while it is given, not thousands. */
#define MORE_THAN_EXIST 1000

/* An empty list means "delete all" to whoever compares it, so it must be true; and one of four thousand million "fetch them". */
static gboolean
finish_search_all (ImapSession *session, ImapTask *task, const ImapResponse *answer, GError **error)
{
  guint64 count = base_uid_set_count (task->uids), exists = session->selected.exists;
  if (task->answered && !task->garbled && (count > 0 || exists == 0)
      && count <= exists + MORE_THAN_EXIST)
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("The server did not tell which messages are in the folder “%s”."),
                  task->mailbox);
  return FALSE;
}

guint
imap_flight_search_all (ImapFlight *flight)
{
  ImapCommand *command = imap_search_command_new (imap_flight_get_session (flight));
  imap_command_add (command, " ALL");
  add_search (flight, command)->finish = finish_search_all;
  return imap_flight_get_index (flight);
}

guint
imap_flight_search (ImapFlight *flight, ImapCommand *command)
{
  add_search (flight, command);
  return imap_flight_get_index (flight);
}

guint
imap_flight_search_string (ImapFlight *flight, const char *key, const char *text,
                           gboolean with_charset)
{
  ImapCommand *command = imap_search_command_new (imap_flight_get_session (flight));
  if (with_charset)
    imap_command_add (command, " CHARSET UTF-8");
  imap_command_add (command, " %s ", key);
  imap_command_add_string (command, text);
  return imap_flight_search (flight, command);
}

BaseUidSet *
imap_session_search_all (ImapSession *session, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  guint index = imap_flight_search_all (flight);
  return imap_flight_run_alone (flight, cancellable, error) ? imap_flight_steal_uids (flight, index)
                                                            : NULL;
}

/* ---- NOOP ---- */

guint
imap_flight_noop (ImapFlight *flight)
{
  imap_flight_add (flight, imap_command_new ("NOOP", FALSE), 0,
                   _ ("The server did not answer as it should."), NULL);
  return imap_flight_get_index (flight);
}

gboolean
imap_session_noop (ImapSession *session, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  imap_flight_noop (flight);
  return imap_flight_run_alone (flight, cancellable, error);
}
