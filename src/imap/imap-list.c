/* Mailboxes: their names on the wire, LIST with SPECIAL-USE and LIST-STATUS, STATUS, CREATE, DELETE,
 * RENAME, SUBSCRIBE.  Runs in the session's thread;
 * must never give out a name under which the server would not find the mailbox again. */
#include "imap-flight-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-text.h"
#include "imap-utf7.h"

/* Nobody has more; a server that sends more is not to fill the memory.  To leave out what is too much would be to say that
 * it does not exist. */
#define MAX_MAILBOXES   50000
#define MAX_NAME_OCTETS (8 * 1024 * 1024) /* of all names together */

void
imap_mailbox_free (ImapMailbox *mailbox)
{
  if (mailbox == NULL)
    return;
  g_free (mailbox->name);
  g_free (mailbox->mailbox_id);
  g_free (mailbox);
}

/* As the server spells it. */
static char *
to_wire (ImapSession *session, const char *name)
{
  const char *known = g_hash_table_lookup (session->wire_names, name);
  if (known != NULL)
    return g_strdup (known);
  return session->utf8 ? g_strdup (name) : imap_utf7_encode (name);
}

ImapCommand *
imap_mailbox_command (ImapSession *session, const char *verb, const char *mailbox)
{
  g_autofree char *wire = to_wire (session, mailbox);
  ImapCommand *command = imap_command_new (verb, session->utf8);
  imap_command_add (command, " ");
  imap_command_add_string (command, wire);
  return command;
}

/* The name for people, which finds its way back: what the server wrote is remembered, since decoding and encoding
 * again may give another spelling. */
static char *
name_from_wire (ImapSession *session, const char *wire, gboolean remember)
{
  if (g_ascii_strcasecmp (wire, "INBOX") == 0)
    return g_strdup ("INBOX");

  /* with UTF-8 an "&" is itself (RFC 6855 3, RFC 9051 5.1) */
  g_autofree char *name = session->utf8 ? base_text_repair (wire, -1) : imap_utf7_decode (wire);
  const char *other = g_hash_table_lookup (session->wire_names, name);
  if (other != NULL && strcmp (other, wire) == 0)
    return g_steal_pointer (&name);
  if (other != NULL) {
    /* two spellings look the same: the second one stays as it is */
    g_free (name);
    name = base_text_repair (wire, -1);
  }
  if (remember)
    g_hash_table_insert (session->wire_names, g_strdup (name), g_strdup (wire));
  return g_steal_pointer (&name);
}

/* A bare name up to the line's end, without what LIST-EXTENDED puts behind it: ("OLDNAME" ("old")). */
static char *
dup_to_line_end (const char *text)
{
  const char *extended = strstr (text, " (\"");
  char *name = extended != NULL ? g_strndup (text, (gsize)(extended - text)) : g_strdup (text);
  return g_strchomp (name);
}

/* A mailbox name is a string, or an atom; some servers leave a name with tabs or spaces bare (quirk 16). */
static char *
take_name (ImapSession *session, gboolean listed)
{
  g_autofree char *wire = NULL;
  ImapToken token;

  if (imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_STRING)
    wire = imap_token_dup (&token);
  else if (token.type == IMAP_TOKEN_ATOM && listed)
    wire = dup_to_line_end (token.text);
  else if (token.type == IMAP_TOKEN_ATOM)
    wire = imap_token_dup (&token);
  return wire != NULL && *wire != '\0' ? name_from_wire (session, wire, listed) : NULL;
}

