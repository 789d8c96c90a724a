/* HTML mail in the reader: loads the module that holds WebKit with the first one, and answers its questions for pictures
 * from the message or, where the person allowed it, from the network.  Main thread. */
#include "ui-web-view.h"

#include <glib/gi18n.h>

#include "ui-memory.h"
#include "ui-web-module.h"
#include "ui-web-pictures.h"

struct _UiWebView
{
  AdwBin parent_instance;

  /* Owned */
  MailEngine *engine;
  MailContent *content;

  char *waiting; /* HTML that is shown when WebKit is linked; NULL: none */
  char *term;    /* is looked for; NULL: nothing is */

  /* Borrowed */
  const UiWebPageApi *api; /* of the module, which stays; NULL until the first HTML mail */
  GtkWidget *page;         /* our child */

  double zoom;
  gboolean light, linking;
  gboolean waiting_remote; /* with its remote pictures */
};

enum
{
  PROP_0,
  PROP_HEIGHT,
  PROP_LIGHT_BACKGROUND,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (UiWebView, ui_web_view, ADW_TYPE_BIN)

enum
{
  LINK_HOVERED,
  LINK_ACTIVATED,
  FAILED,
  FOUND,
  HIT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
on_picture_wanted (UiWebView *self, const char *uri, GTask *task)
{
  if (self->content)
    ui_web_pictures_answer (self->engine, self->content, uri, task);
}

/* ---- the module ---- */

static void
on_link_hovered (UiWebView *self, const char *uri)
{
  g_signal_emit (self, signals[LINK_HOVERED], 0, uri);
}

static void
on_link_activated (UiWebView *self, const char *uri, const char *text)
{
  g_signal_emit (self, signals[LINK_ACTIVATED], 0, uri, text);
}

static void
on_height (UiWebView *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEIGHT]);
}

/* A light sheet on a dark desk, not a light pane. */
static void
update_sheet (UiWebView *self)
{
  gboolean dark = FALSE;
  g_object_get (self->page, "dark", &dark, NULL);
  if (adw_style_manager_get_dark (adw_style_manager_get_default ()) && !dark)
    gtk_widget_add_css_class (GTK_WIDGET (self), "web-sheet");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "web-sheet");
}

static void
on_failed (UiWebView *self, const char *sentence)
{
  g_signal_emit (self, signals[FAILED], 0, sentence);
}

static void
on_found (UiWebView *self, guint n)
{
  g_signal_emit (self, signals[FOUND], 0, n);
}

static void
on_hit (UiWebView *self, int top, int height)
{
  g_signal_emit (self, signals[HIT], 0, top, height);
}

static gboolean
create_page (UiWebView *self)
{
  self->page = ui_web_module_create_page (self->engine, &self->api);
  if (!self->page)
    return FALSE;
  self->api->set_zoom (self->page, self->zoom);
  self->api->find (self->page, self->term);
  g_signal_connect_swapped (self->page, "picture-wanted", G_CALLBACK (on_picture_wanted), self);
  g_signal_connect_swapped (self->page, "link-hovered", G_CALLBACK (on_link_hovered), self);
  g_signal_connect_swapped (self->page, "link-activated", G_CALLBACK (on_link_activated), self);
  g_signal_connect_swapped (self->page, "failed", G_CALLBACK (on_failed), self);
  g_signal_connect_swapped (self->page, "found", G_CALLBACK (on_found), self);
  g_signal_connect_swapped (self->page, "hit", G_CALLBACK (on_hit), self);
  g_signal_connect_swapped (self->page, "notify::height", G_CALLBACK (on_height), self);
  g_signal_connect_swapped (self->page, "notify::dark", G_CALLBACK (update_sheet), self);
  adw_bin_set_child (ADW_BIN (self), self->page);
  return TRUE;
}

static void
show_page (UiWebView *self, const char *html, gboolean remote)
{
  if (!self->page && !create_page (self)) {
    on_failed (
        self,
        _ ("The part of Sosik that shows HTML messages is not installed. The message is shown as plain text."));
    return;
  }
  self->api->show (self->page, html, (UiWebLook)mail_content_get_look (self->content), remote);
  self->api->set_light (self->page, self->light);
  update_sheet (self);
  ui_memory_give_back_soon ();
}

static void
on_linked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiWebView) self = data;
  g_autofree char *html = g_steal_pointer (&self->waiting);
  self->linking = FALSE;
  if (html && self->content)
    show_page (self, html, self->waiting_remote);
}

/* ---- public ---- */

void
ui_web_view_set_engine (UiWebView *self, MailEngine *engine)
{
  g_set_object (&self->engine, engine);
}

G_STATIC_ASSERT ((int)UI_WEB_LETTER == (int)MAIL_LOOK_LETTER);
G_STATIC_ASSERT ((int)UI_WEB_DESIGNED == (int)MAIL_LOOK_DESIGNED);
G_STATIC_ASSERT ((int)UI_WEB_ADAPTIVE == (int)MAIL_LOOK_ADAPTIVE);

