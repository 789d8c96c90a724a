/* One message, opened: headers, bars, body as text or HTML, attachments.  Main thread.  It opens nothing and marks nothing:
 * whoever holds it does. */
#include "ui-message-view.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-attachments.h"
#include "ui-bar.h"
#include "ui-headers.h"
#include "ui-html-quotes.h"
#include "ui-tall.h"
#include "ui-part-cards.h"
#include "ui-reader-cards.h"
#include "ui-text-find.h"
#include "ui-text-view.h"
#include "ui-truth-bar.h"
#include "ui-web-bar.h"
#include "ui-web-view.h"

struct _UiMessageView
{
  AdwBin parent_instance;

  /* Owned */
  MailContent *content;
  UiTextFind *text_find;
  char *term; /* that is looked for; NULL: none is */

  /* Template */
  GtkStack *body;
  UiHeaders *headers;
  GtkBox *banners;
  UiTruthBar *truth;
  UiBar *bar;
  UiBar *draft_bar; /* made when there is a draft */
  UiWebBar *web_bar;
  UiTextView *text;
  UiTall *web_place;
  UiWebView *web;
  UiPartCards *part_cards;
  UiAttachments *attachments;

  gboolean plain_text;
  gboolean html_failed; /* WebKit gave up on this message */
  gboolean bare;        /* a page, no message */
  gboolean remote;      /* the HTML that is shown has its remote images */
};

enum
{
  PROP_0,
  PROP_PLAIN_TEXT,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  LINK_HOVERED,
  FOUND,
  OPEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiMessageView, ui_message_view, ADW_TYPE_BIN)

/* ---- body ---- */

static void
show_html (UiMessageView *self, const char *html, gboolean remote)
{
  g_autofree char *folded = ui_html_quotes_fold (html, _ ("Show Quoted Text"));
  ui_web_view_show (self->web, self->content, folded ? folded : html, remote);
  self->remote = remote;
  gtk_stack_set_visible_child_name (self->body, "html");
}

gboolean
ui_message_view_shows_html (UiMessageView *self)
{
  return self->content && mail_content_has_html (self->content) && !self->plain_text
         && !self->html_failed;
}

static void find (UiMessageView *self);

static void
show_body (UiMessageView *self)
{
  gboolean html = ui_message_view_shows_html (self);
  gboolean images = html && mail_content_are_images_chosen (self->content)
                    && mail_content_get_blocked (self->content) > 0;
  mail_content_set_read_as_text (self->content, !html);
  ui_bar_hide (self->bar);
  ui_web_bar_set_content (self->web_bar, html ? self->content : NULL, images);
  if (html) {
    if (images)
      ui_message_view_show_images (self);
    else
      show_html (self, mail_content_get_html (self->content), FALSE);
  } else {
    ui_web_view_clear (self->web);
    ui_text_view_set_text (self->text, mail_content_get_text (self->content));
    gtk_stack_set_visible_child_name (self->body, "text");
  }
  if (self->term)
    find (self);
}

/* ---- images ---- */

static void
on_html_with_images (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiMessageView) self = data;
  g_autoptr (GError) error = NULL;
  MailContent *content = MAIL_CONTENT (source);
  g_autofree char *html = mail_content_get_html_with_images_finish (content, result, &error);
  if (content != self->content || !ui_message_view_shows_html (self)) /* meanwhile */
    return;
  if (!html) {
    ui_bar_show (self->bar, error->message, base_error_get_detail (error), _ ("Show Images"), TRUE);
    return;
  }
  ui_bar_hide (self->bar);
  ui_web_bar_set_content (self->web_bar, content, TRUE);
  show_html (self, html, TRUE);
}

void
ui_message_view_show_images (UiMessageView *self)
{
  if (self->content && mail_content_has_html (self->content))
    mail_content_get_html_with_images_async (self->content, NULL, on_html_with_images,
                                             g_object_ref (self));
}

/* ---- paper ---- */

void
ui_message_view_set_light (UiMessageView *self, gboolean light)
{
  g_object_set (self->web, "light-background", light, NULL);
}

gboolean
ui_message_view_can_be_dark (UiMessageView *self)
{
  return ui_message_view_shows_html (self) && ui_web_view_can_be_dark (self->web);
}

/* ---- finding ---- */

#define HIT_MARGIN 48 /* pixels around a hit that are seen with it */

static void
reveal (UiMessageView *self, GtkWidget *widget, int top, int height)
{
  GtkWidget *cards = gtk_widget_get_ancestor (GTK_WIDGET (self), UI_TYPE_READER_CARDS);
  if (cards)
    ui_reader_cards_reveal (UI_READER_CARDS (cards), widget, top - HIT_MARGIN,
                            height + 2 * HIT_MARGIN);
}

static void
on_text_found (guint n, gpointer data)
{
  g_signal_emit (data, signals[FOUND], 0, n);
}

static void
on_web_found (UiMessageView *self, guint n)
{
  if (self->term)
    g_signal_emit (self, signals[FOUND], 0, n);
}

