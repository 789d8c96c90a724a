/* give [--drag] TYPE=FILE ...: has all of that in the clipboard, as a program does that offers a thing in several kinds, until it
 * is ended; or, with --drag, in a small window, "To be dragged", out of which it is dragged. */
#include <gtk/gtk.h>

#include <string.h>

static void
show (GdkContentProvider *content)
{
  GtkWidget *window = gtk_window_new (), *label = gtk_label_new ("To be dragged");
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_content (source, content);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (source));
  gtk_window_set_child (GTK_WINDOW (window), label);
  gtk_window_set_title (GTK_WINDOW (window), "To be dragged");
  gtk_window_set_default_size (GTK_WINDOW (window), 160, 100);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  gboolean drag = argc > 1 && g_str_equal (argv[1], "--drag");

  gtk_init ();
  for (int i = drag ? 2 : 1; i < argc; i++) {
    const char *file = strrchr (argv[i], '=');
    g_autofree char *type = file != NULL ? g_strndup (argv[i], (gsize)(file - argv[i])) : NULL;
    g_autofree char *content = NULL;
    gsize length;

    if (file == NULL || !g_file_get_contents (file + 1, &content, &length, NULL))
      return 1;
    g_autoptr (GBytes) bytes = g_bytes_new (content, length);
    g_ptr_array_add (kinds, gdk_content_provider_new_for_bytes (type, bytes));
  }
  /* Takes them. */
  g_autoptr (GdkContentProvider) all =
      gdk_content_provider_new_union ((GdkContentProvider **)kinds->pdata, kinds->len);
  if (drag)
    show (all);
  else
    gdk_clipboard_set_content (gdk_display_get_clipboard (gdk_display_get_default ()), all);
  g_print ("given\n");
  fflush (stdout);
  g_main_loop_run (loop);
  return 0;
}
