/* A row of the outgoing page.  Main thread.  It shows what the mail layer says and never sends anything a second time without
 * asking. */
#include "ui-outgoing-row.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "ui-clock.h"
#include "ui-composer.h"
#include "ui-dialog.h"
#include "ui-redirect.h"

struct _UiOutgoingRow
{
  GtkListBoxRow parent_instance;

  /* Owned */
  GtkApplication *app;
  MailEngine *engine;
  MailOutgoing *outgoing;

  gboolean busy;
  gboolean gone;

  /* Template */
  GtkWidget *subject;
  GtkWidget *date;
  GtkWidget *recipients;
  GtkWidget *spinner;
  GtkWidget *icon;
  GtkWidget *state;
  GtkWidget *detail;
  GtkWidget *progress;
  GtkWidget *stop;
  GtkWidget *again;
};

G_DEFINE_FINAL_TYPE (UiOutgoingRow, ui_outgoing_row, GTK_TYPE_LIST_BOX_ROW)

static const char *
state_icon (MailOutgoingState state)
{
  switch (state) {
  case MAIL_OUTGOING_DRAFT:
    return "document-edit-symbolic";
  case MAIL_OUTGOING_QUEUED:
    return "document-open-recent-symbolic";
  case MAIL_OUTGOING_UNCERTAIN:
    return "dialog-question-symbolic";
  case MAIL_OUTGOING_FAILED:
    return "dialog-warning-symbolic";
  case MAIL_OUTGOING_SENDING:
    break;
  }
  return NULL;
}

static void
set_class (GtkWidget *widget, const char *name, gboolean set)
{
  if (set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
update_actions (UiOutgoingRow *self)
{
  MailOutgoingState state = mail_outgoing_get_state (self->outgoing);
  gboolean still = !self->busy && state != MAIL_OUTGOING_SENDING;

  gtk_widget_set_visible (self->again,
                          state != MAIL_OUTGOING_DRAFT && state != MAIL_OUTGOING_SENDING);
  gtk_widget_set_visible (self->stop, state == MAIL_OUTGOING_SENDING);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "outgoing.again", still);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "outgoing.edit", still);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "outgoing.delete", still);
}

static void
update (UiOutgoingRow *self)
{
  MailOutgoing *outgoing = self->outgoing;
  MailOutgoingState state = mail_outgoing_get_state (outgoing);
  const char *subject = mail_outgoing_get_subject (outgoing);
  const char *recipients = mail_outgoing_get_recipients (outgoing);
  const char *detail = mail_outgoing_get_detail (outgoing);
  const char *state_text = mail_outgoing_get_state_text (outgoing);
  gboolean bad = state == MAIL_OUTGOING_FAILED || state == MAIL_OUTGOING_UNCERTAIN;
  g_autofree char *date =
      base_date_short (mail_outgoing_get_date (outgoing), g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *name = NULL;

  if (subject == NULL || *subject == '\0')
    subject = _ ("(No subject)");
  if (recipients == NULL || *recipients == '\0')
    recipients = _ ("No recipient yet");
  gtk_label_set_text (GTK_LABEL (self->subject), subject);
  gtk_label_set_text (GTK_LABEL (self->recipients), recipients);
  gtk_label_set_text (GTK_LABEL (self->date), date);
  gtk_label_set_text (GTK_LABEL (self->state), state_text == NULL ? "" : state_text);
  gtk_label_set_text (GTK_LABEL (self->detail), detail == NULL ? "" : detail);
  gtk_widget_set_visible (self->detail, bad && detail != NULL && *detail != '\0');
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), state_icon (state));
  gtk_widget_set_visible (self->icon, state != MAIL_OUTGOING_SENDING);
  gtk_widget_set_visible (self->spinner, state == MAIL_OUTGOING_SENDING);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), state == MAIL_OUTGOING_SENDING);
  gtk_widget_set_visible (self->progress, mail_outgoing_get_progress (outgoing) >= 0);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress),
                                 MAX (mail_outgoing_get_progress (outgoing), 0));
  set_class (self->state, "error", state == MAIL_OUTGOING_FAILED);
  set_class (self->icon, "error", state == MAIL_OUTGOING_FAILED);
  set_class (self->state, "warning", state == MAIL_OUTGOING_UNCERTAIN);
  set_class (self->icon, "warning", state == MAIL_OUTGOING_UNCERTAIN);
  set_class (self->state, "dim-label", !bad);
  set_class (self->icon, "dim-label", !bad);
  name = g_strdup_printf ("%s, %s, %s", subject, recipients, state_text == NULL ? "" : state_text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  update_actions (self);
}

