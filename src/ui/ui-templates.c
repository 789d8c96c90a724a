/* A list of templates that follows the model.  Main thread. */
#include "ui-templates.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base-error.h"
#include "base-fold.h"
#include "base-match.h"
#include "base-text.h"
#include "ui-names.h"
#include "ui-template-editor.h"
#include "ui-toast.h"

#define MAX_SHOWN 100 /* characters of a text */

#define UI_TYPE_TEMPLATES (ui_templates_get_type ())
G_DECLARE_FINAL_TYPE (UiTemplates, ui_templates, UI, TEMPLATES, AdwWindow)

struct _UiTemplates
{
  AdwWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  GtkFilterListModel *shown;
  BaseMatch *match; /* nullable: all are shown */

  UiTemplatesFunc func; /* nullable */
  gpointer data;
  GDestroyNotify free_data;
  gboolean gone;

  /* Template */
  GtkStack *stack;
  GtkEditable *search;
  GtkListBox *list;
  AdwToastOverlay *toasts;
};

G_DEFINE_FINAL_TYPE (UiTemplates, ui_templates, ADW_TYPE_WINDOW)

/* ---- verbs ---- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiTemplates) self = data;
  g_autoptr (GError) error = NULL;

  if (!mail_engine_save_template_finish (MAIL_ENGINE (source), result, &error) && !self->gone)
    adw_toast_overlay_add_toast (self->toasts, ui_toast_new (error->message));
}

typedef struct
{
  UiTemplates *self;
  BaseTemplate *template;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->self);
  g_clear_pointer (&removal->template, base_template_free);
  g_free (removal);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

static void
on_take_back (UiTemplates *self, AdwToast *toast)
{
  const BaseTemplate *template = g_object_get_data (G_OBJECT (toast), "template");

  mail_engine_save_template_async (self->engine, template, on_written, g_object_ref (self));
}

static void
free_template (gpointer template)
{
  base_template_free (template);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Removal) removal = data;
  UiTemplates *self = removal->self;
  g_autoptr (GError) error = NULL;
  gboolean removed = mail_engine_remove_template_finish (MAIL_ENGINE (source), result, &error);
  g_autofree char *sentence = NULL;
  AdwToast *toast;

  if (self->gone || base_error_is_cancelled (error))
    return;
  /* Translators: the name of a template */
  sentence = removed ? g_strdup_printf (_ ("“%s” removed"), removal->template->name)
                     : g_strdup (error->message);
  toast = ui_toast_new (sentence);
  if (removed) {
    adw_toast_set_button_label (toast, _ ("_Undo"));
    g_object_set_data_full (G_OBJECT (toast), "template", g_steal_pointer (&removal->template),
                            free_template);
    g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_take_back), self,
                             G_CONNECT_SWAPPED);
  }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_remove (MailTemplate *template, GtkWidget *button)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->self = g_object_ref (UI_TEMPLATES (gtk_widget_get_root (button)));
  removal->template = base_template_dup (mail_template_get_plain (template));
  mail_engine_remove_template_async (removal->self->engine, removal->template->id, on_removed,
                                     removal);
}

static void
on_edit (MailTemplate *template, GtkWidget *button)
{
  UiTemplates *self = UI_TEMPLATES (gtk_widget_get_root (button));

  ui_template_editor_open (GTK_WINDOW (self), self->engine, mail_template_get_plain (template));
}

static void
on_new (UiTemplates *self)
{
  g_autoptr (BaseTemplate) template = base_template_new ();

  ui_template_editor_open (GTK_WINDOW (self), self->engine, template);
}

static void
on_chosen (UiTemplates *self, GtkListBoxRow *row)
{
  g_autoptr (MailTemplate) template = g_object_ref (g_object_get_data (G_OBJECT (row), "template"));

  if (self->func == NULL) {
    ui_template_editor_open (GTK_WINDOW (self), self->engine, mail_template_get_plain (template));
    return;
  }
  self->func (template, self->data);
  gtk_window_destroy (GTK_WINDOW (self));
}

/* ---- rows ---- */

