/* The reader: opens the message that is selected, has it shown, and says when it has been seen.  Main thread.
 * A message that was selected and left again is cancelled, never shown late. */
#include "ui-reader.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-message-view.h"
#include "ui-pane.h"

#define SEEN_AFTER_MS    1000
#define SPINNER_AFTER_MS 150 /* a local message is there before that */

struct _UiReader
{
  AdwBin parent_instance;

  /* Owned */
  MailEngine *engine;
  MailMessage *message;
  MailContent *content;
  GCancellable *cancellable; /* of opening `message` */

  /* Template */
  GtkStack *stack;
  AdwStatusPage *empty, *error;
  GtkLabel *error_detail;
  GtkSpinner *spinner;
  UiMessageView *view;
  AdwSqueezer *tools;
  GtkWidget *narrow_tools, *bottom;
  GtkWidget *move_wide, *move_narrow;

  guint seen_source, spinner_source;
  gboolean folded;
};

enum
{
  PROP_0,
  PROP_FOLDED,
  PROP_CONTENT,
  PROP_PLAIN_TEXT,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  SEEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiReader, ui_reader, ADW_TYPE_BIN)

/* ---- pages ---- */

static void
show_page (UiReader *self, const char *name)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (name, "loading"));
  gtk_stack_set_visible_child_name (self->stack, name);
}

static void
show_nothing (UiReader *self, guint n_selected)
{
  g_autofree char *title = NULL;
  if (n_selected > 1)
    title = g_strdup_printf (ngettext ("%u Message Selected", "%u Messages Selected", n_selected),
                             n_selected);
  adw_status_page_set_title (self->empty, title ? title : _ ("No Message Selected"));
  adw_status_page_set_description (self->empty,
                                   n_selected > 1 ? _ ("What you do now is done to all of them.")
                                                  : _ ("Select a message in the list to read it."));
  show_page (self, "empty");
}

static void
set_content (UiReader *self, MailContent *content)
{
  if (!g_set_object (&self->content, content))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTENT]);
}

static gboolean
on_seen (gpointer data)
{
  UiReader *self = data;
  self->seen_source = 0;
  if (self->message)
    g_signal_emit (self, signals[SEEN], 0, self->message);
  return G_SOURCE_REMOVE;
}

/* ---- opening ---- */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiReader) self = data;
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
    show_page (self, "error");
    return;
  }
  ui_message_view_set_content (self->view, content);
  set_content (self, content);
  show_page (self, "message");
  self->seen_source = g_timeout_add (SEEN_AFTER_MS, on_seen, self);
}

static gboolean
on_spinner (gpointer data)
{
  UiReader *self = data;
  self->spinner_source = 0;
  show_page (self, "loading");
  return G_SOURCE_REMOVE;
}

static void
leave (UiReader *self)
{
  g_clear_handle_id (&self->seen_source, g_source_remove);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  set_content (self, NULL);
}

void
ui_reader_show (UiReader *self, MailMessage *message, guint n_selected)
{
  if (message && message == self->message && (self->content || self->cancellable))
    return;
  leave (self);
  g_set_object (&self->message, message);
  if (!message) {
    ui_message_view_set_content (self->view, NULL);
    show_nothing (self, n_selected);
    return;
  }
  self->cancellable = g_cancellable_new ();
  self->spinner_source = g_timeout_add (SPINNER_AFTER_MS, on_spinner, self);
  mail_engine_open_message_async (self->engine, message, self->cancellable, on_opened,
                                  g_object_ref (self));
}

void
ui_reader_retry (UiReader *self)
{
  g_autoptr (MailMessage) message = self->message ? g_object_ref (self->message) : NULL;
  if (message)
    ui_reader_show (self, message, 1);
}

/* ---- public ---- */

void
ui_reader_set_engine (UiReader *self, MailEngine *engine, GSettings *settings)
{
  g_set_object (&self->engine, engine);
  ui_message_view_set_engine (self->view, engine, settings);
}