static void
on_clock_changed (UiOutgoingRow *self)
{
  if (self->outgoing != NULL)
    update (self);
}

static void
set_busy (UiOutgoingRow *self, gboolean busy)
{
  self->busy = busy;
  if (!self->gone)
    update_actions (self);
}

/* The row may be gone by now: then the application's window takes the words. */
static void
show_error (UiOutgoingRow *self, const char *heading, const GError *error)
{
  GtkRoot *root = self->gone ? NULL : gtk_widget_get_root (GTK_WIDGET (self));
  GtkWindow *window =
      root == NULL ? gtk_application_get_active_window (self->app) : GTK_WINDOW (root);

  ui_dialog_error (window, heading, error);
}

/* ---- verbs ---- */

static void
on_edit_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiOutgoingRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailDraft) draft =
      mail_engine_edit_outgoing_finish (MAIL_ENGINE (source), result, &error);

  set_busy (self, FALSE);
  if (draft == NULL)
    show_error (self, _ ("The message could not be opened."), error);
  else
    ui_composer_open (self->app, self->engine, draft);
}

static void
edit_now (UiOutgoingRow *self)
{
  if (self->busy || mail_outgoing_get_state (self->outgoing) == MAIL_OUTGOING_SENDING)
    return;
  set_busy (self, TRUE);
  mail_engine_edit_outgoing_async (self->engine, self->outgoing, on_edit_ready,
                                   g_object_ref (self));
}

static void
on_edit_answer (gboolean accepted, gpointer data)
{
  g_autoptr (UiOutgoingRow) self = data;

  if (accepted)
    edit_now (self);
}

static void
on_edit (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiOutgoingRow *self = UI_OUTGOING_ROW (widget);

  if (mail_outgoing_get_state (self->outgoing) != MAIL_OUTGOING_UNCERTAIN) {
    edit_now (self);
    return;
  }
  ui_dialog_confirm (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Edit this message?"),
                     _ ("It may have arrived already: the connection broke before the server "
                        "said so. If you send it again, people may get it twice."),
                     mail_outgoing_get_detail (self->outgoing), _ ("_Edit"), FALSE, on_edit_answer,
                     g_object_ref (self));
}

static void
on_stop (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiOutgoingRow *self = UI_OUTGOING_ROW (widget);
  g_autoptr (GError) error = NULL;

  if (!mail_engine_stop_sending (self->engine, self->outgoing, &error))
    show_error (self, _ ("The message could not be stopped."), error);
}

static void
on_sent_again (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiOutgoingRow) self = data;
  g_autoptr (GError) error = NULL;

  set_busy (self, FALSE);
  if (!mail_engine_send_again_finish (MAIL_ENGINE (source), result, &error))
    show_error (self, _ ("The message was not sent."), error);
}

static void
send_again (UiOutgoingRow *self)
{
  set_busy (self, TRUE);
  mail_engine_send_again_async (self->engine, self->outgoing, on_sent_again, g_object_ref (self));
}

static void
on_again_answer (gboolean accepted, gpointer data)
{
  g_autoptr (UiOutgoingRow) self = data;

  if (accepted && !self->busy)
    send_again (self);
}

