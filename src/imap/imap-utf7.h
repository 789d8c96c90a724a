/* Mailbox names on the wire: modified UTF-7, RFC 3501 5.1.3.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `name` is valid UTF-8. */
char *imap_utf7_encode (const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* Always valid UTF-8: what is malformed stays as it was written, so that a person can still read
 * the rest.  Names that servers send in plain UTF-8 pass as they are. */
char *imap_utf7_decode (const char *wire) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
