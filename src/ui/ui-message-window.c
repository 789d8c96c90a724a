/* A message in a window of its own.  Main thread.  It does nothing by itself: what a person wants done to the message is told to the main window. */
#include "ui-message-window.h"

#include <glib/gi18n.h>

#include <string.h>

#include "ui-folder-chooser.h"

struct _UiMessageWindow
{
  AdwWindow parent_instance;

  /* Owned */
  UiReader *reader;
  GtkWidget *chooser; /* of "Move", made at the first use */
  MailMessage *message;

  /* Borrowed */
  GtkWindow *main; /* NULL when it is gone */
};

G_DEFINE_FINAL_TYPE (UiMessageWindow, ui_message_window, ADW_TYPE_WINDOW)

enum
{
  VERB,
  MOVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
action_forward (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiMessageWindow *self = UI_MESSAGE_WINDOW (widget);
  if (self->main)
    gtk_widget_activate_action_variant (GTK_WIDGET (self->main), name, parameter);
}

static void
action_print (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_reader_print (UI_MESSAGE_WINDOW (widget)->reader, NULL);
}

static void
action_find (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiReader *reader = UI_MESSAGE_WINDOW (widget)->reader;
  if (g_str_equal (name, "win.find"))
    ui_reader_find (reader);
  else
    ui_reader_find_again (reader, g_str_equal (name, "win.find-next") ? 1 : -1);
}

static void
action_back (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (!ui_reader_close_find (UI_MESSAGE_WINDOW (widget)->reader))
    gtk_window_close (GTK_WINDOW (widget));
}

static void
action_reply (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiMessageWindow *self = UI_MESSAGE_WINDOW (widget);
  MailContent *content = ui_reader_get_content (self->reader);
  if (content)
    g_signal_emit (self, signals[VERB], 0, name + strlen ("win."), self->message, content);
}

static gboolean
ui_message_window_close_request (GtkWindow *window)
{
  if (!ui_reader_let_go (UI_MESSAGE_WINDOW (window)->reader))
    return GDK_EVENT_STOP;
  return GTK_WINDOW_CLASS (ui_message_window_parent_class)->close_request (window);
}

static void
action_fullscreen (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWindow *window = GTK_WINDOW (widget);
  if (gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else
    gtk_window_fullscreen (window);
}

static void
action_read (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_reader_scroll_page (UI_MESSAGE_WINDOW (widget)->reader,
                         g_str_equal (name, "win.read-on") ? 1 : -1);
}

/* ---- moving ---- */

static void
on_chosen (UiMessageWindow *self, MailFolder *folder)
{
  g_autoptr (UiMessageWindow) kept = g_object_ref (self);
  g_signal_emit (self, signals[MOVE], 0, self->message, folder);
  gtk_window_close (GTK_WINDOW (self));
}

/* Beneath the header bar. */
static void
choose_folder (UiMessageWindow *self)
{
  MailFolder *folder = mail_message_get_folder (self->message);
  MailAccount *account = folder ? mail_folder_get_account (folder) : NULL;
  if (!account || !self->main)
    return;
  if (!self->chooser) {
    self->chooser = ui_folder_chooser_new ();
    gtk_widget_set_parent (self->chooser, GTK_WIDGET (self->reader));
    g_signal_connect_object (self->chooser, "chosen", G_CALLBACK (on_chosen), self,
                             G_CONNECT_SWAPPED);
  }
  ui_folder_chooser_set_account (UI_FOLDER_CHOOSER (self->chooser), account, folder);
  gtk_popover_set_pointing_to (
      GTK_POPOVER (self->chooser),
      &(GdkRectangle){ gtk_widget_get_width (GTK_WIDGET (self->reader)) / 2, 0, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->chooser));
}

static void
action_move (GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose_folder (UI_MESSAGE_WINDOW (widget));
}

/* The message is out of the way: so is its window. */
static void
on_verb (UiMessageWindow *self, const char *verb, MailMessage *message, MailContent *content)
{
  g_autoptr (UiMessageWindow) kept = g_object_ref (self);
  if (g_str_equal (verb, "move")) {
    choose_folder (self);
    return;
  }
  g_signal_emit (self, signals[VERB], 0, verb, message, content);
  if (g_str_equal (verb, "archive") || g_str_equal (verb, "trash") || g_str_equal (verb, "junk")
      || g_str_equal (verb, "not-junk") || g_str_equal (verb, "edit-draft"))
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_changed (UiMessageWindow *self, MailMessage *message)
{
  gtk_window_set_title (GTK_WINDOW (self), mail_message_get_subject (message));
}

UiReader *
ui_message_window_get_reader (UiMessageWindow *self)
{
  return self->reader;
}

void
ui_message_window_set_zoom (UiMessageWindow *self, double zoom)
{
  ui_reader_set_zoom (self->reader, zoom);
}

static void
ui_message_window_dispose (GObject *object)
{
  UiMessageWindow *self = UI_MESSAGE_WINDOW (object);
  g_clear_weak_pointer (&self->main);
  g_clear_pointer (&self->chooser, gtk_widget_unparent);
  g_clear_object (&self->message);
  G_OBJECT_CLASS (ui_message_window_parent_class)->dispose (object);
}

static void
ui_message_window_class_init (UiMessageWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_message_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = ui_message_window_close_request;
  signals[VERB] =
      g_signal_new ("verb", UI_TYPE_MESSAGE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_STRING, MAIL_TYPE_MESSAGE, MAIL_TYPE_CONTENT);
  signals[MOVE] = g_signal_new ("move", UI_TYPE_MESSAGE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 2, MAIL_TYPE_MESSAGE, MAIL_TYPE_FOLDER);
  gtk_widget_class_install_action (widget_class, "win.open-link", "s", action_forward);
  gtk_widget_class_install_action (widget_class, "win.open-web-link", "(ss)", action_forward);
  gtk_widget_class_install_action (widget_class, "win.notify", "s", action_forward);
  gtk_widget_class_install_action (widget_class, "win.show-detail", "(ss)", action_forward);
  gtk_widget_class_install_action (widget_class, "win.show-sender", "(ss)", action_forward);
  gtk_widget_class_install_action (widget_class, "win.zoom-in", NULL, action_forward);
  gtk_widget_class_install_action (widget_class, "win.zoom-out", NULL, action_forward);
  gtk_widget_class_install_action (widget_class, "win.zoom-normal", NULL, action_forward);
  gtk_widget_class_install_action (widget_class, "win.fullscreen", NULL, action_fullscreen);
  gtk_widget_class_install_action (widget_class, "win.reply", NULL, action_reply);
  gtk_widget_class_install_action (widget_class, "win.reply-all", NULL, action_reply);
  gtk_widget_class_install_action (widget_class, "win.forward", NULL, action_reply);
  gtk_widget_class_install_action (widget_class, "win.reply-template", NULL, action_reply);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, 0, "win.reply", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK, "win.reply",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.reply-all", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_t, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.reply-template", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, 0, "win.forward", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, GDK_CONTROL_MASK, "win.forward",
                                       NULL);
  gtk_widget_class_install_action (widget_class, "win.print", NULL, action_print);
  gtk_widget_class_install_action (widget_class, "win.move", NULL, action_move);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_m, 0, "win.move", NULL);
  gtk_widget_class_install_action (widget_class, "win.read-on", NULL, action_read);
  gtk_widget_class_install_action (widget_class, "win.read-back", NULL, action_read);
  gtk_widget_class_install_action (widget_class, "win.find", NULL, action_find);
  gtk_widget_class_install_action (widget_class, "win.find-next", NULL, action_find);
  gtk_widget_class_install_action (widget_class, "win.find-previous", NULL, action_find);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, action_back);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "win.find", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, GDK_CONTROL_MASK, "win.find-next",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.find-previous", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F11, 0, "win.fullscreen", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "win.print",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_space, 0, "win.read-on", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_space, GDK_SHIFT_MASK, "win.read-back",
                                       NULL);
}

static void
ui_message_window_init (UiMessageWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->reader = g_object_new (UI_TYPE_READER, "bare", TRUE, "vexpand", TRUE, NULL);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->reader));
  adw_window_set_content (ADW_WINDOW (self), box);
  g_signal_connect_object (self->reader, "verb", G_CALLBACK (on_verb), self, G_CONNECT_SWAPPED);
}

GtkWidget *
ui_message_window_new (GtkWindow *main, MailEngine *engine, GSettings *settings,
                       MailMessage *message)
{
  UiMessageWindow *self =
      g_object_new (UI_TYPE_MESSAGE_WINDOW, "default-width", 760, "default-height", 680, NULL);
  g_autoptr (MailThread) thread = mail_thread_new_for_message (engine, message);

  g_set_weak_pointer (&self->main, main);
  self->message = g_object_ref (message);
  /* "destroy" comes only when nobody holds it any more */
  g_signal_connect_object (main, "unrealize", G_CALLBACK (gtk_window_close), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  on_changed (self, message);
  ui_reader_set_engine (self->reader, engine, settings);
  ui_reader_show (self->reader, thread, 1, FALSE);
  return GTK_WIDGET (self);
}
