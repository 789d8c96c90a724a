/* Opening a mailbox and asking what is in it: SELECT, EXAMINE, FETCH, SEARCH, NOOP.  Runs in the session's thread;
 * must never report an empty mailbox because a server forgot to answer. */
#include "imap-session-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "imap-fetch.h"

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
imap_session_select (ImapSession *session, const char *name, gboolean read_only,
                     GCancellable *cancellable, GError **error)
{
  g_autofree char *refused = g_strdup_printf (_ ("The server did not open the folder “%s”."), name);
  const ImapExchange exchange = { .refused = refused, .mailbox = name };
  g_autoptr (ImapCommand) command =
      imap_mailbox_command (session, read_only ? "EXAMINE" : "SELECT", name);

  if (imap_session_has (session, IMAP_CAP_CONDSTORE))
    imap_command_add (command, " (CONDSTORE)");
  g_autofree char *kept_name = g_strdup (name); /* `name` may be our own selected_name */
  imap_state_forget_selected (session);
  session->news = FALSE;
  session->expected_expunges = 0;
  session->selected.read_only = read_only;
  /* no PERMANENTFLAGS means that all can be stored (RFC 9051 6.3.2) */
  session->selected.permanent_flags =
      IMAP_FLAG_SEEN | IMAP_FLAG_ANSWERED | IMAP_FLAG_FLAGGED | IMAP_FLAG_DELETED | IMAP_FLAG_DRAFT;
  g_autoptr (GError) local = NULL;
  session->selecting = TRUE;
  gboolean selected = imap_talk_run (session, command, &exchange, NULL, cancellable, &local);
  session->selecting = FALSE;
  if (selected) {
    session->selected_name = g_steal_pointer (&kept_name);
    return TRUE;
  }

  imap_state_forget_selected (session);
  /* Dovecot says NO without a code, whether the mailbox is gone or only cannot be opened */
  if (g_error_matches (local, BASE_ERROR, BASE_ERROR_REFUSED)
      && imap_mailbox_is_missing (session, kept_name, cancellable))
    base_error_set (error, BASE_ERROR_GONE, base_error_get_detail (local),
                    _ ("The folder “%s” does not exist on the server."), kept_name);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
fetch (ImapSession *session, const char *verb, const char *set, ImapFetchItems items,
       guint64 changed_since, ImapFetchFunc func, gpointer user_data, GCancellable *cancellable,
       GError **error)
{
  const ImapExchange exchange = {
    .refused = _ ("The server did not send the messages that were asked for."),
    .mailbox = session->selected_name,
    .fetch = func,
    .user_data = user_data,
  };
  gboolean condstore = imap_session_has (session, IMAP_CAP_CONDSTORE);
  g_autofree char *wanted = imap_fetch_items_to_string (items, condstore);
  g_autoptr (ImapCommand) command = imap_command_new (verb, FALSE);

  imap_command_add (command, " %s %s", set, wanted);
  if (condstore && changed_since > 0)
    imap_command_add (command, " (CHANGEDSINCE %" G_GUINT64_FORMAT ")", changed_since);
  return imap_talk_run (session, command, &exchange, NULL, cancellable, error);
}

gboolean
imap_session_fetch (ImapSession *session, const char *set, ImapFetchItems items,
                    guint64 changed_since, ImapFetchFunc func, gpointer user_data,
                    GCancellable *cancellable, GError **error)
{
  if (!imap_session_check_selected (session, error))
    return FALSE;
  return *set == '\0'
         || fetch (session, "UID FETCH", set, items, changed_since, func, user_data, cancellable,
                   error);
}

gboolean
imap_session_fetch_seq (ImapSession *session, guint32 first, guint32 last, ImapFetchItems items,
                        ImapFetchFunc func, gpointer user_data, GCancellable *cancellable,
                        GError **error)
{
  if (!imap_session_check_selected (session, error))
    return FALSE;
  first = MAX (first, 1);
  if (first > last)
    return TRUE;
  g_autofree char *set = g_strdup_printf ("%u:%u", first, last);
  return fetch (session, "FETCH", set, items, 0, func, user_data, cancellable, error);
}

typedef struct
{
  BaseUidSet *uids; /* Owned */
  gboolean answered;
} Found;

/* * SEARCH 2 84 882, where a server may well put it as the answer to an extended search too (quirk 62) */
static void
take_search (ImapSession *session, Found *found)
{
  ImapToken token;
  while (imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_ATOM) {
    guint32 uid = (guint32)imap_token_number (&token, G_MAXUINT32);
    if (uid != 0)
      base_uid_set_add (found->uids, uid);
  }
}

/* * ESEARCH (TAG "A7") UID ALL 2,10:11 */
static gboolean
take_esearch (ImapSession *session, Found *found, GError **error)
{
  ImapToken token;

  while (imap_lexer_next (session->lexer, &token) != IMAP_TOKEN_END) {
    if (!imap_token_is (&token, "ALL")) {
      if (imap_lexer_skip (session->lexer, &token))
        continue;
      base_error_set (
          error, BASE_ERROR_LIMIT, NULL,
          _ ("The mail server sent an answer that is too deeply nested to be understood."));
      return FALSE;
    }
    imap_lexer_next (session->lexer, &token);
    g_autofree char *text = imap_token_dup (&token);
    g_autoptr (BaseUidSet) uids = base_uid_set_parse (text);
    for (guint i = 0; uids != NULL && i < base_uid_set_n_ranges (uids); i++) {
      BaseUidRange range = base_uid_set_get_range (uids, i);
      base_uid_set_add_range (found->uids, range.first, range.last);
    }
    found->answered &= uids != NULL;
  }
  return TRUE;
}

static gboolean
take_found (ImapSession *session, const ImapResponse *response, gpointer user_data, GError **error)
{
  Found *found = user_data;
  if (strcmp (response->name, "SEARCH") == 0) {
    found->answered = TRUE;
    take_search (session, found);
  } else if (strcmp (response->name, "ESEARCH") == 0) {
    found->answered = TRUE;
    return take_esearch (session, found, error);
  }
  return TRUE;
}

/* Takes `command`, which has everything behind UID SEARCH [RETURN (ALL)]. */
static BaseUidSet *
search (ImapSession *session, ImapCommand *command, gboolean *answered, GCancellable *cancellable,
        GError **error)
{
  g_autoptr (ImapCommand) owned = command;
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();
  Found found = { .uids = uids };
  const ImapExchange exchange = {
    .refused = _ ("The server did not search the folder."),
    .mailbox = session->selected_name,
    .data = take_found,
    .user_data = &found,
  };

  if (!imap_talk_run (session, owned, &exchange, NULL, cancellable, error))
    return NULL;
  *answered = found.answered;
  return g_steal_pointer (&uids);
}

static ImapCommand *
search_command (ImapSession *session)
{
  return imap_command_new (imap_session_has (session, IMAP_CAP_ESEARCH) ? "UID SEARCH RETURN (ALL)"
                                                                        : "UID SEARCH",
                           session->utf8);
}

BaseUidSet *
imap_session_search_all (ImapSession *session, GCancellable *cancellable, GError **error)
{
  gboolean answered;
  if (!imap_session_check_selected (session, error))
    return NULL;
  ImapCommand *command = search_command (session);
  imap_command_add (command, " ALL");
  g_autoptr (BaseUidSet) uids = search (session, command, &answered, cancellable, error);
  if (uids == NULL)
    return NULL;
  /* an empty list means "delete all" to whoever compares it, so it must be true */
  if (!answered || (base_uid_set_is_empty (uids) && session->selected.exists > 0)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("The server did not tell which messages are in the folder “%s”."),
                    session->selected_name);
    return NULL;
  }
  return g_steal_pointer (&uids);
}

BaseUidSet *
imap_session_search_message_id (ImapSession *session, const char *message_id,
                                GCancellable *cancellable, GError **error)
{
  gboolean answered;
  if (!imap_session_check_selected (session, error))
    return NULL;
  ImapCommand *command = search_command (session);
  if (!g_str_is_ascii (message_id) && !session->utf8)
    imap_command_add (command, " CHARSET UTF-8");
  imap_command_add (command, " HEADER Message-ID ");
  imap_command_add_string (command, message_id);
  return search (session, command, &answered, cancellable, error);
}

gboolean
imap_session_noop (ImapSession *session, GCancellable *cancellable, GError **error)
{
  const ImapExchange exchange = { .refused = _ ("The server did not answer as it should.") };
  g_autoptr (ImapCommand) command = imap_command_new ("NOOP", FALSE);
  return imap_talk_run (session, command, &exchange, NULL, cancellable, error);
}
