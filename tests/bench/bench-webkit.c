/* The yardstick of showing HTML: a window with a button and a web view as wide as Sosik's, and nothing else.  The button, of a colour of its own, shows the two
 * in turn, cleaned as Sosik cleans them.
 * usage: bench-webkit HTML HTML */
#include <adwaita.h>
#include <webkit/webkit.h>

#include "mime-html.h"

static char *html[2];
static guint next;

static void
on_clicked (GtkButton *button, WebKitWebView *view)
{
  webkit_web_view_load_html (view, html[next++ % 2], NULL);
}

static void
activate (GtkApplication *app)
{
  GtkWidget *window = adw_application_window_new (app);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *button = gtk_button_new_with_label ("Show");
  g_autoptr (WebKitSettings) settings = g_object_new (
      WEBKIT_TYPE_SETTINGS, "enable-javascript-markup", FALSE, "enable-page-cache", FALSE,
      "hardware-acceleration-policy", WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER, "default-charset", "utf-8", NULL);
  g_autoptr (WebKitNetworkSession) session = webkit_network_session_new_ephemeral ();
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();
  WebKitWebView *view =
      g_object_new (WEBKIT_TYPE_WEB_VIEW, "network-session", session, "settings", settings, "vexpand", TRUE, NULL);

  gtk_css_provider_load_from_data (style, "button { background: #9141ac; min-height: 80px; }", -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (style), 900);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), view);
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (view));
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 568, 800);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) app = adw_application_new ("org.sosik.WebKitWindow", G_APPLICATION_NON_UNIQUE);

  if (argc != 3)
    return 2;
  for (guint i = 0; i < 2; i++) {
    g_autofree char *source = NULL;
    g_autoptr (GError) error = NULL;
    if (!g_file_get_contents (argv[1 + i], &source, NULL, &error))
      g_error ("%s", error->message);
    html[i] = mime_html_clean (source, FALSE, NULL, NULL, NULL);
  }
  g_signal_connect (app, "activate", G_CALLBACK (activate), NULL);
  return g_application_run (G_APPLICATION (app), 1, argv);
}