static void
set_light (UiWebView *self, gboolean light)
{
  if (light == self->light)
    return;
  self->light = light;
  if (self->page)
    self->api->set_light (self->page, light);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIGHT_BACKGROUND]);
}

gboolean
ui_web_view_can_be_dark (UiWebView *self)
{
  return self->content && adw_style_manager_get_dark (adw_style_manager_get_default ())
         && mail_content_get_look (self->content) != MAIL_LOOK_DESIGNED;
}

void
ui_web_view_show (UiWebView *self, MailContent *content, const char *html, gboolean remote)
{
  gboolean again = content == self->content; /* with images, or without */
  g_set_object (&self->content, content);
  if (!again)
    set_light (self, FALSE);
  if (self->page || ui_web_module_is_linked ()) {
    show_page (self, html, remote);
    return;
  }
  g_free (self->waiting);
  self->waiting = g_strdup (html);
  self->waiting_remote = remote;
  if (!self->linking) {
    self->linking = TRUE;
    ui_web_module_link_async (on_linked, g_object_ref (self));
  }
}

void
ui_web_view_clear (UiWebView *self)
{
  g_clear_object (&self->content);
  g_clear_pointer (&self->waiting, g_free);
  if (self->page)
    self->api->clear (self->page);
}

void
ui_web_view_set_zoom (UiWebView *self, double zoom)
{
  self->zoom = zoom;
  if (self->page)
    self->api->set_zoom (self->page, zoom);
}

void
ui_web_view_find (UiWebView *self, const char *term)
{
  g_free (self->term);
  self->term = g_strdup (term);
  if (self->page)
    self->api->find (self->page, term);
}

void
ui_web_view_show_hit (UiWebView *self, guint index, gboolean reveal)
{
  if (self->page)
    self->api->show_hit (self->page, index, reveal);
}

static void
on_cut (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  g_task_return_pointer (task, mail_content_cut_finish (MAIL_CONTENT (source), result),
                         (GDestroyNotify)mail_excerpt_free);
}

static void
on_selected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  UiWebView *self = g_task_get_source_object (task);
  MailContent *content = g_task_get_task_data (task);
  g_autoptr (GVariant) selected = self->api->get_selected_finish (result);
  g_autoptr (GVariantIter) places = NULL;
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (guint));
  const char *words;
  guint place;

  if (!selected) {
    g_task_return_pointer (task, NULL, NULL);
    return;
  }
  g_variant_get (selected, "(&sau)", &words, &places);
  while (g_variant_iter_next (places, "u", &place))
    g_array_append_val (runs, place);
  mail_content_cut_async (content, runs, words, on_cut, g_steal_pointer (&task));
}

void
ui_web_view_get_excerpt_async (UiWebView *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (!self->page || !self->content) {
    g_task_return_pointer (task, NULL, NULL);
    g_object_unref (task);
    return;
  }
  g_task_set_task_data (task, g_object_ref (self->content), g_object_unref);
  self->api->get_selected (self->page, on_selected, task);
}

MailExcerpt *
ui_web_view_get_excerpt_finish (UiWebView *self, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

void
ui_web_view_scroll_to (UiWebView *self, int y)
{
  if (self->page)
    self->api->scroll_to (self->page, y);
}

static void
ui_web_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiWebView *self = UI_WEB_VIEW (object);
  switch (id) {
  case PROP_HEIGHT:
    if (self->page)
      g_object_get_property (G_OBJECT (self->page), "height", value);
    break;
  case PROP_LIGHT_BACKGROUND:
    g_value_set_boolean (value, self->light);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_web_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LIGHT_BACKGROUND)
    set_light (UI_WEB_VIEW (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ui_web_view_dispose (GObject *object)
{
  UiWebView *self = UI_WEB_VIEW (object);

  if (self->page) {
    g_signal_handlers_disconnect_by_data (self->page, self);
    self->page = NULL;
    adw_bin_set_child (ADW_BIN (self), NULL);
  }
  g_clear_object (&self->content);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->waiting, g_free);
  g_clear_pointer (&self->term, g_free);
  G_OBJECT_CLASS (ui_web_view_parent_class)->dispose (object);
}

static void
ui_web_view_class_init (UiWebViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ui_web_view_get_property;
  object_class->set_property = ui_web_view_set_property;
  object_class->dispose = ui_web_view_dispose;
  properties[PROP_HEIGHT] = g_param_spec_int ("height", NULL, NULL, 0, UI_WEB_PAGE_MAX_HEIGHT, 0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_LIGHT_BACKGROUND] =
      g_param_spec_boolean ("light-background", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[LINK_HOVERED] = g_signal_new ("link-hovered", UI_TYPE_WEB_VIEW, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[LINK_ACTIVATED] =
      g_signal_new ("link-activated", UI_TYPE_WEB_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[FOUND] = g_signal_new ("found", UI_TYPE_WEB_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[HIT] = g_signal_new ("hit", UI_TYPE_WEB_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  signals[FAILED] = g_signal_new ("failed", UI_TYPE_WEB_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ui_web_view_init (UiWebView *self)
{
  self->zoom = 1;
}
