/* catch: a window that files can be dropped on; prints the path and the octets of each.  For tests of dragging out. */
#include <gtk/gtk.h>

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer data)
{
  for (GSList *at = g_value_get_boxed (value); at; at = at->next) {
    g_autofree char *path = g_file_get_path (at->data);
    g_autofree char *content = NULL;
    gsize length = 0;

    if (path && g_file_get_contents (path, &content, &length, NULL))
      g_print ("%s %zu\n", path, length);
    else
      g_print ("unreadable\n");
  }
  fflush (stdout);
  return TRUE;
}

static void
on_activate (GApplication *application, gpointer data)
{
  GtkWidget *window = gtk_application_window_new (GTK_APPLICATION (application));
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), NULL);
  gtk_widget_add_controller (window, GTK_EVENT_CONTROLLER (target));
  gtk_window_set_title (GTK_WINDOW (window), "Drop Here");
  gtk_window_set_default_size (GTK_WINDOW (window), 240, 160);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application =
      gtk_application_new ("org.sosik.Catch", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
