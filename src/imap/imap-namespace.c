/* Where mailboxes may lie (NAMESPACE, RFC 2342).  Runs in the session's thread; must never take more of it than is of
 * use. */
#include "imap-session-private.h"

#include <string.h>

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

const char *
imap_session_get_personal_prefix (ImapSession *session)
{
  for (guint i = 0; i < session->namespaces->len; i++) {
    const ImapNamespace *space = g_ptr_array_index (session->namespaces, i);

    if (space->kind == IMAP_NAMESPACE_PERSONAL)
      return space->prefix;
  }
  return NULL;
}

/* "user.bob" and "user" itself lie in "user."; how much of the name tells so, plus 1; 0: it does not. */
static gsize
match (const ImapNamespace *space, const char *mailbox)
{
  gsize length = strlen (space->prefix);

  if (strncmp (mailbox, space->prefix, length) == 0)
    return length + 1;
  if (length > 0 && space->delimiter != 0 && space->prefix[length - 1] == space->delimiter
      && strlen (mailbox) == length - 1 && strncmp (mailbox, space->prefix, length - 1) == 0)
    return length + 1;
  return 0;
}

gboolean
imap_namespace_is_shared (ImapSession *session, const char *mailbox)
{
  gboolean shared = FALSE;
  gsize best = 0;

  /* a server that tells no place for the person's own tells nothing that can be relied on */
  if (imap_session_get_personal_prefix (session) == NULL)
    return FALSE;
  for (guint i = 0; i < session->namespaces->len && strcmp (mailbox, "INBOX") != 0; i++) {
    const ImapNamespace *space = g_ptr_array_index (session->namespaces, i);
    gsize length = match (space, mailbox);

    if (length > best) {
      best = length;
      shared = space->kind != IMAP_NAMESPACE_PERSONAL;
    }
  }
  return shared;
}