static void
take_attribute (ImapMailbox *mailbox, const ImapToken *attribute)
{
  static const struct
  {
    const char *name;
    ImapRole role;
  } roles[] = {
    { "\\Drafts", IMAP_ROLE_DRAFTS },   { "\\Sent", IMAP_ROLE_SENT },
    { "\\Archive", IMAP_ROLE_ARCHIVE }, { "\\Junk", IMAP_ROLE_JUNK },
    { "\\Trash", IMAP_ROLE_TRASH },     { "\\All", IMAP_ROLE_ALL },
    { "\\Flagged", IMAP_ROLE_FLAGGED },
  };

  if (imap_token_is (attribute, "\\Noselect") || imap_token_is (attribute, "\\NonExistent"))
    mailbox->selectable = FALSE;
  if (imap_token_is (attribute, "\\Subscribed"))
    mailbox->subscribed = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    if (imap_token_is (attribute, roles[i].name))
      mailbox->role = roles[i].role;
  }
}

/* ("OLDNAME" ("before")) behind a name */
static gboolean
has_old_name (ImapSession *session)
{
  ImapToken token;

  return imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_OPEN
         && imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_STRING
         && token.length == strlen ("OLDNAME")
         && g_ascii_strncasecmp (token.text, "OLDNAME", token.length) == 0;
}

/* With NOTIFY the server may tell in the middle of a list that a mailbox which it has listed is gone, or that one has another
 * name (RFC 5465 5.4): then this list is old already. */
static void
take_repeated (ImapSession *session, ImapTask *listing, const ImapMailbox *mailbox,
               gboolean renamed)
{
  const ImapMailbox *before = g_hash_table_lookup (listing->names, mailbox->name);

  if (session->watching
      && (renamed || (before != NULL && before->selectable && !mailbox->selectable)))
    imap_news_add_number (session, IMAP_NEWS_MAILBOXES, 0);
}

/* * LIST (\HasNoChildren \Sent) "/" "Sent" */
static void
take_list (ImapSession *session, ImapTask *listing)
{
  g_autoptr (ImapMailbox) mailbox = g_new0 (ImapMailbox, 1);
  ImapToken token;

  mailbox->selectable = TRUE;
  mailbox->tells_subscribed = listing->tells_subscribed;
  if (imap_lexer_next (session->lexer, &token) != IMAP_TOKEN_OPEN)
    return;
  while (imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_ATOM)
    take_attribute (mailbox, &token);
  if (token.type != IMAP_TOKEN_CLOSE)
    return;

  if (imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_STRING && token.length == 1)
    mailbox->delimiter = token.text[0];
  mailbox->name = take_name (session, TRUE);
  if (mailbox->name == NULL)
    return;
  take_repeated (session, listing, mailbox, has_old_name (session));
  if (g_hash_table_contains (listing->names, mailbox->name))
    return;
  if (strcmp (mailbox->name, "INBOX") == 0)
    mailbox->role = IMAP_ROLE_INBOX;
  mailbox->shared = imap_namespace_is_shared (session, mailbox->name);
  listing->name_octets += strlen (mailbox->name);
  g_hash_table_insert (listing->names, mailbox->name, mailbox);
  g_ptr_array_add (listing->mailboxes, g_steal_pointer (&mailbox));
}

/* MAILBOXID (F2212ea87-6097-4256-9d51-71338625) */
static void
take_mailbox_id (ImapSession *session, ImapMailbox *mailbox)
{
  ImapToken token;
  imap_lexer_next (session->lexer, &token);
  g_free (mailbox->mailbox_id);
  mailbox->mailbox_id = imap_token_dup_object_id (&token);
  while (token.type != IMAP_TOKEN_CLOSE && token.type != IMAP_TOKEN_END
         && token.type != IMAP_TOKEN_LIMIT)
    imap_lexer_next (session->lexer, &token);
}

