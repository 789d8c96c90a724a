/* The policy and the plumbing of WebKit.  Main thread.  It must never let a request out: HTML comes cleaned, and should
 * something slip through the cleaning, then the content security policy, the content filter and the navigation policy
 * each refuse it alone.  It knows nothing of mail: pictures are asked for with a signal. */
#include "ui-web-page.h"

#include <glib/gi18n.h>
#include <webkit/webkit.h>

#include "base-log.h"

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

/* Fonts and margins for mails that bring none; long words and wide pictures must not push the page wide. */
#define STYLE                                                                                       \
  "html { font-family: sans-serif; font-size: 11pt; line-height: 1.4; overflow-wrap: break-word; }" \
  "body { margin: 18px; }"                                                                          \
  "img { max-width: 100%; }"                                                                        \
  "pre { white-space: pre-wrap; }"                                                                  \
  "blockquote { margin: 6px 0; padding-left: 12px; border-left: 3px solid #99c1f1; }"               \
  ".sosik-blocked { display: inline-block; padding: 2px 8px; border: 1px dashed #9a9996;"           \
  "  border-radius: 4px; color: #77767b; }"

#define STYLE_DARK                                                                                 \
  ":root { color-scheme: dark; background: #1e1e1e; color: #fff; } a { color: #78aeed; }"
#define STYLE_LIGHT ":root { color-scheme: light; background: #fff; color: #000; }"

struct _UiWebPage
{
  AdwBin parent_instance;

  /* Owned */
  WebKitWebView *view; /* NULL until the first HTML mail */
  WebKitUserContentManager *manager;
  WebKitUserContentFilterStore *store;
  GCancellable *cancellable; /* of the message shown */
  char *filter_folder;
  char *html; /* waits for the filter */

  double zoom;
  gboolean remote;  /* the person allowed remote pictures of this message */
  gboolean guarded; /* the filter is in place */
  gboolean loading; /* the one navigation that is ours is still to come */
};

#define UI_TYPE_WEB_PAGE (ui_web_page_get_type ())
G_DECLARE_FINAL_TYPE (UiWebPage, ui_web_page, UI, WEB_PAGE, AdwBin)
G_DEFINE_FINAL_TYPE (UiWebPage, ui_web_page, ADW_TYPE_BIN)

enum
{
  LINK_HOVERED,
  LINK_ACTIVATED,
  PICTURE_WANTED,
  FAILED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* ---- pictures ---- */

static void
on_picture (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WebKitURISchemeRequest) request = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);
  const char *type = g_task_get_task_data (G_TASK (result));

  if (!bytes) {
    webkit_uri_scheme_request_finish_error (request, error);
    return;
  }
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  /* Whatever the sender called it, it is only ever taken for a picture */
  webkit_uri_scheme_request_finish (request, stream, g_bytes_get_size (bytes),
                                    type && g_str_has_prefix (type, "image/") ? type
                                                                              : "image/x-unknown");
}

