/* One page: a message in a web view.  Main thread.  It must never let a request out: HTML comes cleaned, and should
 * something slip through the cleaning, then the content security policy, the content filter (ui-web-process.c) and the
 * navigation policy each refuse it alone.  It knows nothing of mail: pictures are asked for with a signal. */
#include "ui-web-page.h"

#include <glib/gi18n.h>
#include <math.h>
#include <webkit/webkit.h>

#include "ui-web-print.h"
#include "ui-web-process.h"

#define COVER_MS 400 /* as long as a page that told nothing stays covered after its loading */
#define CLEAR_MS 250 /* the next message comes sooner, mostly, and drops the page by itself */

struct _UiWebPage
{
  AdwBin parent_instance;

  /* Owned */
  UiWebProcess *process;
  WebKitWebView *view;       /* NULL until the first HTML mail; taken out of our tree with it */
  GCancellable *cancellable; /* of the message shown */
  char *filter_folder;
  char *html; /* of the message shown */
  char *term; /* that is looked for; NULL: none is */

  UiWebLook look;
  double zoom;
  int height;         /* as told last, pixels of CSS; 0 not known */
  guint load;         /* which one this is: what comes from an earlier page does not count */
  guint cover_source; /* takes the cover away, come what may */
  guint clear_source; /* drops the page that is left */
  guint
      loading; /* navigations of ours that may still come; one that another overtook may never come */
  gboolean remote;  /* the person allowed remote pictures of this message */
  gboolean light;   /* the person wants light paper for this message */
  gboolean dark;    /* the paper */
  gboolean covered; /* what is in the view is not what is to be seen */
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
  FOUND,
  HIT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

enum
{
  PROP_0,
  PROP_HEIGHT,
  PROP_DARK,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

#define PAGE_KEY "sosik-page" /* the page of a view, while it lives */

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
on_picture_request (WebKitWebView *view, WebKitURISchemeRequest *request)
{
  UiWebPage *self = g_object_get_data (G_OBJECT (view), PAGE_KEY);
  const char *uri = webkit_uri_scheme_request_get_uri (request);
  g_autoptr (GTask) task =
      g_task_new (NULL, self ? self->cancellable : NULL, on_picture, g_object_ref (request));

  if (self && self->html && (self->remote || !g_str_has_prefix (uri, UI_WEB_PAGE_REMOTE)))
    g_signal_emit (self, signals[PICTURE_WANTED], 0, uri, task);
  if (g_task_get_source_tag (task) == NULL) /* nobody took it */
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "not allowed");
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
    if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && self->loading > 0 && !clicked
        && g_strcmp0 (uri, "about:blank") == 0) {
      self->loading--;
      webkit_policy_decision_use (decision);
      return TRUE;
    }
    /* Within the page: nothing is loaded */
    if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && clicked
        && g_str_has_prefix (uri, "about:blank#")) {
      webkit_policy_decision_use (decision);
      return TRUE;
    }
    /* Clicks on links come by on_message (), with their text; this one came by another road. */
    webkit_policy_decision_ignore (decision);
    if (clicked)
      g_signal_emit (self, signals[LINK_ACTIVATED], 0, uri, "");
    return TRUE;
  }
  case WEBKIT_POLICY_DECISION_TYPE_RESPONSE: {
    const char *uri = webkit_uri_request_get_uri (
        webkit_response_policy_decision_get_request (WEBKIT_RESPONSE_POLICY_DECISION (decision)));
    if (g_strcmp0 (uri, "about:blank") == 0 || g_str_has_prefix (uri, UI_WEB_PAGE_CID)
        || g_str_has_prefix (uri, UI_WEB_PAGE_REMOTE))
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

/* ---- paper ---- */

static gboolean
wants_dark (UiWebPage *self)
{
  return adw_style_manager_get_dark (adw_style_manager_get_default ()) && !self->light
         && self->look != UI_WEB_DESIGNED;
}

/* What is behind the message; while it is covered that is the window's own, and light paper comes only with what is on it. */
static GdkRGBA
get_ground (UiWebPage *self)
{
  GdkRGBA ground;
  gboolean dark =
      self->dark
      || (self->covered && adw_style_manager_get_dark (adw_style_manager_get_default ()));
  gdk_rgba_parse (&ground, dark ? "#1e1e1e" : "#fff");
  return ground;
}

static void
update_ground (UiWebPage *self)
{
  GdkRGBA ground = get_ground (self);
  if (self->view)
    webkit_web_view_set_background_color (self->view, &ground);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_paper (UiWebPage *self, gboolean dark)
{
  gboolean changed = dark != self->dark;
  self->dark = dark;
  update_ground (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DARK]);
}

static void
uncover (UiWebPage *self)
{
  g_clear_handle_id (&self->cover_source, g_source_remove);
  self->covered = FALSE;
  update_ground (self);
}

/* The message before may stand in the view for some frames yet, on paper of another colour. */
static void
cover (UiWebPage *self)
{
  g_clear_handle_id (&self->cover_source, g_source_remove);
  self->covered = TRUE;
  update_ground (self);
}

static gboolean
on_cover_time (gpointer data)
{
  UiWebPage *self = data;
  self->cover_source = 0;
  uncover (self);
  return G_SOURCE_REMOVE;
}

/* ---- finding ---- */

static void
run_find (UiWebPage *self, const char *term, guint index, GAsyncReadyCallback callback)
{
  g_autoptr (GBytes) script =
      g_resources_lookup_data ("/org/sosik/Sosik/web/ui-web-find.js", 0, NULL);
  GVariantDict arguments;

  g_variant_dict_init (&arguments, NULL);
  g_variant_dict_insert (&arguments, "finding", "u", term ? 1 : 0);
  g_variant_dict_insert (&arguments, "term", "s", term ? term : "");
  g_variant_dict_insert (&arguments, "index", "u", index);
  webkit_web_view_call_async_javascript_function (
      self->view, g_bytes_get_data (script, NULL), (gssize)g_bytes_get_size (script),
      g_variant_dict_end (&arguments), UI_WEB_WORLD, NULL, self->cancellable, callback,
      g_object_ref (self));
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiWebPage) self = data;
  g_autoptr (JSCValue) value = webkit_web_view_call_async_javascript_function_finish (
      WEBKIT_WEB_VIEW (source), result, NULL);
  if (value && self->term)
    g_signal_emit (self, signals[FOUND], 0, (guint)jsc_value_to_int32 (value));
}