static char *
dup_subtitle (const BaseTemplate *plain)
{
  g_autofree char *line = base_text_one_line (plain->text, MAX_SHOWN);

  /* Translators: what is typed for a template, and its text */
  return plain->abbreviation != NULL
             ? g_strdup_printf (_ ("%1$s · %2$s"), plain->abbreviation, line)
             : g_steal_pointer (&line);
}

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  const BaseTemplate *plain = mail_template_get_plain (item);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *subtitle = dup_subtitle (plain);
  g_autofree char *edit = g_strdup_printf (_ ("Change “%s”"), plain->name);
  g_autofree char *remove = g_strdup_printf (_ ("Remove “%s”"), plain->name);
  GtkWidget *edit_button = ui_names_make_button ("document-edit-symbolic", edit);
  GtkWidget *remove_button = ui_names_make_button ("user-trash-symbolic", remove);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), plain->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "template", g_object_ref (item), g_object_unref);
  g_signal_connect_object (edit_button, "clicked", G_CALLBACK (on_edit), item, G_CONNECT_SWAPPED);
  g_signal_connect_object (remove_button, "clicked", G_CALLBACK (on_remove), item,
                           G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), edit_button);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove_button);
  return row;
}

static gboolean
is_wanted (gpointer item, gpointer data)
{
  UiTemplates *self = data;
  const BaseTemplate *plain = mail_template_get_plain (item);
  g_autofree char *all = NULL, *folded = NULL;

  if (self->match == NULL)
    return TRUE;
  all = g_strjoin (" ", plain->name, plain->text,
                   plain->abbreviation != NULL ? plain->abbreviation : "", NULL);
  folded = base_fold (all, -1, NULL);
  return base_match_look (self->match, folded) != BASE_MATCH_NONE;
}

static void
on_items_changed (UiTemplates *self)
{
  GListModel *all = mail_engine_get_templates (self->engine);
  const char *page = g_list_model_get_n_items (G_LIST_MODEL (self->shown)) > 0 ? "list"
                     : g_list_model_get_n_items (all) > 0                      ? "none"
                                                                               : "empty";

  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
on_search (UiTemplates *self)
{
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (self->search)));

  g_clear_pointer (&self->match, base_match_free);
  if (*typed != '\0')
    self->match = base_match_new (typed);
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->shown), GTK_FILTER_CHANGE_DIFFERENT);
}

/* Return in the field of the search: the first that is shown. */
static void
on_activate (UiTemplates *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, 0);

  if (row != NULL)
    on_chosen (self, row);
}

/* ---- the object ---- */

static void
ui_templates_dispose (GObject *object)
{
  UiTemplates *self = UI_TEMPLATES (object);

  self->gone = TRUE;
  if (self->free_data != NULL)
    g_clear_pointer (&self->data, self->free_data);
  g_clear_pointer (&self->match, base_match_free);
  g_clear_object (&self->shown);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_templates_parent_class)->dispose (object);
}

static void
ui_templates_class_init (UiTemplatesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_templates_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-templates.ui");
  gtk_widget_class_bind_template_child (widget_class, UiTemplates, stack);
  gtk_widget_class_bind_template_child (widget_class, UiTemplates, search);
  gtk_widget_class_bind_template_child (widget_class, UiTemplates, list);
  gtk_widget_class_bind_template_child (widget_class, UiTemplates, toasts);
  gtk_widget_class_bind_template_callback (widget_class, on_new);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
}

static void
ui_templates_init (UiTemplates *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_names_fill (GTK_WIDGET (self));
}

void
ui_templates_open (GtkWindow *parent, MailEngine *engine, UiTemplatesFunc func, gpointer data,
                   GDestroyNotify free_data)
{
  UiTemplates *self =
      g_object_new (UI_TYPE_TEMPLATES, "transient-for", parent, "destroy-with-parent", TRUE, NULL);
  GtkFilter *filter = GTK_FILTER (gtk_custom_filter_new (is_wanted, self, NULL));

  self->engine = g_object_ref (engine);
  self->func = func;
  self->data = data;
  self->free_data = free_data;
  self->shown =
      gtk_filter_list_model_new (g_object_ref (mail_engine_get_templates (engine)), filter);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->shown), make_row, NULL, NULL);
  g_signal_connect_object (self->shown, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (mail_engine_get_templates (engine), "items-changed",
                           G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);
  on_items_changed (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_window_present (GTK_WINDOW (self));
}
