/* Where a composer stands: below the messages that it answers, or in a window of its own.  Main thread.  When it moves, the widget itself goes
 * along, with its history, caret and selection; what an input method composes has been handed over before. */
#include "ui-composer-private.h"

#include "ui-composer-window.h"
#include "ui-preedit.h"

/* The bar of a window moves the window; below messages it is not the window's. */
static void
set_handle (GtkWidget *bar, gboolean moves)
{
  GtkWidget *handle = gtk_widget_get_first_child (bar);
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (handle);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_GESTURE (controller))
      gtk_event_controller_set_propagation_phase (controller,
                                                  moves ? GTK_PHASE_BUBBLE : GTK_PHASE_NONE);
  }
}

void
ui_composer_update_place (UiComposer *self)
{
  gboolean below = self->name != NULL;
  GtkWidget *bar = GTK_WIDGET (self->bar);
  GAction *detach = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "detach");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (detach), below && !self->busy);
  adw_header_bar_set_show_start_title_buttons (self->bar, !below);
  adw_header_bar_set_show_end_title_buttons (self->bar, !below);
  set_handle (bar, !below);
  gtk_widget_set_visible (self->detach_button, below);
  gtk_widget_set_visible (self->close_button, below);
  gtk_menu_button_set_primary (self->menu_button, !below);
  /* As tall as what is written, as far as there is room. */
  gtk_scrolled_window_set_propagate_natural_height (self->scrolled, below);
  gtk_scrolled_window_set_min_content_height (self->scrolled, below ? 110 : 80);
  if (below)
    gtk_widget_add_css_class (GTK_WIDGET (self), "composer-below");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "composer-below");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  below ? self->name : ui_composer_get_title (self), -1);
  ui_composer_update_title (self);
}

void
ui_composer_stand_below (UiComposer *self, const char *name)
{
  g_free (self->name);
  self->name = g_strdup (name);
  ui_composer_update_place (self);
}

GtkWindow *
ui_composer_open_window (UiComposer *self)
{
  GtkWindow *window;

  g_clear_pointer (&self->name, g_free);
  ui_composer_update_place (self);
  window = ui_composer_window_new (self->app, self);
  ui_composer_insert_actions (self);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_window_present (window);
  return window;
}

/* What is selected in a field is forgotten when it leaves a window. */
typedef struct
{
  int insert, bound; /* characters */
} Selection;

static void
save_selection (GtkWidget *field, Selection *selection)
{
  if (GTK_IS_TEXT_VIEW (field)) {
    GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (field));

    g_object_get (buffer, "cursor-position", &selection->insert, NULL);
    selection->bound = selection->insert;
    if (gtk_text_buffer_get_has_selection (buffer)) {
      GtkTextIter at;

      gtk_text_buffer_get_iter_at_mark (buffer, &at, gtk_text_buffer_get_selection_bound (buffer));
      selection->bound = gtk_text_iter_get_offset (&at);
    }
  } else if (GTK_IS_EDITABLE (field)) {
    gtk_editable_get_selection_bounds (GTK_EDITABLE (field), &selection->bound, &selection->insert);
  }
}

static void
restore_selection (GtkWidget *field, const Selection *selection)
{
  if (GTK_IS_TEXT_VIEW (field)) {
    GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (field));
    GtkTextIter insert, bound;

    gtk_text_buffer_get_iter_at_offset (buffer, &insert, selection->insert);
    gtk_text_buffer_get_iter_at_offset (buffer, &bound, selection->bound);
    gtk_text_buffer_select_range (buffer, &insert, &bound);
  } else if (GTK_IS_EDITABLE (field)) {
    gtk_editable_select_region (GTK_EDITABLE (field), selection->bound, selection->insert);
  }
}

static void
detach (gpointer data)
{
  g_autoptr (UiComposer) self = data;
  GtkWidget *editor = GTK_WIDGET (self->editor);
  Selection text, field;

  if (self->name == NULL || self->done || self->app == NULL)
    return;
  save_selection (editor, &text);
  if (self->field != NULL)
    save_selection (self->field, &field);
  ui_composer_emit_detached (self);
  ui_composer_open_window (self);
  restore_selection (editor, &text);
  if (self->field != NULL)
    restore_selection (self->field, &field);
  if (self->busy)
    return;
  if (self->field != NULL)
    ui_composer_return_to_field (self);
  else
    gtk_widget_grab_focus (editor);
  gtk_text_view_scroll_mark_onscreen (
      GTK_TEXT_VIEW (self->editor),
      gtk_text_buffer_get_insert (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->editor))));
}

void
ui_composer_detach (UiComposer *self)
{
  if (self->name == NULL || self->done)
    return;
  ui_composer_leave_field (self);
  ui_preedit_settle (GTK_WIDGET (self), detach, g_object_ref (self));
}

void
ui_composer_present (UiComposer *self)
{
  GtkWindow *window = ui_composer_get_window (self);

  /* Another conversation is shown. */
  if (self->name != NULL && !gtk_widget_get_mapped (GTK_WIDGET (self)))
    ui_composer_detach (self);
  else if (window != NULL)
    gtk_window_present (window);
}

gboolean
ui_composer_is_touched (UiComposer *self)
{
  if (self->done)
    return FALSE;
  if (!self->busy)
    ui_composer_push (self);
  return self->busy || self->attaching > 0 || !mail_draft_is_empty (self->draft);
}

static void
on_detach (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ui_composer_detach (data);
}

/* Out of it, and nothing that was written is touched. */
static void
on_leave (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiComposer *self = data;

  if (self->name != NULL && ui_composer_is_touched (self))
    ui_composer_emit_left (self);
  else
    ui_composer_close (self);
}

void
ui_composer_add_place (UiComposer *self)
{
  const GActionEntry entries[] = {
    { "detach", on_detach, NULL, NULL, NULL, { 0 } },
    { "leave", on_leave, NULL, NULL, NULL, { 0 } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  ui_composer_update_place (self);
}