static void
take_status_number (ImapMailbox *mailbox, const ImapToken *key, const ImapToken *value)
{
  guint32 number = (guint32)imap_token_number (value, G_MAXUINT32);

  if (imap_token_is (key, "MESSAGES")) {
    mailbox->messages = number;
    mailbox->told |= IMAP_TOLD_MESSAGES;
  } else if (imap_token_is (key, "UNSEEN")) {
    mailbox->unseen = number;
    mailbox->told |= IMAP_TOLD_UNSEEN;
  } else if (imap_token_is (key, "UIDNEXT")) {
    mailbox->uid_next = number;
    mailbox->told |= IMAP_TOLD_UIDNEXT;
  } else if (imap_token_is (key, "UIDVALIDITY")) {
    mailbox->uid_validity = number;
    mailbox->told |= IMAP_TOLD_UIDVALIDITY;
  } else if (imap_token_is (key, "HIGHESTMODSEQ")) {
    mailbox->highest_modseq = imap_token_number (value, G_MAXINT64);
    mailbox->told |= IMAP_TOLD_HIGHESTMODSEQ;
  } else if (imap_token_is (key, "SIZE")) {
    mailbox->size = imap_token_number (value, G_MAXINT64);
    mailbox->told |= IMAP_TOLD_SIZE;
  } else if (imap_token_is (key, "APPENDLIMIT")) {
    mailbox->append_limit = imap_token_number (value, G_MAXINT64);
  }
}

ImapMailbox *
imap_mailbox_parse_status (ImapSession *session)
{
  g_autoptr (ImapMailbox) mailbox = g_new0 (ImapMailbox, 1);
  ImapToken key, value;

  mailbox->name = take_name (session, FALSE);
  if (mailbox->name == NULL)
    return NULL;
  mailbox->selectable = TRUE;
  if (imap_lexer_next (session->lexer, &key) != IMAP_TOKEN_OPEN)
    return g_steal_pointer (&mailbox);
  while (imap_lexer_next (session->lexer, &key) == IMAP_TOKEN_ATOM) {
    imap_lexer_next (session->lexer, &value);
    if (value.type == IMAP_TOKEN_OPEN && imap_token_is (&key, "MAILBOXID"))
      take_mailbox_id (session, mailbox);
    else if (value.type == IMAP_TOKEN_ATOM)
      take_status_number (mailbox, &key, &value);
    else if (!imap_lexer_skip (session->lexer, &value) || value.type == IMAP_TOKEN_CLOSE)
      break;
  }
  mailbox->has_status = (mailbox->told & IMAP_TOLD_MESSAGES) != 0;
  return g_steal_pointer (&mailbox);
}

void
imap_mailbox_set_status (ImapMailbox *mailbox, const ImapMailbox *status)
{
  mailbox->has_status |= status->has_status;
  mailbox->told |= status->told;
  if (status->told & IMAP_TOLD_MESSAGES)
    mailbox->messages = status->messages;
  if (status->told & IMAP_TOLD_UNSEEN)
    mailbox->unseen = status->unseen;
  if (status->told & IMAP_TOLD_UIDNEXT)
    mailbox->uid_next = status->uid_next;
  if (status->told & IMAP_TOLD_UIDVALIDITY)
    mailbox->uid_validity = status->uid_validity;
  if (status->told & IMAP_TOLD_HIGHESTMODSEQ)
    mailbox->highest_modseq = status->highest_modseq;
  if (status->told & IMAP_TOLD_SIZE)
    mailbox->size = status->size;
  if (status->mailbox_id != NULL) {
    g_free (mailbox->mailbox_id);
    mailbox->mailbox_id = g_strdup (status->mailbox_id);
  }
}

static ImapTaken
take_listing (ImapSession *session, const ImapResponse *response, gpointer user_data,
              GError **error)
{
  ImapTask *listing = user_data;

  if (strcmp (response->name, "LIST") != 0)
    return IMAP_TAKEN_NOT;
  take_list (session, listing);
  if (listing->mailboxes->len <= MAX_MAILBOXES && listing->name_octets <= MAX_NAME_OCTETS
      && g_hash_table_size (session->wire_names) <= 2 * MAX_MAILBOXES)
    return IMAP_TAKEN;
  base_error_set (error, BASE_ERROR_LIMIT, NULL, _ ("“%s” has more folders than Sosik can handle."),
                  session->host);
  return IMAP_TAKEN_FAILED;
}

