/* HTML of strangers: cleaned by an allow-list, or turned to text.  libxml2's HTML parser underneath.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Maps a cid (without "cid:", decoded) to a URL that may stand in src, or NULL to drop it. Newly allocated. */
typedef char *(*MimeHtmlCidFunc) (const char *cid, gpointer user_data);

/* Whole clean document: allowed elements, attributes and CSS properties only; no script, style elements cleaned, no link/meta/base/iframe/object/form
 * controls, no event attributes, no url() in CSS; links only http, https, mailto.  Remote images: taken out (alt text stays, with the class
 * "sosik-blocked") when !allow_remote, else src="sosik-remote:PERCENT-ENCODED".  Cleaning twice equals once. */
char *mime_html_clean (const char *html, gboolean allow_remote, guint *blocked,
                       MimeHtmlCidFunc cid_func, gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
/* Readable plain text: paragraphs, lists, link targets kept where they differ from the text, quotes as "> ", hidden elements
 * left out; no markup. */
char *mime_html_to_text (const char *html) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