MailContent *
ui_reader_get_content (UiReader *self)
{
  return self->content;
}

MailMessage *
ui_reader_get_message (UiReader *self)
{
  return self->message;
}

void
ui_reader_show_images (UiReader *self)
{
  if (self->content)
    ui_message_view_show_images (self->view);
}

void
ui_reader_set_zoom (UiReader *self, double zoom)
{
  ui_message_view_set_zoom (self->view, zoom);
}

void
ui_reader_focus (UiReader *self)
{
  if (self->content)
    ui_message_view_focus (self->view);
}

GtkWidget *
ui_reader_get_move_button (UiReader *self)
{
  if (gtk_widget_get_mapped (self->move_wide))
    return self->move_wide;
  return gtk_widget_get_mapped (self->move_narrow) ? self->move_narrow : NULL;
}

/* The tools that did not fit above stand below. */
static void
on_tools_changed (UiReader *self)
{
  gtk_widget_set_visible (self->bottom,
                          adw_squeezer_get_visible_child (self->tools) == self->narrow_tools);
}

static void
on_plain_text (UiReader *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLAIN_TEXT]);
}

/* ---- class ---- */

static void
ui_reader_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiReader *self = UI_READER (object);
  switch (id) {
  case PROP_FOLDED:
    g_value_set_boolean (value, self->folded);
    break;
  case PROP_CONTENT:
    g_value_set_object (value, self->content);
    break;
  case PROP_PLAIN_TEXT:
    g_object_get_property (G_OBJECT (self->view), "plain-text", value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_reader_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiReader *self = UI_READER (object);
  switch (id) {
  case PROP_FOLDED:
    self->folded = g_value_get_boolean (value);
    g_object_notify_by_pspec (object, pspec);
    break;
  case PROP_PLAIN_TEXT:
    g_object_set_property (G_OBJECT (self->view), "plain-text", value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_reader_dispose (GObject *object)
{
  UiReader *self = UI_READER (object);
  g_clear_handle_id (&self->seen_source, g_source_remove);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->content);
  g_clear_object (&self->message);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_reader_parent_class)->dispose (object);
}

static void
ui_reader_class_init (UiReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_reader_get_property;
  object_class->set_property = ui_reader_set_property;
  object_class->dispose = ui_reader_dispose;
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  properties[PROP_FOLDED] = g_param_spec_boolean ("folded", NULL, NULL, FALSE, flags);
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, MAIL_TYPE_CONTENT,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PLAIN_TEXT] = g_param_spec_boolean ("plain-text", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SEEN] = g_signal_new ("seen", UI_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, MAIL_TYPE_MESSAGE);

  g_type_ensure (UI_TYPE_MESSAGE_VIEW);
  g_type_ensure (UI_TYPE_PANE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-reader.ui");
  gtk_widget_class_bind_template_child (widget_class, UiReader, stack);
  gtk_widget_class_bind_template_child (widget_class, UiReader, empty);
  gtk_widget_class_bind_template_child (widget_class, UiReader, error);
  gtk_widget_class_bind_template_child (widget_class, UiReader, error_detail);
  gtk_widget_class_bind_template_child (widget_class, UiReader, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiReader, view);
  gtk_widget_class_bind_template_child (widget_class, UiReader, tools);
  gtk_widget_class_bind_template_child (widget_class, UiReader, narrow_tools);
  gtk_widget_class_bind_template_child (widget_class, UiReader, bottom);
  gtk_widget_class_bind_template_child (widget_class, UiReader, move_wide);
  gtk_widget_class_bind_template_child (widget_class, UiReader, move_narrow);
  gtk_widget_class_bind_template_callback (widget_class, ui_reader_retry);
}

static void
ui_reader_init (UiReader *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->view, "notify::plain-text", G_CALLBACK (on_plain_text), self);
  g_signal_connect_swapped (self->tools, "notify::visible-child", G_CALLBACK (on_tools_changed),
                            self);
  show_nothing (self, 0);
}
