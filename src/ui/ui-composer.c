/* What a message is written in: fields <-> draft, saving by itself, closing.  Main thread; it waits for nothing.  It must never
 * close while what the person wrote is nowhere on disk, unless the person threw it away. */
#include "ui-composer-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "mail-letter.h"
#include "ui-dialog.h"
#include "ui-format-bar.h"
#include "ui-preedit.h"

#define SAVE_AFTER (2 * G_TIME_SPAN_SECOND)  /* of quiet */
#define SAVE_EVERY (10 * G_TIME_SPAN_SECOND) /* at least, while the person writes on */

enum
{
  PROP_TITLE = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  FINISHED,
  DETACHED,
  LEFT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiComposer, ui_composer, ADW_TYPE_BIN)

GtkWindow *
ui_composer_get_window (UiComposer *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return root != NULL ? GTK_WINDOW (root) : NULL;
}

/* ---- fields ---- */

const char *
ui_composer_get_title (UiComposer *self)
{
  const char *subject = gtk_editable_get_text (GTK_EDITABLE (self->subject));

  return *subject == '\0' ? _ ("New Message") : subject;
}

/* Below messages the subject stands above them all. */
void
ui_composer_update_title (UiComposer *self)
{
  adw_window_title_set_title (self->title,
                              self->name != NULL ? self->name : ui_composer_get_title (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

static void show_attachments (UiComposer *self);

void
ui_composer_push (UiComposer *self)
{
  g_autofree char *text = ui_editor_dup_text (self->editor);
  g_autofree char *html = ui_editor_dup_html (self->editor);

  mail_draft_set_recipients (self->draft, ui_recipients_get_text (self->to),
                             ui_recipients_get_text (self->cc), ui_recipients_get_text (self->bcc));
  mail_draft_set_subject (self->draft, gtk_editable_get_text (GTK_EDITABLE (self->subject)));
  mail_draft_set_body (self->draft, text, html);
  show_attachments (self);
}

static void
fill (UiComposer *self)
{
  self->loading = TRUE;
  ui_composer_fill_recipients (self);
  gtk_editable_set_text (GTK_EDITABLE (self->subject), mail_draft_get_subject (self->draft));
  ui_editor_set_content (self->editor, mail_draft_get_text (self->draft),
                         mail_draft_get_html (self->draft));
  if (mail_draft_get_html (self->draft) != NULL) {
    g_autofree char *text = ui_editor_dup_text (self->editor);

    mail_draft_set_shown_text (self->draft, text);
  }
  if (mail_draft_is_written_below (self->draft))
    ui_editor_go_to_end (self->editor);
  if (*mail_draft_get_cc (self->draft) != '\0' || *mail_draft_get_bcc (self->draft) != '\0')
    g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "copies",
                                        g_variant_new_boolean (TRUE));
  ui_composer_update_title (self);
  self->loading = FALSE;
}

void
ui_composer_focus (UiComposer *self)
{
  if (*mail_draft_get_to (self->draft) == '\0')
    gtk_widget_grab_focus (GTK_WIDGET (self->to));
  else if (*mail_draft_get_subject (self->draft) == '\0')
    gtk_widget_grab_focus (GTK_WIDGET (self->subject));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

/* ---- attachments ---- */

static void
on_detach (GtkButton *button, MailAttachment *attachment)
{
  UiComposer *self = UI_COMPOSER (gtk_widget_get_ancestor (GTK_WIDGET (button), UI_TYPE_COMPOSER));

  mail_draft_detach (self->draft, attachment);
}

static GtkWidget *
make_attachment (gpointer item, gpointer data)
{
  MailAttachment *attachment = item;
  const char *name = mail_attachment_get_name (attachment);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autoptr (GIcon) icon =
      g_content_type_get_symbolic_icon (mail_attachment_get_content_type (attachment));
  g_autofree char *size = mail_attachment_dup_size_text (attachment);
  g_autofree char *remove = g_strdup_printf (_ ("Remove “%s”"), name);
  g_autofree char *whole = g_strdup_printf ("%s, %s", name, size);
  GtkWidget *label = gtk_label_new (name), *size_label = gtk_label_new (size);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_box_append (GTK_BOX (box), gtk_image_new_from_gicon (icon));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_set_tooltip_text (label, name);
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_add_css_class (size_label, "dim-label");
  gtk_widget_add_css_class (size_label, "caption");
  gtk_box_append (GTK_BOX (box), size_label);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, remove,
                                  -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_detach), attachment, 0);
  gtk_box_append (GTK_BOX (box), button);
  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "composer-attachment");
  gtk_widget_set_halign (box, GTK_ALIGN_START);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL, whole, -1);
  return box;
}

