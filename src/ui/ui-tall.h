/* Something taller than the screen, within the one scroll of the reader (UiReaderCards).
 *
 * It asks for the room that its content takes, but its child never gets more than a screenful: it is moved along, and its content
 * scrolled beneath, so that text of fifty megabytes or a mail of ten thousand lines costs what is to be seen of it.
 * The wheel over the child scrolls the reader, even where the child (WebKit) would take it for itself. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_TALL (ui_tall_get_type ())
G_DECLARE_FINAL_TYPE (UiTall, ui_tall, UI, TALL, GtkWidget)

/* Properties: "child"; "content-height" (int, pixels): of a child that is not GtkScrollable; 0 where it is not known yet.
 * Signal "scroll-to" (int y): a child that is not GtkScrollable is to show its content from there on. */
void ui_tall_set_content_height (UiTall *self, int height);

G_END_DECLS