static void
on_marked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_object_unref (data);
}

static void
on_hit (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiWebPage) self = data;
  g_autoptr (JSCValue) value = webkit_web_view_call_async_javascript_function_finish (
      WEBKIT_WEB_VIEW (source), result, NULL);
  if (!value || !jsc_value_is_array (value))
    return;
  g_autoptr (JSCValue) top = jsc_value_object_get_property_at_index (value, 0);
  g_autoptr (JSCValue) height = jsc_value_object_get_property_at_index (value, 1);
  g_signal_emit (self, signals[HIT], 0, (int)(jsc_value_to_double (top) * self->zoom),
                 (int)(jsc_value_to_double (height) * self->zoom));
}

static void
on_load_changed (WebKitWebView *view, WebKitLoadEvent event, UiWebPage *self)
{
  if (event == WEBKIT_LOAD_FINISHED && self->html && self->term)
    run_find (self, self->term, 0, on_found);
  if (event == WEBKIT_LOAD_FINISHED && self->covered && !self->cover_source)
    self->cover_source = g_timeout_add (COVER_MS, on_cover_time, self);
}

static void
ui_web_page_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiWebPage *self = UI_WEB_PAGE (widget);
  GTK_WIDGET_CLASS (ui_web_page_parent_class)->snapshot (widget, snapshot);
  if (!self->covered)
    return;
  GdkRGBA ground = get_ground (self);
  gtk_snapshot_append_color (
      snapshot, &ground,
      &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget)));
}

/* ---- what our script tells ---- */

static void
set_height (UiWebPage *self, int height)
{
  if (height == self->height)
    return;
  self->height = height;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEIGHT]);
}

