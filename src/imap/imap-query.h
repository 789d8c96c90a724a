/* A person's search as the server can be asked for it: SEARCH (RFC 9051 6.4.4), on Gmail with X-GM-RAW.  Threads and errors: see imap-session.h. */
#pragma once

#include "base-query.h"
#include "imap-session.h"

G_BEGIN_DECLS

/* What is known of a piece without asking the server: the folder that is open is in:inbox, or is not. */
typedef enum
{
  IMAP_QUERY_NOT_KNOWN,
  IMAP_QUERY_TRUE,
  IMAP_QUERY_FALSE,
} ImapQueryKnown;
typedef ImapQueryKnown (*ImapQueryFunc) (const BaseQueryNode *node, gpointer user_data);

/* FALSE: by what is known of the folder it is true of no message there. */
gboolean imap_query_may_be (const BaseQueryNode *root, ImapQueryFunc func, gpointer user_data);

/* What was asked. */
typedef enum
{
  IMAP_QUERY_NOTHING, /* it is not true of any message here: the server was left alone */
  IMAP_QUERY_ASKED,
  IMAP_QUERY_ALL, /* nothing of it could be asked: these are all messages */
} ImapQueryAsked;

/* UIDs of those in the selected mailbox that may be hits: those that are, as far as the server's idea of a word goes, and more, for
 * what it cannot be asked is left out, and dates are a day wider at both ends (their zone is the server's).  The caller looks at them again.
 *
 * Words in other than ASCII go as UTF-8; where that is refused, in a charset that the server named ([BADCHARSET (...)]), then as octets without a
 * charset (quirk 25), then not at all; TEXT, where it is refused, as the fields that people mean (quirk 39).  What worked is remembered for the
 * connection.  8-bit octets are in literals alone, unless the server was told of UTF8=ACCEPT.  Only looks: never sets \Seen. */
BaseUidSet *imap_session_search_query (ImapSession *session, const BaseQueryNode *root,
                                       ImapQueryFunc func, gpointer user_data,
                                       ImapQueryAsked *asked, GCancellable *cancellable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
