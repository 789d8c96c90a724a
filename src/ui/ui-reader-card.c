/* A card of the reader: opens its message when it is woken, and lets go of it when it sleeps.  Main thread.  A message that was
 * folded or left meanwhile is cancelled, never shown late. */
#include "ui-reader-card.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "base-error.h"
#include "ui-avatar.h"
#include "ui-charset-dialog.h"
#include "ui-clock.h"

#define SEEN_AFTER_MS    1000
#define SPINNER_AFTER_MS 150 /* a local message is there before that */

struct _UiReaderCard
{
  AdwBin parent_instance;

  /* Owned */
  MailEngine *engine;
  MailMessage *message;
  MailContent *content;
  GCancellable *cancellable; /* of opening */

  /* Borrowed */
  UiMessageView *view; /* NULL while asleep */

  /* Template */
  GtkButton *line;
  UiAvatar *avatar;
  GtkLabel *sender, *preview, *date;
  GtkImage *star, *attachment;
  GtkSpinner *spinner;
  AdwStatusPage *error;
  GtkLabel *error_detail;
  AdwBin *place; /* of the view */

  guint spinner_source, seen_source;
  int height; /* of the view when it went to sleep */
  gboolean expanded, single, light;
  gboolean seen; /* told once: who marks it as unread afterwards means it */
};

enum
{
  PROP_0,
  PROP_EXPANDED,
  PROP_LIGHT_BACKGROUND,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  OPENED,
  SEEN,
  VERB,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiReaderCard, ui_reader_card, ADW_TYPE_BIN)

/* A stack would have a screen reader read its other pages, too. */
static void
show_page (UiReaderCard *self, GtkWidget *page)
{
  GtkWidget *const pages[] = { GTK_WIDGET (self->line), GTK_WIDGET (self->spinner),
                               GTK_WIDGET (self->error), GTK_WIDGET (self->place) };
  gtk_spinner_set_spinning (self->spinner, page == GTK_WIDGET (self->spinner));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    gtk_widget_set_visible (pages[i], pages[i] == page);
}

/* ---- the line ---- */

static void
update_line (UiReaderCard *self)
{
  MailMessage *message = self->message;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *date = base_date_short (mail_message_get_date (message), now);
  const char *sender = mail_message_get_sender (message);
  gtk_label_set_text (self->sender, sender);
  gtk_label_set_text (self->preview, mail_message_get_preview (message));
  gtk_label_set_text (self->date, date);
  ui_avatar_set_name (self->avatar, sender);
  gtk_widget_set_visible (GTK_WIDGET (self->star), mail_message_get_starred (message));
  gtk_widget_set_visible (GTK_WIDGET (self->attachment),
                          mail_message_get_has_attachments (message));
  if (mail_message_get_unread (message))
    gtk_widget_add_css_class (GTK_WIDGET (self->sender), "heading");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->sender), "heading");
  /* Translators: a folded message of a conversation: sender, date, its first words */
  g_autofree char *words =
      g_strdup_printf (_ ("%s, %s: %s"), sender, date, mail_message_get_preview (message));
  const char *marks[] = { words, NULL, NULL, NULL, NULL };
  guint n = 1;
  if (mail_message_get_unread (message))
    marks[n++] = _ ("Unread");
  if (mail_message_get_starred (message))
    marks[n++] = _ ("Starred");
  if (mail_message_get_has_attachments (message))
    marks[n++] = _ ("Has attachments");
  g_autofree char *name = g_strjoinv (_ (", "), (char **)marks);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->line), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->line), GTK_ACCESSIBLE_STATE_EXPANDED,
                               self->expanded, -1);
}

static void
on_clock_changed (UiReaderCard *self)
{
  if (self->message != NULL)
    update_line (self);
}

/* ---- which verbs there are ---- */

static void
update_verbs (UiReaderCard *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  MailFolder *folder = mail_message_get_folder (self->message);
  MailRole role = folder ? mail_folder_get_role (folder) : MAIL_ROLE_NONE;
  gtk_widget_action_set_enabled (widget, "message.fold", !self->single);
  gtk_widget_action_set_enabled (widget, "message.split", !self->single);
  gtk_widget_action_set_enabled (widget, "message.junk",
                                 role != MAIL_ROLE_JUNK && role != MAIL_ROLE_SENT
                                     && role != MAIL_ROLE_DRAFTS);
  gtk_widget_action_set_enabled (widget, "message.not-junk", role == MAIL_ROLE_JUNK);
  gtk_widget_action_set_enabled (widget, "message.trash", role != MAIL_ROLE_TRASH);
  gtk_widget_action_set_enabled (widget, "message.delete",
                                 role == MAIL_ROLE_TRASH || role == MAIL_ROLE_JUNK);
  gtk_widget_action_set_enabled (widget, "message.archive",
                                 role != MAIL_ROLE_ARCHIVE && role != MAIL_ROLE_ALL);
  gtk_widget_action_set_enabled (widget, "message.light-background",
                                 self->view && ui_message_view_can_be_dark (self->view));
}

