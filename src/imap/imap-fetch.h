/* What a FETCH answer says (RFC 9051 7.5.2), and flags by name.  Pure. */
#pragma once

#include "imap-lexer.h"
#include "imap-session.h"

G_BEGIN_DECLS

/* Reads the rest of "* 12 FETCH …".  Unknown items are passed over; malformed ones too.  LIMIT when it
 * nests too deeply. */
gboolean imap_fetched_parse (ImapFetched *fetched, guint32 seq, ImapLexer *lexer, GError **error);
/* Something besides numbers and flags. */
gboolean imap_fetched_has_more (const ImapFetched *fetched);
void imap_fetched_clear (ImapFetched *fetched);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ImapFetched, imap_fetched_clear)

/* The items as they are asked for, in parentheses and always with UID, from a server that can do `capabilities`. */
char *imap_fetch_items_to_string (ImapFetchItems items,
                                  ImapCapability capabilities) G_GNUC_WARN_UNUSED_RESULT;

/* 0 for a flag Sosik does not keep. */
ImapFlags imap_flag_from_name (const char *name, gsize length);
/* "\Seen $Forwarded". */
char *imap_flags_to_string (ImapFlags flags) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
