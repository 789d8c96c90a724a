/* A tag that gives a text its colour and lets assistive technology ask for it.
 *
 * GTK 4.8 answers a screen reader that asks how a text looks with the property "foreground" of its tags, which cannot be read: the program
 * ends.  Here it can.  "foreground-rgba" is what has to be set. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_TEXT_TAG (ui_text_tag_get_type ())
G_DECLARE_FINAL_TYPE (UiTextTag, ui_text_tag, UI, TEXT_TAG, GtkTextTag)

/* `name` as of gtk_text_tag_new (), nullable. */
GtkTextTag *ui_text_tag_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* The same, in the table of `buffer`; borrowed. */
GtkTextTag *ui_text_tag_create (GtkTextBuffer *buffer);
/* "#rrggbb" */
void ui_text_tag_set_colour (GtkTextTag *tag, const char *colour);

G_END_DECLS