static void
on_changed (UiReaderCard *self)
{
  update_line (self);
  update_verbs (self);
}

static void
set_light (UiReaderCard *self, gboolean light)
{
  if (light == self->light)
    return;
  self->light = light;
  if (self->view && self->content)
    ui_message_view_set_light (self->view, light);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIGHT_BACKGROUND]);
}

/* ---- opening ---- */

static void
show_view (UiReaderCard *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self->place), -1, -1);
  ui_message_view_set_content (self->view, self->content);
  ui_message_view_set_light (self->view, self->light);
  show_page (self, GTK_WIDGET (self->place));
  update_verbs (self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiReaderCard) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailContent) content =
      mail_engine_open_message_finish (MAIL_ENGINE (source), result, &error);
  if (base_error_is_cancelled (error) || !self->engine)
    return;
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_clear_object (&self->cancellable);
  if (!content) {
    g_autofree char *sentence = g_markup_escape_text (error->message, -1);
    const char *detail = base_error_get_detail (error);
    adw_status_page_set_description (self->error, sentence);
    gtk_label_set_text (self->error_detail, detail ? detail : "");
    gtk_widget_set_visible (GTK_WIDGET (self->error_detail), detail && *detail);
    show_page (self, GTK_WIDGET (self->error));
    return;
  }
  g_set_object (&self->content, content);
  if (self->view)
    show_view (self);
  g_signal_emit (self, signals[OPENED], 0);
}

static gboolean
on_spinner (gpointer data)
{
  UiReaderCard *self = data;
  self->spinner_source = 0;
  show_page (self, GTK_WIDGET (self->spinner));
  return G_SOURCE_REMOVE;
}

static void
leave (UiReaderCard *self)
{
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
open_message (UiReaderCard *self)
{
  leave (self);
  self->cancellable = g_cancellable_new ();
  self->spinner_source = g_timeout_add (SPINNER_AFTER_MS, on_spinner, self);
  mail_engine_open_message_async (self->engine, self->message, self->cancellable, on_opened,
                                  g_object_ref (self));
}

void
ui_reader_card_retry (UiReaderCard *self)
{
  if (self->expanded)
    open_message (self);
}

void
ui_reader_card_wake (UiReaderCard *self, UiMessageView *view)
{
  if (self->view)
    return;
  self->view = view;
  adw_bin_set_child (self->place, GTK_WIDGET (view));
  if (self->content)
    show_view (self);
  else
    open_message (self);
}

gboolean
ui_reader_card_is_awake (UiReaderCard *self)
{
  return self->view != NULL;
}

UiMessageView *
ui_reader_card_sleep (UiReaderCard *self)
{
  UiMessageView *view = self->view;
  leave (self);
  if (!view)
    return NULL;
  g_object_ref (view);
  self->view = NULL;
  self->height = gtk_widget_get_height (GTK_WIDGET (self->place));
  gtk_widget_set_size_request (GTK_WIDGET (self->place), -1, self->expanded ? self->height : -1);
  ui_message_view_close_menus (view);
  adw_bin_set_child (self->place, NULL);
  ui_message_view_set_content (view, NULL);
  g_clear_object (&self->content);
  return view;
}

UiMessageView *
ui_reader_card_get_view (UiReaderCard *self)
{
  return self->view;
}

/* ---- being seen ---- */

static gboolean
on_seen (gpointer data)
{
  UiReaderCard *self = data;
  self->seen_source = 0;
  if (!self->content) /* what is still coming was not seen; the next move of the scroll looks again */
    return G_SOURCE_REMOVE;
  self->seen = TRUE;
  g_signal_emit (self, signals[SEEN], 0);
  return G_SOURCE_REMOVE;
}

void
ui_reader_card_set_on_screen (UiReaderCard *self, gboolean on_screen)
{
  if (!on_screen || self->seen || !self->content)
    g_clear_handle_id (&self->seen_source, g_source_remove);
  else if (self->seen_source == 0)
    self->seen_source = g_timeout_add (SEEN_AFTER_MS, on_seen, self);
}

/* ---- folding ---- */

static void
update_look (UiReaderCard *self)
{
  if (self->single)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "reader-card");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "reader-card");
}

void
ui_reader_card_set_single (UiReaderCard *self, gboolean single)
{
  self->single = single;
  update_look (self);
  update_verbs (self);
}

void
ui_reader_card_set_expanded (UiReaderCard *self, gboolean expanded)
{
  if (self->expanded == expanded)
    return;
  self->expanded = expanded;
  if (!expanded) {
    self->height = 0;
    gtk_widget_set_size_request (GTK_WIDGET (self->place), -1, -1);
  }
  show_page (self, expanded ? GTK_WIDGET (self->place) : GTK_WIDGET (self->line));
  update_line (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPANDED]);
}