static void
show_attachments (UiComposer *self)
{
  GListModel *model = mail_draft_get_attachments (self->draft);
  guint n = g_list_model_get_n_items (model), pictures = 0;

  for (guint i = 0; i < n; i++) {
    g_autoptr (MailAttachment) attachment = g_list_model_get_item (model, i);
    GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (self->attachments, (int)i);
    /* Pictures stand in the text. */
    gboolean shown = mail_draft_shows_file (self->draft, attachment);

    if (child != NULL)
      gtk_widget_set_visible (GTK_WIDGET (child), shown);
    pictures += !shown;
    if (child != NULL)
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      mail_attachment_get_name (attachment), -1);
  }
  gtk_widget_set_visible (self->attachments_row, n > pictures);
}

static void
on_attachments_changed (UiComposer *self)
{
  show_attachments (self);
  ui_composer_edited (self);
}

static gboolean
on_drop (UiComposer *self, const GValue *value)
{
  GSList *files = G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST) ? g_value_get_boxed (value) : NULL;

  if (self->busy)
    return FALSE;
  if (G_VALUE_HOLDS (value, UI_TYPE_DRAG)) {
    ui_composer_attach_messages (self, g_value_get_object (value));
    return TRUE;
  }
  if (ui_composer_take_pictures (self, files))
    return TRUE;
  for (GSList *l = files; l != NULL; l = l->next)
    ui_composer_attach (self, l->data);
  return TRUE;
}

static void
on_current_drop (GtkDropTarget *target, GParamSpec *pspec, UiComposer *self)
{
  gtk_widget_set_visible (self->drop_hint, gtk_drop_target_get_current_drop (target) != NULL);
}

static void
set_up_attachments (UiComposer *self)
{
  GListModel *model = mail_draft_get_attachments (self->draft);
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType taken[] = { UI_TYPE_DRAG, GDK_TYPE_FILE_LIST };

  gtk_drop_target_set_gtypes (target, taken, G_N_ELEMENTS (taken));
  gtk_flow_box_bind_model (self->attachments, model, make_attachment, NULL, NULL);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_attachments_changed), self,
                           G_CONNECT_SWAPPED);
  show_attachments (self);
  /* Before the editor, which would take the names of the files as text. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (on_drop), self);
  g_signal_connect (target, "notify::current-drop", G_CALLBACK (on_current_drop), self);
  gtk_widget_add_controller (self->content, GTK_EVENT_CONTROLLER (target));
}

/* ---- saving ---- */

static void
set_state (UiComposer *self, const char *state)
{
  adw_window_title_set_subtitle (self->title, state);
}

static gboolean
on_save_time (gpointer data)
{
  UiComposer *self = data;

  self->save_source = 0;
  ui_composer_save_now (self);
  return G_SOURCE_REMOVE;
}

static void
save_in (UiComposer *self, gint64 delay)
{
  g_clear_handle_id (&self->save_source, g_source_remove);
  self->save_source = g_timeout_add ((guint)(delay / 1000), on_save_time, self);
}

