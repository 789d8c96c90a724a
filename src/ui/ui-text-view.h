/* Plain text mail: quotes coloured by their depth, long ones folded behind a button, the signature dimmed, links that can be clicked or opened
 * with Return.
 *
 * Also what a screen reader reads of an HTML mail, because WebKit's content is not in the accessibility tree of
 * GTK 4.8. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_TEXT_VIEW (ui_text_view_get_type ())
G_DECLARE_FINAL_TYPE (UiTextView, ui_text_view, UI, TEXT_VIEW, GtkTextView)

/* Property "fixed-width" (boolean): all letters equally wide, Korean, Japanese and Chinese ones twice as wide where there is a font for it.
 * Signals: "link-hovered" (const char *uri or NULL), "link-activated" (const char *uri), "filled": all of the text is there. */
GtkWidget *ui_text_view_new (void);
/* Shows `text` (valid UTF-8), the first part at once and the rest while the window is idle. */
void ui_text_view_set_text (UiTextView *self, const char *text);
/* The same, as it is and in a fixed-width font: what looks like a link or a quote is neither. */
void ui_text_view_set_source (UiTextView *self, const char *text);
/* 1.0 is the size of the font of the desktop. */
void ui_text_view_set_zoom (UiTextView *self, double zoom);

/* What is selected of it and to be seen; NULL: nothing is. */
char *ui_text_view_dup_selected (UiTextView *self) G_GNUC_WARN_UNUSED_RESULT;

/* Shows the folded quote around this place (characters), if there is one. */
void ui_text_view_unfold (UiTextView *self, int offset);

G_END_DECLS