static ImapTaken
take_listed_status (ImapMailbox *status, gpointer user_data)
{
  ImapTask *listing = user_data;
  ImapMailbox *mailbox = g_hash_table_lookup (listing->names, status->name);
  if (mailbox == NULL)
    return IMAP_TAKEN_NOT;
  imap_mailbox_set_status (mailbox, status);
  return IMAP_TAKEN;
}

char *
imap_mailbox_status_items (ImapSession *session)
{
  gboolean has_id = imap_session_has (session, IMAP_CAP_OBJECTID) && !session->quirks.no_status_id;

  return g_strdup_printf ("(MESSAGES UNSEEN UIDNEXT UIDVALIDITY%s%s)",
                          imap_session_has (session, IMAP_CAP_CONDSTORE) ? " HIGHESTMODSEQ" : "",
                          has_id ? " MAILBOXID" : "");
}

static ImapTaken
take_own_status (ImapMailbox *status, gpointer user_data)
{
  ImapTask *task = user_data;
  if (strcmp (task->status->name, status->name) != 0)
    return IMAP_TAKEN_NOT;
  imap_mailbox_set_status (task->status, status);
  return IMAP_TAKEN;
}

static guint
add_status (ImapFlight *flight, ImapMailbox *mailbox, const char *items)
{
  ImapSession *session = imap_flight_get_session (flight);
  g_autofree char *refused =
      g_strdup_printf (_ ("The server did not tell about the folder “%s”."), mailbox->name);
  ImapCommand *command = imap_mailbox_command (session, "STATUS", mailbox->name);
  imap_command_add (command, " %s", items);
  ImapTask *task = imap_flight_add (flight, command, IMAP_TASK_STATUS, refused, mailbox->name);
  task->status = mailbox;
  task->exchange.status = take_own_status;
  mailbox->has_status = FALSE;
  return imap_flight_get_index (flight);
}

guint
imap_flight_status (ImapFlight *flight, ImapMailbox *mailbox)
{
  g_autofree char *items = imap_mailbox_status_items (imap_flight_get_session (flight));
  return add_status (flight, mailbox, items);
}

/* What to ask for beside the names; NULL for nothing, where a plain LIST is the safest (quirks 43, 45, 52). */
static char *
dup_return_options (ImapSession *session)
{
  gboolean special = imap_session_has (session, IMAP_CAP_SPECIAL_USE);
  gboolean status = imap_session_has (session, IMAP_CAP_LIST_STATUS);
  if (session->no_extended_list || !imap_session_has (session, IMAP_CAP_LIST_EXTENDED))
    return NULL;
  g_autofree char *items = imap_mailbox_status_items (session);
  return g_strdup_printf (" RETURN (%sSUBSCRIBED%s%s)", special ? "SPECIAL-USE " : "",
                          status ? " STATUS " : "", status ? items : "");
}

/* All mailboxes, or `mailbox` alone. */
static ImapTask *
add_list (ImapFlight *flight, const char *mailbox, const char *options)
{
  ImapSession *session = imap_flight_get_session (flight);
  ImapCommand *command = mailbox != NULL ? imap_mailbox_command (session, "LIST \"\"", mailbox)
                                         : imap_command_new ("LIST \"\" \"*\"", session->utf8);
  if (options != NULL)
    imap_command_add (command, "%s", options);
  ImapTask *task =
      imap_flight_add (flight, command, (ImapTaskTraits)0,
                       _ ("The mail server did not tell which folders there are."), NULL);
  task->mailboxes = g_ptr_array_new_with_free_func ((GDestroyNotify)imap_mailbox_free);
  task->names = g_hash_table_new (g_str_hash, g_str_equal);
  task->exchange.data = take_listing;
  task->exchange.status = take_listed_status;
  task->tells_subscribed = options != NULL;
  return task;
}