static void
on_picture_request (WebKitURISchemeRequest *request, gpointer data)
{
  g_autoptr (UiWebPage) self = g_weak_ref_get (data);
  const char *uri = webkit_uri_scheme_request_get_uri (request);
  g_autoptr (GTask) task =
      g_task_new (NULL, self ? self->cancellable : NULL, on_picture, g_object_ref (request));

  if (self && self->html && (self->remote || !g_str_has_prefix (uri, UI_WEB_PAGE_REMOTE)))
    g_signal_emit (self, signals[PICTURE_WANTED], 0, uri, task);
  if (g_task_get_source_tag (task) == NULL) /* nobody took it */
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "not allowed");
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* The context may outlive us inside WebKit; its handlers then find nothing to answer from. */
static GWeakRef *
weak_new (UiWebPage *self)
{
  GWeakRef *weak = g_new (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  return weak;
}

/* ---- refusals ---- */

static gboolean
on_decide_policy (WebKitWebView *view, WebKitPolicyDecision *decision,
                  WebKitPolicyDecisionType type, UiWebPage *self)
{
  switch (type) {
  case WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION:
  case WEBKIT_POLICY_DECISION_TYPE_NEW_WINDOW_ACTION: {
    WebKitNavigationAction *action = webkit_navigation_policy_decision_get_navigation_action (
        WEBKIT_NAVIGATION_POLICY_DECISION (decision));
    const char *uri = webkit_uri_request_get_uri (webkit_navigation_action_get_request (action));
    gboolean clicked =
        webkit_navigation_action_get_navigation_type (action) == WEBKIT_NAVIGATION_TYPE_LINK_CLICKED
        && webkit_navigation_action_is_user_gesture (action);
    if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && self->loading && !clicked
        && g_strcmp0 (uri, "about:blank") == 0) {
      self->loading = FALSE;
      webkit_policy_decision_use (decision);
      return TRUE;
    }
    /* Within the page: nothing is loaded */
    if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && clicked
        && g_str_has_prefix (uri, "about:blank#")) {
      webkit_policy_decision_use (decision);
      return TRUE;
    }
    webkit_policy_decision_ignore (decision);
    if (clicked)
      g_signal_emit (self, signals[LINK_ACTIVATED], 0, uri);
    return TRUE;
  }
  case WEBKIT_POLICY_DECISION_TYPE_RESPONSE: {
    const char *uri = webkit_uri_request_get_uri (
        webkit_response_policy_decision_get_request (WEBKIT_RESPONSE_POLICY_DECISION (decision)));
    if (g_strcmp0 (uri, "about:blank") == 0 || g_str_has_prefix (uri, CID_SCHEME ":")
        || g_str_has_prefix (uri, REMOTE_SCHEME ":"))
      webkit_policy_decision_use (decision);
    else
      webkit_policy_decision_ignore (decision);
    return TRUE;
  }
  }
  webkit_policy_decision_ignore (decision);
  return TRUE;
}

static void
on_hover (WebKitWebView *view, WebKitHitTestResult *hit, guint modifiers, UiWebPage *self)
{
  const char *uri = webkit_hit_test_result_context_is_link (hit)
                        ? webkit_hit_test_result_get_link_uri (hit)
                        : NULL;
  g_signal_emit (self, signals[LINK_HOVERED], 0, uri);
}

/* Copying is all there is to do with the text of a mail: no reload, no download, no inspector. */
static gboolean
on_context_menu (WebKitWebView *view, WebKitContextMenu *menu, WebKitHitTestResult *hit,
                 UiWebPage *self)
{
  GList *next;
  for (GList *at = webkit_context_menu_get_items (menu); at; at = next) {
    WebKitContextMenuItem *item = at->data;
    WebKitContextMenuAction action = webkit_context_menu_item_get_stock_action (item);
    next = at->next;
    if (action != WEBKIT_CONTEXT_MENU_ACTION_COPY
        && action != WEBKIT_CONTEXT_MENU_ACTION_COPY_LINK_TO_CLIPBOARD
        && action != WEBKIT_CONTEXT_MENU_ACTION_SELECT_ALL)
      webkit_context_menu_remove (menu, item);
  }
  return webkit_context_menu_get_n_items (menu) == 0;
}

static gboolean
on_permission (WebKitWebView *view, WebKitPermissionRequest *request, UiWebPage *self)
{
  webkit_permission_request_deny (request);
  return TRUE;
}

static gboolean
on_authenticate (WebKitWebView *view, WebKitAuthenticationRequest *request, UiWebPage *self)
{
  webkit_authentication_request_cancel (request);
  return TRUE;
}

static gboolean
on_refused (void)
{
  return TRUE;
}

static WebKitWebView *
on_create (void)
{
  return NULL;
}

static void
on_terminated (WebKitWebView *view, WebKitWebProcessTerminationReason reason, UiWebPage *self)
{
  if (reason == WEBKIT_WEB_PROCESS_TERMINATED_BY_API)
    return;
  g_signal_emit (
      self, signals[FAILED], 0,
      _ ("The part of Sosik that shows HTML messages stopped. The message is shown as plain text."));
}