void
ui_composer_edited (UiComposer *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->loading || self->done)
    return;
  if (self->dirty_since == 0)
    self->dirty_since = now;
  set_state (self, "");
  ui_composer_copy_soon (self);
  save_in (self, CLAMP (self->dirty_since + SAVE_EVERY - now, 0, SAVE_AFTER));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  g_autoptr (GError) error = NULL;
  UiComposerStep step = g_steal_pointer (&self->after_save);
  gboolean ok = mail_draft_save_finish (MAIL_DRAFT (source), result, &error);

  self->saving = FALSE;
  if (self->done) {
    if (!ok)
      base_log ("could not save a draft: %s", error->message);
    return;
  }
  if (ok) {
    self->saved_once = TRUE;
    self->save_failed = FALSE;
    if (self->dirty_since == 0)
      set_state (self, _ ("Saved"));
  } else {
    if (self->dirty_since == 0)
      self->dirty_since = g_get_monotonic_time ();
    set_state (self, _ ("Not saved"));
    if (!self->save_failed && step == NULL)
      ui_dialog_error (ui_composer_get_window (self),
                       _ ("What you write could not be saved. It is only in this window."), error);
    self->save_failed = TRUE;
    save_in (self, SAVE_EVERY);
  }
  if (step != NULL)
    step (self);
}

void
ui_composer_save_now (UiComposer *self)
{
  if (self->busy || self->done)
    return;
  if (self->saving) {
    save_in (self, SAVE_AFTER);
    return;
  }
  g_clear_handle_id (&self->save_source, g_source_remove);
  ui_composer_push (self);
  self->dirty_since = 0;
  if (mail_draft_is_empty (self->draft) && !self->saved_once)
    return;
  self->saving = TRUE;
  mail_draft_save_async (self->draft, TRUE, NULL, on_saved, g_object_ref (self));
}

static void
on_settled (gpointer data)
{
  g_autoptr (UiComposer) self = data;
  UiComposerStep step = g_steal_pointer (&self->after_settling);

  if (self->done || step == NULL)
    return;
  if (self->saving)
    self->after_save = step;
  else
    step (self);
}

void
ui_composer_leave_field (UiComposer *self)
{
  GtkWidget *field = ui_preedit_leave (GTK_WIDGET (self));

  if (field != NULL)
    g_set_weak_pointer (&self->field, field);
}

void
ui_composer_return_to_field (UiComposer *self)
{
  ui_preedit_return (&self->field);
}

void
ui_composer_after_save (UiComposer *self, UiComposerStep step)
{
  self->after_settling = step;
  ui_composer_leave_field (self);
  ui_preedit_settle (GTK_WIDGET (self), on_settled, g_object_ref (self));
}

/* ---- closing ---- */

void
ui_composer_set_busy (UiComposer *self, gboolean busy)
{
  g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (self->actions));

  self->busy = busy;
  /* Before the fields turn insensitive. */
  if (busy)
    ui_composer_leave_field (self);
  gtk_widget_set_sensitive (self->content, !busy);
  if (!busy)
    ui_composer_return_to_field (self);
  /* What was to be saved meanwhile */
  if (!busy && self->dirty_since != 0)
    save_in (self, SAVE_AFTER);
  gtk_stack_set_visible_child_name (self->send_stack, busy ? "busy" : "label");
  gtk_spinner_set_spinning (self->spinner, busy);
  for (guint i = 0; names[i] != NULL; i++) {
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), names[i]);

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), !busy);
  }
  ui_composer_update_place (self);
}

void
ui_composer_finish (UiComposer *self)
{
  if (self->done)
    return;
  self->done = TRUE;
  g_clear_handle_id (&self->save_source, g_source_remove);
  g_clear_handle_id (&self->copy_source, g_source_remove);
  ui_composer_forget (self);
  g_signal_emit (self, signals[FINISHED], 0);
}

static void
on_discarded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  g_autoptr (GError) error = NULL;

  if (mail_draft_discard_finish (MAIL_DRAFT (source), result, &error)) {
    ui_composer_say_discarded (self);
    ui_composer_finish (self);
    return;
  }
  if (self->done)
    return;
  ui_composer_set_busy (self, FALSE);
  ui_dialog_error (ui_composer_get_window (self), _ ("The message could not be discarded."), error);
}