gboolean
imap_session_fill_status (ImapSession *session, GPtrArray *mailboxes, GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);

  for (guint i = 0; i < mailboxes->len; i++) {
    ImapMailbox *mailbox = g_ptr_array_index (mailboxes, i);
    if (mailbox->selectable && !mailbox->has_status
        && g_strcmp0 (mailbox->name, session->selected_name) != 0)
      imap_flight_status (flight, mailbox);
  }
  return imap_flight_run (flight, cancellable, error);
}

guint
imap_flight_list (ImapFlight *flight)
{
  g_autofree char *options = dup_return_options (imap_flight_get_session (flight));
  add_list (flight, NULL, options);
  return imap_flight_get_index (flight);
}

gboolean
imap_flight_lists_status (ImapSession *session)
{
  return !session->no_extended_list
         && imap_session_has (session, IMAP_CAP_LIST_EXTENDED | IMAP_CAP_LIST_STATUS);
}

static GPtrArray *
list_plainly (ImapSession *session, const char *mailbox, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  add_list (flight, mailbox, NULL);
  return imap_flight_run_alone (flight, cancellable, error)
             ? imap_flight_steal_mailboxes (flight, imap_flight_get_index (flight))
             : NULL;
}

/* NULL: there is no list. */
static GPtrArray *
note_shared (ImapSession *session, GPtrArray *mailboxes)
{
  session->lists_shared = FALSE;
  for (guint i = 0; mailboxes != NULL && i < mailboxes->len; i++)
    session->lists_shared |= ((const ImapMailbox *)g_ptr_array_index (mailboxes, i))->shared;
  return mailboxes;
}

GPtrArray *
imap_flight_finish_list (ImapFlight *flight, guint index, GCancellable *cancellable, GError **error)
{
  ImapSession *session = imap_flight_get_session (flight);
  gboolean extended = imap_flight_get_task (flight, index)->tells_subscribed;
  g_autoptr (GPtrArray) mailboxes = imap_flight_steal_mailboxes (flight, index);
  g_autoptr (GError) local = NULL;

  if (mailboxes != NULL && (mailboxes->len > 0 || !extended))
    return note_shared (session, g_steal_pointer (&mailboxes));
  if (mailboxes == NULL && !imap_flight_get_result (flight, index, &local)
      && (!extended || !session->usable
          || !g_error_matches (local, BASE_ERROR, BASE_ERROR_REFUSED))) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  /* offered, but refused or answered with nothing (quirks 45, 58) */
  session->no_extended_list = TRUE;
  return note_shared (session, list_plainly (session, NULL, cancellable, error));
}

GPtrArray *
imap_session_list (ImapSession *session, GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  guint index = imap_flight_list (flight);

  return imap_flight_run (flight, cancellable, error)
             ? imap_flight_finish_list (flight, index, cancellable, error)
             : NULL;
}

gboolean
imap_mailbox_is_missing (ImapSession *session, const char *name, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) mailboxes = list_plainly (session, name, cancellable, NULL);

  if (mailboxes == NULL || g_ascii_strcasecmp (name, "INBOX") == 0)
    return FALSE;
  for (guint i = 0; i < mailboxes->len; i++) {
    const ImapMailbox *mailbox = g_ptr_array_index (mailboxes, i);
    if (strcmp (mailbox->name, name) == 0)
      return FALSE;
  }
  return TRUE;
}

gboolean
imap_session_create (ImapSession *session, const char *name, GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *refused =
      g_strdup_printf (_ ("The server did not create the folder “%s”."), name);
  const ImapExchange exchange = { .refused = refused, .mailbox = name };
  g_autoptr (ImapCommand) command = imap_mailbox_command (session, "CREATE", name);
  g_auto (ImapResponse) answer = { 0 };

  if (!imap_talk_ask (session, command, &exchange, &answer, cancellable, error))
    return FALSE;
  if (answer.condition == IMAP_CONDITION_OK || imap_response_has_code (&answer, "ALREADYEXISTS"))
    return TRUE;
  imap_talk_set_refused (session, &answer, &exchange, error);
  return FALSE;
}

