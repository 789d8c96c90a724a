/* Fixed width for texts whose letters fill two columns. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For texts in `language` ("ko", "ja" or "zh-cn") in `widget`, at the size of its font: *family (owned by the caller, nullable) is a font in which
 * Latin letters are about half as wide as those of the language, and *spacing (Pango units) what a wide letter lacks to exactly two of them.  Some
 * milliseconds the first time, then microseconds. */
void ui_text_font_find (GtkWidget *widget, const char *language, char **family, int *spacing);

G_END_DECLS
