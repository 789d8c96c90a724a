/* Links to the pages of providers.  Main thread. */
#include "ui-page-link.h"

#include <glib/gi18n.h>

#include "ui-environment.h"

static gboolean
on_activate (GtkLinkButton *button)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (button));

  ui_environment_show_uri_async (GTK_WINDOW (root), gtk_link_button_get_uri (button), NULL, NULL);
  return TRUE;
}

GtkWidget *
ui_page_link_new (void)
{
  GtkWidget *button = gtk_link_button_new_with_label ("https://", _ ("Open the Provider's Page"));

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  ui_page_link_prepare (button);
  return button;
}

void
ui_page_link_prepare (GtkWidget *button)
{
  g_signal_connect (button, "activate-link", G_CALLBACK (on_activate), NULL);
  gtk_widget_hide (button);
}

void
ui_page_link_set (GtkWidget *button, const char *uri)
{
  gtk_widget_set_visible (button, uri != NULL);
  if (uri != NULL) {
    gtk_link_button_set_uri (GTK_LINK_BUTTON (button), uri);
    gtk_link_button_set_visited (GTK_LINK_BUTTON (button), FALSE);
  }
}