static void
on_message (WebKitUserContentManager *manager, JSCValue *value, UiWebPage *self)
{
  g_autofree char *what = NULL, *first = NULL;
  if (!jsc_value_is_array (value) || !self->html)
    return;
  g_autoptr (JSCValue) what_value = jsc_value_object_get_property_at_index (value, 0);
  g_autoptr (JSCValue) first_value = jsc_value_object_get_property_at_index (value, 1);
  g_autoptr (JSCValue) second_value = jsc_value_object_get_property_at_index (value, 2);
  what = jsc_value_to_string (what_value);
  first = jsc_value_to_string (first_value);
  if (g_str_equal (what, "click")) {
    g_autofree char *text = jsc_value_to_string (second_value);
    g_signal_emit (self, signals[LINK_ACTIVATED], 0, first, text);
  } else if (g_str_equal (what, "focus")) {
    g_signal_emit (self, signals[LINK_HOVERED], 0, *first ? first : NULL);
  } else if (g_ascii_strtoull (first, NULL, 10) == self->load) {
    self->loading = 0; /* it is here */
    set_height (self, (int)CLAMP (jsc_value_to_double (second_value), 1, 1e6));
    if (g_str_equal (what, "painted"))
      uncover (self);
  }
}

/* ---- start ---- */

#define START "<!DOCTYPE html><html>" /* of all that is clean */

static void
load (UiWebPage *self)
{
  gboolean dark = wants_dark (self);
  const char *rest =
      g_str_has_prefix (self->html, START) ? self->html + strlen (START) : self->html;
  char zoom[G_ASCII_DTOSTR_BUF_SIZE];
  cover (self);
  set_paper (self, dark);
  self->load++;
  g_clear_handle_id (&self->clear_source, g_source_remove);
  g_autofree char *html = g_strdup_printf (
      "<!DOCTYPE html><html data-sosik=\"%u\" data-zoom=\"%s\" data-most=\"%d\" class=\"%s%s%s\">%s",
      self->load, g_ascii_formatd (zoom, sizeof zoom, "%.2f", self->zoom), UI_WEB_PAGE_MAX_HEIGHT,
      dark ? "sosik-dark" : "sosik-light", self->look == UI_WEB_LETTER ? " sosik-letter" : "",
      dark && self->look == UI_WEB_LETTER ? " sosik-adapt" : "", rest);
  self->loading++;
  webkit_web_view_load_html (self->view, html, NULL);
}

static void
on_guarded (gpointer data, const GError *error)
{
  UiWebPage *self = data;
  if (error)
    g_signal_emit (
        self, signals[FAILED], 0,
        _ ("HTML messages cannot be shown safely right now. The message is shown as plain text."));
  else if (self->html && self->view)
    load (self);
}

static void
start (UiWebPage *self)
{
  self->process = ui_web_process_ref (self->filter_folder, on_picture_request);
  self->view = ui_web_process_create_view (self->process, self->zoom);
  g_object_ref_sink (self->view);
  g_object_set_data (G_OBJECT (self->view), PAGE_KEY, self);
  set_paper (self, wants_dark (self)); /* before there is a page, too */

  WebKitUserContentManager *manager = webkit_web_view_get_user_content_manager (self->view);
  g_signal_connect (manager, "script-message-received::sosik", G_CALLBACK (on_message), self);
  webkit_user_content_manager_register_script_message_handler (manager, "sosik", UI_WEB_WORLD);
  g_signal_connect (self->view, "load-changed", G_CALLBACK (on_load_changed), self);
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
show (GtkWidget *widget, const char *html, UiWebLook look, gboolean remote)
{
  UiWebPage *self = UI_WEB_PAGE (widget);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_free (self->html);
  self->html = g_strdup (html);
  self->look = look;
  self->remote = remote;
  self->light = FALSE;
  self->height = 0;

  if (!self->view)
    start (self);
  if (ui_web_process_is_guarded (self->process)) {
    load (self);
  } else {
    cover (self);
    set_paper (self, wants_dark (self));
    ui_web_process_guard (self->process, on_guarded, g_object_ref (self), g_object_unref);
  }
}

static gboolean
on_clear_time (gpointer data)
{
  UiWebPage *self = data;
  self->clear_source = 0;
  self->loading++;
  webkit_web_view_load_html (self->view, "", NULL);
  return G_SOURCE_REMOVE;
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
  self->load++;
  if (ui_web_process_is_guarded (self->process)) {
    cover (self);
    if (!self->clear_source)
      self->clear_source = g_timeout_add (CLEAR_MS, on_clear_time, self);
  }
}

static void
set_zoom (GtkWidget *widget, double zoom)
{
  UiWebPage *self = UI_WEB_PAGE (widget);

  if (zoom == self->zoom)
    return;
  self->zoom = zoom;
  if (self->view)
    webkit_web_view_set_zoom_level (self->view, zoom);
  if (self->view && self->html) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *script =
        g_strdup_printf ("document.documentElement.dataset.zoom = %s",
                         g_ascii_formatd (number, sizeof number, "%.2f", zoom));
    webkit_web_view_evaluate_javascript (self->view, script, -1, UI_WEB_WORLD, NULL, NULL, NULL,
                                         NULL);
  }
  if (self->height > 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEIGHT]);
}

