/* A web view as it comes, without anything that Sosik does about it, and with what fetches ahead switched on: shows files, each in a view
 * of its own, until it is killed.  By it the suite proves that its vectors are alive, and that what a web process sends is heard.  Never part
 * of the program. */
#include <webkit/webkit.h>

static void
switch_on (WebKitSettings *settings)
{
  static const char *const on[] = { "LinkDNSPrefetch",   "DNSPrefetching", "LinkPreconnect",
                                    "LinkPreload",       "LinkPrefetch",   "LinkModulePreload",
                                    "HyperlinkAuditing", "Beacon",         "PeerConnection",
                                    "WebTransport",      "Speculation",    "CSSPaintingAPI",
                                    "CrossFade" };
  g_autoptr (WebKitFeatureList) features = webkit_settings_get_all_features ();

  g_object_set (settings, "enable-dns-prefetching", TRUE, "enable-webrtc", TRUE,
                "hardware-acceleration-policy", WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER, NULL);
  for (gsize i = 0; i < webkit_feature_list_get_length (features); i++) {
    WebKitFeature *feature = webkit_feature_list_get (features, i);

    for (guint k = 0; k < G_N_ELEMENTS (on); k++) {
      if (g_strrstr (webkit_feature_get_identifier (feature), on[k]) != NULL)
        webkit_settings_set_feature_enabled (settings, feature, TRUE);
    }
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GtkWidget *window, *box;

  gtk_init ();
  window = gtk_window_new ();
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_window_set_default_size (GTK_WINDOW (window), 1270, 760);
  gtk_window_set_child (GTK_WINDOW (window), box);
  for (int i = 1; i < argc; i++) {
    g_autofree char *html = NULL;
    GtkWidget *view = webkit_web_view_new ();

    if (!g_file_get_contents (argv[i], &html, NULL, NULL)) {
      g_printerr ("usage: unguarded FILE.html...\n");
      return 2;
    }
    switch_on (webkit_web_view_get_settings (WEBKIT_WEB_VIEW (view)));
    gtk_widget_set_vexpand (view, i == 1);
    gtk_widget_set_size_request (view, -1, 40);
    gtk_box_append (GTK_BOX (box), view);
    webkit_web_view_load_html (WEBKIT_WEB_VIEW (view), html, "http://unguarded.example/");
  }
  gtk_window_present (GTK_WINDOW (window));
  g_main_loop_run (loop);
  return 0;
}