static void
on_web_hit (UiMessageView *self, int top, int height)
{
  reveal (self, GTK_WIDGET (self->web_place), top, height);
}

/* In what is shown, only. */
static void
find (UiMessageView *self)
{
  gboolean html = ui_message_view_shows_html (self);
  ui_web_view_find (self->web, html ? self->term : NULL);
  ui_text_find_set_term (self->text_find, html || !self->content ? NULL : self->term);
}

void
ui_message_view_find (UiMessageView *self, const char *term)
{
  g_free (self->term);
  self->term = term && *term ? g_strdup (term) : NULL;
  find (self);
}

void
ui_message_view_show_hit (UiMessageView *self, guint index, gboolean revealed)
{
  int top, height;
  if (ui_message_view_shows_html (self))
    ui_web_view_show_hit (self->web, index, revealed);
  else if (!revealed)
    ui_text_find_mark (self->text_find, index);
  else if (ui_text_find_show (self->text_find, index, &top, &height))
    reveal (self, GTK_WIDGET (self->text), top, height);
}

/* ---- links ---- */

static void
on_link_hovered (UiMessageView *self, const char *uri)
{
  g_signal_emit (self, signals[LINK_HOVERED], 0, uri);
}

static void
on_web_link_activated (UiMessageView *self, const char *uri, const char *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-web-link", "(ss)", uri, text);
}

static void
on_link_activated (UiMessageView *self, const char *uri)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-link", "s", uri);
}

static void
on_web_height (UiMessageView *self)
{
  int height;
  g_object_get (self->web, "height", &height, NULL);
  ui_tall_set_content_height (self->web_place, height);
}

static void
on_open_other (UiMessageView *self, MailMessage *message)
{
  g_signal_emit (self, signals[OPEN], 0, message);
}

static void
on_web_failed (UiMessageView *self, const char *sentence)
{
  if (!self->content)
    return;
  self->html_failed = TRUE;
  show_body (self);
  ui_bar_show (self->bar, sentence, NULL, NULL, TRUE);
}

/* ---- public ---- */

void
ui_message_view_set_engine (UiMessageView *self, MailEngine *engine, GSettings *settings)
{
  ui_headers_set_engine (self->headers, engine);
  ui_web_view_set_engine (self->web, engine);
  ui_attachments_set_engine (self->attachments, engine, settings);
  ui_web_bar_set_engine (self->web_bar, engine);
  g_settings_bind (settings, "fixed-width", self->text, "fixed-width", G_SETTINGS_BIND_GET);
  self->plain_text = g_settings_get_boolean (settings, "prefer-plain-text");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAIN_TEXT]);
}

void
ui_message_view_set_bare (UiMessageView *self, gboolean bare)
{
  self->bare = bare;
  gtk_widget_set_visible (GTK_WIDGET (self->headers), !bare);
}

static void
on_edit_draft (UiMessageView *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "message.edit-draft", NULL);
}

/* What nobody has sent yet is to be gone on with. */
static void
show_draft (UiMessageView *self)
{
  MailMessage *message = self->content && !mail_content_is_nested (self->content)
                             ? mail_content_get_message (self->content)
                             : NULL;
  MailFolder *folder = message ? mail_message_get_folder (message) : NULL;
  if (!folder || mail_folder_get_role (folder) != MAIL_ROLE_DRAFTS) {
    if (self->draft_bar)
      ui_bar_hide (self->draft_bar);
    return;
  }
  if (!self->draft_bar) {
    self->draft_bar = g_object_new (UI_TYPE_BAR, NULL);
    g_signal_connect_swapped (self->draft_bar, "clicked", G_CALLBACK (on_edit_draft), self);
    gtk_box_prepend (self->banners, GTK_WIDGET (self->draft_bar));
  }
  ui_bar_show (self->draft_bar, _ ("This message is a draft."), NULL, _ ("Edit Draft"), FALSE);
}

void
ui_message_view_set_content (UiMessageView *self, MailContent *content)
{
  g_set_object (&self->content, content);
  self->html_failed = self->remote = FALSE;
  ui_headers_set_content (self->headers, content);
  ui_truth_bar_set_content (self->truth, self->bare ? NULL : content);
  ui_attachments_set_content (self->attachments, content);
  ui_part_cards_set_content (self->part_cards, content);
  show_draft (self);
  if (content)
    show_body (self);
  else {
    ui_message_view_find (self, NULL);
    ui_web_view_clear (self->web);
    ui_web_bar_set_content (self->web_bar, NULL, FALSE);
  }
}

void
ui_message_view_close_menus (UiMessageView *self)
{
  ui_headers_close_menus (self->headers);
}

gboolean
ui_message_view_shows_images (UiMessageView *self)
{
  return self->remote && ui_message_view_shows_html (self);
}

/* ---- what is selected ---- */

static void
on_web_excerpt (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  g_task_return_pointer (task, ui_web_view_get_excerpt_finish (UI_WEB_VIEW (source), result),
                         (GDestroyNotify)mail_excerpt_free);
}