static void
scroll_to (GtkWidget *widget, int y)
{
  UiWebPage *self = UI_WEB_PAGE (widget);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (!self->view || !self->html)
    return;
  g_autofree char *script = g_strdup_printf (
      "window.scrollTo (0, %s)", g_ascii_formatd (number, sizeof number, "%.1f", y / self->zoom));
  webkit_web_view_evaluate_javascript (self->view, script, -1, UI_WEB_WORLD, NULL, NULL, NULL,
                                       NULL);
}

static void
set_light (GtkWidget *widget, gboolean light)
{
  UiWebPage *self = UI_WEB_PAGE (widget);

  if (light == self->light)
    return;
  self->light = light;
  if (self->html && wants_dark (self) != self->dark && ui_web_process_is_guarded (self->process))
    load (self);
}

static void
find (GtkWidget *widget, const char *term)
{
  UiWebPage *self = UI_WEB_PAGE (widget);
  gboolean clears = self->term && !term;

  g_free (self->term);
  self->term = g_strdup (term);
  if (self->view && self->html && (term || clears))
    run_find (self, term ? term : "", 0, on_found);
}

static void
show_hit (GtkWidget *widget, guint index, gboolean reveal)
{
  UiWebPage *self = UI_WEB_PAGE (widget);
  if (self->view && self->html)
    run_find (self, NULL, index, reveal ? on_hit : on_marked);
}

/* ---- what is selected ---- */

#define MOST_SELECTED (256 * 1024) /* characters; more than that is not what somebody picked */

static GVariant *
read_selected (JSCValue *value)
{
  g_autoptr (JSCValue) words_value = jsc_value_object_get_property_at_index (value, 0);
  g_autoptr (JSCValue) length_value = jsc_value_object_get_property (value, "length");
  g_autofree char *words = jsc_value_to_string (words_value);
  guint n = (guint)CLAMP (jsc_value_to_double (length_value), 1, 2 * MOST_SELECTED);
  GVariantBuilder runs;

  g_variant_builder_init (&runs, G_VARIANT_TYPE ("au"));
  for (guint i = 1; i < n; i++) {
    g_autoptr (JSCValue) place = jsc_value_object_get_property_at_index (value, i);

    g_variant_builder_add (&runs, "u", (guint)CLAMP (jsc_value_to_double (place), 0, 1e9));
  }
  return g_variant_ref_sink (g_variant_new ("(sau)", words, &runs));
}

static void
on_selected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (JSCValue) value = webkit_web_view_call_async_javascript_function_finish (
      WEBKIT_WEB_VIEW (source), result, NULL);

  g_task_return_pointer (task, value && jsc_value_is_array (value) ? read_selected (value) : NULL,
                         (GDestroyNotify)g_variant_unref);
}