/* ---- start ---- */

static WebKitSettings *
create_settings (void)
{
  WebKitSettings *settings = g_object_new (
      WEBKIT_TYPE_SETTINGS, "enable-javascript", FALSE, "enable-javascript-markup", FALSE,
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

/* A mail that sets no colour at all may follow the dark style; one that sets some assumes white paper for the rest. */
static gboolean
has_colours (const char *html)
{
  g_autofree char *lower = g_ascii_strdown (html, -1);
  return strstr (lower, "color") || strstr (lower, "background");
}

static void
load (UiWebPage *self)
{
  gboolean dark =
      adw_style_manager_get_dark (adw_style_manager_get_default ()) && !has_colours (self->html);
  GdkRGBA paper = { 1, 1, 1, 1 };
  if (dark)
    gdk_rgba_parse (&paper, "#1e1e1e");
  webkit_web_view_set_background_color (self->view, &paper);

  webkit_user_content_manager_remove_all_style_sheets (self->manager);
  g_autofree char *style = g_strconcat (STYLE, dark ? STYLE_DARK : STYLE_LIGHT, NULL);
  /* Author level would lose against the mail's own; user level loses only where the mail says something itself */
  g_autoptr (WebKitUserStyleSheet) sheet = webkit_user_style_sheet_new (
      style, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME, WEBKIT_USER_STYLE_LEVEL_USER, NULL, NULL);
  webkit_user_content_manager_add_style_sheet (self->manager, sheet);

  self->loading = TRUE;
  webkit_web_view_load_html (self->view, self->html, NULL);
}

static void
on_filter (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiWebPage) self = data;
  g_autoptr (GError) error = NULL;
  WebKitUserContentFilter *filter = webkit_user_content_filter_store_save_finish (
      WEBKIT_USER_CONTENT_FILTER_STORE (source), result, &error);
  if (!filter) {
    base_log ("could not prepare the content filter: %s", error->message);
    g_clear_object (&self->store); /* the next message tries again */
    g_signal_emit (
        self, signals[FAILED], 0,
        _ ("HTML messages cannot be shown safely right now. The message is shown as plain text."));
    return;
  }
  webkit_user_content_manager_add_filter (self->manager, filter);
  webkit_user_content_filter_unref (filter);
  self->guarded = TRUE;
  if (self->html)
    load (self);
}

/* Nothing is loaded before the filter stands. */
static void
start_filter (UiWebPage *self)
{
  if (self->store)
    return;
  g_autoptr (GBytes) rules = g_bytes_new_static (FILTER, strlen (FILTER));
  self->store = webkit_user_content_filter_store_new (self->filter_folder);
  webkit_user_content_filter_store_save (self->store, "sosik", rules, NULL, on_filter,
                                         g_object_ref (self));
}

static void
start (UiWebPage *self)
{
  g_autoptr (WebKitNetworkSession) session = webkit_network_session_new_ephemeral ();
  g_autoptr (WebKitWebContext) context = webkit_web_context_new ();
  g_autoptr (WebKitSettings) settings = create_settings ();
  g_autoptr (WebKitWebsitePolicies) policies =
      webkit_website_policies_new_with_policies ("autoplay", WEBKIT_AUTOPLAY_DENY, NULL);

  webkit_web_context_set_cache_model (context, WEBKIT_CACHE_MODEL_DOCUMENT_VIEWER);
  webkit_web_context_register_uri_scheme (context, CID_SCHEME, on_picture_request, weak_new (self),
                                          weak_free);
  webkit_web_context_register_uri_scheme (context, REMOTE_SCHEME, on_picture_request,
                                          weak_new (self), weak_free);
  webkit_network_session_set_itp_enabled (session, TRUE);

  self->manager = webkit_user_content_manager_new ();
  self->view =
      g_object_new (WEBKIT_TYPE_WEB_VIEW, "web-context", context, "network-session", session,
                    "settings", settings, "user-content-manager", self->manager, "website-policies",
                    policies, "default-content-security-policy", POLICY, "zoom-level", self->zoom,
                    "hexpand", TRUE, "vexpand", TRUE, NULL);
  g_object_ref_sink (self->view);

  g_signal_connect (self->view, "decide-policy", G_CALLBACK (on_decide_policy), self);
  g_signal_connect (self->view, "mouse-target-changed", G_CALLBACK (on_hover), self);
  g_signal_connect (self->view, "context-menu", G_CALLBACK (on_context_menu), self);
  g_signal_connect (self->view, "permission-request", G_CALLBACK (on_permission), self);
  g_signal_connect (self->view, "authenticate", G_CALLBACK (on_authenticate), self);
  g_signal_connect (self->view, "web-process-terminated", G_CALLBACK (on_terminated), self);
  g_signal_connect (self->view, "create", G_CALLBACK (on_create), NULL);
  g_signal_connect (self->view, "script-dialog", G_CALLBACK (on_refused), NULL);
  g_signal_connect (self->view, "run-file-chooser", G_CALLBACK (on_refused), NULL);
  g_signal_connect (self->view, "enter-fullscreen", G_CALLBACK (on_refused), NULL);
  g_signal_connect (self->view, "print", G_CALLBACK (on_refused), NULL);
  g_signal_connect (self->view, "show-notification", G_CALLBACK (on_refused), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Message as HTML"), -1);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->view));
}

/* ---- public ---- */

static void
show (GtkWidget *widget, const char *html, gboolean remote)
{
  UiWebPage *self = UI_WEB_PAGE (widget);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_free (self->html);
  self->html = g_strdup (html);
  self->remote = remote;

  if (!self->view)
    start (self);
  if (self->guarded)
    load (self);
  else
    start_filter (self);
}

static void
clear (GtkWidget *widget)
{
  UiWebPage *self = UI_WEB_PAGE (widget);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->remote = FALSE;
  if (!self->html)
    return;
  g_clear_pointer (&self->html, g_free);
  if (self->guarded) {
    self->loading = TRUE;
    webkit_web_view_load_html (self->view, "", NULL);
  }
}

static void
set_zoom (GtkWidget *widget, double zoom)
{
  UiWebPage *self = UI_WEB_PAGE (widget);

  self->zoom = zoom;
  if (self->view)
    webkit_web_view_set_zoom_level (self->view, zoom);
}

static void
on_dark_changed (UiWebPage *self)
{
  if (self->guarded && self->html)
    load (self);
}

static void
ui_web_page_dispose (GObject *object)
{
  UiWebPage *self = UI_WEB_PAGE (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->view) {
    g_signal_handlers_disconnect_by_data (self->view, self);
    webkit_web_view_terminate_web_process (self->view);
    g_clear_object (&self->view);
  }
  g_clear_object (&self->manager);
  g_clear_object (&self->store);
  g_clear_pointer (&self->html, g_free);
  g_clear_pointer (&self->filter_folder, g_free);
  G_OBJECT_CLASS (ui_web_page_parent_class)->dispose (object);
}

static void
ui_web_page_class_init (UiWebPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_web_page_dispose;
  signals[LINK_HOVERED] = g_signal_new ("link-hovered", UI_TYPE_WEB_PAGE, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[LINK_ACTIVATED] = g_signal_new ("link-activated", UI_TYPE_WEB_PAGE, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PICTURE_WANTED] =
      g_signal_new ("picture-wanted", UI_TYPE_WEB_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_TASK);
  signals[FAILED] = g_signal_new ("failed", UI_TYPE_WEB_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ui_web_page_init (UiWebPage *self)
{
  self->zoom = 1;
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (on_dark_changed), self, G_CONNECT_SWAPPED);
}

static GtkWidget *
create (const char *filter_folder)
{
  UiWebPage *self = g_object_new (UI_TYPE_WEB_PAGE, NULL);

  self->filter_folder = g_strdup (filter_folder);
  return GTK_WIDGET (self);
}

const UiWebPageApi *
ui_web_page_get_api (void)
{
  static const UiWebPageApi api = { create, show, clear, set_zoom };

  return &api;
}
