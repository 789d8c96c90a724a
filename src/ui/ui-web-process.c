/* What all pages share: see the header.  Main thread.  Whatever a page could do to tell somebody that it was opened is switched
 * off here, each switch alone enough for what it switches; that the HTML comes cleaned is not relied upon. */
#include "ui-web-process.h"

#include "base-log.h"
#include "ui-web-page.h"

#define CID_SCHEME    "sosik-cid"
#define REMOTE_SCHEME "sosik-remote"

/* What a page may do when all else failed to stop it: show pictures of ours, use its own styles. */
#define POLICY                                                                                     \
  "default-src 'none'; img-src " CID_SCHEME ": " REMOTE_SCHEME                                     \
  ": data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"

/* Rules are read in order; the last one that matches wins. */
#define FILTER                                                                                       \
  "[{\"trigger\":{\"url-filter\":\".*\"},\"action\":{\"type\":\"block\"}},"                          \
  "{\"trigger\":{\"url-filter\":\"^about:blank\"},\"action\":{\"type\":\"ignore-previous-rules\"}}," \
  "{\"trigger\":{\"url-filter\":\"^data:image/\"},\"action\":{\"type\":\"ignore-previous-rules\"}}," \
  "{\"trigger\":{\"url-filter\":\"^" CID_SCHEME                                                      \
  ":\"},\"action\":{\"type\":\"ignore-previous-rules\"}},"                                           \
  "{\"trigger\":{\"url-filter\":\"^" REMOTE_SCHEME                                                   \
  ":\"},\"action\":{\"type\":\"ignore-previous-rules\"}}]"

typedef struct
{
  UiWebGuardFunc func;
  gpointer user_data;
  GDestroyNotify free_user_data;
} Waiter;

struct _UiWebProcess
{
  guint ref_count;

  /* Owned */
  WebKitWebContext *context;
  WebKitNetworkSession *session;
  WebKitSettings *settings;
  WebKitWebsitePolicies *policies;
  WebKitUserStyleSheet *style;
  WebKitUserScript *script, *seen;
  WebKitUserContentFilter *filter;     /* NULL until it stands */
  WebKitUserContentFilterStore *store; /* while it is being made */
  GArray *waiters;                     /* of Waiter */
  char *filter_folder;

  /* Borrowed */
  GPtrArray *views; /* all that live */

  UiWebPictureFunc picture;
};

/* The module stays loaded, and there is one web process for it. */
static UiWebProcess *running;

static void
on_picture_request (WebKitURISchemeRequest *request, gpointer data)
{
  WebKitWebView *view = webkit_uri_scheme_request_get_web_view (request);

  /* The context may outlive us inside WebKit. */
  if (running != NULL && view != NULL && g_ptr_array_find (running->views, view, NULL)) {
    running->picture (view, request);
    return;
  }
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "not allowed");
  webkit_uri_scheme_request_finish_error (request, error);
}