gboolean
imap_session_delete (ImapSession *session, const char *name, GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *refused =
      g_strdup_printf (_ ("The server did not delete the folder “%s”."), name);
  const ImapExchange exchange = { .refused = refused, .mailbox = name };
  g_autoptr (ImapCommand) command = imap_mailbox_command (session, "DELETE", name);

  return imap_talk_run (session, command, &exchange, NULL, cancellable, error);
}

gboolean
imap_session_rename (ImapSession *session, const char *name, const char *new_name,
                     GCancellable *cancellable, GError **error)
{
  g_autofree char *refused =
      g_strdup_printf (_ ("The server did not rename the folder “%s”."), name);
  const ImapExchange exchange = { .refused = refused, .mailbox = name };
  g_autoptr (ImapCommand) command = imap_mailbox_command (session, "RENAME", name);
  g_autofree char *wire = to_wire (session, new_name);

  imap_command_add (command, " ");
  imap_command_add_string (command, wire);
  return imap_talk_run (session, command, &exchange, NULL, cancellable, error);
}

gboolean
imap_session_subscribe (ImapSession *session, const char *name, gboolean subscribe,
                        GCancellable *cancellable, GError **error)
{
  g_autofree char *refused = g_strdup_printf (
      subscribe ? _ ("The server did not subscribe to the folder “%s”.")
                : _ ("The server did not end the subscription to the folder “%s”."),
      name);
  const ImapExchange exchange = { .refused = refused, .mailbox = name };
  g_autoptr (ImapCommand) command =
      imap_mailbox_command (session, subscribe ? "SUBSCRIBE" : "UNSUBSCRIBE", name);

  return imap_talk_run (session, command, &exchange, NULL, cancellable, error);
}

ImapMailbox *
imap_session_status (ImapSession *session, const char *name, GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (ImapMailbox) mailbox = g_new0 (ImapMailbox, 1);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);

  mailbox->name = g_strdup (name);
  mailbox->selectable = TRUE;
  imap_flight_status (flight, mailbox);
  return imap_flight_run_alone (flight, cancellable, error) ? g_steal_pointer (&mailbox) : NULL;
}

/* Its answer alone: what a watching server tells of the same mailbox meanwhile is news. */
static ImapTaken
take_measured (ImapMailbox *status, gpointer user_data)
{
  return status->told == IMAP_TOLD_SIZE ? take_own_status (status, user_data) : IMAP_TAKEN_NOT;
}

gboolean
imap_session_measure (ImapSession *session, const char *name, guint patience_ms, gint64 *size,
                      GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  g_autoptr (ImapMailbox) mailbox = g_new0 (ImapMailbox, 1);
  g_autoptr (GError) local = NULL;
  gboolean answered = FALSE;

  *size = -1;
  mailbox->name = g_strdup (name);
  if (!imap_talk_check_usable (session, error))
    return FALSE;
  if (!imap_session_has (session, IMAP_CAP_STATUS_SIZE))
    return TRUE;
  guint usual = net_connection_get_timeout (session->connection);
  net_connection_set_timeout (session->connection, MIN (patience_ms, usual));
  imap_flight_get_task (flight, add_status (flight, mailbox, "(SIZE)"))->exchange.status =
      take_measured;
  answered = imap_flight_run_alone (flight, cancellable, &local);
  net_connection_set_timeout (session->connection, usual);
  /* It had enough of the question, or we of waiting: the next connection must not come to the same end. */
  if (!session->usable && !base_error_is_cancelled (local))
    session->doubted |= IMAP_CAP_STATUS_SIZE;
  if (answered && (mailbox->told & IMAP_TOLD_SIZE) != 0)
    *size = (gint64)mailbox->size;
  if (!answered)
    g_propagate_error (error, g_steal_pointer (&local));
  return answered;
}
