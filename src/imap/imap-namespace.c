/* Where mailboxes may lie (NAMESPACE, RFC 2342).  Runs in the session's thread; must never take more of it than is of
 * use. */
#include "imap-session-private.h"

#include "base-text.h"
#include "imap-utf7.h"

#define MAX_NAMESPACES 100

void
imap_namespace_free (ImapNamespace *space)
{
  if (space == NULL)
    return;
  g_free (space->prefix);
  g_free (space);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapNamespace, imap_namespace_free)

/* ("INBOX." "."), and what extensions put behind it. */
static void
take_one (ImapSession *session, ImapNamespaceKind kind)
{
  g_autoptr (ImapNamespace) space = g_new0 (ImapNamespace, 1);
  ImapToken prefix, token;

  imap_lexer_next (session->lexer, &prefix);
  if (prefix.type == IMAP_TOKEN_STRING) {
    g_autofree char *wire = imap_token_dup (&prefix);
    space->kind = kind;
    space->prefix = session->utf8 ? base_text_repair (wire, -1) : imap_utf7_decode (wire);
    if (imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_STRING && token.length == 1)
      space->delimiter = token.text[0];
    if (session->namespaces->len < MAX_NAMESPACES)
      g_ptr_array_add (session->namespaces, g_steal_pointer (&space));
  } else {
    token = prefix;
  }
  while (token.type != IMAP_TOKEN_CLOSE && token.type != IMAP_TOKEN_END
         && imap_lexer_skip (session->lexer, &token))
    imap_lexer_next (session->lexer, &token);
}

/* * NAMESPACE (("" "/")) NIL (("Public/" "/")) */
void
imap_namespace_take (ImapSession *session)
{
  ImapToken token;

  g_ptr_array_set_size (session->namespaces, 0);
  for (guint kind = IMAP_NAMESPACE_PERSONAL; kind <= IMAP_NAMESPACE_SHARED; kind++) {
    if (imap_lexer_next (session->lexer, &token) != IMAP_TOKEN_OPEN)
      continue;
    while (imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_OPEN)
      take_one (session, kind);
  }
}

const GPtrArray *
imap_session_get_namespaces (ImapSession *session)
{
  return session->namespaces;
}
