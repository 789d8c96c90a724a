/* One row of the message list, used again and again for other messages.  Main thread.  It never asks the engine for
 * anything: a message that is not loaded yet shows its placeholders and tells when it is. */
#include "ui-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base-date.h"

struct _UiRow
{
  GtkWidget parent_instance;

  /* Owned */
  MailMessage *message;

  /* Template */
  AdwAvatar *avatar;
  GtkLabel *sender, *date, *subject, *preview;
  GtkImage *answered, *attachment;
  GtkButton *star;

  gulong handler;
  guint tick;
};

G_DEFINE_FINAL_TYPE (UiRow, ui_row, GTK_TYPE_WIDGET)

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* What a screen reader says; the floor's GTK has no label for list items, so it goes to the list's row widget. */
static void
update_label (UiRow *self, const char *date)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  if (!row)
    return;
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  if (mail_message_get_unread (self->message))
    g_ptr_array_add (parts, (char *)_ ("Unread"));
  if (mail_message_get_starred (self->message))
    g_ptr_array_add (parts, (char *)_ ("Starred"));
  g_ptr_array_add (parts, (char *)mail_message_get_sender (self->message));
  g_ptr_array_add (parts, (char *)mail_message_get_subject (self->message));
  g_ptr_array_add (parts, (char *)date);
  if (mail_message_get_has_attachments (self->message))
    g_ptr_array_add (parts, (char *)_ ("Has attachments"));
  if (mail_message_get_answered (self->message))
    g_ptr_array_add (parts, (char *)_ ("Answered"));
  g_ptr_array_add (parts, NULL);
  g_autofree char *label = g_strjoinv (", ", (char **)parts->pdata);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
update (UiRow *self)
{
  MailMessage *message = self->message;
  gboolean loaded = mail_message_get_loaded (message);
  gboolean unread = mail_message_get_unread (message);
  gboolean starred = mail_message_get_starred (message);
  const char *sender = mail_message_get_sender (message);
  g_autofree char *date =
      base_date_short (mail_message_get_date (message), g_get_real_time () / G_USEC_PER_SEC);

  adw_avatar_set_text (self->avatar, sender);
  gtk_label_set_text (self->sender, sender);
  gtk_label_set_text (self->date, date);
  gtk_label_set_text (self->subject, mail_message_get_subject (message));
  gtk_label_set_text (self->preview, mail_message_get_preview (message));
  gtk_widget_set_visible (GTK_WIDGET (self->attachment),
                          mail_message_get_has_attachments (message));
  gboolean answered = mail_message_get_answered (message);
  gtk_widget_set_visible (GTK_WIDGET (self->answered),
                          answered || mail_message_get_forwarded (message));
  gtk_image_set_from_icon_name (self->answered,
                                answered ? "sosik-reply-symbolic" : "sosik-forward-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->answered),
                               answered ? _ ("Answered") : _ ("Forwarded"));
  set_class (GTK_WIDGET (self), "unread", unread);

  gtk_button_set_icon_name (self->star, starred ? "sosik-starred-symbolic" : "sosik-star-symbolic");
  set_class (GTK_WIDGET (self->star), "starred", starred);
  set_class (GTK_WIDGET (self->star), "dim-label", !starred);
  gtk_widget_set_opacity (GTK_WIDGET (self->star), loaded ? 1 : 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->star),
                               starred ? _ ("Remove star") : _ ("Add star"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->star), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  starred ? _ ("Remove star") : _ ("Add star"), -1);
  update_label (self, date);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiRow *self = UI_ROW (widget);
  self->tick = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

/* A message that has just been loaded notifies a dozen times; once a frame is enough. */
static void
on_notify (UiRow *self)
{
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

void
ui_row_set_message (UiRow *self, MailMessage *message)
{
  if (message == self->message)
    return;
  if (self->message)
    g_clear_signal_handler (&self->handler, self->message);
  if (self->tick) {
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
    self->tick = 0;
  }
  g_set_object (&self->message, message);
  if (!message)
    return;
  self->handler = g_signal_connect_swapped (message, "notify", G_CALLBACK (on_notify), self);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->star), "x",
                                    mail_message_get_id (message));
  update (self);
}

MailMessage *
ui_row_get_message (UiRow *self)
{
  return self->message;
}

static void
ui_row_dispose (GObject *object)
{
  UiRow *self = UI_ROW (object);
  GtkWidget *child;
  ui_row_set_message (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ui_row_parent_class)->dispose (object);
}

static void
ui_row_class_init (UiRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UiRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, UiRow, sender);
  gtk_widget_class_bind_template_child (widget_class, UiRow, date);
  gtk_widget_class_bind_template_child (widget_class, UiRow, subject);
  gtk_widget_class_bind_template_child (widget_class, UiRow, preview);
  gtk_widget_class_bind_template_child (widget_class, UiRow, answered);
  gtk_widget_class_bind_template_child (widget_class, UiRow, attachment);
  gtk_widget_class_bind_template_child (widget_class, UiRow, star);
}

static void
ui_row_init (UiRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->star), "x", (gint64)0);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->star), "win.toggle-star");
}

GtkWidget *
ui_row_new (void)
{
  return g_object_new (UI_TYPE_ROW, NULL);
}
