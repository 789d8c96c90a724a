/* One way through strangers' HTML for all who need it: events of a well-nested tree of limited depth.  Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names are lower case; attributes come as name, value, name, value … NULL (values "" when missing), or NULL when there are
 * none.  Each start has its end, also at the end of the input and for elements that are always empty. */
typedef struct
{
  void (*start) (const char *name, const char **attributes, gpointer user_data);
  void (*end) (gpointer user_data);
  void (*text) (const char *text, gsize length, gpointer user_data);
} MimeHtmlEvents;

/* Scripts, comments, declarations and processing instructions are gone already; the content of style comes as text. */
void mime_html_parse (const char *html, const MimeHtmlEvents *events, gpointer user_data);

/* Value of an attribute, NULL when absent. */
const char *mime_html_attribute (const char **attributes, const char *name);

/* A URL as a browser reads it: outer spaces and inner control characters mean nothing, "//host" is https.  New. */
char *mime_html_normal_url (const char *url) G_GNUC_WARN_UNUSED_RESULT;

/* Nothing but what HTML takes for white space. */
gboolean mime_html_is_blank (const char *text, gsize length);

G_END_DECLS