static void
discard (UiComposer *self)
{
  g_clear_handle_id (&self->save_source, g_source_remove);
  /* As it is now: it can be taken back. */
  ui_composer_push (self);
  mail_draft_discard_async (self->draft, NULL, on_discarded, g_object_ref (self));
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  g_autoptr (GError) error = NULL;

  if (mail_draft_save_finish (MAIL_DRAFT (source), result, &error)) {
    ui_composer_say_kept (self);
    ui_composer_finish (self);
    return;
  }
  if (self->done)
    return;
  ui_composer_set_busy (self, FALSE);
  ui_dialog_error (ui_composer_get_window (self),
                   _ ("The draft could not be saved, so the window stays open."), error);
  ui_composer_edited (self);
}

static void
keep (UiComposer *self)
{
  g_clear_handle_id (&self->save_source, g_source_remove);
  ui_composer_push (self);
  ui_composer_put (self, FALSE);
  mail_draft_save_async (self->draft, FALSE, NULL, on_kept, g_object_ref (self));
}

void
ui_composer_discard (UiComposer *self)
{
  ui_composer_set_busy (self, TRUE);
  ui_composer_after_save (self, discard);
}

void
ui_composer_keep (UiComposer *self)
{
  ui_composer_set_busy (self, TRUE);
  ui_composer_after_save (self, keep);
}

static void
close_now (UiComposer *self)
{
  if (self->done || self->busy)
    return;
  if (self->attaching > 0) {
    self->close_waits = TRUE;
    ui_composer_set_busy (self, TRUE);
    ui_composer_wait_for_files (self);
    return;
  }
  ui_composer_push (self);
  ui_composer_set_busy (self, TRUE);
  if (mail_draft_is_empty (self->draft))
    discard (self);
  else
    keep (self);
}

/* Asks nothing: what is kept can be thrown away, and that be taken back. */
void
ui_composer_close (UiComposer *self)
{
  if (!self->done && !self->busy)
    ui_composer_after_save (self, close_now);
}

/* ---- quitting ---- */

static void
on_quit_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  UiComposer *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (mail_draft_save_finish (MAIL_DRAFT (source), result, &error)) {
    self->dirty_since = 0;
    g_task_return_boolean (task, TRUE);
    return;
  }
  ui_composer_set_busy (self, FALSE);
  ui_composer_edited (self);
  ui_composer_present (self);
  ui_dialog_error (ui_composer_get_window (self),
                   _ ("The message could not be saved, so the window stays open."), error);
  g_task_return_error (task, error);
}

static void
on_quit_discarded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  /* An empty draft that stays is no loss. */
  if (!mail_draft_discard_finish (MAIL_DRAFT (source), result, &error))
    base_log ("could not discard an empty draft: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

void
ui_composer_save_to_quit (UiComposer *self, GTask *task)
{
  gboolean empty;

  ui_composer_push (self);
  empty = mail_draft_is_empty (self->draft);
  if (self->attaching > 0) {
    /* All else is on disk meanwhile, however the program ends. */
    if (!empty)
      mail_draft_save_async (self->draft, TRUE, NULL, NULL, NULL);
    self->send_waits = self->close_waits = FALSE;
    if (self->quit_waits != NULL) {
      GTask *earlier = g_steal_pointer (&self->quit_waits);

      g_task_return_new_error (earlier, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Asked once more");
      g_object_unref (earlier);
    }
    self->quit_waits = task;
    ui_composer_wait_for_files (self);
  } else if (empty) {
    mail_draft_discard_async (self->draft, NULL, on_quit_discarded, task);
  } else {
    mail_draft_save_async (self->draft, TRUE, NULL, on_quit_saved, task);
  }
}

static void
save_to_quit (gpointer task)
{
  ui_composer_save_to_quit (g_task_get_source_object (task), task);
}

void
ui_composer_save_async (UiComposer *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, ui_composer_save_async);
  g_clear_handle_id (&self->save_source, g_source_remove);
  ui_composer_set_busy (self, TRUE); /* what is typed from now on would not be saved */
  ui_preedit_settle (GTK_WIDGET (self), save_to_quit, task);
}

gboolean
ui_composer_save_finish (UiComposer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the object ---- */

static void
on_subject_changed (UiComposer *self)
{
  ui_composer_update_title (self);
  ui_composer_edited (self);
}

static void
on_rich_changed (UiComposer *self)
{
  gboolean rich = ui_editor_get_rich (self->editor);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "rich");

  gtk_revealer_set_reveal_child (self->format_bar, rich);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (rich));
}