static WebKitSettings *
create_settings (void)
{
  /* Script from the page never runs (`enable-javascript-markup`); our own needs the engine. */
  WebKitSettings *settings = g_object_new (
      WEBKIT_TYPE_SETTINGS, "enable-javascript", TRUE, "enable-javascript-markup", FALSE,
      "javascript-can-access-clipboard", FALSE, "javascript-can-open-windows-automatically", FALSE,
      "enable-html5-database", FALSE, "enable-html5-local-storage", FALSE, "enable-page-cache",
      FALSE, "enable-media", FALSE, "enable-media-stream", FALSE, "enable-mediasource", FALSE,
      "enable-encrypted-media", FALSE, "enable-webaudio", FALSE, "enable-webgl", FALSE,
      "enable-webrtc", FALSE, "enable-fullscreen", FALSE, "enable-developer-extras", FALSE,
      "enable-dns-prefetching", FALSE, "enable-back-forward-navigation-gestures", FALSE,
      "enable-site-specific-quirks", FALSE, "allow-file-access-from-file-urls", FALSE,
      "allow-universal-access-from-file-urls", FALSE, "allow-top-navigation-to-data-urls", FALSE,
      "hardware-acceleration-policy", WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER, "default-charset",
      "utf-8", NULL);

  /* On by default in WebKit, and each would tell a server that the message was opened */
  static const char *const off[] = { "LinkDNSPrefetch",   "DNSPrefetching",  "LinkPreconnect",
                                     "LinkPreload",       "LinkPrefetch",    "LinkModulePreload",
                                     "HyperlinkAuditing", "BeaconAPIEnabled" };
  g_autoptr (WebKitFeatureList) features = webkit_settings_get_all_features ();
  for (gsize i = 0; i < webkit_feature_list_get_length (features); i++) {
    WebKitFeature *feature = webkit_feature_list_get (features, i);
    const char *id = webkit_feature_get_identifier (feature);
    for (guint k = 0; k < G_N_ELEMENTS (off); k++) {
      if (g_str_has_prefix (id, off[k]))
        webkit_settings_set_feature_enabled (settings, feature, FALSE);
    }
  }
  return settings;
}

