/* Quoted text of a clean HTML mail, folded.  Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A copy of `html` (clean, see mail-content.h) in which each outermost quote that follows words of the sender stands in a closed
 * <details class="sosik-quote"> whose summary is `label`: what mail programs mark as quoted (blockquote type=cite, gmail_quote and the like).
 * NULL when there is none, or the mail is too long to be looked through between two frames. */
char *ui_html_quotes_fold (const char *html, const char *label) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