void
ui_composer_emit_detached (UiComposer *self)
{
  g_signal_emit (self, signals[DETACHED], 0);
}

void
ui_composer_emit_left (UiComposer *self)
{
  g_signal_emit (self, signals[LEFT], 0);
}

UiComposer *
ui_composer_new (GtkApplication *app, MailEngine *engine, MailDraft *draft)
{
  UiComposer *self = g_object_new (UI_TYPE_COMPOSER, NULL);

  g_set_weak_pointer (&self->app, app);
  ui_composer_remember (self);
  self->engine = g_object_ref (engine);
  self->draft = g_object_ref (draft);
  fill (self);
  ui_composer_set_up_from (self);
  set_up_attachments (self);
  ui_composer_set_up_text (self);
  ui_composer_set_up_signature (self);
  ui_composer_set_up_templates (self);
  ui_composer_offer_people (self);
  ui_composer_watch_draft (self);
  ui_composer_show_draft (self);
  return self;
}

static void
ui_composer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TITLE)
    g_value_set_string (value, ui_composer_get_title (UI_COMPOSER (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ui_composer_dispose (GObject *object)
{
  UiComposer *self = UI_COMPOSER (object);

  self->done = TRUE;
  ui_composer_forget (self);
  g_clear_handle_id (&self->save_source, g_source_remove);
  g_clear_handle_id (&self->copy_source, g_source_remove);
  g_clear_handle_id (&self->ask_source, g_source_remove);
  ui_composer_give_up_files (self);
  g_clear_weak_pointer (&self->field);
  g_clear_weak_pointer (&self->app);
  G_OBJECT_CLASS (ui_composer_parent_class)->dispose (object);
}

static void
ui_composer_finalize (GObject *object)
{
  UiComposer *self = UI_COMPOSER (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->draft);
  g_object_unref (self->actions);
  g_free (self->name);
  g_ptr_array_unref (self->attach_errors);
  g_ptr_array_unref (self->coming);
  G_OBJECT_CLASS (ui_composer_parent_class)->finalize (object);
}

static void
ui_composer_class_init (UiComposerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_composer_get_property;
  object_class->dispose = ui_composer_dispose;
  object_class->finalize = ui_composer_finalize;
  properties[PROP_TITLE] =
      g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[FINISHED] = g_signal_new ("finished", UI_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 0);
  signals[DETACHED] = g_signal_new ("detached", UI_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 0);
  signals[LEFT] = g_signal_new ("left", UI_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  g_type_ensure (UI_TYPE_RECIPIENTS);
  g_type_ensure (UI_TYPE_EDITOR);
  g_type_ensure (UI_TYPE_FORMAT_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, UiComposer, bar);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, title);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, spelling);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, signatures);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, menu_button);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, detach_button);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, close_button);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, scrolled);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, toasts);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, send_stack);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, later_button);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, content);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, from_row);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, from);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, to);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, to_row);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, cc_row);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, cc);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, bcc_row);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, bcc);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, subject);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, coming_row);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, coming_box);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, attachments_row);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, attachments);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, editor);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, format_bar);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, drop_hint);
}

static void
ui_composer_init (UiComposer *self)
{
  self->attach_errors = g_ptr_array_new_with_free_func (g_free);
  self->coming = ui_composer_coming_new ();
  self->actions = g_simple_action_group_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_composer_add_actions (self);
  ui_composer_add_attaching (self);
  ui_composer_add_recipients (self);
  ui_composer_add_sending (self);
  ui_composer_add_place (self);
  ui_preedit_watch (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->subject))));
  g_signal_connect_swapped (self->subject, "changed", G_CALLBACK (on_subject_changed), self);
  g_signal_connect_swapped (self->editor, "edited", G_CALLBACK (ui_composer_edited), self);
  g_signal_connect_swapped (self->editor, "notify::rich", G_CALLBACK (on_rich_changed), self);
}