void
ui_message_view_get_excerpt_async (UiMessageView *self, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (ui_message_view_shows_html (self)) {
    ui_web_view_get_excerpt_async (self->web, on_web_excerpt, g_steal_pointer (&task));
    return;
  }
  g_autofree char *text = ui_text_view_dup_selected (self->text);
  g_task_return_pointer (task, text ? mail_excerpt_new_text (text) : NULL,
                         (GDestroyNotify)mail_excerpt_free);
}

MailExcerpt *
ui_message_view_get_excerpt_finish (UiMessageView *self, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

void
ui_message_view_set_zoom (UiMessageView *self, double zoom)
{
  ui_text_view_set_zoom (self->text, zoom);
  ui_web_view_set_zoom (self->web, zoom);
}

void
ui_message_view_focus (UiMessageView *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->body);
  if (self->content && page)
    gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
}

/* ---- class ---- */

static void
set_plain_text (UiMessageView *self, gboolean plain_text)
{
  if (plain_text == self->plain_text)
    return;
  self->plain_text = plain_text;
  if (self->content)
    show_body (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAIN_TEXT]);
}

static void
ui_message_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiMessageView *self = UI_MESSAGE_VIEW (object);
  switch (id) {
  case PROP_PLAIN_TEXT:
    g_value_set_boolean (value, self->plain_text);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_message_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiMessageView *self = UI_MESSAGE_VIEW (object);
  switch (id) {
  case PROP_PLAIN_TEXT:
    set_plain_text (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_message_view_dispose (GObject *object)
{
  UiMessageView *self = UI_MESSAGE_VIEW (object);
  g_clear_object (&self->content);
  g_clear_pointer (&self->term, g_free);
  g_clear_pointer (&self->text_find, ui_text_find_free);
  G_OBJECT_CLASS (ui_message_view_parent_class)->dispose (object);
}

static void
ui_message_view_class_init (UiMessageViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_message_view_get_property;
  object_class->set_property = ui_message_view_set_property;
  object_class->dispose = ui_message_view_dispose;
  properties[PROP_PLAIN_TEXT] =
      g_param_spec_boolean ("plain-text", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[LINK_HOVERED] = g_signal_new ("link-hovered", UI_TYPE_MESSAGE_VIEW, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  signals[OPEN] = g_signal_new ("open", UI_TYPE_MESSAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, MAIL_TYPE_MESSAGE);
  signals[FOUND] = g_signal_new ("found", UI_TYPE_MESSAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  g_type_ensure (UI_TYPE_ATTACHMENTS);
  g_type_ensure (UI_TYPE_BAR);
  g_type_ensure (UI_TYPE_HEADERS);
  g_type_ensure (UI_TYPE_PART_CARDS);
  g_type_ensure (UI_TYPE_TALL);
  g_type_ensure (UI_TYPE_TEXT_VIEW);
  g_type_ensure (UI_TYPE_TRUTH_BAR);
  g_type_ensure (UI_TYPE_WEB_BAR);
  g_type_ensure (UI_TYPE_WEB_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-message-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, body);
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, headers);
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, banners);
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, truth);
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, bar);
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, web_bar);
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, text);
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, web_place);
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, web);
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, attachments);
  gtk_widget_class_bind_template_child (widget_class, UiMessageView, part_cards);
}

static void
ui_message_view_init (UiMessageView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->text, "link-hovered", G_CALLBACK (on_link_hovered), self);
  g_signal_connect_swapped (self->text, "link-activated", G_CALLBACK (on_link_activated), self);
  g_signal_connect_swapped (self->web, "link-hovered", G_CALLBACK (on_link_hovered), self);
  g_signal_connect_swapped (self->web, "link-activated", G_CALLBACK (on_web_link_activated), self);
  g_signal_connect_swapped (self->headers, "open", G_CALLBACK (on_open_other), self);
  gtk_box_insert_child_after (GTK_BOX (adw_bin_get_child (ADW_BIN (self))),
                              ui_part_cards_get_late (self->part_cards), GTK_WIDGET (self->body));
  self->text_find = ui_text_find_new (self->text, on_text_found, self);
  g_signal_connect_swapped (self->web, "found", G_CALLBACK (on_web_found), self);
  g_signal_connect_swapped (self->web, "hit", G_CALLBACK (on_web_hit), self);
  g_signal_connect_swapped (self->web, "notify::height", G_CALLBACK (on_web_height), self);
  g_signal_connect_swapped (self->web_place, "scroll-to", G_CALLBACK (ui_web_view_scroll_to),
                            self->web);
  g_signal_connect_swapped (self->web_bar, "show-images", G_CALLBACK (ui_message_view_show_images),
                            self);
  g_signal_connect_swapped (self->web, "failed", G_CALLBACK (on_web_failed), self);
  g_signal_connect_swapped (self->bar, "clicked", G_CALLBACK (ui_message_view_show_images), self);
}
