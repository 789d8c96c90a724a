/* A web view as it comes, without anything that Sosik does about it: shows a file until it is killed.  By it the suite proves
 * that its vectors are alive, and that what a web process sends is heard.  Never part of the program. */
#include <webkit/webkit.h>

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *html = NULL;

  if (argc != 2 || !g_file_get_contents (argv[1], &html, NULL, NULL)) {
    g_printerr ("usage: unguarded FILE.html\n");
    return 2;
  }
  gtk_init ();
  GtkWidget *window = gtk_window_new (), *view = webkit_web_view_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 700);
  gtk_window_set_child (GTK_WINDOW (window), view);
  webkit_settings_set_hardware_acceleration_policy (
      webkit_web_view_get_settings (WEBKIT_WEB_VIEW (view)),
      WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER);
  webkit_web_view_load_html (WEBKIT_WEB_VIEW (view), html, "http://unguarded.example/");
  gtk_window_present (GTK_WINDOW (window));
  g_main_loop_run (loop);
  return 0;
}