static char *
load_resource (const char *name)
{
  g_autofree char *path = g_strconcat ("/org/sosik/Sosik/web/", name, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, 0, NULL);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

UiWebProcess *
ui_web_process_ref (const char *filter_folder, UiWebPictureFunc picture)
{
  if (running != NULL) {
    running->ref_count++;
    return running;
  }
  UiWebProcess *self = g_new0 (UiWebProcess, 1);
  g_autofree char *style = load_resource ("ui-web-page.css");
  g_autofree char *script = load_resource ("ui-web-page.js");
  g_autofree char *seen = load_resource ("ui-web-seen.js");

  self->ref_count = 1;
  self->filter_folder = g_strdup (filter_folder);
  self->picture = picture;
  self->views = g_ptr_array_new ();
  self->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  self->session = webkit_network_session_new_ephemeral ();
  self->context = webkit_web_context_new ();
  self->settings = create_settings ();
  self->policies =
      webkit_website_policies_new_with_policies ("autoplay", WEBKIT_AUTOPLAY_DENY, NULL);
  /* Rules of the user's level lose against the message's own, and those marked important win over all of its. */
  self->style = webkit_user_style_sheet_new (style, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME,
                                             WEBKIT_USER_STYLE_LEVEL_USER, NULL, NULL);
  self->script = webkit_user_script_new_for_world (script, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME,
                                                   WEBKIT_USER_SCRIPT_INJECT_AT_DOCUMENT_END,
                                                   UI_WEB_WORLD, NULL, NULL);
  self->seen = webkit_user_script_new_for_world (seen, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME,
                                                 WEBKIT_USER_SCRIPT_INJECT_AT_DOCUMENT_END,
                                                 UI_WEB_WORLD, NULL, NULL);
  if (g_file_test (SOSIK_INSIDE_DIR, G_FILE_TEST_IS_DIR)) { /* installed; see ui-web-inside.c */
    webkit_web_context_set_web_process_extensions_directory (self->context, SOSIK_INSIDE_DIR);
    webkit_web_context_add_path_to_sandbox (self->context, SOSIK_INSIDE_DIR, TRUE);
  }
  webkit_web_context_set_cache_model (self->context, WEBKIT_CACHE_MODEL_DOCUMENT_VIEWER);
  webkit_web_context_register_uri_scheme (self->context, CID_SCHEME, on_picture_request, NULL,
                                          NULL);
  webkit_web_context_register_uri_scheme (self->context, REMOTE_SCHEME, on_picture_request, NULL,
                                          NULL);
  webkit_network_session_set_itp_enabled (self->session, TRUE);
  running = self;
  return self;
}

void
ui_web_process_unref (UiWebProcess *self)
{
  if (--self->ref_count > 0)
    return;
  g_assert (self->views->len == 0 && self->waiters->len == 0);
  running = NULL;
  g_clear_pointer (&self->filter, webkit_user_content_filter_unref);
  g_clear_object (&self->store);
  webkit_user_style_sheet_unref (self->style);
  webkit_user_script_unref (self->script);
  webkit_user_script_unref (self->seen);
  g_object_unref (self->policies);
  g_object_unref (self->settings);
  g_object_unref (self->session);
  g_object_unref (self->context);
  g_ptr_array_unref (self->views);
  g_array_unref (self->waiters);
  g_free (self->filter_folder);
  g_free (self);
}

/* ---- views ---- */

WebKitWebView *
ui_web_process_create_view (UiWebProcess *self, double zoom)
{
  g_autoptr (WebKitUserContentManager) manager = webkit_user_content_manager_new ();
  WebKitWebView *related = self->views->len > 0 ? self->views->pdata[0] : NULL;
  WebKitWebView *view = g_object_new (
      /* A related view brings its own, and WebKit complains about others */
      WEBKIT_TYPE_WEB_VIEW, "web-context", related ? NULL : self->context, "network-session",
      related ? NULL : self->session, "related-view", related, "settings", self->settings,
      "user-content-manager", manager, "website-policies", self->policies,
      "default-content-security-policy", POLICY, "zoom-level", zoom, "hexpand", TRUE, "vexpand",
      TRUE, NULL);

  webkit_user_content_manager_add_style_sheet (manager, self->style);
  webkit_user_content_manager_add_script (manager, self->script);
  webkit_user_content_manager_add_script (manager, self->seen);
  if (self->filter != NULL)
    webkit_user_content_manager_add_filter (manager, self->filter);
  g_ptr_array_add (self->views, view);
  return view;
}

void
ui_web_process_drop_view (UiWebProcess *self, WebKitWebView *view)
{
  g_ptr_array_remove (self->views, view);
  if (self->views->len == 0)
    webkit_web_view_terminate_web_process (view);
}

/* ---- the filter ---- */

static void
tell_waiters (UiWebProcess *self, const GError *error)
{
  g_autoptr (GArray) waiters = self->waiters;

  self->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  for (guint i = 0; i < waiters->len; i++) {
    const Waiter *waiter = &g_array_index (waiters, Waiter, i);
    waiter->func (waiter->user_data, error);
    waiter->free_user_data (waiter->user_data);
  }
}

static void
on_filter (GObject *source, GAsyncResult *result, gpointer data)
{
  UiWebProcess *self = data;
  g_autoptr (GError) error = NULL;

  self->filter = webkit_user_content_filter_store_save_finish (
      WEBKIT_USER_CONTENT_FILTER_STORE (source), result, &error);
  g_clear_object (&self->store); /* after a failure the next message tries again */
  if (self->filter == NULL)
    base_log ("could not prepare the content filter: %s", error->message);
  for (guint i = 0; self->filter != NULL && i < self->views->len; i++) {
    WebKitWebView *view = self->views->pdata[i];
    webkit_user_content_manager_add_filter (webkit_web_view_get_user_content_manager (view),
                                            self->filter);
  }
  tell_waiters (self, error);
  ui_web_process_unref (self);
}

gboolean
ui_web_process_is_guarded (UiWebProcess *self)
{
  return self->filter != NULL;
}

void
ui_web_process_guard (UiWebProcess *self, UiWebGuardFunc func, gpointer user_data,
                      GDestroyNotify free_user_data)
{
  Waiter waiter = { func, user_data, free_user_data };

  if (self->filter != NULL) {
    func (user_data, NULL);
    free_user_data (user_data);
    return;
  }
  g_array_append_val (self->waiters, waiter);
  if (self->store != NULL)
    return;
  g_autoptr (GBytes) rules = g_bytes_new_static (FILTER, strlen (FILTER));
  self->store = webkit_user_content_filter_store_new (self->filter_folder);
  self->ref_count++;
  webkit_user_content_filter_store_save (self->store, "sosik", rules, NULL, on_filter, self);
}
