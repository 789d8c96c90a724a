/* A link button to the page of a provider where a person does what a sentence says.  Opened by ui-environment.h; its tooltip says where it leads. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* At the start of its line; hidden. */
GtkWidget *ui_page_link_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* The same for one that is there.  Once; `button` is a GtkLinkButton. */
void ui_page_link_prepare (GtkWidget *button);
void ui_page_link_set (GtkWidget *button, const char *uri); /* NULL: hides it */

G_END_DECLS
