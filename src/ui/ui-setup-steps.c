/* See ui-setup-steps.h.  Main thread. */
#include "ui-setup-steps.h"

#include <glib/gi18n.h>

#include "ui-page-link.h"

struct _UiSetupSteps
{
  AdwPreferencesGroup parent_instance;

  GPtrArray *rows; /* of GtkWidget, borrowed from the group; the array is owned */
  GtkWidget *link; /* borrowed: in the widget tree */
};

G_DEFINE_FINAL_TYPE (UiSetupSteps, ui_setup_steps, ADW_TYPE_PREFERENCES_GROUP)

static void
add_step (UiSetupSteps *self, guint place, const char *sentence)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *number = g_strdup_printf ("%u.", place);
  GtkWidget *label = gtk_label_new (number);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), sentence);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), label);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
}

void
ui_setup_steps_set (UiSetupSteps *self, const char *const *steps, const char *link)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; steps[i] != NULL; i++)
    add_step (self, i + 1, steps[i]);
  ui_page_link_set (self->link, link);
  gtk_widget_set_visible (GTK_WIDGET (self), ui_setup_steps_has_any (self));
}

gboolean
ui_setup_steps_has_any (UiSetupSteps *self)
{
  return self->rows->len > 0;
}

gboolean
ui_setup_steps_take_focus (UiSetupSteps *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self)) && gtk_widget_grab_focus (self->link);
}

static void
ui_setup_steps_finalize (GObject *object)
{
  g_ptr_array_unref (UI_SETUP_STEPS (object)->rows);
  G_OBJECT_CLASS (ui_setup_steps_parent_class)->finalize (object);
}

static void
ui_setup_steps_class_init (UiSetupStepsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_setup_steps_finalize;
}

static void
ui_setup_steps_init (UiSetupSteps *self)
{
  self->rows = g_ptr_array_new ();
  self->link = ui_page_link_new ();
  gtk_widget_set_valign (self->link, GTK_ALIGN_CENTER);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("Do This First"));
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), self->link);
  gtk_widget_hide (GTK_WIDGET (self));
}
