/* The answers to SEARCH, in their two forms, each to the search that it is for.  Runs in the session's thread; must never pass an answer
 * that was not understood for one that found nothing. */
#include "imap-session-private.h"

#include <glib/gi18n.h>

#include "base-error.h"

/* * SEARCH 2 84 882, where a server may well put it as the answer to an extended search too (quirk 62) */
static void
read_search (ImapSession *session, ImapFound *found)
{
  g_autoptr (GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (BaseUidSet) set = NULL;
  ImapToken token;

  while (imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_ATOM) {
    guint32 uid = (guint32)imap_token_number (&token, G_MAXUINT32);
    if (uid != 0)
      g_array_append_val (uids, uid);
    else if (!imap_token_is (&token, "0"))
      found->whole = FALSE;
  }
  /* "(MODSEQ 917162500)" may end it (RFC 7162 3.1.5) */
  found->whole &= token.type == IMAP_TOKEN_END || token.type == IMAP_TOKEN_OPEN;
  set = base_uid_set_new_from_array (uids);
  base_uid_set_add_set (found->uids, set);
}

/* "(TAG "A7")": the tag, or NULL.  `token` opens it. */
static char *
read_correlator (ImapSession *session, const ImapToken *open)
{
  ImapToken token;
  g_autofree char *tag = NULL;

  if (open->type != IMAP_TOKEN_OPEN)
    return NULL;
  while (imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_ATOM
         || token.type == IMAP_TOKEN_STRING) {
    if (imap_token_is (&token, "TAG")
        && imap_lexer_next (session->lexer, &token) > IMAP_TOKEN_END) {
      g_free (tag);
      tag = imap_token_dup (&token);
    }
  }
  return g_steal_pointer (&tag);
}

/* * ESEARCH (TAG "A7") UID ALL 2,10:11 */
static gboolean
read_esearch (ImapSession *session, ImapFound *found, char **tag, GError **error)
{
  ImapToken token;

  while (imap_lexer_next (session->lexer, &token) != IMAP_TOKEN_END) {
    if (token.type == IMAP_TOKEN_OPEN && *tag == NULL) {
      *tag = read_correlator (session, &token);
      continue;
    }
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
    found->whole &= uids != NULL;
    if (uids != NULL)
      base_uid_set_add_set (found->uids, uids);
  }
  return TRUE;
}

/* Goes to the search that is named; where none is, to the oldest.  What names another one is nobody's. */
gboolean
imap_search_take (ImapSession *session, gboolean extended, const ImapExchange *chain,
                  GError **error)
{
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();
  ImapFound found = { .uids = uids, .whole = TRUE };
  g_autofree char *tag = NULL;
  const ImapExchange *owner = NULL;

  if (!extended)
    read_search (session, &found);
  else if (!read_esearch (session, &found, &tag, error))
    return FALSE;
  for (const ImapExchange *exchange = chain; exchange != NULL; exchange = exchange->next) {
    if (exchange->found == NULL)
      continue;
    if (tag == NULL || g_strcmp0 (exchange->tag, tag) == 0) {
      owner = exchange;
      break;
    }
  }
  if (owner != NULL && !owner->dropped)
    owner->found (&found, owner->user_data);
  return TRUE;
}
