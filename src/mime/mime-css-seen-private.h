/* What in CSS would keep text from being seen, or show it in another order or at another time than it is quoted.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `lower` is the value in lower case; `room` in pixels: how far right of its container a block stands by the declarations beside this
 * one (mime_css_room ()), 0 when not known. */
gboolean mime_css_declaration_hides (const char *name, const char *lower, double room);
double mime_css_room (const char *css, gsize length);
/* Depends on what the person does: on the pointer, the focus, what was clicked; or means less than an element. */
gboolean mime_css_selector_changes (const char *prelude);
/* Ink or paper: nothing that the width of the window may change. */
gboolean mime_css_is_colour (const char *name);
/* A height that others count on, in pixels; -1 for what is no plain number of them. */
double mime_css_pixels (const char *lower);

G_END_DECLS
