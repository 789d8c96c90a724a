/* give TYPE=FILE ...: has all of that in the clipboard, as a program does that offers a thing in several kinds, until it is ended. */
#include <gtk/gtk.h>

#include <string.h>

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  gtk_init ();
  for (int i = 1; i < argc; i++) {
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
  gdk_clipboard_set_content (gdk_display_get_clipboard (gdk_display_get_default ()), all);
  g_print ("given\n");
  fflush (stdout);
  g_main_loop_run (loop);
  return 0;
}
