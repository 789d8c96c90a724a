/* CSS of strangers: only listed properties, only values that can fetch nothing and cover nothing.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "color:red;font-size:12px" of a style attribute's declarations; "" when nothing is left.  Twice equals once. */
char *mime_css_clean_declarations (const char *css, gsize length) G_GNUC_WARN_UNUSED_RESULT;
/* The rules of a style element; plain rules and @media with them. "" when nothing is left.  Twice equals once. */
char *mime_css_clean_sheet (const char *css, gsize length) G_GNUC_WARN_UNUSED_RESULT;
/* True when the declarations hide what they style. */
gboolean mime_css_hides (const char *css);

G_END_DECLS
