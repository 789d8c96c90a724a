/* A toast whose sentence wraps instead of being cut off, and whose buttons have names: libadwaita 1.2 gives it one line, and its
 * button for closing nothing but a picture.  Main thread. */
#include "ui-toast.h"

#include "ui-names.h"

/* Its widget is made when its turn comes. */
static void
on_map (GtkWidget *title)
{
  GtkWidget *bin = gtk_widget_get_parent (title);
  GtkWidget *toast = bin != NULL ? gtk_widget_get_parent (bin) : NULL;

  if (toast != NULL)
    ui_names_fill_buttons (toast);
}

AdwToast *
ui_toast_new (const char *sentence)
{
  AdwToast *toast = adw_toast_new ("");
  GtkWidget *title = g_object_new (GTK_TYPE_LABEL, "label", sentence, "wrap", TRUE, "wrap-mode",
                                   PANGO_WRAP_WORD_CHAR, "xalign", 0.0f, NULL);

  gtk_widget_add_css_class (title, "heading");
  g_signal_connect (title, "map", G_CALLBACK (on_map), NULL);
  adw_toast_set_custom_title (toast, title);
  return toast;
}
