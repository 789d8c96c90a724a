/* A toast whose sentence wraps instead of being cut off, and whose buttons have names: libadwaita 1.2 gives it one line, and its
 * button for closing nothing but a picture.  Main thread. */
#include "ui-toast.h"

#include <glib/gi18n.h>

static void
name_buttons (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget)) {
    const char *label = gtk_button_get_label (GTK_BUTTON (widget));
    g_auto (GStrv) pieces = g_strsplit (label ? label : _ ("Close"), "_", -1);
    g_autofree char *name = g_strjoinv (NULL, pieces);

    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_buttons (child);
}

/* Its widget is made when its turn comes. */
static void
on_map (GtkWidget *title)
{
  GtkWidget *bin = gtk_widget_get_parent (title);
  GtkWidget *toast = bin != NULL ? gtk_widget_get_parent (bin) : NULL;

  if (toast != NULL)
    name_buttons (toast);
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