static void
get_selected (GtkWidget *widget, GAsyncReadyCallback callback, gpointer data)
{
  UiWebPage *self = UI_WEB_PAGE (widget);
  GTask *task = g_task_new (self, NULL, callback, data);
  GVariantDict arguments;

  if (!self->view || !self->html) {
    g_task_return_pointer (task, NULL, NULL);
    g_object_unref (task);
    return;
  }
  g_autoptr (GBytes) script =
      g_resources_lookup_data ("/org/sosik/Sosik/web/ui-web-selected.js", 0, NULL);
  g_variant_dict_init (&arguments, NULL);
  g_variant_dict_insert (&arguments, "most", "u", MOST_SELECTED);
  webkit_web_view_call_async_javascript_function (
      self->view, g_bytes_get_data (script, NULL), (gssize)g_bytes_get_size (script),
      g_variant_dict_end (&arguments), UI_WEB_WORLD, NULL, self->cancellable, on_selected, task);
}

static GVariant *
get_selected_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static void
print (GtkWidget *widget, const UiWebPaper *paper, UiWebPrintedFunc done, gpointer data)
{
  UiWebPage *self = UI_WEB_PAGE (widget);
  g_autofree char *shell = ui_web_print_dup_shell (paper->title);

  if (!self->view)
    start (self);
  ui_web_print_begin (widget, self->view, paper, done, data);
  show (widget, shell, UI_WEB_DESIGNED, paper->remote); /* paper is light */
}

static void
on_dark_changed (UiWebPage *self)
{
  if (!self->view)
    return;
  if (self->html && ui_web_process_is_guarded (self->process))
    load (self);
  else
    set_paper (self, wants_dark (self));
}

static void
ui_web_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiWebPage *self = UI_WEB_PAGE (object);
  switch (id) {
  case PROP_HEIGHT:
    g_value_set_int (value, (int)MIN (ceil (self->height * self->zoom), UI_WEB_PAGE_MAX_HEIGHT));
    break;
  case PROP_DARK:
    g_value_set_boolean (value, self->dark);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_web_page_dispose (GObject *object)
{
  UiWebPage *self = UI_WEB_PAGE (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->cover_source, g_source_remove);
  g_clear_handle_id (&self->clear_source, g_source_remove);
  if (self->view) {
    WebKitUserContentManager *manager = webkit_web_view_get_user_content_manager (self->view);
    g_object_set_data (G_OBJECT (self->view), PAGE_KEY, NULL);
    g_signal_handlers_disconnect_by_data (manager, self);
    g_signal_handlers_disconnect_by_data (self->view, self);
    ui_web_process_drop_view (self->process, self->view);
    adw_bin_set_child (ADW_BIN (self), NULL);
    g_clear_object (&self->view);
    g_clear_pointer (&self->process, ui_web_process_unref);
  }
  g_clear_pointer (&self->html, g_free);
  g_clear_pointer (&self->term, g_free);
  g_clear_pointer (&self->filter_folder, g_free);
  G_OBJECT_CLASS (ui_web_page_parent_class)->dispose (object);
}

static void
ui_web_page_class_init (UiWebPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ui_web_page_get_property;
  object_class->dispose = ui_web_page_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = ui_web_page_snapshot;
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  properties[PROP_HEIGHT] =
      g_param_spec_int ("height", NULL, NULL, 0, UI_WEB_PAGE_MAX_HEIGHT, 0, flags);
  properties[PROP_DARK] = g_param_spec_boolean ("dark", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[LINK_HOVERED] = g_signal_new ("link-hovered", UI_TYPE_WEB_PAGE, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[LINK_ACTIVATED] =
      g_signal_new ("link-activated", UI_TYPE_WEB_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[PICTURE_WANTED] =
      g_signal_new ("picture-wanted", UI_TYPE_WEB_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_TASK);
  signals[FOUND] = g_signal_new ("found", UI_TYPE_WEB_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[HIT] = g_signal_new ("hit", UI_TYPE_WEB_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  signals[FAILED] = g_signal_new ("failed", UI_TYPE_WEB_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ui_web_page_init (UiWebPage *self)
{
  self->zoom = 1;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN); /* the corners of a sheet */
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
  static const UiWebPageApi api = { create,    show, clear,    set_zoom,     scroll_to,
                                    set_light, find, show_hit, get_selected, get_selected_finish,
                                    print };

  return &api;
}
