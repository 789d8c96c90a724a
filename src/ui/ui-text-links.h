/* Where the links of a plain text are.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first link in [*at, end), one line in UTF-8: web addresses, with and without their scheme, mailto:, and bare addresses of mail.  It begins at
 * *begin, and *at is moved behind it; FALSE: there is none.
 *
 * What closes a sentence or a bracket is no part of it, nor is what Korean, Japanese and Chinese write right behind a word:
 * "https://example.org/path에서".  Linear. */
gboolean ui_text_links_next (const char **at, const char *end, const char **begin);
/* What is opened for it: with the scheme that it may lack. */
char *ui_text_links_dup_uri (const char *link) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
