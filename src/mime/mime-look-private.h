/* Whether a message has colours of its own that need light paper.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "#fff", "transparent", "none" and their like: paper that need not be kept. */
gboolean mime_look_is_paper (const char *colour);
/* Declarations that paint a background other than paper. */
gboolean mime_look_paints (const char *css, gsize length);
/* The same of the rules of a style sheet that stand under no condition. */
gboolean mime_look_sheet_paints (const char *css, gsize length);

G_END_DECLS