gboolean
ui_reader_card_get_expanded (UiReaderCard *self)
{
  return self->expanded;
}

static void
on_line_clicked (UiReaderCard *self)
{
  ui_reader_card_set_expanded (self, TRUE);
}

static void
action_fold (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiReaderCard *self = UI_READER_CARD (widget);
  ui_reader_card_set_expanded (self, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->line));
}

static void
action_verb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[VERB], 0, name + strlen ("message."));
}

/* ---- the charset ---- */

static void
on_charset_chosen (gpointer data)
{
  UiReaderCard *self = data;
  if (self->view)
    open_message (self);
}

static void
action_looks_wrong (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiReaderCard *self = UI_READER_CARD (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  if (self->content)
    ui_charset_dialog_show (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->content,
                            on_charset_chosen, g_object_ref (self), g_object_unref);
}

/* ---- public ---- */

MailMessage *
ui_reader_card_get_message (UiReaderCard *self)
{
  return self->message;
}

MailContent *
ui_reader_card_get_content (UiReaderCard *self)
{
  return self->content;
}

void
ui_reader_card_focus (UiReaderCard *self)
{
  if (self->view && self->content)
    ui_message_view_focus (self->view);
  else if (!self->expanded)
    gtk_widget_grab_focus (GTK_WIDGET (self->line));
}

GtkWidget *
ui_reader_card_new (MailEngine *engine, MailMessage *message)
{
  UiReaderCard *self = g_object_new (UI_TYPE_READER_CARD, NULL);
  self->engine = g_object_ref (engine);
  self->message = g_object_ref (message);
  g_signal_connect_object (message, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_verbs), self, G_CONNECT_SWAPPED);
  on_changed (self);
  return GTK_WIDGET (self);
}

/* ---- class ---- */

static void
ui_reader_card_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiReaderCard *self = UI_READER_CARD (object);
  switch (id) {
  case PROP_EXPANDED:
    g_value_set_boolean (value, self->expanded);
    break;
  case PROP_LIGHT_BACKGROUND:
    g_value_set_boolean (value, self->light);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_reader_card_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_EXPANDED:
    ui_reader_card_set_expanded (UI_READER_CARD (object), g_value_get_boolean (value));
    break;
  case PROP_LIGHT_BACKGROUND:
    set_light (UI_READER_CARD (object), g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_reader_card_dispose (GObject *object)
{
  UiReaderCard *self = UI_READER_CARD (object);
  leave (self);
  g_clear_handle_id (&self->seen_source, g_source_remove);
  self->view = NULL;
  g_clear_object (&self->content);
  g_clear_object (&self->message);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_reader_card_parent_class)->dispose (object);
}

static void
ui_reader_card_class_init (UiReaderCardClass *klass)
{
  static const char *const verbs[] = {
    "message.reply",       "message.reply-all", "message.reply-list",  "message.forward",
    "message.archive",     "message.trash",     "message.mark-unread", "message.source",
    "message.save",        "message.copy-text", "message.toggle-star", "message.headers",
    "message.open-window", "message.print",     "message.split",       "message.delete",
    "message.junk",        "message.not-junk",  "message.move",        "message.forward-attached",
    "message.edit-as-new", "message.redirect",  "message.edit-draft",  "message.reply-template",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_reader_card_get_property;
  object_class->set_property = ui_reader_card_set_property;
  object_class->dispose = ui_reader_card_dispose;
  properties[PROP_EXPANDED] =
      g_param_spec_boolean ("expanded", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LIGHT_BACKGROUND] =
      g_param_spec_boolean ("light-background", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[OPENED] = g_signal_new ("opened", UI_TYPE_READER_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[SEEN] = g_signal_new ("seen", UI_TYPE_READER_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  signals[VERB] = g_signal_new ("verb", UI_TYPE_READER_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    gtk_widget_class_install_action (widget_class, verbs[i], NULL, action_verb);
  gtk_widget_class_install_action (widget_class, "message.fold", NULL, action_fold);
  gtk_widget_class_install_property_action (widget_class, "message.light-background",
                                            "light-background");
  gtk_widget_class_install_action (widget_class, "message.looks-wrong", NULL, action_looks_wrong);

  g_type_ensure (UI_TYPE_AVATAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-reader-card.ui");
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, line);
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, avatar);
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, sender);
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, preview);
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, date);
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, star);
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, attachment);
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, error);
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, error_detail);
  gtk_widget_class_bind_template_child (widget_class, UiReaderCard, place);
  gtk_widget_class_bind_template_callback (widget_class, ui_reader_card_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_line_clicked);
}

static void
ui_reader_card_init (UiReaderCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update_look (self);
  ui_clock_listen (self, G_CALLBACK (on_clock_changed));
}