static void
on_again (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiOutgoingRow *self = UI_OUTGOING_ROW (widget);

  if (mail_outgoing_get_state (self->outgoing) != MAIL_OUTGOING_UNCERTAIN) {
    send_again (self);
    return;
  }
  ui_dialog_confirm (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Send this message again?"),
                     _ ("It may have arrived already: the connection broke before the server "
                        "said so. If it did, people get it twice. You can ask them first, or "
                        "look into the Sent folder."),
                     mail_outgoing_get_detail (self->outgoing), _ ("_Send Again"), FALSE,
                     on_again_answer, g_object_ref (self));
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiOutgoingRow) self = data;
  g_autoptr (GError) error = NULL;

  set_busy (self, FALSE);
  if (!mail_engine_remove_outgoing_finish (MAIL_ENGINE (source), result, &error))
    show_error (self, _ ("The message was not deleted."), error);
  else
    ui_composer_offer_back (self->app, _ ("Message discarded"),
                            mail_outgoing_get_draft (self->outgoing), UI_COMPOSER_BIN_SHOWN);
}

static void
on_delete (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiOutgoingRow *self = UI_OUTGOING_ROW (widget);

  if (self->busy)
    return;
  set_busy (self, TRUE);
  mail_engine_remove_outgoing_async (self->engine, self->outgoing, on_deleted, g_object_ref (self));
}

GtkWidget *
ui_outgoing_row_new (GtkApplication *app, MailEngine *engine, MailOutgoing *outgoing)
{
  UiOutgoingRow *self = g_object_new (UI_TYPE_OUTGOING_ROW, NULL);

  self->app = g_object_ref (app);
  self->engine = g_object_ref (engine);
  self->outgoing = g_object_ref (outgoing);
  g_signal_connect_object (outgoing, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

/* ---- the object ---- */

static void
ui_outgoing_row_dispose (GObject *object)
{
  UiOutgoingRow *self = UI_OUTGOING_ROW (object);

  self->gone = TRUE;
  if (self->outgoing != NULL)
    g_signal_handlers_disconnect_by_data (self->outgoing, self);
  G_OBJECT_CLASS (ui_outgoing_row_parent_class)->dispose (object);
}

static void
ui_outgoing_row_finalize (GObject *object)
{
  UiOutgoingRow *self = UI_OUTGOING_ROW (object);

  g_clear_object (&self->app);
  g_clear_object (&self->engine);
  g_clear_object (&self->outgoing);
  G_OBJECT_CLASS (ui_outgoing_row_parent_class)->finalize (object);
}

static void
ui_outgoing_row_class_init (UiOutgoingRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_outgoing_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_outgoing_row_finalize;
  gtk_widget_class_install_action (widget_class, "outgoing.stop", NULL, on_stop);
  gtk_widget_class_install_action (widget_class, "outgoing.again", NULL, on_again);
  gtk_widget_class_install_action (widget_class, "outgoing.edit", NULL, on_edit);
  gtk_widget_class_install_action (widget_class, "outgoing.delete", NULL, on_delete);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "outgoing.delete", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-outgoing-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UiOutgoingRow, subject);
  gtk_widget_class_bind_template_child (widget_class, UiOutgoingRow, date);
  gtk_widget_class_bind_template_child (widget_class, UiOutgoingRow, recipients);
  gtk_widget_class_bind_template_child (widget_class, UiOutgoingRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiOutgoingRow, icon);
  gtk_widget_class_bind_template_child (widget_class, UiOutgoingRow, state);
  gtk_widget_class_bind_template_child (widget_class, UiOutgoingRow, detail);
  gtk_widget_class_bind_template_child (widget_class, UiOutgoingRow, progress);
  gtk_widget_class_bind_template_child (widget_class, UiOutgoingRow, stop);
  gtk_widget_class_bind_template_child (widget_class, UiOutgoingRow, again);
}

static void
ui_outgoing_row_init (UiOutgoingRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_clock_listen (self, G_CALLBACK (on_clock_changed));
}
